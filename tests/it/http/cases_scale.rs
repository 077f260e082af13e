//! A measurement, not a test: the board over 100,000 open and 1,000,000 closed cases.
//! `tests/postgres.sh cargo test --test it -- --ignored --nocapture cases_scale`

use super::cases::{GRID, TOWN, Town};
use super::people::{Pass, person};
use crate::harness::{Database, databases};
use std::time::Instant;
use wangge::accounts::Role;

const OPEN: usize = 100_000;
const CLOSED: usize = 1_000_000;
/// Real cases, made by the workflow, that all others are copies of.
const MADE: usize = 100;

const COLUMNS: &str = "events, state, restricted, suspended, warned, missed, triage, source, category, \
    category_group, district, level, owner_layer, owner_code, promised_at, next_due, updated_at, \
    counts_until, photos, last_what, ever, ever_plain, description, address";

/// Copies the made cases: spread over 500 grids, 50 communities, 5 towns, 180 days and 20 km.
async fn fill(db: &Database) {
    let sqlite = db.file().is_some();
    let series = |n: usize| match sqlite {
        true => {
            format!("(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {n}) SELECT n FROM s) s")
        }
        false => format!("generate_series(1, {n}) s(n)"),
    };
    let (yes, no) = if sqlite { ("1", "0") } else { ("true", "false") };
    for (name, copies, open) in [("o", OPEN / MADE, true), ("c", CLOSED / MADE, false)] {
        let columns = if open { COLUMNS.to_owned() } else { COLUMNS.replace("state,", "'closed',") };
        let columns = columns.replace("next_due,", "NULL,");
        // A number that looks random and is the same each time.
        let r = "((i.id * 7919 + s.n * 104729) % 1000003)";
        let sql = format!(
            "INSERT INTO wangge_issue (number, {COLUMNS}, open, lon_e7, lat_e7, grid, community, town, worker, due_at, \
             urgent_at, reported_at, closed_at) SELECT '{name}' || s.n || '-' || i.id, {columns}, {open}, \
             1159900000 + {r} * 13 % 2000000, 293950000 + {r} * 29 % 2000000, \
             CASE {r} % 500 WHEN 7 THEN '{GRID}' ELSE 'g' || ({r} % 500) END, 'c' || ({r} % 50), \
             CASE {r} % 5 WHEN 2 THEN '{TOWN}' ELSE 't' || ({r} % 5) END, 'w' || ({r} % 500), \
             i.due_at + {r} * 1000, i.urgent_at + {r} * 1000, i.reported_at - {r} * 15552, {closed} \
             FROM wangge_issue i CROSS JOIN {series} WHERE i.number LIKE '20%'",
            open = if open { yes } else { no },
            closed = if open { "NULL".to_owned() } else { format!("i.reported_at - {r} * 15552 + 3600000") },
            series = series(copies),
        );
        db.outside(&sql).await;
    }
    db.outside(
        "INSERT INTO wangge_issue_case (issue_id, body, about) SELECT i.id, \
         (SELECT c.body FROM wangge_issue_case c WHERE c.issue_id = 1 + i.id % 100), '{}' FROM wangge_issue i \
         WHERE i.number NOT LIKE '20%'",
    )
    .await;
    if sqlite {
        db.outside("ANALYZE").await;
    } else {
        db.outside("VACUUM ANALYZE").await;
    }
}

async fn median(town: &Town, who: &Pass, path: &str) -> f64 {
    let mut times = Vec::new();
    for _ in 0..9 {
        let begun = Instant::now();
        who.json(&town.server, path).await;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn the_board_over_a_million_cases() {
    for db in databases().await {
        let town = Town::start(&db).await;
        let categories = ["exposed_garbage", "noise", "dispute", "dirty_road"];
        for i in 0..MADE {
            town.report(categories[i % 4], 115.991 + 0.0001 * i as f64).await;
        }
        let begun = Instant::now();
        fill(&db).await;
        let kind = if db.file().is_some() { "GeoPackage" } else { "PostGIS" };
        println!("{kind}: filled in {:.0} s", begun.elapsed().as_secs_f64());
        let dora = person(&town.store, "dora", &[(Role::Dispatcher, None)]).await;
        for (name, who) in [("everywhere", &dora), ("a town", &town.dan), ("a grid", &town.ann)] {
            for path in [
                "/api/issues",
                "/api/issues?overdue=true&category=noise",
                "/api/issues?state=all&sort=newest",
                "/api/issues?state=closed&sort=updated",
                "/api/issues?q=垃圾",
                "/api/issues/board",
                "/api/issues/board?state=all",
                "/api/issues/map?zoom=10",
                "/api/issues/map?bbox=116.05,29.45,116.07,29.47&zoom=16",
                "/api/issues/tasks",
            ] {
                println!("{kind} {name} {path}: {:.0} ms", median(&town, who, path).await);
            }
        }
    }
}
