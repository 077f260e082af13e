//! Geometries written to the wire as they stand, without a tree of values between: a contour has
//! thousands of points.

use super::wire::{degrees, runs_counter_clockwise};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

/// A GeoJSON geometry of one kind.
#[derive(Debug)]
pub enum Shape {
    Line(LineString),
    Areas(MultiPolygon),
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut geometry = serializer.serialize_struct("Geometry", 2)?;
        match self {
            Self::Line(line) => {
                geometry.serialize_field("type", "LineString")?;
                geometry.serialize_field("coordinates", &Line { line, reversed: false })?;
            }
            Self::Areas(areas) => {
                geometry.serialize_field("type", "MultiPolygon")?;
                geometry.serialize_field("coordinates", &Areas(areas))?;
            }
        }
        geometry.end()
    }
}

struct Areas<'a>(&'a MultiPolygon);
struct Rings<'a>(&'a Polygon);

struct Line<'a> {
    line: &'a LineString,
    reversed: bool,
}

impl Serialize for Areas<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Rings))
    }
}

impl Serialize for Rings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ring = |line, outer: bool| Line { line, reversed: runs_counter_clockwise(line) != outer };
        let outer = std::iter::once(ring(self.0.exterior(), true));
        serializer.collect_seq(outer.chain(self.0.interiors().iter().map(|hole| ring(hole, false))))
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let position = |c: &Coord| [degrees(c.x), degrees(c.y)];
        let mut points = serializer.serialize_seq(Some(self.line.0.len()))?;
        if self.reversed {
            self.line.0.iter().rev().try_for_each(|c| points.serialize_element(&position(c)))?;
        } else {
            self.line.0.iter().try_for_each(|c| points.serialize_element(&position(c)))?;
        }
        points.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire;
    use super::*;

    #[test]
    fn a_shape_is_written_as_its_value_would_be() {
        let outer = vec![(0., 0.), (0., 2.), (2., 2.), (2., 0.), (0., 0.)];
        let hole = vec![(0.5, 0.5), (1., 0.5), (1., 1.), (0.5, 0.5)];
        let areas = MultiPolygon(vec![Polygon::new(outer.clone().into(), vec![hole.into()])]);
        let written = |shape: Shape| serde_json::to_value(shape).expect("writes");
        assert_eq!(written(Shape::Areas(areas.clone())), wire::geometry(&areas.into()));
        let line = LineString::from(outer);
        assert_eq!(written(Shape::Line(line.clone())), wire::geometry(&line.into()));
    }
}
