//! The house stays tidy: arrows between rooms point one way, each kind of knowledge lives in one
//! room, files stay short, and both databases have the same migrations. Reads only the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every room and the rooms it may use. `main` stands over all.
const ARROWS: [(&str, &[&str]); 14] = [
    ("geometry", &[]),
    ("walk", &["geometry"]),
    ("atlas", &["geometry", "walk"]),
    ("accounts", &["geometry", "atlas"]),
    ("dispatch", &["geometry", "atlas", "accounts"]),
    ("planning", &["geometry", "walk", "atlas"]),
    ("synth", &["geometry", "walk", "atlas", "accounts", "dispatch"]),
    ("tiles", &["geometry", "walk", "atlas", "accounts"]),
    ("store", &["geometry", "walk", "atlas", "accounts", "dispatch", "planning"]),
    ("config", &["geometry", "store"]),
    ("exchange", &["geometry", "walk", "atlas", "accounts", "dispatch", "planning", "store"]),
    (
        "app",
        &[
            "geometry", "walk", "atlas", "accounts", "dispatch", "planning", "store", "exchange", "synth", "tiles",
            "config",
        ],
    ),
    (
        "http",
        &[
            "geometry", "walk", "atlas", "accounts", "dispatch", "planning", "store", "exchange", "synth", "tiles",
            "config", "app",
        ],
    ),
    (
        "cli",
        &[
            "geometry", "walk", "atlas", "accounts", "dispatch", "planning", "store", "exchange", "synth", "tiles",
            "config", "app", "http",
        ],
    ),
];

/// Lines a file may have.
const LONGEST: usize = 400;

/// Words of Rust that belong to some rooms only: the word, the rooms, why.
const WORDS: [(&str, &[&str], &str); 4] = [
    ("sqlx::", &["store"], "SQL lives in store"),
    ("StatusCode", &["http"], "status codes live in http"),
    ("std::env", &["config", "main"], "the environment is read in config"),
    ("env::var", &["config", "main"], "the environment is read in config"),
];

/// Rooms of pure computation, and what they must not do.
const PURE: [&str; 8] = ["geometry", "walk", "atlas", "accounts", "dispatch", "planning", "synth", "tiles"];
const IMPURE: [&str; 9] = [
    "async fn",
    ".await",
    "tokio::",
    "std::fs",
    "File::open",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
];

const SQL: [&str; 6] = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE ", "DROP TABLE "];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Rust files under a folder with their text, by path from the project's root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root()).expect("inside the project").to_string_lossy().replace('\\', "/");
                files.push((name, fs::read_to_string(&path).expect("a text file")));
            }
        }
    }
    files.sort();
    files
}

/// `src/atlas/locate.rs` and `src/atlas.rs` are in the room `atlas`.
fn room(file: &str) -> &str {
    let inside = file.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// The lines of a file that are program: no comments, no tests. Tests stand last in a file or in
/// files of their own.
fn program<'a>(file: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    let name = file.rsplit('/').next().unwrap_or(file);
    if ["tests.rs", "testing.rs"].contains(&name) || file.contains("/tests/") {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let tests = (1..lines.len()).find(|i| lines[*i].starts_with("mod ") && lines[i - 1].trim() == "#[cfg(test)]");
    let inline = tests.filter(|i| lines[*i].ends_with('{'));
    let program = lines[..inline.unwrap_or(lines.len())].iter().enumerate();
    program
        .map(|(i, line)| (i + 1, line.split("//").next().unwrap_or(line)))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}

/// Rooms named in a line by `crate::room` or `crate::{room, …}`.
fn rooms_used(line: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &'_ str| text.find(|c| !is_word(c)).unwrap_or(text.len());
    let mut used = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => used.push(&rest[..word(rest)]),
            Some(list) => {
                let mut depth = 0;
                let parts = list.split_inclusive(['{', '}', ',']).filter_map(|part| {
                    let top = depth == 0;
                    depth += part.matches('{').count() as i32 - part.matches('}').count() as i32;
                    top.then(|| part.trim())
                });
                used.extend(parts.map(|part| &part[..word(part)]).filter(|name| !name.is_empty()));
            }
        }
    }
    used
}

fn wrong_arrows(file: &str, text: &str) -> Vec<String> {
    let Some((own, allowed)) = ARROWS.iter().find(|(name, _)| *name == room(file)) else { return Vec::new() };
    let known = |name: &&str| ARROWS.iter().any(|(room, _)| room == name);
    let mut wrong = Vec::new();
    for (number, line) in program(file, text) {
        for used in rooms_used(line).into_iter().filter(known) {
            if used != *own && !allowed.contains(&used) {
                wrong.push(format!("{file}:{number}: {own} may not use {used}"));
            }
        }
    }
    wrong
}

