//! Callers for the tests: users with grants in the town, their sessions and tokens.

use chrono::{TimeDelta, Utc};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use wangge::accounts::audit::Stamp;
use wangge::accounts::{AreaCode, Password, PasswordHash, Role, Scopes, Secret, UserId, UserName};
use wangge::store::Store;
use wangge::store::accounts::{NewSession, NewToken, NewUser, UserRow};

use crate::harness::Server;

/// Everybody's password; hashed once, because that is slow on purpose.
pub const PASSWORD: &str = "a long enough password";
static HASH: LazyLock<PasswordHash> = LazyLock::new(|| Password::typed(PASSWORD).hash([7; 16]));

pub fn stamp() -> Stamp {
    Stamp { at: Utc::now(), actor: None, via: "cli".into(), address: None }
}

/// Adds a user with these roles; no area is everywhere.
pub async fn user(store: &Store, name: &str, grants: &[(Role, Option<&str>)]) -> UserRow {
    let grants = grants.iter().map(|(role, area)| (*role, area.map(|a| AreaCode(a.to_owned())))).collect();
    let name = UserName::new(name).expect("a name");
    let new = NewUser { name, display_name: None, password: HASH.clone(), grants };
    store.add_user(&new, &stamp()).await.expect("added")
}

fn secret() -> Secret {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Secret::new(bytes)
}

/// What shows who calls.
#[derive(Debug, Clone)]
pub enum Pass {
    Nobody,
    Session(String),
    Token(String),
}

impl Pass {
    /// A fresh session of the user.
    pub async fn session(store: &Store, user: UserId) -> Self {
        Self::session_of(store, user, TimeDelta::zero()).await
    }

    /// A session of the user that was begun, and last used, so long ago.
    pub async fn session_of(store: &Store, user: UserId, ago: TimeDelta) -> Self {
        let secret = secret();
        let expires_at = Utc::now() + TimeDelta::days(1);
        let new = NewSession { secret: secret.hash(), expires_at, user_agent: None, instead_of: None };
        let begun = Stamp { at: Utc::now() - ago, ..stamp() };
        store.begin_session(user, &new, &begun).await.expect("begun").expect("not disabled");
        Self::Session(format!("wangge_session={}", secret.to_cookie()))
    }

    pub async fn token(store: &Store, user: UserId, read: bool, write: bool) -> Self {
        let secret = secret();
        let (name, scopes) = ("test".to_owned(), Scopes { read, write });
        let new = NewToken { secret: secret.hash(), name, scopes, expires_at: None };
        store.add_token(user, &new, &stamp()).await.expect("added");
        Self::Token(secret.to_token())
    }

    /// A request as the service's own page, or a program, would send it.
    pub fn request(&self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        let request = server.client.request(method, format!("{}{path}", server.base));
        match self {
            Self::Nobody => request,
            Self::Session(cookie) => request.header("cookie", cookie).header("sec-fetch-site", "same-origin"),
            Self::Token(token) => request.bearer_auth(token),
        }
    }

    pub async fn get(&self, server: &Server, path: &str) -> Response {
        self.request(server, Method::GET, path).send().await.expect("an answer")
    }

    /// The body of a 200 answer.
    pub async fn json(&self, server: &Server, path: &str) -> Value {
        let answer = self.get(server, path).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.expect("JSON")
    }

    /// The tag of a feature as this caller is told it.
    pub async fn tag(&self, server: &Server, path: &str) -> String {
        let answer = self.get(server, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.headers()["etag"].to_str().expect("text").to_owned()
    }

    /// Sends a body, on the version that the tag names.
    pub async fn send(
        &self,
        server: &Server,
        method: Method,
        path: &str,
        (tag, body): (Option<&str>, &Value),
    ) -> Response {
        let mut request = self.request(server, method, path);
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }
}

/// A new user with these grants, by a token that may read and write.
pub async fn person(store: &Store, name: &str, grants: &[(Role, Option<&str>)]) -> Pass {
    let row = user(store, name, grants).await;
    Pass::token(store, row.user.id, true, true).await
}
