//! Open311 GeoReport v2 as its clients see it.

use super::people::{Pass, user};
use crate::harness::{Server, databases};
use reqwest::Response;
use serde_json::Value;
use wangge::accounts::{Role, SecretHash};
use wangge::app::office::{Incoming, Refused};
use wangge::atlas::Ident;
use wangge::dispatch::{CaseNumber, Source};
use wangge::geometry::LonLat;
use wangge::store::issues::{About, Contact, NewIssue};

const WEST: &str = "360483100001001";
const ROOT: &str = "/open311/v2";

/// The token of an account that a program reports with.
async fn key(server: &Server, name: &str, area: Option<&str>, read: bool, write: bool) -> String {
    let row = user(&server.app.store, name, &[(Role::Dispatcher, area)]).await;
    match Pass::token(&server.app.store, row.user.id, read, write).await {
        Pass::Token(token) => token,
        _ => panic!("a token"),
    }
}

async fn post(server: &Server, path: &str, form: &[(&str, &str)]) -> Response {
    let body: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", wangge::http::params::encode(value))).collect();
    let request = server.client.post(format!("{}{ROOT}/{path}", server.base));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&"));
    request.send().await.expect("an answer")
}

async fn body(answer: Response, status: u16) -> String {
    let found = answer.status().as_u16();
    let text = answer.text().await.expect("a body");
    assert_eq!(found, status, "{text}");
    text
}

async fn json(answer: Response, status: u16) -> Value {
    serde_json::from_str(&body(answer, status).await).expect("JSON")
}

async fn got(server: &Server, path: &str, status: u16) -> Value {
    json(server.get(&format!("{ROOT}/{path}")).await, status).await
}

