//! The town under construction: carved ground, streets, lots, buildings, estates, households. The
//! writers (`areas`, `base`, `service`, …) only read it.

use super::carve::{Ground, Plan, carve};
use super::estate::{Laid, Rows, lay_out, wall};
use super::figures::{PlaceFigures, PlaceKey};
use super::flat::{centroid, distance};
use super::houses::{Block, House, OLD_HOUSE, SHED, SHOP_HOUSE, VILLAGE_HOUSE, along_streets};
use super::land::{Lot, Use, assign};
use super::names::{self, Unique};
use super::net::Net;
use super::rng::{Rng, apportion};
use super::warp::Warp;
use crate::geometry::Xy;
use std::collections::BTreeMap;

/// A base grid.
#[derive(Debug, Clone)]
pub struct Grid {
    pub code: String,
    pub name: String,
    pub community: usize,
    pub faces: Vec<u32>,
    pub middle: Xy,
    pub households: u32,
}

#[derive(Debug, Clone)]
pub struct Estate {
    pub name: String,
    pub grid: u32,
    pub ground: Vec<Xy>,
    pub gated: bool,
}

/// A whole block that is one facility, with its doors.
#[derive(Debug, Clone)]
pub struct Campus {
    pub kind: Use,
    pub ground: Vec<Xy>,
    pub doors: Vec<Xy>,
    pub street: Option<u32>,
}

pub struct Site {
    pub key: PlaceKey,
    pub figures: PlaceFigures,
    pub plan: Plan,
    pub warp: Warp,
    /// Mesh vertices after the warp, and in degrees.
    pub bent: Vec<Xy>,
    pub degrees: Vec<geo::Coord>,
    pub lots: Vec<Lot>,
    pub houses: Vec<House>,
    /// By house.
    pub households: Vec<u32>,
    pub estates: Vec<Estate>,
    pub campuses: Vec<Campus>,
    pub net: Net,
    /// In the plan's order.
    pub grids: Vec<Grid>,
    /// By house.
    pub addresses: Vec<String>,
    /// Houses that already hold a facility.
    pub taken: Vec<bool>,
}

impl Site {
    pub fn build(key: PlaceKey) -> Self {
        let figures = PlaceFigures::of(key);
        let mut plan = carve(&figures);
        let lots = assign(&mut plan, &figures.shape);
        let warp = Warp::of(&figures);
        let bent = warp.vertices(&plan);
        let degrees = bent.iter().map(|&p| warp.degrees(p)).collect();
        let mut rng = Rng::new(figures.shape.seed).fork(4);
        names::name_streets(&mut plan.mesh, &bent, &figures.roads, &mut rng);
        let mut site = Self {
            key,
            figures,
            plan,
            warp,
            bent,
            degrees,
            lots,
            houses: Vec::new(),
            households: Vec::new(),
            estates: Vec::new(),
            campuses: Vec::new(),
            net: Net::default(),
            grids: Vec::new(),
            addresses: Vec::new(),
            taken: Vec::new(),
        };
        site.number_grids();
        site.build_lots(&mut rng);
        let hilly = matches!(key, PlaceKey::Nankang | PlaceKey::Wanli);
        site.net.add_streets(&site.plan.mesh, &site.bent, hilly);
        site.house_people(&mut rng);
        site.number_houses();
        site.taken = vec![false; site.houses.len()];
        site
    }

    pub fn rng(&self, purpose: u64) -> Rng {
        Rng::new(self.figures.shape.seed).fork(purpose)
    }

    pub fn ring(&self, face: u32) -> Vec<Xy> {
        self.plan.mesh.faces[face as usize].iter().map(|&v| self.bent[v as usize]).collect()
    }

    /// Whether a place of the town's plane lies in a river or stream.
    pub fn in_water(&self, p: Xy) -> bool {
        let wet = |f: usize| self.plan.ground[f] == Ground::Water;
        (0..self.plan.ground.len()).any(|f| wet(f) && super::flat::inside(&self.ring(f as u32), p))
    }

    /// Grid code, E and the number among the grid's estates.
    pub fn estate_code(&self, estate: usize) -> String {
        let grid = self.estates[estate].grid;
        let before = self.estates[..estate].iter().filter(|e| e.grid == grid).count();
        format!("{}E{:02}", self.grids[grid as usize].code, before + 1)
    }

    /// Name of the street with this mesh line.
    pub fn street_name(&self, line: Option<u32>) -> Option<&str> {
        self.plan.mesh.lines[self.plan.mesh.root(line?) as usize].name.as_deref()
    }

