//! Who reported a case: asked for one case at a time, never joined into lists.

use super::IssueId;
use crate::accounts::SecretHash;
use crate::store::plain::PlainTx;
use crate::store::{Store, StoreError};

/// How whoever reported it may be reached; both may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(…)")
    }
}

impl Contact {
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.phone.is_none()
    }
}

const PUT: &str = "INSERT INTO wangge_issue_reporter (issue_id, name, phone, secret) VALUES ($1, $2, $3, $4)";
const GET: &str = "SELECT name, phone FROM wangge_issue_reporter WHERE issue_id = $1";
const KEY: &str = "SELECT 1 FROM wangge_issue_reporter WHERE issue_id = $1 AND secret = $2";

pub async fn put(tx: &mut PlainTx, id: IssueId, contact: &Contact, secret: SecretHash) -> Result<(), StoreError> {
    let Contact { name, phone } = contact.clone();
    tx.run(PUT, vec![id.0.into(), name.into(), phone.into(), secret.0.as_slice().into()]).await?;
    Ok(())
}

impl Store {
    /// Whom to ask about a case.
    pub async fn issue_contact(&self, id: IssueId) -> Result<Contact, StoreError> {
        let row = self.plain_read().await?.row(GET, vec![id.0.into()]).await?;
        let read = |row: crate::store::plain::PlainRow| Ok(Contact { name: row.maybe(0)?, phone: row.maybe(1)? });
        row.map_or(Ok(Contact::default()), read)
    }

    /// Whether this is the key of the case's private link.
    pub async fn issue_key_fits(&self, id: IssueId, secret: SecretHash) -> Result<bool, StoreError> {
        let args = vec![id.0.into(), secret.0.as_slice().into()];
        Ok(self.plain_read().await?.row(KEY, args).await?.is_some())
    }
}
