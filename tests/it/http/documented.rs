//! The commands of `docs/editing.md` do what the page says.

use super::editing::TOWN;
use super::people::{Pass, person};
use crate::harness::{Database, Server};
use std::process::Command;
use wangge::accounts::Role;

/// All shell blocks of the page as one script. The page's point lies in the demo; this town is
/// elsewhere.
fn script() -> String {
    let page = include_str!("../../../docs/editing.md");
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let script: Vec<&str> = blocks.collect();
    script.join("\n").replace("116.045, 29.448", "116.0035, 29.4003")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_on_editing_is_right_word_for_word() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("\n!!! docs/editing.md is NOT run: there is no curl\n");
        return;
    }
    let database = Database::geopackage();
    let store = database.open().await;
    super::town::fill(&store).await;
    let token = |pass: Pass| if let Pass::Token(token) = pass { token } else { String::new() };
    let planner = token(person(&store, "planner", &[(Role::Planner, Some(TOWN))]).await);
    let admin = token(person(&store, "admin", &[(Role::Admin, None)]).await);
    let server = Server::start(store).await;
    let seq = server.json("/api/place").await["seq"].as_i64().expect("a number");
    let directory = tempfile::tempdir().expect("a directory");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script()]).current_dir(directory.path());
    bash.env("URL", &server.base).env("TOKEN", planner).env("ADMIN_TOKEN", admin).env("NO_PROXY", "*");
    let run = tokio::task::spawn_blocking(move || bash.output()).await.expect("no panic").expect("bash runs");
    let told = format!("{}\n{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{told}");
    assert!(told.contains("湖滨路 1 号") && told.contains("东湖驿站"), "{told}");
    // Made, changed twice, taken away; and the layer.
    assert_eq!(server.json("/api/place").await["seq"], seq + 5, "{told}");
    assert_eq!(server.json("/api/collections/well").await["count"], 0);
    server.stop().await;
}
