//! The store's contract: the same story on both databases, and what only one of them can do.

mod geopackage;
mod make;
mod outside;
mod story;
