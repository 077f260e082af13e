//! A walk in words, one sentence a step, in Chinese and English. Pure.

use super::route::{Ground, Step, StepKind};
use crate::geometry::Metres;

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Zh,
    En,
}

/// A sentence a step. In Chinese each ends with what to do next, in English each begins with what
/// to do there.
pub fn route_text(steps: &[Step], lang: Lang) -> Vec<String> {
    let next = steps.iter().skip(1).map(Some).chain([None]);
    steps
        .iter()
        .zip(next)
        .map(|(step, next)| match lang {
            Lang::Zh => chinese(step, next),
            Lang::En => english(step, next.is_none()),
        })
        .collect()
}

fn chinese(step: &Step, next: Option<&Step>) -> String {
    let far = metres(step.distance, Lang::Zh);
    let walk = match (step.ground, &step.name) {
        (Ground::Street, Some(name)) => format!("沿{name}步行{far}"),
        (Ground::Street, None) => format!("沿路步行{far}"),
        (Ground::Stairs, Some(name)) => format!("沿{name}走台阶{far}"),
        (Ground::Stairs, None) => format!("走台阶{far}"),
        (Ground::OffNetwork, _) => format!("穿过空地步行{far}"),
    };
    let then = match next.map(|n| n.kind) {
        None => "到达终点",
        Some(StepKind::Depart | StepKind::Straight) => "然后直行",
        Some(StepKind::SlightLeft) => "然后向左前方走",
        Some(StepKind::Left) => "然后左转",
        Some(StepKind::SharpLeft) => "然后向左后方转",
        Some(StepKind::SlightRight) => "然后向右前方走",
        Some(StepKind::Right) => "然后右转",
        Some(StepKind::SharpRight) => "然后向右后方转",
    };
    format!("{walk}，{then}")
}

fn english(step: &Step, last: bool) -> String {
    let turn = match step.kind {
        StepKind::Depart => None,
        StepKind::Straight => Some("Continue straight"),
        StepKind::SlightLeft => Some("Bear left"),
        StepKind::Left => Some("Turn left"),
        StepKind::SharpLeft => Some("Turn sharp left"),
        StepKind::SlightRight => Some("Bear right"),
        StepKind::Right => Some("Turn right"),
        StepKind::SharpRight => Some("Turn sharp right"),
    };
    let what = match (turn, step.ground, &step.name) {
        (None, Ground::Street, Some(name)) => format!("Walk along {name}"),
        (None, Ground::Street, None) => "Walk along the way".to_owned(),
        (None, Ground::Stairs, name) => format!("Take the stairs{}", of(name.as_deref())),
        (None, Ground::OffNetwork, _) => "Cross the open ground".to_owned(),
        (Some(turn), Ground::Street, Some(name)) => format!("{turn} onto {name}"),
        (Some(turn), Ground::Street, None) => turn.to_owned(),
        (Some(turn), Ground::Stairs, name) => format!("{turn} and take the stairs{}", of(name.as_deref())),
        (Some(turn), Ground::OffNetwork, _) => format!("{turn} and cross the open ground"),
    };
    let end = if last { ", and you are there" } else { "" };
    format!("{what}, {}{end}", metres(step.distance, Lang::En))
}

fn of(name: Option<&str>) -> String {
    name.map(|n| format!(" of {n}")).unwrap_or_default()
}

/// 8 m, 240 m, 1.2 km.
fn metres(distance: Metres, lang: Lang) -> String {
    let m = distance.0.max(1.0);
    let rounded = if m < 100.0 { m.round() } else { (m / 10.0).round() * 10.0 };
    match lang {
        Lang::Zh if rounded < 1000.0 => format!("{rounded}米"),
        Lang::Zh => format!("{:.1}公里", m / 1000.0),
        Lang::En if rounded < 1000.0 => format!("{rounded} m"),
        Lang::En => format!("{:.1} km", m / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketch::at;
    use super::*;
    use crate::geometry::Seconds;

    fn step(kind: StepKind, ground: Ground, name: &str, metres: f64) -> Step {
        let name = (!name.is_empty()).then(|| name.to_owned());
        let walk = Seconds(metres / 1.25);
        Step { kind, ground, name, distance: Metres(metres), walk, at: at(0.0, 0.0, 1.0) }
    }

    #[test]
    fn a_walk_is_told_in_chinese() {
        let steps = [
            step(StepKind::Depart, Ground::OffNetwork, "", 8.4),
            step(StepKind::SlightRight, Ground::Street, "解放路", 123.0),
            step(StepKind::Left, Ground::Stairs, "", 12.0),
            step(StepKind::Straight, Ground::Street, "", 1234.0),
        ];
        let expected = [
            "穿过空地步行8米，然后向右前方走",
            "沿解放路步行120米，然后左转",
            "走台阶12米，然后直行",
            "沿路步行1.2公里，到达终点",
        ];
        assert_eq!(route_text(&steps, Lang::Zh), expected);
    }

    #[test]
    fn a_walk_is_told_in_english() {
        let steps = [
            step(StepKind::Depart, Ground::Street, "Hill Road", 0.3),
            step(StepKind::Left, Ground::Street, "Harbour Street", 118.0),
            step(StepKind::SharpRight, Ground::Stairs, "Old Steps", 12.0),
            step(StepKind::SlightLeft, Ground::Street, "", 995.1),
            step(StepKind::Straight, Ground::OffNetwork, "", 20.0),
        ];
        let expected = [
            "Walk along Hill Road, 1 m",
            "Turn left onto Harbour Street, 120 m",
            "Turn sharp right and take the stairs of Old Steps, 12 m",
            "Bear left, 1.0 km",
            "Continue straight and cross the open ground, 20 m, and you are there",
        ];
        assert_eq!(route_text(&steps, Lang::En), expected);
        assert!(route_text(&[], Lang::En).is_empty());
    }
}
