//! Planning: life circles, coverage, siting. Pure computation on a snapshot.
