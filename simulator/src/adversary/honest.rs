//! Nothing is misused: what the network alone can do.

use super::{Adversary, Cheaters, Entry, Expected};
use crate::cast::Shape;

/// Runs without cheaters.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "nobody",
        what: "all are honest",
        stopped_by: "protocol.md 11",
        expected: &[Expected::Lock],
        cheaters: Cheaters::None,
        shape: Shape::of,
        make: || Box::new(Follower),
    },
    Entry {
        name: "nobody-without-commits",
        what: "all are honest, in a ceremony without Commits",
        stopped_by: "protocol.md 11",
        expected: &[Expected::Lock],
        cheaters: Cheaters::None,
        shape: |operators| Shape { commits: false, ..Shape::of(operators) },
        make: || Box::new(Follower),
    },
];

/// Follows the protocol.
struct Follower;

impl Adversary for Follower {}
