//! `coram doctor`: each check passes where it should, and alone notices what it is there for.

mod local;
mod network;
mod patient;
