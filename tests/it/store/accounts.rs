//! Users, grants, sessions, tokens and the audit, on both databases.

use super::make::{batch, ident, insert, station};
use crate::harness::databases;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wangge::accounts::audit::{Entry, Stamp};
use wangge::accounts::{AreaCode, PasswordHash, Role, Scopes, Secret, UserName};
use wangge::store::accounts::{NewSession, NewToken, NewUser, UserChange, UserRow};
use wangge::store::{AccountError, AuditQuery, AuditRow, Batch, Store};

fn name(text: &str) -> UserName {
    UserName::new(text).expect("a name")
}

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time") + TimeDelta::minutes(minutes)
}

fn stamp(minutes: i64) -> Stamp {
    let address = "10.0.0.1".parse().ok();
    Stamp { at: at(minutes), actor: Some("root".into()), via: "cli".into(), address }
}

fn everybody(_: &UserRow) -> bool {
    true
}

async fn add(store: &Store, user: &str, grants: &[(Role, Option<&str>)]) -> UserRow {
    let grants = grants.iter().map(|(role, area)| (*role, area.map(|a| AreaCode(a.to_owned())))).collect();
    let new = NewUser {
        name: name(user),
        display_name: Some("安'娜\"".into()),
        password: PasswordHash(format!("hash of {user}")),
        grants,
    };
    store.add_user(&new, &stamp(0)).await.expect("added")
}

fn secret(n: u8) -> Secret {
    Secret::new([n; 32])
}

fn new_session(n: u8, minutes: i64) -> NewSession {
    NewSession {
        secret: secret(n).hash(),
        expires_at: at(minutes),
        user_agent: Some("a browser".into()),
        instead_of: None,
    }
}

