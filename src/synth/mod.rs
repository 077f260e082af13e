//! Synthetic towns for the demo, tests and scale benches.
