//! Parse the command line, call one command.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    wangge::cli::main().await
}
