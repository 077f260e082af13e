//! One configuration from file, environment and flags, as an operator sees it.

use std::path::Path;
use std::process::{Command, Output};

fn config(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.current_dir(folder).env_clear().envs(variables.iter().copied());
    command.args(["config", "--check"]).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[test]
fn the_settings_that_hold_are_told_with_where_they_came_from_and_without_the_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "database = \"postgres://ann:s3cret@db.example/town?password=s3cret\"\n[limits]\nrate = 7\nburst = 70\n";
    std::fs::write(folder.path().join("wangge.toml"), file).expect("written");
    let output = config(folder.path(), &["--set", "limits.burst=72"], &[("WANGGE_LIMITS_RATE", "8")]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for line in [
        "database = \"postgres://ann@db.example/town\"  # wangge.toml:1",
        "limits.rate = 8  # WANGGE_LIMITS_RATE",
        "limits.burst = 72  # --set",
        "log_format = \"text\"  # default",
    ] {
        assert!(said.lines().any(|l| l == line), "{line}\n{said}");
    }
    assert!(!said.contains("s3cret"));
}

#[test]
fn what_is_wrong_is_named_with_its_place_in_one_line_and_is_exit_status_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.toml");
    std::fs::write(&other, "[limits]\nrate = \"fast\"\ncolour = 1\n").expect("written");
    let output = config(folder.path(), &["--config", "other.toml"], &[("WANGGE_LISTEN", "here")]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in
        ["other.toml:2: limits.rate: \"fast\"", "other.toml:3: limits.colour", "WANGGE_LISTEN: listen: \"here\""]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let output = config(folder.path(), &[], &[("WANGGE_CONFIG", "nowhere.toml")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nowhere.toml: No such file"));
}
