//! The audit: lines are added with what they tell of, in its transaction, and read; nothing here
//! changes one, and the database refuses it.

use super::plain::{Arg, PlainTx};
use super::time;
use super::{Store, StoreError};
use crate::accounts::audit::{Entry, Target};
use crate::atlas::FeatureId;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// One line of the audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: Option<String>,
    pub via: String,
    pub address: Option<String>,
    pub action: String,
    pub layer: Option<String>,
    pub target: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Which lines; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditQuery {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub layer: Option<String>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
    /// With a number below this one.
    pub before: Option<i64>,
    pub limit: u32,
}

pub(super) const INSERT: &str = "INSERT INTO wangge_audit \
    (at, actor, via, address, action, layer, target, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// The values of [`INSERT`]; `inserted` are the features that the batch added.
pub(super) fn values(entry: &Entry, inserted: &[FeatureId]) -> Vec<Arg> {
    let Entry { stamp, action, layer, target, before, after } = entry;
    let target = match target {
        Target::Nothing => None,
        Target::Known(text) => Some(text.clone()),
        Target::Inserted(index) => inserted.get(*index).map(|id| id.0.to_string()),
    };
    // PostgreSQL cannot keep the character NUL.
    let json = |value: &Option<Value>| value.as_ref().map(|v| v.to_string().replace("\\u0000", "\\ufffd"));
    vec![
        time::text(stamp.at).into(),
        stamp.actor.clone().into(),
        stamp.via.clone().into(),
        stamp.address.map(|a| a.to_string()).into(),
        (*action).into(),
        layer.as_ref().map(ToString::to_string).into(),
        target.map(|t| t.replace('\0', "\u{fffd}")).into(),
        json(before).into(),
        json(after).into(),
    ]
}

pub(super) async fn add(tx: &mut PlainTx, entry: &Entry) -> Result<(), StoreError> {
    tx.run(INSERT, values(entry, &[])).await?;
    Ok(())
}

impl Store {
    /// Adds lines that stand for themselves: something was read or refused, not written.
    pub async fn audit(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut tx = self.plain_write().await?;
        for entry in entries {
            add(&mut tx, entry).await?;
        }
        tx.commit().await
    }

    /// Lines of the audit, newest first.
    pub async fn audit_rows(&self, query: &AuditQuery) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT id, at, actor, via, address, action, layer, target, before, after FROM wangge_audit \
            WHERE ($1 IS NULL OR actor = $1) AND ($2 IS NULL OR action = $2) AND ($3 IS NULL OR layer = $3) \
            AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5) AND id < $6 ORDER BY id DESC LIMIT $7";
        let args = vec![
            query.actor.clone().into(),
            query.action.clone().into(),
            query.layer.clone().into(),
            query.from.map(time::text).into(),
            query.to.map(time::text).into(),
            query.before.unwrap_or(i64::MAX).into(),
            i64::from(query.limit).into(),
        ];
        let rows = self.plain_read().await?.rows(sql, args).await?;
        let json = |text: Option<String>| text.and_then(|t| serde_json::from_str(&t).ok());
        let row = |r: &super::plain::PlainRow| {
            Ok(AuditRow {
                id: r.int(0)?,
                at: time::read(&r.text(1)?)?,
                actor: r.maybe(2)?,
                via: r.text(3)?,
                address: r.maybe(4)?,
                action: r.text(5)?,
                layer: r.maybe(6)?,
                target: r.maybe(7)?,
                before: json(r.maybe(8)?),
                after: json(r.maybe(9)?),
            })
        };
        rows.iter().map(row).collect()
    }
}