    /// Grids get their codes: in bands from north to south, in each from west to east.
    fn number_grids(&mut self) {
        let communities: Vec<(String, String)> =
            self.figures.communities().map(|(_, c)| (c.code.clone(), c.name.clone())).collect();
        self.grids = (0..self.plan.community_of.len() as u32).map(|g| self.grid(g)).collect();
        for (community, (code, name)) in communities.iter().enumerate() {
            let mut mine: Vec<usize> =
                (0..self.grids.len()).filter(|&g| self.grids[g].community == community).collect();
            mine.sort_by(|&a, &b| self.grids[b].middle.y.total_cmp(&self.grids[a].middle.y));
            let band = (mine.len() as f64).sqrt().ceil().max(1.0) as usize;
            for row in mine.chunks_mut(band) {
                row.sort_by(|&a, &b| self.grids[a].middle.x.total_cmp(&self.grids[b].middle.x));
            }
            for (k, &g) in mine.iter().enumerate() {
                self.grids[g].code = format!("{code}{:03}", k + 1);
                self.grids[g].name = format!("{name}第{}网格", number(k + 1));
            }
        }
    }

    fn grid(&self, g: u32) -> Grid {
        let faces: Vec<u32> =
            (0..self.plan.grid_of.len() as u32).filter(|&f| self.plan.grid_of[f as usize] == Some(g)).collect();
        let blocks = faces.iter().filter(|&&f| self.plan.ground[f as usize] == Ground::Block);
        let (mut sum, mut size) = (super::flat::xy(0.0, 0.0), 0.0);
        for &f in blocks {
            let ring = self.ring(f);
            let a = super::flat::area(&ring);
            sum = super::flat::add(sum, super::flat::scale(centroid(&ring), a));
            size += a;
        }
        Grid {
            code: String::new(),
            name: String::new(),
            community: self.plan.community_of[g as usize] as usize,
            faces,
            middle: super::flat::scale(sum, 1.0 / f64::max(size, 1e-9)),
            households: 0,
        }
    }

    /// The place's own estate names go to the gated estates of the most homes, first come first
    /// served; a name the figures tie to a community goes there.
    fn known_estate_names(&mut self) {
        let names = self.figures.estates.clone();
        let mut named: Vec<usize> = Vec::new();
        for name in names {
            let home = self.figures.estate_of.get(&name).cloned();
            let fits = |e: &&usize| {
                let community = self.grids[self.estates[**e].grid as usize].community;
                home.as_ref().is_none_or(|h| self.figures.communities().nth(community).is_some_and(|c| &c.1.name == h))
            };
            let free: Vec<usize> =
                (0..self.estates.len()).filter(|e| self.estates[*e].gated && !named.contains(e)).collect();
            if let Some(&e) = free.iter().find(fits) {
                self.estates[e].name = name;
                named.push(e);
            }
        }
    }

    fn build_lots(&mut self, rng: &mut Rng) {
        let mut unique = Unique::default();
        self.figures.estates.iter().for_each(|n| unique.reserve(n));
        for k in 0..self.lots.len() {
            let lot = self.lots[k].clone();
            match lot.kind {
                Use::Gated | Use::Flats => self.estate(&lot, &mut unique, rng),
                Use::School | Use::Hospital | Use::Office => self.campus(&lot, rng),
                Use::Park => self.park(&lot),
                Use::Old => self.line_up(&lot, &OLD_HOUSE, rng),
                Use::Village => self.line_up(&lot, &VILLAGE_HOUSE, rng),
                Use::Shops => self.line_up(&lot, &SHOP_HOUSE, rng),
                Use::Works => self.line_up(&lot, &SHED, rng),
                Use::Market => self.market(&lot),
                Use::Farmland | Use::Forest => {}
            }
        }
        self.known_estate_names();
    }

    fn line_up(&mut self, lot: &Lot, front: &super::houses::Front, rng: &mut Rng) {
        for &face in &lot.faces {
            let ring = self.ring(face);
            let block = Block { mesh: &self.plan.mesh, face, ring: &ring, grid: lot.grid };
            along_streets(&block, front, rng, &mut self.houses);
        }
    }

    /// Rows of flats; a block too small or crooked becomes an old quarter.
    fn estate(&mut self, lot: &Lot, unique: &mut Unique, rng: &mut Rng) {
        let gated = lot.kind == Use::Gated;
        let rows = Rows::flats(gated, Some(self.estates.len()), rng);
        let Some(laid) = self.lay(lot, &rows, rng) else { return self.line_up(lot, &OLD_HOUSE, rng) };
        let name = unique.take(rng, names::estate);
        self.estates.push(Estate { name, grid: lot.grid, ground: laid.ground.clone(), gated });
    }

    fn lay(&mut self, lot: &Lot, rows: &Rows, rng: &mut Rng) -> Option<Laid> {
        let face = lot.faces[0];
        let ring = self.ring(face);
        let block = Block { mesh: &self.plan.mesh, face, ring: &ring, grid: lot.grid };
        let mut laid = lay_out(&block, rows, &self.bent, &mut self.net, rng)?;
        self.houses.append(&mut laid.houses);
        if rows.walled {
            for part in wall(&laid.ground, &laid.gates) {
                self.net.wall(self.warp.line(&part));
            }
        }
        Some(laid)
    }

