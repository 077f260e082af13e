//! The store's contract: the same story on both databases, and what only one of them can do.

mod accounts;
mod geopackage;
mod issues;
mod issues_clock;
mod issues_model;
mod killed;
mod make;
mod opening;
mod outside;
mod postgis;
mod scenarios;
mod story;
mod vanished;
mod writers;
