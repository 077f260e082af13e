//! The program as an operator runs it: one line when something is wrong, the right exit status,
//! and a clean end on a signal.

use crate::harness::Database;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

fn wangge(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.arg("--database").arg(database.file().expect("a file")).env_remove("WANGGE_DATABASE");
    command
}

/// Starts `serve` on a free port and waits for its address.
fn serve(database: &Database) -> (Child, String) {
    let mut command = wangge(database);
    command.args(["serve", "--listen", "127.0.0.1:0", "--log", "off"]).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let url = address(&mut child);
    (child, url)
}

/// The address that the program tells when it serves.
fn address(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    line.trim().rsplit(' ').next().expect("an address").to_owned()
}

fn one_line(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_service_cleanly_and_leaves_one_file() {
    let database = Database::geopackage();
    for signal in ["-TERM", "-INT"] {
        let (mut child, url) = serve(&database);
        let answer = reqwest::get(format!("{url}healthz")).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        // A stream that is open does not hold the end up.
        let ready = async || reqwest::get(format!("{url}readyz")).await.expect("an answer").status() == 200;
        while !ready().await {}
        let _stream = reqwest::get(format!("{url}api/changes")).await.expect("an answer");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let ended = tokio::task::spawn_blocking(move || child.wait()).await.expect("no panic").expect("an end");
        assert_eq!(ended.code(), Some(0), "{signal}");
        let file = database.file().expect("a file");
        assert!(file.exists() && !file.with_extension("gpkg-wal").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_exit_status_1_and_one_line() {
    let database = Database::geopackage();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = wangge(&database).args(["serve", "--listen", &address]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(one_line(&output).contains(&address));
    assert!(!database.file().expect("a file").exists(), "nothing is made when nothing can be served");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_exit_status_1_and_one_line() {
    let database = Database::geopackage();
    std::fs::write(database.file().expect("a file"), "<html>this is no database</html>").expect("written");
    let output = wangge(&database).args(["serve", "--listen", "127.0.0.1:0"]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(one_line(&output).contains("town.gpkg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_program_is_exit_status_1_and_one_line() {
    let database = Database::geopackage();
    database.open().await.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'from the future', 1, x'00', 0)";
    database.outside(newer).await;
    let output = wangge(&database).args(["serve", "--listen", "127.0.0.1:0"]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(one_line(&output).contains("newer version"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_without_places_and_not_being_ready_is_no_error() {
    let database = Database::geopackage();
    let mut command = wangge(&database);
    command.args(["serve", "--listen", "127.0.0.1:0", "--set", "log_format=json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let url = address(&mut child);
    while reqwest::get(format!("{url}readyz")).await.expect("an answer").status() != 200 {}
    let asked = reqwest::get(format!("{url}api/locate?lon=116.04321&lat=29.45678")).await.expect("an answer");
    let id = asked.headers()["x-request-id"].to_str().expect("text").to_owned();
    Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("no panic").expect("an end");
    let text = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|l| serde_json::from_str(l).expect("a line of JSON")).collect();
    assert!(lines.iter().all(|l| l["level"] != "ERROR"), "{text}");
    let locate: Vec<_> = lines.iter().filter(|l| l["route"] == "/api/locate").collect();
    assert_eq!((locate.len(), &locate[0]["span"]["id"], &locate[0]["status"]), (1, &id.into(), &200.into()), "{text}");
    for private in ["116.04", "29.45", "lon=", "127.0.0.1"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_status_2() {
    let database = Database::geopackage();
    for arguments in [&["nonsense"][..], &["serve", "--listen", "here"], &["serve", "--log", "a=b=c"], &[]] {
        let output = wangge(&database).args(arguments).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    let output = command.args(["serve", "--database", "town.txt"]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
}
