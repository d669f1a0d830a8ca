//! Setups of small circuits.

mod arkworks;
mod toy;
