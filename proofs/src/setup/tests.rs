//! Setups of small circuits.

mod arkworks;
mod beacons;
mod chains;
mod chosen;
mod files;
mod forgeries;
mod inputs;
mod keys;
mod parts;
mod strings;
mod toy;
mod vectors;
