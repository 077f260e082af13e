//! `wangge user` and `wangge token`, as an operator runs them.

use super::town;
use crate::harness::{Database, Server};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Output, Stdio};

pub fn wangge(database: &Database, arguments: &[&str], input: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.arg("--database").arg(database.file().expect("a file")).args(arguments).env_remove("WANGGE_DATABASE");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that does not read its input may have ended already.
    let _unread = stdin.write_all(input.unwrap_or_default().as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}

pub fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text").trim().to_owned()
}

async fn logs_in(server: &Server, name: &str, password: &str) -> bool {
    let request = server.client.post(format!("{}/api/session", server.base));
    let answer = request.json(&json!({"name": name, "password": password})).send().await.expect("an answer");
    answer.status() == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_users_and_tokens_while_the_service_runs() {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    let server = Server::start(store).await;
    let run = |arguments: &[&str], input: Option<&str>| wangge(&database, arguments, input);

    let made = out(&run(&["user", "add", "root", "--role", "admin"], None));
    assert_eq!(made.len(), 23, "{made}");
    assert!(logs_in(&server, "root", &made).await);
    let worker = ["user", "add", "ann", "--role", "worker", "--area", "360483100001001", "--password-stdin"];
    assert_eq!(out(&run(&worker, Some("correct horse\n"))), "");
    assert!(logs_in(&server, "ann", "correct horse").await);
    assert_eq!(out(&run(&["user", "list"], None)), "ann\tworker in 360483100001001\t\t\nroot\tadmin\t\t".trim());
    let new = out(&run(&["user", "password", "ann"], None));
    assert!(logs_in(&server, "ann", &new).await && !logs_in(&server, "ann", "correct horse").await);

    let token = out(&run(&["token", "add", "root", "--scopes", "read,write"], None));
    let users = async |token: &str| {
        let request = server.client.get(format!("{}/api/users", server.base)).bearer_auth(token);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON")["total"].clone())
    };
    assert_eq!(users(&token).await, (200, json!(2)));
    let listed = out(&run(&["token", "list", "root"], None));
    assert!(listed.starts_with("1\tcommand line\tread,write\t") && !listed.contains(&token), "{listed}");
    out(&run(&["token", "revoke", "root", "1"], None));
    assert_eq!(users(&token).await.0, 401);
    let file = database.file().expect("a file").with_file_name("grid.csv");
    out(&run(&["export", "grid", file.to_str().expect("text")], None));
    let query = wangge::store::AuditQuery { limit: 1, ..Default::default() };
    let last = server.app.store.audit_rows(&query).await.expect("the audit").remove(0);
    assert_eq!((last.action.as_str(), last.layer.as_deref(), last.via.as_str()), ("layer.export", Some("grid"), "cli"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_one_clear_line() {
    let database = Database::geopackage();
    let store = database.open().await;
    town::fill(&store).await;
    store.close().await;
    let refused = |arguments: &[&str], input: &str| {
        let output = wangge(&database, arguments, Some(input));
        let text = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), text.lines().count(), text)
    };
    out(&wangge(&database, &["user", "add", "root", "--role", "admin"], None));
    for (arguments, input, why) in [
        (&["user", "add", "ann", "--role", "worker", "--password-stdin"][..], "short\n", "fewer than 10"),
        (&["user", "add", "ann", "--role", "worker", "--area", "9"], "", "the code \"9\""),
        (&["user", "add", "root", "--role", "worker"], "", "already"),
        (&["user", "disable", "root"], "", "nobody would be admin"),
        (&["user", "revoke", "root", "--role", "worker"], "", "no such role"),
        (&["user", "password", "ghost"], "", "no user ghost"),
        (&["token", "add", "ghost"], "", "no user ghost"),
    ] {
        let (status, lines, text) = refused(arguments, input);
        assert_eq!((status, lines), (Some(1), 1), "{arguments:?}: {text}");
        assert!(text.contains(why) && !text.contains("short"), "{text}");
    }
    for wrong in [
        &["user", "add", "ann"][..],
        &["user", "add", "ann", "--role", "king"],
        &["user", "add", "a b", "--role", "worker"],
    ] {
        assert_eq!(refused(wrong, "").0, Some(2), "{wrong:?}");
    }
}
