//! `coram relay`: a real process on loopback, and peers that use it or abuse it.

mod boards;
mod bounds;
mod circuits;
mod http;
mod kit;
mod process;