    fn campus(&mut self, lot: &Lot, rng: &mut Rng) {
        let kind = match lot.kind {
            Use::School => "school",
            Use::Hospital => "hospital",
            _ => "office",
        };
        let Some(laid) = self.lay(lot, &Rows::campus(kind), rng) else {
            return self.line_up(lot, &SHOP_HOUSE, rng);
        };
        self.add_campus(lot, laid.ground, laid.gates);
    }

    fn add_campus(&mut self, lot: &Lot, ground: Vec<Xy>, doors: Vec<Xy>) {
        let face = lot.faces[0];
        let ring = self.ring(face);
        let block = Block { mesh: &self.plan.mesh, face, ring: &ring, grid: lot.grid };
        let street = block.street_at(doors.first().copied().unwrap_or(ground[0]));
        self.campuses.push(Campus { kind: lot.kind, ground, doors, street });
    }

    /// Paths from corner to corner through the middle.
    fn park(&mut self, lot: &Lot) {
        let face = lot.faces[0];
        let ring = self.ring(face);
        let block = Block { mesh: &self.plan.mesh, face, ring: &ring, grid: lot.grid };
        let Some(ground) = block.plot(0.0) else { return };
        let vertices = self.plan.mesh.faces[face as usize].clone();
        let n = vertices.len();
        let on_street = |i: usize| super::net::is_street(self.plan.mesh.class_at(vertices[i], vertices[(i + 1) % n]));
        let starts: Vec<usize> = (0..4).map(|k| k * n / 4).filter(|&i| on_street(i)).collect();
        let middle = self.net.point(centroid(&ring));
        let mut doors = Vec::new();
        for i in starts {
            let street = self.net.vertex(vertices[i], &self.bent);
            self.net.path(vec![street, middle], "footway");
            doors.push(ring[i]);
        }
        if !doors.is_empty() {
            self.add_campus(lot, ground, doors);
        }
    }

    fn market(&mut self, lot: &Lot) {
        let face = lot.faces[0];
        let ring = self.ring(face);
        let block = Block { mesh: &self.plan.mesh, face, ring: &ring, grid: lot.grid };
        let Some(ground) = block.plot(2.0) else { return };
        let street = block.street_at(ground[0]);
        let (grid, kind) = (lot.grid, "retail");
        let door =
            (0..ring.len()).min_by(|&a, &b| distance(ring[a], ground[0]).total_cmp(&distance(ring[b], ground[0])));
        self.houses.push(House { ring: ground.clone(), grid, kind, room: 0.0, per_floor: 0, estate: None, street });
        self.add_campus(lot, ground, door.map(|i| ring[i]).into_iter().collect());
    }

    /// Street and number, or estate and number.
    fn number_houses(&mut self) {
        let mut last: BTreeMap<String, u32> = BTreeMap::new();
        let mut next = |of: &str| {
            let n = last.entry(of.to_string()).or_default();
            *n += 1;
            *n
        };
        self.addresses = (self.houses.iter())
            .map(|house| match house.estate {
                Some(e) => format!("{0}{1}栋", self.estates[e].name, next(&self.estates[e].name)),
                None => {
                    let street = self.street_name(house.street).unwrap_or("无名路");
                    format!("{street}{}号", next(street))
                }
            })
            .collect();
    }

    /// Households: exactly grids × the place's mean in all, more where there is more room.
    fn house_people(&mut self, rng: &mut Rng) {
        let mut of_grid = vec![Vec::new(); self.grids.len()];
        for (h, house) in self.houses.iter().enumerate().filter(|(_, h)| h.room > 0.0) {
            of_grid[house.grid as usize].push(h);
        }
        let room = |list: &[usize]| list.iter().map(|&h| self.houses[h].room).sum::<f64>();
        let pull: Vec<f64> = of_grid.iter().map(|l| room(l).powf(0.45) * rng.range(0.8, 1.25)).collect();
        let total = (self.figures.shape.households_per_grid * self.grids.len() as f64).round() as u32;
        self.households = vec![0; self.houses.len()];
        for (g, count) in apportion(total, &pull).into_iter().enumerate() {
            self.grids[g].households = count;
            let weights: Vec<f64> = of_grid[g].iter().map(|&h| self.houses[h].room).collect();
            for (k, n) in apportion(count, &weights).into_iter().enumerate() {
                self.households[of_grid[g][k]] = n;
            }
        }
    }
}

/// Chinese numeral of 1 to 99.
pub fn number(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match n {
        0..10 => DIGITS[n].to_string(),
        10..20 => format!("十{}", DIGITS[n % 10]),
        _ => format!("{}十{}", DIGITS[n / 10 % 10], DIGITS[n % 10]),
    }
}