fn wrong_words(file: &str, text: &str) -> Vec<String> {
    let own = room(file);
    let mut wrong = Vec::new();
    for (number, line) in program(file, text) {
        for (word, rooms, why) in WORDS {
            if line.contains(word) && !rooms.contains(&own) {
                wrong.push(format!("{file}:{number}: {word}: {why}"));
            }
        }
        if own != "store" && SQL.iter().any(|sql| line.contains(sql)) {
            wrong.push(format!("{file}:{number}: SQL lives in store"));
        }
        if PURE.contains(&own) {
            let found = IMPURE.iter().find(|word| line.contains(**word));
            wrong.extend(found.map(|word| format!("{file}:{number}: {word} in {own}, which only computes")));
        }
    }
    wrong
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn arrows_between_rooms_point_one_way() {
    none(sources("src").iter().flat_map(|(file, text)| wrong_arrows(file, text)).collect());
}

#[test]
fn every_room_is_on_the_plan() {
    let planned: BTreeSet<&str> = ARROWS.iter().map(|(room, _)| *room).chain(["main", "lib"]).collect();
    let files = sources("src");
    let rooms: BTreeSet<&str> = files.iter().map(|(file, _)| room(file)).collect();
    assert_eq!(rooms, planned);
}

#[test]
fn sql_status_codes_and_the_environment_stay_in_their_rooms() {
    none(sources("src").iter().flat_map(|(file, text)| wrong_words(file, text)).collect());
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let files = ["src", "tests", "benches"].into_iter().flat_map(sources);
    let long = files.map(|(file, text)| (file, text.lines().count())).filter(|(_, lines)| *lines > LONGEST);
    none(long.map(|(file, lines)| format!("{file}: {lines} lines, {LONGEST} are the most")).collect());
}

#[test]
fn every_file_says_first_what_it_does() {
    let silent = sources("src").into_iter().filter(|(_, text)| !text.starts_with("//!"));
    none(silent.map(|(file, _)| format!("{file}: does not begin with //!")).collect());
}

/// Files of `http` that may take the whole map, and not what the caller sees of it.
const WHOLE: &[&str] = &[
    "src/http/extract.rs",
    "src/http/health.rs",
    "src/http/changes.rs",
    // Rights over areas, and the names of the areas where somebody has them.
    "src/http/account/grants.rs",
    "src/http/account/session.rs",
    "src/http/account/users.rs",
    // The moment of an edit.
    "src/http/edit/features.rs",
];

#[test]
fn answers_are_made_from_what_the_caller_sees() {
    let whole = |line: &str| line.contains("map_of(") || line.contains("app.map()");
    let takes = |(file, text): &(String, String)| {
        !WHOLE.contains(&file.as_str()) && program(file, text).iter().any(|(_, line)| whole(line))
    };
    let wrong = sources("src/http").into_iter().filter(takes);
    none(wrong.map(|(file, _)| format!("{file}: takes the whole map; use Seen")).collect());
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = fs::read_dir(root().join("migrations").join(database)).expect("a folder of migrations");
        folder.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names("geopackage"), names("postgis"));
}

#[test]
fn the_checks_find_what_they_look_for() {
    let arrow = |text: &str| wrong_arrows("src/atlas/x.rs", text).len();
    assert_eq!(arrow("use crate::store::Store;"), 1);
    assert_eq!(arrow("use crate::{geometry::LonLat, http::{a, b}, walk};"), 1);
    assert_eq!(arrow("fn f() -> crate::planning::Near { crate::geometry::x() }"), 1);
    assert_eq!(arrow("// crate::store is not meant\nuse crate::walk::Network;"), 0);
    assert_eq!(arrow("use crate::walk::Network;\n#[cfg(test)]\nmod tests {\n    use crate::synth::town;\n}"), 0);
    let words = |file: &str, text: &str| wrong_words(file, text).len();
    assert_eq!(words("src/http/a.rs", "let q = \"SELECT 1\";"), 1);
    assert_eq!(words("src/app/mod.rs", "use axum::http::StatusCode;"), 1);
    assert_eq!(words("src/http/a.rs", "use axum::http::StatusCode;"), 0);
    assert_eq!(words("src/cli/mod.rs", "std::env::var(\"X\")"), 2);
    assert_eq!(words("src/tiles/cache.rs", "let t = Instant::now();"), 1);
}
