//! Vector tiles: clip, simplify, encode, cache.
