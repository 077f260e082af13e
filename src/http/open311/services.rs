//! What can be reported, as GeoReport's services: every category that is not restricted.

use super::Desk;
use super::answer::{Answer, Fault, Node, object, text};
use crate::dispatch::Category;

/// The category of a service; restricted ones are none.
pub fn service<'d>(desk: &'d Desk, code: &str) -> Option<&'d Category> {
    desk.office.categories.get(code).filter(|category| !category.restricted)
}

pub fn unknown(code: &str) -> Fault {
    Fault::not_found(format!("service_code {code:.40} was not found."))
}

pub fn list(desk: &Desk) -> Answer {
    let all = desk.office.categories.iter().filter(|(_, category)| !category.restricted);
    let service = |(group, category): (&crate::dispatch::category::Group, &Category)| {
        object([
            ("service_code", text(category.id.as_str())),
            ("service_name", text(&category.title.zh)),
            ("description", text(&category.title.en)),
            ("metadata", Node::Bool(!category.units.is_empty())),
            ("type", text("realtime")),
            ("keywords", text(format!("{},{}", group.title.zh, group.title.en))),
            ("group", text(&group.title.zh)),
        ])
    };
    Answer::ok("services", Node::List("service", all.map(service).collect()))
}

/// A quantity and its unit, where the category has units.
pub fn definition(desk: &Desk, code: &str) -> Result<Answer, Fault> {
    let category = service(desk, code).ok_or_else(|| unknown(code))?;
    let units = desk.office.categories.units.iter().filter(|unit| category.units.contains(&unit.id));
    let value = |unit: &crate::dispatch::category::QuantityUnit| {
        object([("key", text(unit.id.as_str())), ("name", text(&unit.title.zh))])
    };
    let values: Vec<Node> = units.map(value).collect();
    let attribute = |code: &str, kind: &str, order: u64, (description, hint): (&str, &str)| {
        vec![
            ("variable", Node::Bool(true)),
            ("code", text(code)),
            ("datatype", text(kind)),
            ("required", Node::Bool(false)),
            ("datatype_description", text(hint)),
            ("order", Node::Whole(order)),
            ("description", text(description)),
        ]
    };
    let mut attributes = Vec::new();
    if !values.is_empty() {
        attributes.push(Node::Object(attribute("quantity", "number", 1, ("数量", "大于零的数"))));
        let mut unit = attribute("unit", "singlevaluelist", 2, ("单位", "缺省为第一个"));
        unit.push(("values", Node::List("value", values)));
        attributes.push(Node::Object(unit));
    }
    Ok(Answer::ok(
        "service_definition",
        object([("service_code", text(category.id.as_str())), ("attributes", Node::List("attribute", attributes))]),
    ))
}
