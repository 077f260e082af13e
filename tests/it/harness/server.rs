//! A real server on a free port, in this process, over a store of its own.

use reqwest::{Client, Response};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use wangge::app::App;
use wangge::config::Settings;
use wangge::http::front::server::serve;
use wangge::store::Store;

/// A running server. [`Server::stop`] ends it as a signal would.
pub struct Server {
    pub base: String,
    pub app: Arc<App>,
    pub client: Client,
    served: JoinHandle<std::io::Result<()>>,
    tail: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the store, once the map is loaded.
    pub async fn start(store: Store) -> Self {
        Self::start_with(store, Settings::default()).await
    }

    /// The same with other settings.
    pub async fn start_with(store: Store, settings: Settings) -> Self {
        let mut server = Self::unloaded(store, settings).await;
        server.tail = Some(server.app.start());
        server.until(async |s| s.get("/readyz").await.status() == 200).await;
        server
    }

    /// Serves without ever loading the map.
    pub async fn start_unloaded(store: Store) -> Self {
        Self::unloaded(store, Settings::default()).await
    }

    async fn unloaded(store: Store, settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let app = Arc::new(App::new(store, settings).expect("rules"));
        let served = tokio::spawn(serve(listener, Arc::clone(&app)));
        Self { base, app, client: Client::new(), served, tail: None }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer")
    }

    /// The body of a 200 answer.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.expect("JSON")
    }

    /// Waits for a condition, ten seconds at the most.
    pub async fn until(&self, condition: impl AsyncFn(&Self) -> bool) {
        let begun = Instant::now();
        while !condition(self).await {
            assert!(begun.elapsed() < Duration::from_secs(10), "it did not happen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends the server and waits until it has ended.
    pub async fn stop(self) {
        self.app.stop();
        self.served.await.expect("no panic").expect("a clean end");
        if let Some(tail) = self.tail {
            tail.await.expect("no panic");
        }
    }
}
