//! What GeoReport answers, for the API's document: the same statuses everywhere, in both formats.

use std::collections::BTreeMap;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, RefOr, Response};

pub struct Documented;

const STATUSES: [(&str, &str); 4] = [
    ("200", "As the ending of the address says"),
    ("400", "A fault in what was sent, as GeoReport tells faults"),
    ("403", "The API key is missing, not valid, or may not do this"),
    ("404", "No such document, service, request or jurisdiction"),
];

impl utoipa::IntoResponses for Documented {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = || Schema::from(ObjectBuilder::new().schema_type(Type::String));
        let one = |(status, description): (&str, &str)| {
            let mut response = Response::new(description);
            response.content.insert("application/json".into(), Content::new(None::<Schema>).into());
            response.content.insert("text/xml".into(), Content::new(Some(text())).into());
            (status.to_owned(), response.into())
        };
        STATUSES.into_iter().map(one).collect()
    }
}
