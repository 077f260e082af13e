//! `kill -9` in the middle of random writes: what was acknowledged is there, what was not is
//! there whole or not at all, and the next process starts as if nothing had happened.

use super::make::*;
use crate::harness::{Database, databases};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use wangge::atlas::Feature;
use wangge::store::{DatabaseUrl, Op, Store};

const ROUNDS: u64 = 50;
/// Stations that are written again and again, by key.
const KEYS: u32 = 30;

/// What each key holds: a number that only grows.
type Held = BTreeMap<u32, u64>;

/// What a batch does: a new number for a key, or `None`: the key goes.
type Step = BTreeMap<u32, Option<u64>>;

fn apply(held: &mut Held, step: &Step) {
    for (key, value) in step {
        match value {
            Some(value) => held.insert(*key, *value),
            None => held.remove(key),
        };
    }
}

/// The code of a station is `key:number`.
fn read(station: &Feature) -> (u32, u64) {
    let code = station.properties["code"].as_str().expect("text");
    let (key, number) = code.split_once(':').expect("both");
    (key.parse().expect("a key"), number.parse().expect("a number"))
}

async fn held(store: &Store) -> Held {
    let stations = all(store, "station").await;
    let held: Held = stations.iter().map(read).collect();
    assert_eq!(held.len(), stations.len(), "no key stands twice");
    held
}

/// A random step of one to four keys.
fn random_step(rng: &mut impl Rng, held: &Held) -> Step {
    let keys = rng.random_range(1..=4);
    let one = |rng: &mut _| {
        let key = RngExt::random_range(rng, 0..KEYS);
        let goes = held.contains_key(&key) && RngExt::random_bool(rng, 0.2);
        (key, (!goes).then(|| held.get(&key).map_or(1, |n| n + 1)))
    };
    (0..keys).map(|_| one(rng)).collect()
}

fn text(step: &Step) -> String {
    serde_json::to_string(step).expect("JSON")
}

async fn ops(store: &Store, step: &Step) -> Vec<Op> {
    let ids: BTreeMap<u32, _> = all(store, "station").await.iter().map(|s| (read(s).0, s.id)).collect();
    let op = |(key, value): (&u32, &Option<u64>)| {
        let new = |number: u64| station(&format!("{key}:{number}"), json!({}));
        match (ids.get(key), value) {
            (Some(id), Some(number)) => update("station", *id, None, new(*number)),
            (Some(id), None) => delete("station", *id, None),
            (None, number) => insert("station", vec![new(number.expect("it is not there to go"))]),
        }
    };
    step.iter().map(op).collect()
}

/// Not a test of its own: the process that is killed. Says what it tries, and when it is safe.
#[tokio::test]
async fn random_writer_to_be_killed() {
    let Ok(url) = std::env::var("WANGGE_TEST_VICTIM") else { return };
    let seed = std::env::var("WANGGE_TEST_SEED").expect("a seed").parse().expect("a number");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let url: DatabaseUrl = url.parse().expect("a database");
    let store = Store::open(&url).await.expect("the database opens");
    let mut held = held(&store).await;
    let mut out = std::io::stderr();
    loop {
        let step = random_step(&mut rng, &held);
        let ops = ops(&store, &step).await;
        writeln!(out, "try {}", text(&step)).expect("said");
        store.write(batch(ops)).await.expect("written");
        writeln!(out, "safe {}", text(&step)).expect("said");
        apply(&mut held, &step);
    }
}

fn victim(url: &str, seed: u64) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["store::killed::random_writer_to_be_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env("WANGGE_TEST_VICTIM", url)
        .env("WANGGE_TEST_SEED", seed.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a writer")
}

/// Lets a writer write for a moment, and kills it. The steps it said were safe, and the one that
/// it was trying.
fn killed_writer(url: &str, seed: u64, moment: Duration) -> (Vec<Step>, Option<Step>) {
    let mut child = victim(url, seed);
    let mut lines = BufReader::new(child.stderr.take().expect("its output"));
    let mut first = String::new();
    while !first.starts_with("safe ") {
        first.clear();
        assert_ne!(lines.read_line(&mut first).expect("its output"), 0, "the writer writes");
        if first.starts_with("try ") {
            continue;
        }
    }
    std::thread::sleep(moment);
    child.kill().expect("killed");
    child.wait().expect("gone");
    let step = |json: &str| serde_json::from_str::<Step>(json).expect("a whole line");
    let (mut safe, mut tried) = (vec![step(first.trim_start_matches("safe "))], None);
    // The last line may be cut off; then it was never heard.
    let whole = lines.lines().map_while(Result::ok).filter(|l| l.ends_with('}'));
    for line in whole {
        match line.split_once(' ') {
            Some(("try", json)) => tried = Some(step(json)),
            Some(("safe", json)) => {
                safe.push(step(json));
                tried = None;
            }
            _ => panic!("{line}"),
        }
    }
    (safe, tried)
}

async fn intact(database: &Database) {
    if database.file().is_some() {
        let sql = "CREATE TEMP TABLE sound (said TEXT CHECK (said = 'ok')); \
                   INSERT INTO sound SELECT integrity_check FROM pragma_integrity_check";
        database.outside(sql).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_killed_writers_lose_nothing_that_was_acknowledged() {
    for database in databases().await {
        let url = match &database.url {
            DatabaseUrl::Geopackage(path) => path.display().to_string(),
            DatabaseUrl::Postgis(url) => url.clone(),
        };
        database.open().await.close().await;
        let (mut expected, mut acknowledged, mut half_way, mut came) = (Held::new(), 0, 0, 0);
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for round in 0..ROUNDS {
            let moment = Duration::from_micros(rng.random_range(0..40_000));
            let (at, seed) = (url.clone(), rng.random());
            let (safe, tried) =
                tokio::task::spawn_blocking(move || killed_writer(&at, seed, moment)).await.expect("no panic");
            acknowledged += safe.len();
            safe.iter().for_each(|step| apply(&mut expected, step));
            let store = database.open().await;
            let found = held(&store).await;
            if let Some(step) = tried {
                half_way += 1;
                let mut with = expected.clone();
                apply(&mut with, &step);
                if found != expected {
                    came += 1;
                    expected = with;
                }
            }
            assert_eq!(found, expected, "round {round}");
            store.close().await;
        }
        intact(&database).await;
        eprintln!("{}: {acknowledged} acknowledged, {half_way} killed half-way, {came} of them written", database.url);
        assert!(acknowledged >= ROUNDS as usize && half_way > 0);
    }
}
