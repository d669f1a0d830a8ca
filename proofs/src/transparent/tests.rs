//! The proof system on a small constraint system, against dishonest provers.

mod challenges;
mod encoding;
mod forger;
mod honest;
mod messages;
mod smuggling;
mod system;
mod torsion;
mod unsound;
