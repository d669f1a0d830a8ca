//! Setups of small circuits.

mod arkworks;
mod chosen;
mod inputs;
mod parts;
mod toy;
