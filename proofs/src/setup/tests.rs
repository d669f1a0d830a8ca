//! Setups of small circuits.

mod arkworks;
mod chosen;
mod toy;
