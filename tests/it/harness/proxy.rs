//! A small reverse proxy, as operators put one before the service: strips a prefix off the path
//! and says in `X-Forwarded-*` where the caller thinks he is.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the proxy says of the caller.
pub const CALLER: &str = "203.0.113.7";
pub const HOST: &str = "map.example.cn";

/// A running proxy.
pub struct Proxy {
    pub base: String,
    served: JoinHandle<()>,
}

impl Proxy {
    /// Forwards `PREFIX/…` to the service at `target`.
    pub async fn start(target: String, prefix: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}{prefix}", listener.local_addr().expect("an address"));
        let client = reqwest::Client::new();
        let router =
            Router::new().fallback(move |request: Request| forward(client.clone(), target.clone(), prefix, request));
        let served = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { base, served }
    }
}

async fn forward(client: reqwest::Client, target: String, prefix: &str, request: Request) -> Response {
    let path = request.uri().path_and_query().expect("a path").as_str();
    let inner = path.strip_prefix(prefix).expect("below the prefix");
    let mut out = client.request(request.method().clone(), format!("{target}{inner}"));
    let own = ["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix"];
    for (name, value) in request.headers().iter().filter(|(name, _)| !own.contains(&name.as_str())) {
        out = out.header(name, value);
    }
    let told = request.headers().get("x-forwarded-for").map(|v| format!("{}, ", v.to_str().expect("text")));
    let out = out
        .header("x-forwarded-for", format!("{}{CALLER}", told.unwrap_or_default()))
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", HOST)
        .header("x-forwarded-prefix", prefix);
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.expect("a body");
    let answer = out.body(body).send().await.expect("the service answers");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove("transfer-encoding");
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.served.abort();
    }
}