async fn told(store: &Store) -> Vec<(String, Option<String>)> {
    let rows = store.audit_rows(&AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("the audit");
    rows.into_iter().rev().map(|r| (r.action, r.target)).collect()
}

#[tokio::test]
async fn a_user_is_kept_with_grants_and_found_by_name() {
    for db in databases().await {
        let store = db.open().await;
        let admin = (Role::Admin, None);
        let ann = add(&store, "ann", &[(Role::Worker, Some("1")), (Role::Worker, Some("1")), admin]).await;
        assert_eq!(ann.user.grants.len(), 2, "the same grant twice is one");
        assert_eq!((ann.created_at, ann.last_login_at, ann.disabled), (at(0), None, false));
        add(&store, "王", &[]).await;
        assert_eq!(store.user(&name("ann")).await.expect("read"), Some(ann.clone()));
        assert_eq!(store.user(&name("bob")).await.expect("read"), None);
        let (found, hash) = store.user_with_password(&name("ann")).await.expect("read").expect("ann");
        assert_eq!((found, hash.0.as_str()), (ann.clone(), "hash of ann"));
        let all = store.users().await.expect("read");
        assert_eq!(all.iter().map(|u| u.user.name.as_str()).collect::<Vec<_>>(), ["ann", "王"]);
        assert_eq!(all[0], ann);
        let again =
            NewUser { name: name("ann"), display_name: None, password: PasswordHash(String::new()), grants: vec![] };
        assert!(matches!(store.add_user(&again, &stamp(1)).await, Err(AccountError::NameTaken)));
        store.close().await;
    }
}

#[tokio::test]
async fn changes_are_audited_with_before_and_after_and_refused_ones_are_not() {
    for db in databases().await {
        let store = db.open().await;
        add(&store, "ann", &[(Role::Worker, Some("1"))]).await;
        let change = UserChange { display_name: Some(None), disabled: Some(true), ..UserChange::default() };
        let refused = store.change_user(&name("ann"), &change, |_: &UserRow| false, &stamp(1)).await;
        assert!(matches!(refused, Err(AccountError::Refused)));
        let nobody = store.change_user(&name("bob"), &change, everybody, &stamp(1)).await;
        assert!(matches!(nobody, Err(AccountError::NoUser)));
        let ann = store.change_user(&name("ann"), &change, everybody, &stamp(2)).await.expect("changed");
        assert_eq!((ann.disabled, &ann.user.display_name), (true, &None));
        let password = UserChange { password: Some(PasswordHash("other".into())), ..UserChange::default() };
        store.change_user(&name("ann"), &password, everybody, &stamp(3)).await.expect("changed");

        let area = AreaCode("2".into());
        let grant =
            store.add_grant(&name("ann"), (Role::Planner, Some(&area)), everybody, &stamp(4)).await.expect("given");
        let twice = store.add_grant(&name("ann"), (Role::Planner, Some(&area)), everybody, &stamp(4)).await;
        assert!(matches!(twice, Err(AccountError::GrantExists)));
        let not_theirs = store.remove_grant(&name("ann"), grant.id, |_, _| false, &stamp(5)).await;
        assert!(matches!(not_theirs, Err(AccountError::Refused)));
        store.remove_grant(&name("ann"), grant.id, |_, g| g.role == Role::Planner, &stamp(5)).await.expect("taken");
        let gone = store.remove_grant(&name("ann"), grant.id, |_, _| true, &stamp(5)).await;
        assert!(matches!(gone, Err(AccountError::NoGrant)));

        let ann = Some("ann".to_owned());
        let expected = ["user.add", "user.change", "user.password", "grant.add", "grant.remove"];
        assert_eq!(told(&store).await, expected.map(|a| (a.to_owned(), ann.clone())));
        let query = AuditQuery { action: Some("user.change".into()), limit: 1, ..AuditQuery::default() };
        let row: AuditRow = store.audit_rows(&query).await.expect("read").remove(0);
        let grants = json!([{"role": "worker", "area": "1"}]);
        assert_eq!(row.before, Some(json!({"display_name": "安'娜\"", "disabled": false, "grants": grants})));
        assert_eq!(row.after, Some(json!({"display_name": null, "disabled": true, "grants": grants})));
        assert_eq!((row.at, row.actor.as_deref(), row.via.as_str()), (at(2), Some("root"), "cli"));
        assert_eq!(row.address.as_deref(), Some("10.0.0.1"));
        store.close().await;
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    for db in databases().await {
        let store = db.open().await;
        let one = add(&store, "one", &[(Role::Admin, None)]).await;
        let two = add(&store, "two", &[(Role::Admin, None)]).await;
        add(&store, "three", &[(Role::Admin, Some("1"))]).await;
        let disable = UserChange { disabled: Some(true), ..UserChange::default() };
        let (one_id, two_id) = (one.user.grants[0].id, two.user.grants[0].id);
        // Both at once: whoever comes second finds the other gone.
        let (first, second) = (name("one"), name("two"));
        let (stamp_a, stamp_b) = (stamp(1), stamp(1));
        let (a, b) = tokio::join!(
            store.remove_grant(&first, one_id, |_, _| true, &stamp_a),
            store.remove_grant(&second, two_id, |_, _| true, &stamp_b)
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let left = if a.is_ok() { "two" } else { "one" };
        let error = store.change_user(&name(left), &disable, everybody, &stamp(2)).await.expect_err("the last");
        assert!(matches!(error, AccountError::LastAdmin), "{error}");
        assert!(!store.user(&name(left)).await.expect("read").expect("there").disabled);
        store.close().await;
    }
}

#[tokio::test]
async fn a_session_lives_until_it_is_ended_idle_too_old_or_its_user_disabled() {
    for db in databases().await {
        let store = db.open().await;
        let ann = add(&store, "ann", &[(Role::Planner, Some("1"))]).await.user;
        let day = 24 * 60;
        let begin = async |n: u8, start: i64| {
            let begun = store.begin_session(ann.id, &new_session(n, start + 7 * day), &stamp(start)).await;
            begun.expect("begun").expect("not disabled")
        };
        let alive = async |n: u8, minutes: i64| store.session(secret(n).hash(), at(minutes)).await.expect("read");
        let id = begin(1, 0).await;
        let (row, user) = alive(1, 1).await.expect("alive");
        assert_eq!((row.id, user), (id, ann.clone()));
        assert_eq!((row.address.as_deref(), row.user_agent.as_deref()), (Some("10.0.0.1"), Some("a browser")));
        assert_eq!(store.user(&name("ann")).await.expect("read").expect("ann").last_login_at, Some(at(0)));
        assert!(alive(9, 1).await.is_none(), "no such secret");
        assert!(alive(1, 12 * 60).await.is_none(), "idle");
        for hour in 1..=30 {
            store.touch_session(id, at(hour * 10 * 60)).await.expect("noted");
        }
        assert!(alive(1, 7 * day - 1).await.is_some());
        assert!(alive(1, 7 * day).await.is_none(), "too old");

        let (second, third) = (begin(2, 0).await, begin(3, 1).await);
        let listed = store.sessions(ann.id, at(60)).await.expect("read");
        assert_eq!(listed.iter().map(|s| s.id).collect::<Vec<_>>(), [id, third, second]);
        assert!(!store.end_session(wangge::accounts::UserId(99), third, &stamp(1)).await.expect("read"), "not theirs");
        assert!(store.end_session(ann.id, third, &stamp(1)).await.expect("ended"));
        assert!(!store.end_session(ann.id, third, &stamp(1)).await.expect("ended before"));
        assert!(alive(3, 2).await.is_none() && alive(2, 2).await.is_some());

        let instead = NewSession { instead_of: Some(second), ..new_session(4, day) };
        let fourth = store.begin_session(ann.id, &instead, &stamp(3)).await.expect("begun").expect("not disabled");
        assert!(alive(2, 4).await.is_none() && alive(4, 4).await.is_some());
        begin(5, 4).await;
        let password =
            UserChange { password: Some(PasswordHash("p".into())), keep: Some(fourth), ..UserChange::default() };
        store.change_user(&name("ann"), &password, everybody, &stamp(5)).await.expect("changed");
        assert!(alive(5, 6).await.is_none() && alive(4, 6).await.is_some(), "a new password ends the others");
        let disable = UserChange { disabled: Some(true), ..UserChange::default() };
        store.change_user(&name("ann"), &disable, everybody, &stamp(6)).await.expect("changed");
        assert!(alive(4, 7).await.is_none());
        assert_eq!(store.begin_session(ann.id, &new_session(6, day), &stamp(8)).await.expect("read"), None);
        store.close().await;
    }
}

#[tokio::test]
async fn a_token_works_until_it_expires_or_is_taken_away() {
    for db in databases().await {
        let store = db.open().await;
        let ann = add(&store, "ann", &[(Role::Planner, Some("1"))]).await.user;
        let scopes = Scopes { read: true, write: false };
        let new = |n: u8, expires: Option<i64>| NewToken {
            secret: secret(n).hash(),
            name: format!("token {n}"),
            scopes,
            expires_at: expires.map(at),
        };
        let short = store.add_token(ann.id, &new(1, Some(10)), &stamp(0)).await.expect("added");
        let long = store.add_token(ann.id, &new(2, None), &stamp(0)).await.expect("added");
        let alive = async |n: u8, minutes: i64| store.token(secret(n).hash(), at(minutes)).await.expect("read");
        let (row, user) = alive(1, 9).await.expect("alive");
        assert_eq!((row.id, row.scopes, row.name.as_str(), user), (short, scopes, "token 1", ann.clone()));
        assert!(alive(1, 10).await.is_none() && alive(2, 999_999).await.is_some() && alive(3, 0).await.is_none());
        store.touch_token(long, at(5)).await.expect("noted");
        let listed = store.tokens(ann.id).await.expect("read");
        assert_eq!(
            listed.iter().map(|t| (t.id, t.last_used_at)).collect::<Vec<_>>(),
            [(short, None), (long, Some(at(5)))]
        );
        assert!(!store.end_token(wangge::accounts::UserId(99), long, &stamp(1)).await.expect("read"), "not theirs");
        let disable = |on| UserChange { disabled: Some(on), ..UserChange::default() };
        store.change_user(&name("ann"), &disable(true), everybody, &stamp(6)).await.expect("changed");
        assert!(alive(2, 7).await.is_none(), "a disabled user's");
        store.change_user(&name("ann"), &disable(false), everybody, &stamp(6)).await.expect("changed");
        assert!(store.end_token(ann.id, long, &stamp(7)).await.expect("ended") && alive(2, 7).await.is_none());
        store.close().await;
    }
}

#[tokio::test]
async fn nothing_in_the_audit_can_be_changed_or_taken_away() {
    for db in databases().await {
        let store = db.open().await;
        store
            .audit(&[Entry::new(&stamp(0), "one").after(json!({"nul": "\0"})), Entry::new(&stamp(1), "two")])
            .await
            .expect("written");
        let mut attempts = vec![
            "UPDATE wangge_audit SET actor = 'nobody'",
            "DELETE FROM wangge_audit",
            "DELETE FROM wangge_audit WHERE id = 1",
        ];
        attempts.push(match db.file() {
            Some(_) => "INSERT OR REPLACE INTO wangge_audit (id, at, via, action) VALUES (1, 'x', 'x', 'x')",
            None => "TRUNCATE wangge_audit",
        });
        for sql in attempts {
            let error = db.try_outside(sql).await.expect_err(sql);
            assert!(error.to_string().contains("append-only"), "{sql}: {error}");
        }
        assert_eq!(told(&store).await, [("one".to_owned(), None), ("two".to_owned(), None)]);
        store.close().await;
    }
}

#[tokio::test]
async fn a_batch_and_its_audit_are_written_together_or_not_at_all() {
    for db in databases().await {
        let store = db.open().await;
        let layer = ident("station");
        let entry = |index| Entry::new(&stamp(0), "item.insert").in_layer(&layer).inserted(index);
        let ops = vec![insert("station", ["a", "b"].map(|c| station(c, json!({}))).to_vec())];
        let audit = vec![entry(1)];
        store.write(Batch { ops, audit: audit.clone(), ..Batch::default() }).await.expect("written");
        let wrong = insert("station", vec![station("c", json!({"name": 7}))]);
        store.write(Batch { audit, ..batch(vec![wrong]) }).await.expect_err("refused");
        let rows =
            store.audit_rows(&AuditQuery { layer: Some("station".into()), limit: 9, ..AuditQuery::default() }).await;
        let rows = rows.expect("read");
        assert_eq!(rows.iter().map(|r| r.target.as_deref()).collect::<Vec<_>>(), [Some("2")]);
        store.close().await;
    }
}

#[tokio::test]
async fn the_audit_is_read_by_who_what_when_and_page() {
    for db in databases().await {
        let store = db.open().await;
        let by = |actor: &str, minutes| Stamp { actor: Some(actor.into()), ..stamp(minutes) };
        let entries: Vec<_> =
            (0..6).map(|i| Entry::new(&by(if i % 2 == 0 { "ann" } else { "bob" }, i), "look")).collect();
        store.audit(&entries).await.expect("written");
        let minutes = async |query: AuditQuery| -> Vec<i64> {
            let rows = store.audit_rows(&query).await.expect("read");
            rows.iter().map(|r| (r.at - at(0)).num_minutes()).collect()
        };
        let all = AuditQuery { limit: 100, ..AuditQuery::default() };
        assert_eq!(minutes(AuditQuery { actor: Some("ann".into()), ..all.clone() }).await, [4, 2, 0]);
        assert_eq!(minutes(AuditQuery { from: Some(at(2)), to: Some(at(4)), ..all.clone() }).await, [3, 2]);
        let first = store.audit_rows(&AuditQuery { limit: 4, ..all.clone() }).await.expect("read");
        assert_eq!(minutes(AuditQuery { before: first.last().map(|r| r.id), ..all.clone() }).await, [1, 0]);
        assert!(minutes(AuditQuery { action: Some("other".into()), ..all }).await.is_empty());
        store.close().await;
    }
}
