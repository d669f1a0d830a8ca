//! Poseidon over the scalar field of BLS12-381: the pads of encrypted shares, natively and in the circuit.
//!
//! The S-box is `x^5`, with 8 full rounds and 57 (width 3) or 60 (width 5) partial ones. Round constants and matrix
//! come from the Grain LFSR of the reference implementation and give its published test vectors.
//!
//! ```text
//! sponge(purpose, key, message, k):
//!     IV = Hr("poseidon"; purpose, width, k)
//!     state = permute( IV, key, message, 0, … )
//!     the outputs are words 1, 2, … of the state, and of permute(state), permute(permute(state)), …
//! ```
//!
//! The input is always two words, so there is no padding. Word 0 is the capacity and is never put out. The width is 3
//! for up to two outputs and 5 for more: fewer constraints than the other choice in every case.

mod field;
mod gadget;
mod grain;
mod permutation;
mod sponge;

pub use field::Field;
pub use gadget::{sponge as sponge_gadget, sponge_rows};
pub use permutation::{FULL_ROUNDS, Parameters, Width, permute};
pub use sponge::{Purpose, sponge};
