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
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
    (child, url)
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
