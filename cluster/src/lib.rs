//! Coram: cluster.
