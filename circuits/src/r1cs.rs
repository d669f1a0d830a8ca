//! Rank-one constraint systems: rows `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩` over `z = (1, public inputs, private variables)`.
//!
//! The matrices are the statement that is proved. So they are built here, by code that does nothing clever:
//! variables and rows are numbered in the order in which they are made, linear combinations are kept sorted and
//! without zero coefficients, and nothing is inlined, merged or removed afterwards.

mod builder;
mod compact;
mod linear;
mod matrices;
mod synthesizer;

pub use builder::Builder;
pub use compact::CompactMatrices;
pub use linear::{Linear, LinearCombination, Variable};
pub use matrices::{Column, Matrices, SparseMatrix};
pub use synthesizer::{Assignment, Synthesizer};
