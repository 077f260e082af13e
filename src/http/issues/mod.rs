//! Cases of dispatch: reported by anybody, followed by private link, worked on by whom the workflow
//! allows. Who asks sees the cases of the own area, the own ones, and what a link was given for; of
//! all others it is not told whether they exist.

pub mod absences;
pub mod act;
pub mod board;
pub mod bulk;
pub mod categories;
mod desk;
pub mod duplicates;
mod filter;
pub mod list;
pub mod map;
pub mod one;
pub mod photos;
pub mod report;
mod row;
mod staff_view;
pub mod stream;
pub mod tasks;
mod view;
mod wish;
