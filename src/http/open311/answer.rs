//! What goes out, as a tree that is written as JSON or as XML; faults in GeoReport's own shape.

use crate::store::StoreError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
}

impl Format {
    pub fn of(ending: &str) -> Option<Self> {
        match ending {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

/// A value of either form.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Null,
    Bool(bool),
    Whole(u64),
    Degrees(f64),
    Text(String),
    /// The name of each element in XML.
    List(&'static str, Vec<Node>),
    Object(Vec<(&'static str, Node)>),
}

pub fn text(value: impl Into<String>) -> Node {
    Node::Text(value.into())
}

pub fn maybe(value: Option<impl Into<String>>) -> Node {
    value.map_or(Node::Null, text)
}

pub fn object<const N: usize>(members: [(&'static str, Node); N]) -> Node {
    Node::Object(members.into())
}

impl Node {
    fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => json!(value),
            Self::Whole(value) => json!(value),
            Self::Degrees(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::List(_, all) => all.iter().map(Self::json).collect(),
            Self::Object(members) => {
                let all: Map<String, Value> = members.iter().map(|(name, v)| ((*name).to_owned(), v.json())).collect();
                Value::Object(all)
            }
        }
    }

    fn xml(&self, name: &str, out: &mut String) {
        out.push_str(&format!("<{name}>"));
        match self {
            Self::Null => {}
            Self::Bool(value) => out.push_str(&value.to_string()),
            Self::Whole(value) => out.push_str(&value.to_string()),
            Self::Degrees(value) => out.push_str(&value.to_string()),
            Self::Text(value) => escape(value, out),
            Self::List(element, all) => all.iter().for_each(|one| one.xml(element, out)),
            Self::Object(members) => members.iter().for_each(|(name, value)| value.xml(name, out)),
        }
        out.push_str(&format!("</{name}>"));
    }
}

/// Text as XML 1.0 has it; what it cannot have is left out.
fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

/// An answer with the name of its XML element.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    root: &'static str,
    node: Node,
    status: StatusCode,
}

impl Answer {
    pub fn ok(root: &'static str, node: Node) -> Self {
        Self { root, node, status: StatusCode::OK }
    }

    pub fn write(&self, format: Format) -> Response {
        let (kind, body) = match format {
            Format::Json => ("application/json; charset=utf-8", self.node.json().to_string()),
            Format::Xml => {
                let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
                self.node.xml(self.root, &mut out);
                ("text/xml; charset=utf-8", out)
            }
        };
        (self.status, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response()
    }
}

/// Why it was not done.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    status: StatusCode,
    description: String,
}

impl Fault {
    fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self { status, description: description.into() }
    }

    pub fn wrong(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, description)
    }

    pub fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, description)
    }

    pub fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, description)
    }

    pub fn unavailable(description: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, description)
    }

    /// The reason goes to the log alone.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "an Open311 request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The service failed; the reason is in its log.")
    }

    pub fn store(error: StoreError) -> Self {
        if error.is_unavailable() {
            return Self::unavailable("The database cannot be used at the moment; nothing was changed.");
        }
        Self::internal(error)
    }

    /// A problem of ours in GeoReport's shape.
    pub fn of(problem: &crate::http::error::Problem) -> Self {
        Self::new(problem.kind.status(), problem.detail.clone())
    }

    pub fn answer(self, format: Format) -> Response {
        let error =
            object([("code", Node::Whole(self.status.as_u16().into())), ("description", Node::Text(self.description))]);
        Answer { root: "errors", node: Node::List("error", vec![error]), status: self.status }.write(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(node: Node) -> (String, String) {
        let mut xml = String::new();
        node.xml("root", &mut xml);
        (node.json().to_string(), xml)
    }

    #[test]
    fn a_list_names_its_elements_in_xml_alone() {
        let node = Node::List("service", vec![object([("code", text("a")), ("metadata", Node::Bool(true))])]);
        let (json, xml) = written(node);
        assert_eq!(json, r#"[{"code":"a","metadata":true}]"#);
        assert_eq!(xml, "<root><service><code>a</code><metadata>true</metadata></service></root>");
    }

    #[test]
    fn text_of_strangers_stays_text() {
        let (_, xml) = written(text("<b>&\u{1}\u{fffe}\"\n积水"));
        assert_eq!(xml, "<root>&lt;b&gt;&amp;&quot;\n积水</root>");
    }
}
