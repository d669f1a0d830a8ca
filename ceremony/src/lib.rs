//! Coram: ceremony.
