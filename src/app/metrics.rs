//! What an operator watches: counters and durations in the Prometheus text format. No metric
//! knows who asked or about what.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::atomic::Ordering;

/// An address of the service, as its template: there are few of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub method: &'static str,
    pub route: String,
}

/// How a request to it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    pub method: &'static str,
    pub route: String,
    pub status: u16,
}

/// Upper ends of the durations' buckets, seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// All of them. What is only known elsewhere (`read`) is put in when they are asked for.
pub struct Metrics {
    registry: Registry,
    pub requests: Family<Answered, Counter>,
    pub seconds: Family<Route, Histogram>,
    pub in_flight: Gauge,
    /// Times that the database did not do what it was asked.
    pub database_errors: Counter,
    map_version: Gauge,
    ready: Gauge,
    tile_hits: Counter,
    tile_misses: Counter,
    lattice_bytes: Gauge,
}

/// What is read when the metrics are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub map_version: Option<i64>,
    pub ready: bool,
    pub tile_hits: u64,
    pub tile_misses: u64,
    pub lattice_bytes: usize,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("wangge"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            database_errors: Counter::default(),
            map_version: Gauge::default(),
            ready: Gauge::default(),
            tile_hits: Counter::default(),
            tile_misses: Counter::default(),
            lattice_bytes: Gauge::default(),
        };
        let all = &mut metrics.registry;
        all.register("http_requests", "Requests answered", metrics.requests.clone());
        all.register("http_request_seconds", "Until the answer began", metrics.seconds.clone());
        all.register("http_requests_in_flight", "Requests being answered", metrics.in_flight.clone());
        all.register("database_errors", "Failures of the database", metrics.database_errors.clone());
        all.register("map_version", "Last change that the map holds", metrics.map_version.clone());
        all.register("ready", "1 when the map is loaded and the service is not stopping", metrics.ready.clone());
        all.register("tile_cache_hits", "Tiles answered from the cache", metrics.tile_hits.clone());
        all.register("tile_cache_misses", "Tiles that had to be made", metrics.tile_misses.clone());
        all.register("lattice_bytes", "Memory of what circles are drawn from", metrics.lattice_bytes.clone());
        metrics
    }
}

impl Metrics {
    /// The text for the scraper.
    pub fn text(&self, reading: Reading) -> Result<String, fmt::Error> {
        self.map_version.set(reading.map_version.unwrap_or(-1));
        self.ready.set(i64::from(reading.ready));
        self.tile_hits.inner().store(reading.tile_hits, Ordering::Relaxed);
        self.tile_misses.inner().store(reading.tile_misses, Ordering::Relaxed);
        self.lattice_bytes.set(reading.lattice_bytes as i64);
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