/// A case of any category, however it came.
async fn made(server: &Server, category: &str) -> CaseNumber {
    let office = server.app.office().expect("loaded");
    let now = chrono::Utc::now();
    let incoming = Incoming {
        category: Ident::new(category).expect("an id"),
        place: LonLat::new(115.995, 29.4001).expect("in range"),
        accuracy: None,
        source: Source::Resident,
        join: None,
    };
    let about = About { description: "王某与李某争吵".into(), ..About::default() };
    let (contact, secret) = (Contact::default(), SecretHash([1; 32]));
    let new = NewIssue { day: now.date_naive(), about, contact, secret, photos: Vec::new() };
    let rule = move |number, staff: &_| office.receive(&incoming, number, staff, now);
    let made: Result<_, Refused> = server.app.store.make_issue(&new, now, rule).await.expect("written");
    made.expect("taken").1.case.number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_in_and_comes_back_and_strangers_are_not_told_its_words() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let server = Server::start(store).await;
        let own = key(&server, "fixer", Some(WEST), true, true).await;
        let form = [
            ("api_key", own.as_str()),
            ("service_code", "exposed_garbage"),
            ("lat", "29.4001"),
            ("long", "115.995"),
            ("address_string", "和平路 3号"),
            ("description", "垃圾 <b>满</b> & 臭"),
            ("attribute[quantity]", "2.5"),
            ("attribute[unit]", "ton"),
            ("first_name", "小明"),
            ("last_name", "王"),
            ("phone", "000-1234"),
            ("email", "x@example.org"),
        ];
        let answer = json(post(&server, "requests.json", &form).await, 200).await;
        let number = answer[0]["service_request_id"].as_str().expect("a number").to_owned();
        let notice = answer[0]["service_notice"].as_str().expect("a notice");
        assert!(notice.contains(&format!("/#issue={number}&key=")), "{notice}");
        let stored = server.app.store.issue(&CaseNumber(number.clone())).await.expect("read").expect("there");
        assert_eq!((stored.about.quantity, stored.about.unit.map(|u| u.to_string())), (Some(2.5), Some("ton".into())));
        let contact = server.app.store.issue_contact(stored.id).await.expect("read");
        assert_eq!((contact.name.as_deref(), contact.phone.as_deref()), (Some("王小明"), Some("000-1234")));

        let public = got(&server, &format!("requests/{number}.json"), 200).await;
        let one = &public[0];
        assert_eq!((&one["service_code"], &one["status"]), (&"exposed_garbage".into(), &"open".into()));
        assert_eq!((&one["lat"], &one["long"]), (&29.4001.into(), &115.995.into()));
        assert_eq!((&one["description"], &one["address"]), (&Value::Null, &Value::Null));
        assert_eq!(one["agency_responsible"], "第一网格");
        assert!(one["requested_datetime"].as_str().is_some_and(|t| t.ends_with("+08:00")), "{one}");
        assert!(one["expected_datetime"].is_string());
        let told = got(&server, &format!("requests/{number}.json?api_key={own}"), 200).await;
        assert_eq!(
            (&told[0]["description"], &told[0]["address"]),
            (&"垃圾 <b>满</b> & 臭".into(), &"和平路 3号".into())
        );
        let blind = key(&server, "blind", None, false, true).await;
        let hidden = got(&server, &format!("requests/{number}.json?api_key={blind}"), 200).await;
        assert_eq!(hidden, public, "a token that may not read is told what all are told");

        let xml = body(server.get(&format!("{ROOT}/requests/{number}.xml?api_key={own}")).await, 200).await;
        assert!(xml.starts_with(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<service_requests><request><service_request_id>"
        ));
        assert!(xml.contains("<description>垃圾 &lt;b&gt;满&lt;/b&gt; &amp; 臭</description>"), "{xml}");
        let token = got(&server, &format!("tokens/{number}.json"), 200).await;
        assert_eq!(token[0]["service_request_id"], number.as_str());
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_categories_and_cases_are_not_there() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let server = Server::start(store).await;
        let secret = made(&server, "dispute").await;
        let open = made(&server, "clutter").await;
        let all = key(&server, "all", None, true, true).await;
        for path in ["requests.json".to_owned(), format!("requests.json?service_request_id={secret},{open}")] {
            let list = got(&server, &path, 200).await;
            let numbers: Vec<&str> =
                list.as_array().expect("a list").iter().filter_map(|r| r["service_request_id"].as_str()).collect();
            assert_eq!(numbers, [open.0.as_str()], "{path}");
        }
        got(&server, &format!("requests/{secret}.json?api_key={all}"), 404).await;
        got(&server, &format!("tokens/{secret}.json"), 404).await;
        got(&server, "services/dispute.json", 404).await;
        got(&server, "requests.json?service_code=dispute", 404).await;
        let services = got(&server, "services.json", 200).await.to_string();
        assert!(services.contains("clutter") && !services.contains("dispute") && !services.contains("敏感"));
        let form = [("api_key", all.as_str()), ("service_code", "dispute"), ("lat", "29.4"), ("long", "115.995")];
        json(post(&server, "requests.json", &form).await, 404).await;
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_have_georeports_own_shape() {
    let (server, _database) = super::town().await;
    let (good, read) = (key(&server, "good", None, true, true).await, key(&server, "read", None, true, false).await);
    let whole = [("service_code", "clutter"), ("lat", "29.4"), ("long", "115.995")];
    let with = |more: &[(&'static str, &'static str)], without: &str, key: &str| {
        let mut form: Vec<(String, String)> = vec![("api_key".into(), key.to_owned())];
        let kept = whole.iter().chain(more).filter(|(name, _)| *name != without);
        form.extend(kept.map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        form
    };
    for (form, status) in [
        (with(&[], "", ""), 403),
        (with(&[], "", "wgt_no"), 403),
        (with(&[], "", &read), 403),
        (with(&[("jurisdiction_id", "elsewhere.gov")], "", &good), 404),
        (with(&[("service_code", "no_such")], "service_code", &good), 400),
        (with(&[], "lat", &good), 400),
        (with(&[("lat", "129.4")], "lat", &good), 400),
        (with(&[("media_url", "file:///etc/passwd")], "", &good), 400),
        (with(&[("attribute[colour]", "red")], "", &good), 400),
        (with(&[("attribute[quantity]", "-1")], "", &good), 400),
        (with(&[("attribute[unit]", "kilometre")], "", &good), 400),
        (with(&[], "", &good), 200),
    ] {
        let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = json(post(&server, "requests.json", &form).await, status).await;
        if status != 200 {
            assert_eq!(answer[0]["code"], status, "{answer}");
            assert!(answer[0]["description"].is_string());
        }
    }
    let xml = body(post(&server, "requests.xml", &[("service_code", "clutter")]).await, 403).await;
    assert!(xml.contains("<errors><error><code>403</code><description>api_key is needed"), "{xml}");
    for (path, status) in [
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?status=lost", 400),
        ("requests.json?page_size=1001", 400),
        ("requests.json?lat_sw=29", 400),
        ("requests/nothing.json", 404),
        ("services/nothing.json", 404),
        ("nothing.json", 404),
        ("requests.json?jurisdiction_id=elsewhere.gov", 404),
        ("requests.json?api_key=wgt_0", 403),
    ] {
        assert_eq!(got(&server, path, status).await[0]["code"], status, "{path}");
    }
    let text = body(server.get(&format!("{ROOT}/requests.html")).await, 404).await;
    assert!(text.contains("<errors>"), "{text}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_filtered_by_kind_state_time_and_box_and_come_in_pages() {
    for database in databases().await {
        let store = database.open().await;
        super::town::fill(&store).await;
        let server = Server::start(store).await;
        for category in ["clutter", "clutter", "street_light", "noise"] {
            made(&server, category).await;
        }
        let count = async |query: &str| {
            got(&server, &format!("requests.json?{query}"), 200).await.as_array().expect("a list").len()
        };
        for (query, wanted) in [
            ("", 4),
            ("service_code=clutter", 2),
            ("service_code=clutter,noise", 3),
            ("status=open", 4),
            ("status=closed", 0),
            ("status=open,closed", 4),
            ("page_size=3", 3),
            ("page_size=3&page=2", 1),
            ("end_date=2026-01-01T00:00:00Z", 0),
            ("lat_sw=29.3&long_sw=115.9&lat_ne=29.5&long_ne=116", 4),
            ("lat_sw=29.3&long_sw=116&lat_ne=29.5&long_ne=116.1", 0),
            ("jurisdiction_id=127.0.0.1&extensions=true&unknown=1", 4),
        ] {
            assert_eq!(count(query).await, wanted, "{query}");
        }
        let soon = (chrono::Utc::now() - chrono::TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        assert_eq!(count(&format!("start_date={soon}")).await, 4);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_comes_as_multipart_and_an_address_alone_is_looked_up() {
    let (server, _database) = super::town().await;
    let good = key(&server, "good", None, true, true).await;
    let mut picture = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(20, 10).write_to(&mut picture, image::ImageFormat::Png).expect("written");
    let mut sent = Vec::new();
    for (name, value) in [("api_key", good.as_str()), ("service_code", "clutter"), ("address_string", "东站")] {
        sent.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let part = |file: &[u8]| {
        let head = "--x\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n";
        [head.as_bytes(), file, b"\r\n--x--\r\n"].concat()
    };
    let request = |file: &[u8]| {
        let request = server.client.post(format!("{}{ROOT}/requests.json", server.base));
        request.header("content-type", "multipart/form-data; boundary=x").body([sent.clone(), part(file)].concat())
    };
    let answer = json(request(picture.get_ref()).send().await.expect("an answer"), 200).await;
    let number = CaseNumber(answer[0]["service_request_id"].as_str().expect("a number").into());
    let stored = server.app.store.issue(&number).await.expect("read").expect("there");
    assert_eq!(stored.case.place, LonLat::new(116.003, 29.4002).expect("in range"));
    let photos = server.app.store.issue_photos(stored.id).await.expect("read");
    assert_eq!(photos.len(), 1);
    let fault = json(request(b"GIF89a").send().await.expect("an answer"), 400).await;
    assert!(fault[0]["description"].as_str().is_some_and(|d| d.contains("media is not a JPEG")), "{fault}");
    let discovery = got(&server, "discovery.json", 200).await;
    assert_eq!(discovery["endpoints"][0]["formats"], serde_json::json!(["text/xml", "application/json"]));
    let definition = got(&server, "services/clutter.json", 200).await;
    assert_eq!(definition["attributes"][1]["values"][0]["key"], "place", "{definition}");
    server.stop().await;
}
