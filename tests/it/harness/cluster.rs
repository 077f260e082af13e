//! A PostgreSQL server of a test's own, which it may stop and start (`tests/postgres.sh`).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running server with PostGIS. It goes when the value does.
pub struct Cluster {
    /// `postgres://…/postgres`.
    pub admin: String,
    child: Child,
    ask: Option<ChildStdin>,
    told: BufReader<ChildStdout>,
}

/// Tells its address, then does what it is asked, line by line.
const INSIDE: &str = r#"echo "$WANGGE_TEST_POSTGRES"; while read -r what; do
    $WANGGE_TEST_POSTGRES_CTL "$what" </dev/null >/dev/null 2>&1; echo "$what $?"; done"#;

impl Cluster {
    /// `None`, with a word why, where no PostGIS is wanted.
    pub fn start() -> Option<Self> {
        if std::env::var_os("WANGGE_TEST_POSTGRES").is_none() {
            eprintln!("a server of our own is SKIPPED: WANGGE_TEST_POSTGRES is not set");
            return None;
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh");
        let mut child = Command::new(script)
            .args(["bash", "-c", INSIDE])
            .env_remove("WANGGE_TEST_POSTGRES")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script starts");
        let ask = child.stdin.take();
        let mut told = BufReader::new(child.stdout.take().expect("piped"));
        let mut admin = String::new();
        told.read_line(&mut admin).expect("an address");
        let admin = admin.trim().to_owned();
        assert!(admin.starts_with("postgres://"), "{admin:?}");
        Some(Self { admin, child, ask, told })
    }

    fn order(&mut self, what: &str) {
        writeln!(self.ask.as_mut().expect("open"), "{what}").expect("asked");
        let mut line = String::new();
        self.told.read_line(&mut line).expect("an answer");
        assert_eq!(line.trim(), format!("{what} 0"));
    }

    pub fn stop_server(&mut self) {
        self.order("stop");
    }

    pub fn start_server(&mut self) {
        self.order("start");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input ends the script, and that the server.
        drop(self.ask.take());
        let _ended = self.child.wait();
    }
}
