//! Fault files: a breach of the protocol with the signed messages that prove it.
//!
//! A stranger checks one with the file alone. What the file says happened counts for nothing: its messages are put on an
//! empty board and judged by the same functions as in a ceremony, and the breach that is found is the accusation.
//!
//! An honest operator cannot be accused, whoever makes the file and whatever is left out of it. What one message is
//! judged by is either in itself, or named in it by hash: a Deal is only judged under the roster that it names, an
//! Attest only with the dealings that it names, a Seal only with the transcript that it names, and an honest author
//! judged those before it signed. Turning another's signature over gives no second message, since messages are
//! compared by their content and a high S is refused.

mod check;
mod evidence;
mod file;

pub use check::{Accusation, FaultRejected};
pub use file::FaultFile;
