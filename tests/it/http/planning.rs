//! Planning over the wire: coverage, gaps, siting, in the town known by heart.

use super::people::{Pass, person, user};
use super::town;
use crate::harness::Server;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use wangge::accounts::Role;
use wangge::config::Settings;
use wangge::geometry::{LonLat, TileCoord};

const WEST: &str = "360483100001001";
const EAST: &str = "360483100001002";

async fn planner(server: &Server, name: &str, area: Option<&str>) -> Pass {
    person(&server.app.store, name, &[(Role::Planner, area)]).await
}

fn households(value: &Value) -> Vec<u64> {
    value.as_array().expect("by band").iter().filter_map(|covered| covered["households"].as_u64()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_says_who_has_it_by_area_and_the_areas_add_up() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let found = pass.json(&server, "/api/planning/coverage?category=station").await;
    assert_eq!(found["bands"], json!([{"minutes": 5}, {"minutes": 10}, {"minutes": 15}]));
    assert_eq!((&found["by"], &found["facilities"]), (&json!("grid"), &json!(2)));
    assert_eq!(households(&found["whole"]["covered"]), [12, 12, 12]);
    let rows = found["rows"].as_array().expect("rows");
    assert_eq!(rows.iter().map(|row| &row["area"]["code"]).collect::<Vec<_>>(), [WEST, EAST]);
    assert_eq!((&rows[0]["households"], &rows[0]["covered"][0]["share"]), (&json!(0), &Value::Null));
    assert_eq!((&rows[1]["households"], &rows[1]["covered"][0]["share"]), (&json!(12), &json!(1.0)));
    // The eastern station is 239 s away; in 3 minutes nobody has it, in 4 all do.
    let found = pass.json(&server, "/api/planning/coverage?category=station&minutes=4,3&by=whole").await;
    assert_eq!((households(&found["whole"]["covered"]), &found["rows"]), (vec![0, 12], &json!([])));
    assert_eq!(households(&found["outside"]["covered"]), [0, 12]);
    // The western one is open never, the other always.
    let open = "/api/planning/coverage?layer=station&minutes=15&open_at=2026-11-22T09:30:00%2B08:00";
    assert_eq!(pass.json(&server, open).await["facilities"], 1);
    let csv = pass.get(&server, "/api/planning/coverage?category=station&format=csv").await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.expect("text");
    assert!(text.starts_with("\u{feff}编码,名称,户数,楼栋,5分钟内户数"), "{text}");
    assert!(text.contains(&format!("{EAST},第二网格,12,1,12,1,100.00")) && text.contains(",合计,12,1"), "{text}");
    let map = pass.json(&server, "/api/planning/coverage?category=station&format=geojson").await;
    assert_eq!(map["features"][1]["properties"]["share_15"], 1.0);
    assert_eq!(map["features"][1]["geometry"]["type"], "Polygon");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planner_of_a_grid_counts_that_grid_only_and_others_nothing() {
    let (server, _database) = town().await;
    let west = planner(&server, "west", Some(WEST)).await;
    let found = west.json(&server, "/api/planning/coverage?category=station").await;
    assert_eq!((&found["whole"]["households"], &found["rows"]), (&json!(0), &json!([])));
    let east = planner(&server, "east", Some(EAST)).await;
    let found = east.json(&server, "/api/planning/coverage?category=station").await;
    assert_eq!(found["whole"]["households"], 12);
    assert_eq!(found["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(east.json(&server, "/api/planning/grid-size").await["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(east.get(&server, "/api/planning/score?area=grid/1").await.status(), 403);
    assert_eq!(east.get(&server, "/api/planning/score?area=grid/2").await.status(), 200);
    let worker = person(&server.app.store, "wu", &[(Role::Worker, None)]).await;
    assert_eq!(worker.get(&server, "/api/planning/coverage?category=station").await.status(), 403);
    assert_eq!(Pass::Nobody.get(&server, "/api/planning/coverage?category=station").await.status(), 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_ask_for_coverage_when_the_operator_says_so_and_for_nothing_else() {
    let database = crate::harness::Database::geopackage();
    let store = database.open().await;
    super::town::fill(&store).await;
    let mut settings = Settings::default();
    settings.planning.public_coverage = true;
    let server = Server::start_with(store, settings).await;
    let found = Pass::Nobody.json(&server, "/api/planning/coverage?category=station").await;
    assert_eq!(found["whole"]["households"], 12);
    for path in ["coverage/buildings?category=station", "grid-size", "coverage/tiles/14/0/0?category=station"] {
        assert_eq!(Pass::Nobody.get(&server, &format!("/api/planning/{path}")).await.status(), 401, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_hours_and_dependence_are_told_building_by_building_hour_by_hour_place_by_place() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let gaps = pass.json(&server, "/api/planning/coverage/buildings?category=station&minutes=3").await;
    assert_eq!((&gaps["total"]["households"], &gaps["buildings"][0]["id"]), (&json!(12), &json!(1)));
    let walk = gaps["buildings"][0]["walk_s"].as_u64().expect("a walk");
    assert!((200..=240).contains(&walk), "{walk}");
    assert_eq!(gaps["buildings"][0]["grid"]["code"], EAST);
    let west = "/api/planning/coverage/buildings?category=station&minutes=3&in=grid/1";
    assert_eq!(pass.json(&server, west).await["total"]["buildings"], 0);
    let page = "/api/planning/coverage/buildings?category=station&minutes=3&offset=1";
    let page = pass.json(&server, page).await;
    assert_eq!((&page["total"]["buildings"], &page["buildings"]), (&json!(1), &json!([])));
    let day = pass.json(&server, "/api/planning/coverage/hours?layer=station&date=2026-11-22&minutes=15").await;
    let hours = day["hours"].as_array().expect("hours");
    assert_eq!((hours.len(), &hours[0]["at"]), (24, &json!("2026-11-22T00:00:00+08:00")));
    assert!(hours.iter().all(|hour| hour["open"] == 1 && hour["covered"]["households"] == 12));
    // Of unknown hours, once closed and once open.
    for (unknown, open) in [("closed", 0), ("open", 1)] {
        let path = format!("/api/planning/coverage/hours?category=medical&unknown_hours={unknown}");
        assert_eq!(pass.json(&server, &path).await["hours"][9]["open"], open);
    }
    let alone = pass.json(&server, "/api/planning/coverage/dependents?category=station&minutes=10").await;
    assert_eq!(alone["whole"]["alone"]["households"], 12, "the western station is more than 10 minutes away");
    assert_eq!(
        (&alone["facilities"][0]["name"], alone["facilities"].as_array().map(Vec::len)),
        (&json!("东站"), Some(2))
    );
    let both = pass.json(&server, "/api/planning/coverage/dependents?category=station&minutes=15").await;
    assert_eq!(
        (&both["whole"]["served"]["households"], &both["whole"]["alone"]["households"]),
        (&json!(12), &json!(0))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_shows_in_the_next_answer() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let path = "/api/planning/coverage?category=elder_care";
    assert_eq!(households(&pass.json(&server, path).await["whole"]["covered"]), [0, 0, 0]);
    let place = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [116.001, 29.4001]},
        "properties": {"name": "养老"}});
    let made = pass.send(&server, Method::POST, "/api/collections/elder_care/items", (None, &place)).await;
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap_or_default());
    assert_eq!(households(&pass.json(&server, path).await["whole"]["covered"]), [12, 12, 12]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_show_buildings_by_their_walk_areas_by_their_share_and_the_places() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let at = LonLat::new(116.0009, 29.4003).expect("a position");
    let (x, y) = TileCoord::new(0, 0, 0).expect("a tile").unit(at.lon(), at.lat());
    let n = f64::from(1u32 << 14);
    let tile = format!("/api/planning/coverage/tiles/14/{}/{}", (x * n) as u32, (y * n) as u32);
    let answer = pass.get(&server, &format!("{tile}?category=station&minutes=3,4")).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (200, &"private, no-cache".parse().expect("text"))
    );
    let tag = answer.headers()["etag"].clone();
    let reader = mvt_reader::Reader::new(answer.bytes().await.expect("a body").to_vec()).expect("a tile");
    assert_eq!(reader.get_layer_names().expect("names"), ["area", "building", "facility"]);
    let properties = |layer: usize, feature: usize| {
        let features = reader.get_features(layer).expect("features");
        features[feature].properties.clone().expect("properties")
    };
    use mvt_reader::feature::Value as Mvt;
    assert_eq!(properties(0, 1)["share"], Mvt::Double(1.0));
    assert_eq!((&properties(1, 0)["band"], &properties(1, 0)["households"]), (&Mvt::UInt(1), &Mvt::UInt(12)));
    assert!(matches!(properties(1, 0)["walk_s"], Mvt::UInt(200..=240)), "{:?}", properties(1, 0));
    assert_eq!(properties(2, 0)["name"], Mvt::String("东站".into()));
    let again = pass.request(&server, Method::GET, &format!("{tile}?category=station&minutes=3,4"));
    assert_eq!(again.header("if-none-match", tag).send().await.expect("an answer").status(), 304);
    let nothing = pass.get(&server, "/api/planning/coverage/tiles/14/0/0?category=station").await;
    assert_eq!(nothing.status(), 204);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_score_of_a_point_and_of_a_grid_name_each_category_for_each_walker() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let point = pass.json(&server, "/api/planning/score?lon=116.0009&lat=29.4003&profiles=adult,senior").await;
    assert_eq!(point["profiles"].as_array().map(Vec::len), Some(2));
    assert_eq!(point["profiles"][0]["basic_within"], json!([1, 1, 1]));
    let medical = |score: &Value| {
        let all = score["categories"].as_array().expect("categories");
        all.iter().find(|c| c["category"] == "medical").expect("medical").clone()
    };
    let walk = |score: &Value| medical(score)["walk_s"].as_u64().expect("a walk");
    assert!(walk(&point["profiles"][0]) < walk(&point["profiles"][1]));
    let grid = pass.json(&server, "/api/planning/score?area=grid/2&profiles=adult").await;
    assert_eq!((&grid["households"], &grid["area"]["code"]), (&json!(12), &json!(EAST)));
    let found = medical(&grid["profiles"][0]);
    assert_eq!((&found["facilities"], households(&found["covered"])), (&json!(1), vec![12, 12, 12]));
    let ground: Vec<f64> = found["ground"].as_array().expect("ground").iter().filter_map(Value::as_f64).collect();
    assert!(ground[0] > 0.0 && ground.is_sorted() && ground[2] < 1.0, "{ground:?}");
    assert_eq!(grid["profiles"][0]["all_five"][2]["households"], 0);
    assert_eq!(grid["profiles"][0]["mean_of_five"], json!([1.0, 1.0, 1.0]));
    let csv = pass.get(&server, "/api/planning/score?area=grid/2&profiles=adult&format=csv").await;
    assert!(csv.text().await.expect("text").contains("adult,medical,是,1,12,12,100.00"));
    server.stop().await;
}

/// The run's end.
async fn finished(server: &Server, pass: &Pass, path: &str, body: &Value) -> Value {
    let begun = pass.send(server, Method::POST, path, (None, body)).await;
    assert_eq!(begun.status(), 202, "{}", begun.text().await.unwrap_or_default());
    let location = begun.headers()["location"].to_str().expect("text").to_owned();
    let path = location.strip_prefix(&server.base).expect("an address of the service").to_owned();
    pass.json(server, &format!("{path}?wait_s=20")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn siting_finds_the_best_site_and_proves_it_and_building_it_does_what_was_promised() {
    let (server, _database) = town().await;
    let pass = planner(&server, "pan", None).await;
    let points = json!([[115.991, 29.4], [116.001, 29.4001], [116.009, 29.4]]);
    let question =
        json!({"category": "elder_care", "goal": "cover", "places": 1, "minutes": 3, "candidates": {"points": points}});
    let run = finished(&server, &pass, "/api/planning/siting", &question).await;
    assert_eq!((&run["state"], &run["kind"], &run["problem"]), (&json!("done"), &json!("siting"), &Value::Null));
    let found = &run["result"];
    assert_eq!((&found["value"], &found["bound"], &found["gap"]), (&json!(12.0), &json!(12.0), &json!(0.0)));
    assert_eq!((&found["unit"], &found["reached_after"]), (&json!("households"), &json!([0.0, 12.0])));
    let pick = &found["picks"][0];
    assert_eq!((&pick["lon"], &pick["lat"], &pick["adds"]), (&json!(116.001), &json!(29.4001), &json!(12.0)));
    let id = run["id"].as_str().expect("an id");
    let marginal = |picks: usize| format!("/api/planning/runs/{id}/marginal?picks={picks}");
    let adds = |sites: Value| -> Vec<f64> {
        sites["sites"].as_array().expect("sites").iter().filter_map(|site| site["adds"].as_f64()).collect()
    };
    assert_eq!(adds(pass.json(&server, &marginal(0)).await), [0.0, 12.0, 0.0]);
    assert_eq!(adds(pass.json(&server, &marginal(1)).await), [0.0, 0.0, 0.0]);
    // As few as it takes; the shortest walk; at street corners.
    let all = json!({"category": "elder_care", "goal": "cover_all", "minutes": 15, "candidates": {"spacing_m": 200}});
    let all = finished(&server, &pass, "/api/planning/siting", &all).await;
    assert_eq!((&all["result"]["bound"], all["result"]["picks"].as_array().map(Vec::len)), (&json!(1.0), Some(1)));
    let walk =
        json!({"category": "elder_care", "goal": "shortest_walk", "places": 1, "candidates": {"layer": "station"}});
    let walk = finished(&server, &pass, "/api/planning/siting", &walk).await;
    assert_eq!(
        (&walk["result"]["picks"][0]["of"]["name"], &walk["result"]["unit"]),
        (&json!("东站"), &json!("household_seconds"))
    );
    // Somebody else's run, one that is forgotten, one that has found no sites.
    let other = planner(&server, "ben", None).await;
    assert_eq!(other.get(&server, &marginal(0)).await.status(), 404);
    let gone = pass.send(&server, Method::DELETE, &format!("/api/planning/runs/{id}"), (None, &Value::Null)).await;
    assert_eq!(gone.status(), 204);
    assert_eq!(pass.get(&server, &marginal(0)).await.status(), 404);
    let links = finished(&server, &pass, "/api/planning/missing-links", &json!({"category": "station"})).await;
    assert_eq!((&links["state"], &links["result"]["links"]), (&json!("done"), &json!([])));
    let id = links["id"].as_str().expect("an id");
    assert_eq!(pass.get(&server, &format!("/api/planning/runs/{id}/marginal")).await.status(), 409);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_names_what_is_wrong_with_a_question() {
    let (server, _database) = town().await;
    let row = user(&server.app.store, "pan", &[(Role::Planner, None)]).await;
    let pass = Pass::session(&server.app.store, row.user.id).await;
    for (path, fields) in [
        ("coverage", vec!["category"]),
        (
            "coverage?category=x&by=y&minutes=0&profile=z&format=pdf&scenario=1",
            vec!["category", "minutes", "profile", "scenario", "by", "format"],
        ),
        ("coverage?category=station&layer=station", vec!["category"]),
        ("coverage?category=station&minutes=5&metres=300", vec!["metres"]),
        ("coverage/buildings?category=station&limit=0&in=grid/99", vec!["in", "limit"]),
        ("coverage/hours?category=station&open_at=now&date=x", vec!["open_at", "date"]),
        ("coverage/tiles/1/9/0?category=station&against=then", vec!["x", "against"]),
        ("score?area=station/1", vec!["area"]),
        ("score?area=grid/1&lon=1&lat=2", vec!["lon", "lat"]),
        ("score?lon=116&lat=29.4&profiles=adult,adult", vec!["profiles"]),
        ("grid-size?target=10&least=20&most=5", vec!["target"]),
        ("parking?by=x", vec!["by"]),
        ("runs/1?wait_s=99", vec!["wait_s"]),
    ] {
        let answer = pass.get(&server, &format!("/api/planning/{path}")).await;
        assert_eq!(answer.status(), 400, "{path}");
        let problem: Value = answer.json().await.expect("a problem");
        let named: Vec<&str> =
            problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!(named, fields, "{path}");
    }
    let good = json!({"category": "station", "goal": "cover", "candidates": {"spacing_m": 100}});
    for (change, fields) in [
        (json!({"goal": null}), vec!["goal"]),
        (json!({"candidates": {}}), vec!["candidates.layer"]),
        (json!({"candidates": 5}), vec!["candidates"]),
        (json!({"candidates": {"points": [[116, 95], [1]]}}), vec!["candidates.points[0]", "candidates.points[1]"]),
        (json!({"candidates": {"points": [[10, 10]]}}), vec![]),
        (json!({"goal": "cover_all", "places": 3}), vec!["places"]),
        (json!({"minutes": "5,10"}), vec!["minutes"]),
        (json!({"places": 51, "existing": "burn", "colour": 1}), vec!["existing", "places", "colour"]),
    ] {
        let mut body = good.clone();
        for (name, value) in change.as_object().expect("members") {
            body[name] = value.clone();
        }
        let answer = pass.send(&server, Method::POST, "/api/planning/siting", (None, &body)).await;
        let (status, problem): (_, Value) = (answer.status(), answer.json().await.expect("a body"));
        if fields.is_empty() {
            // Drawn where nobody lives: that is a question, too.
            assert_eq!(status, 202, "{body}: {problem}");
            continue;
        }
        assert_eq!(status, 400, "{body}: {problem}");
        let named: Vec<&str> =
            problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!(named, fields, "{body}");
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.stop().await;
}
