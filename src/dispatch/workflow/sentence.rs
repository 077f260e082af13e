//! What a reporter reads of an event: one sentence, without names, or nothing where it is no
//! concern of theirs.

use crate::atlas::layer::Title;
use crate::dispatch::case::{Event, What, Who};
use crate::dispatch::words::Action;

/// The event, told to whoever reported the case.
pub fn sentence(event: &Event) -> Option<Title> {
    let unit = event.owner.unit.as_ref().and_then(|unit| unit.name.clone());
    let title = event.owner.level.title();
    let (at_zh, at_en) = (unit.clone().unwrap_or(title.zh), unit.unwrap_or(title.en.to_lowercase()));
    let why = event.note.clone().unwrap_or_default();
    let (zh, en) = match event.what {
        What::Reported => ("您的上报已收到。".to_owned(), "Your report has come in.".to_owned()),
        What::Warned(_) | What::Missed(_) => return None,
        What::Did(action) => match action {
            Action::Accept => {
                ("已立案，即将派遣。".into(), "Your report was accepted and will be given to somebody.".into())
            }
            Action::Reject => (format!("不予立案：{why}"), format!("Your report was not accepted: {why}")),
            Action::Dispatch => (format!("已派遣至{at_zh}。"), format!("It was given to {at_en}.")),
            Action::Start => ("工作人员已到场处置。".into(), "Somebody is there and works on it.".into()),
            Action::Return => {
                ("正在重新确定承办单位。".into(), "It is being found out anew who is responsible.".into())
            }
            Action::Escalate => (format!("已上报至{at_zh}。"), format!("It was passed up to {at_en}.")),
            Action::Extend => (format!("办理期限已延长：{why}"), format!("It takes longer: {why}")),
            Action::Suspend => {
                (format!("暂时无法办结，已挂账：{why}"), format!("It cannot be finished now and was put off: {why}"))
            }
            Action::Resume => ("已恢复办理。".into(), "Work on it goes on.".into()),
            Action::Finish => ("已处置完成，等待核查。".into(), "It was solved and will be checked.".into()),
            Action::Pass => ("核查通过。".into(), "The check was passed.".into()),
            Action::Fail => ("核查未通过，已要求返工。".into(), "The check was not passed; it is done again.".into()),
            Action::Close if event.note.is_some() => (format!("已结案：{why}"), format!("The case was closed: {why}")),
            Action::Close => ("已结案，欢迎评价。".into(), "The case was closed. Please rate it.".into()),
            Action::Void => match &event.joined_to {
                Some(number) => (
                    format!("与{number}号案件重复，已合并办理。"),
                    format!("It is the same as {number} and was joined to it."),
                ),
                None => (format!("已作废：{why}"), format!("It was withdrawn: {why}")),
            },
            Action::Reopen => ("已重新办理。".into(), "It was opened again.".into()),
            Action::Comment if event.answer || event.who == Who::Reporter => (why.clone(), why),
            Action::Comment => return None,
            Action::Reassign if event.because.is_empty() => {
                (format!("已改由{at_zh}承办。"), format!("{at_en} has it now."))
            }
            Action::Reassign => (
                format!("位置或类别已更正，现由{at_zh}承办。"),
                format!("Its place or kind was put right; {at_en} has it now."),
            ),
        },
    };
    Some(Title { zh, en })
}
