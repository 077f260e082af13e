//! Real extracts as walking networks: what plazas add, whether the sea is believed, what a drawn
//! link costs. A measurement: `cargo test --test it network -- --ignored --nocapture`.

use std::time::Instant;
use wangge::atlas::Catalogue;
use wangge::geometry::{LonLat, Seconds};
use wangge::walk::{Direction, Link, Network, Profile, ReachQuery, Streets};

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn streets(name: &str) -> Option<Streets> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/osm/{name}.osm.pbf"));
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there", file.display());
        return None;
    }
    let catalogue = Catalogue::built_in().expect("built-in layers");
    Some(wangge::exchange::osm::read(&file, &catalogue, &mut |_| {}).expect("reads").streets)
}

#[test]
#[ignore = "a measurement"]
fn plazas_water_and_links_of_real_extracts() {
    // A place on the quay of each harbour, and one in its water.
    let places = [
        ("monaco", (7.4205, 43.7347), (7.4268, 43.7348)),
        ("malta", (14.5130, 35.8985), (14.5160, 35.8955)),
        ("xuzhou", (117.1850, 34.2610), (117.1850, 34.2610)),
    ];
    for (name, origin, water) in places {
        let Some(streets) = streets(name) else { continue };
        let timed = |s: &Streets| {
            let start = Instant::now();
            (Network::build(s), ms(start))
        };
        let (network, all) = timed(&streets);
        let (bare, without) = timed(&Streets { plazas: Vec::new(), ..streets.clone() });
        let (dry, _) = timed(&Streets { sea: None, ..streets.clone() });
        println!(
            "{name}: {} edges in {all:.0} ms; {} of {} areas' lines ({without:.0} ms without); {} edges cut by the sea",
            network.edge_count(),
            network.edge_count() - bare.edge_count(),
            streets.plazas.len(),
            network.edge_count() as i64 - dry.edge_count() as i64,
        );
        let at = |(lon, lat): (f64, f64)| LonLat::new(lon, lat).expect("in range");
        let profile = Profile::by_id("adult").expect("built in");
        let query = ReachQuery { origin: at(origin), profile, direction: Direction::From, budget: Seconds(900.0) };
        for (what, network) in [("with the sea", &network), ("without", &dry)] {
            let reach = match network.reach(&query) {
                Ok(reach) => reach,
                Err(outside) => {
                    println!("  {what}: the origin is outside: {outside}");
                    continue;
                }
            };
            let area = reach.outlines(&[Seconds(900.0)])[0].area_m2;
            println!(
                "  {what}: {area:.0} m² in 15 minutes; in the harbour {:?}",
                reach.time_at(at(water)).map(|t| t.0)
            );
        }
        let link = |i: usize| Link {
            line: vec![
                at((origin.0 + 0.001 * i as f64, origin.1)),
                at((origin.0 + 0.001 * i as f64, origin.1 + 0.002)),
            ],
            ..Link::default()
        };
        for count in [1, 100] {
            let links: Vec<Link> = (0..count).map(link).collect();
            let start = Instant::now();
            let stitched = network.with_links(&links);
            println!(
                "  {count} links: {:.0} ms, {} edges more",
                ms(start),
                stitched.edge_count() - network.edge_count()
            );
        }
        let start = Instant::now();
        let bytes = network.encode();
        let size = bytes.len();
        println!("  artefact: {} kB, coded in {:.0} ms", size / 1024, ms(start));
    }
}
