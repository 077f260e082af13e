//! The wire: one file a resource. Status codes live only here.
