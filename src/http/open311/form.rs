//! What was sent, from the query and the body, read leniently as GeoReport's clients send it: what is
//! not known is passed over.

use super::answer::Fault;
use crate::http::body::whole;
use crate::http::params::number;
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::{Uri, header};

/// Photos that a report may have.
const PHOTOS: usize = 5;

#[derive(Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    /// Files as they came.
    pub photos: Vec<Vec<u8>>,
}

impl Form {
    pub fn of(pairs: &[(String, String)]) -> Self {
        Self { pairs: pairs.to_vec(), photos: Vec::new() }
    }

    /// Query and body; the body counts where both name something.
    pub async fn read(request: Request) -> Result<Self, Fault> {
        let mut form = Self { pairs: pairs_of(request.uri()), photos: Vec::new() };
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => form.multipart(request).await?,
            "application/x-www-form-urlencoded" | "" => {
                let body = whole(request.into_body()).await.map_err(|problem| Fault::of(&problem))?;
                let query = String::from_utf8_lossy(&body).into_owned();
                let sent = format!("/?{}", query.trim())
                    .parse::<Uri>()
                    .map_err(|_| Fault::wrong("The body is not a form."))?;
                form.take(pairs_of(&sent));
            }
            _ => return Err(Fault::wrong("Send application/x-www-form-urlencoded or multipart/form-data.")),
        }
        Ok(form)
    }

    async fn multipart(&mut self, request: Request) -> Result<(), Fault> {
        let broken = |_| Fault::wrong("The body is not multipart/form-data, broke off, or is too long.");
        let mut parts =
            Multipart::from_request(request, &()).await.map_err(|_| Fault::wrong("The body has no boundary."))?;
        let mut sent = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().is_some() || name.trim_end_matches("[]") == "media";
            let bytes = part.bytes().await.map_err(broken)?;
            if file && bytes.is_empty() {
                continue;
            }
            if file && self.photos.len() == PHOTOS {
                return Err(Fault::wrong(format!("media: {PHOTOS} photos at the most.")));
            }
            if file {
                self.photos.push(bytes.to_vec());
            } else {
                sent.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        self.take(sent);
        Ok(())
    }

    fn take(&mut self, sent: Vec<(String, String)>) {
        self.pairs.retain(|(name, _)| !sent.iter().any(|(other, _)| other == name));
        self.pairs.extend(sent);
    }

    /// A field; `None` when it is left out or empty.
    pub fn one(&self, name: &str) -> Result<Option<String>, Fault> {
        let mut all = self.pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.trim());
        let (first, second) = (all.next(), all.next());
        if second.is_some_and(|second| Some(second) != first) {
            return Err(Fault::wrong(format!("{name} is given more than once.")));
        }
        match first.filter(|value| !value.is_empty()) {
            Some(value) if value.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) => {
                Err(Fault::wrong(format!("{name} is not plain text.")))
            }
            value => Ok(value.map(str::to_owned)),
        }
    }

    /// The values of a field that may name several, joined by commas.
    pub fn several(&self, name: &str) -> Result<Vec<String>, Fault> {
        let joined = self.one(name)?.unwrap_or_default();
        Ok(joined.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    pub fn decimal(&self, name: &str) -> Result<Option<f64>, Fault> {
        let read = |value: String| number(&value).ok_or_else(|| Fault::wrong(format!("{name} is not a number.")));
        self.one(name)?.map(read).transpose()
    }

    pub fn whole(&self, name: &str, default: u32, most: u32) -> Result<u32, Fault> {
        let fault = || Fault::wrong(format!("{name} is not a whole number from 1 to {most}."));
        let Some(value) = self.one(name)? else { return Ok(default) };
        value.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(fault)
    }

    /// `attribute[code]=value` and `attribute[code][]=value`.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let read = |(name, value): &(String, String)| {
            let code = name.strip_prefix("attribute[")?.strip_suffix(']')?.trim_end_matches("][");
            let value = value.trim();
            (!value.is_empty()).then(|| (code.to_owned(), value.to_owned()))
        };
        self.pairs.iter().filter_map(read).collect()
    }
}

fn pairs_of(uri: &Uri) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> Form {
        Form { pairs: pairs_of(&format!("/?{query}").parse().expect("an address")), photos: Vec::new() }
    }

    #[test]
    fn attributes_are_read_in_both_their_shapes() {
        let all =
            form("attribute[quantity]=3&attribute%5Bunit%5D%5B%5D=ton&attribute[x]=&attributes[y]=1").attributes();
        let wanted = [("quantity", "3"), ("unit", "ton")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(all, wanted);
    }

    #[test]
    fn what_stands_twice_or_is_no_text_is_a_fault_and_what_is_empty_is_not_there() {
        assert_eq!(form("a=&b=1").one("a"), Ok(None));
        assert!(form("a=1&a=2").one("a").is_err() && form("a=1&a=1").one("a").is_ok());
        assert!(form("a=%00").one("a").is_err());
        assert!(form("a=nan").decimal("a").is_err() && form("a=1e400").decimal("a").is_err());
        assert_eq!(form("a=x,,y+").several("a"), Ok(vec!["x".to_owned(), "y".to_owned()]));
    }
}
