//! The table drawn as a page of Markdown: `docs/dispatch-workflow.md` is what this writes.

use super::table::{self, Row, TABLE, While};
use crate::dispatch::words::{Action, Level, State};
use std::fmt::Write;

const HEAD: &str = "\
# Workflow of a case

Drawn from the table in `src/dispatch/workflow/table.rs`; a test fails when this page is not what the
code draws. States and actions have the names of the API; the Chinese words are those of GB/T 30428.

Every case has exactly one owner. It climbs grid → community → town → district: by its owner when others
are needed, by a dispatcher, or by the clock when the limit of a level is over. A dispatched case has a
clock that starts anew on each level and stands still while the case is put off (挂账) or being checked;
beside it runs the week promised to the reporter, which never stands still. What comes back a second time
(退回) goes to the town's triage (兜底分流), whose decision holds.

A case ends in one of three ways: solved where it began, passed up and solved, or explained.

The *holder* is whose the case is now; where that is a desk, anybody of the desk, until somebody takes it.
The *service* is the clock, and what is accepted and dispatched at once because its category says so. The
clock warns at a share of each limit; at the end of a level's limit it passes the case up.
";

/// The whole page.
pub fn draw() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## States\n\n| state | 状态 |\n|---|---|\n");
    for state in State::ALL {
        let _ = writeln!(page, "| `{state}` | {} |", state.title().zh);
    }
    page.push_str("\n```mermaid\nstateDiagram-v2\n  [*] --> reported\n");
    page.push_str(&edges());
    page.push_str("```\n\nNot drawn: what leaves the state as it is.\n");
    page.push_str("\n## What may be done\n\n| state | action | → state | who | needs | while put off |\n|---|---|---|---|---|---|\n");
    TABLE.iter().for_each(|row| page.push_str(&line(row)));
    page.push_str("\n## Levels\n\n| level | 层级 | passed up to |\n|---|---|---|\n");
    for level in Level::ALL {
        let next = level.above().next().map_or("–".to_owned(), |next| format!("`{next}`"));
        let _ = writeln!(page, "| `{level}` | {} | {next} |", level.title().zh);
    }
    page
}

/// One edge for two states, with all actions that lead from one to the other.
fn edges() -> String {
    let mut out = String::new();
    for from in State::ALL {
        for to in State::ALL.iter().filter(|to| *to != from) {
            let all: Vec<&str> = table_actions(*from, *to).map(|action| action.as_str()).collect();
            if !all.is_empty() {
                let _ = writeln!(out, "  {from} --> {to}: {}", all.join(", "));
            }
        }
    }
    out
}

fn table_actions(from: State, to: State) -> impl Iterator<Item = Action> {
    TABLE.iter().filter(move |row| row.from == from && row.to == to).map(|row| row.action)
}

fn line(row: &Row) -> String {
    let who: Vec<String> = row.who.iter().map(|who| who.title().en.to_lowercase()).collect();
    let needs: Vec<String> = row.needs.iter().map(|need| need.title().en).collect();
    let during = match row.during {
        While::Running => "no",
        While::Suspended => "only",
        While::Either => "yes",
    };
    let action = format!("`{}` {}", row.action, row.action.title().zh);
    let to = if row.to == row.from { "same".to_owned() } else { format!("`{}`", row.to) };
    let during = if table::can_be_suspended(row.from) { during } else { "–" };
    format!("| `{}` | {action} | {to} | {} | {} | {during} |\n", row.from, who.join(", "), needs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_what_the_table_draws() {
        let drawn = draw();
        if drawn != include_str!("../../../docs/dispatch-workflow.md") {
            let to = concat!(env!("CARGO_MANIFEST_DIR"), "/target/dispatch-workflow.md");
            std::fs::write(to, drawn).expect("target can be written");
            panic!("docs/dispatch-workflow.md is not what the table draws; copy target/dispatch-workflow.md over it");
        }
    }
}
