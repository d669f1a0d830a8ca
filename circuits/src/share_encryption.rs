//! The share-encryption relation: the pads of a dealing come from its ephemeral key.
//!
//! A dealer with ephemeral scalar `s` publishes `R = s*B`; the pads of recipient `i`, who holds the key `ek[i]`, come from
//! the shared secret `K[i] = s*ek[i]`, and one more pad, the blinder, from `s*H`. The relation says that `y` is the
//! combination of exactly these pads by the powers of `e`:
//!
//! | input    | type        | meaning                                          |         |
//! |----------|-------------|--------------------------------------------------|---------|
//! | `R`      | point       | ephemeral key of the dealer                      | public  |
//! | `ctx`    | `Fr`        | names the dealing; keys the pads                 | public  |
//! | `b`      | `Fr`        | hash of all encrypted shares; keys the blinder   | public  |
//! | `e`      | `Fr`        | hash of all that is dealt; weighs the pads       | public  |
//! | `y`      | `Fr`        | the masked sum                                   | public  |
//! | `ek[i]`  | points      | encryption keys of the recipients, `i = 1..n`    | constants of the circuit, or public |
//! | `s`      | digits      | ephemeral scalar                                 | witness |
//!
//! | clause           | equation                                                          | without it, a dealer could |
//! |------------------|-------------------------------------------------------------------|----------------------------|
//! | E1 scalar        | `s = sum d[w] 16^w`, `d[w]` in `{±1, ±3, …, ±15}` for `w = 0..61`, `d[61] >= 9` | use digits that are none: look-ups would give points of its choice, and additions exceptional cases, in which any sum can be proved |
//! | E2 ephemeral     | `R = s*B`, both coordinates                                       | publish one key and make the pads from another: no recipient could decrypt |
//! | E3 shared secrets| `K[i] = s*ek[i]`                                                  | take the pads of one recipient from a secret that this recipient cannot compute |
//! | E4 blinder       | `p0 = Poseidon_blinder(b, u(s*H))`                                | choose `p0` after `e`, and so satisfy E6 whatever the pads are |
//! | E5 pads          | `p[i][j] = Poseidon_pad(ctx + i, u(K[i]))_j`, `j = 1..m`          | choose pads after `e`, one of them to satisfy E6 |
//! | E6 masked sum    | `y = p0 + sum_{l=1..nm} e^l p[i][j]`, `l = (j-1) n + i`           | state any `y`, and so link the encrypted shares to any commitments |
//!
//! `e^0` belongs to the blinder alone. If the numbering of the pads began at 0, a dealer could move a constant from `D0 =
//! p0*G1` to the first encrypted share, and a wrong share would verify.
//!
//! [`check`] says this natively, clause by clause, with the group law of arkworks. As constraints, with additions of their own, and the
//! clause of each row named, it is said in two forms that differ in E3 alone:
//!
//! * [`Circuit`]: the keys are constants. A circuit for every roster, of few rows
//! * [`ShapeCircuit`]: the keys are public inputs. A circuit for every shape (numbers of recipients and of outputs), so that
//!   one reference string serves all rosters
//!
//! Since `R` fixes `s` (E1, E2), the pads are a function of public data, although only `s` or a decryption key lets one
//! compute them.

mod addition;
mod chain;
mod circuit;
mod clause;
mod climb;
mod constant_keys;
mod input_keys;
mod inversion;
mod ladder;
mod native;
mod relation;
mod scalar;
mod statement;
mod table;
mod walk;
mod window;

#[cfg(test)]
mod tests;

pub use circuit::{CircuitWith, MAX_PADS, MAX_RECIPIENTS};
pub use clause::Clause;
pub use constant_keys::{Circuit, ConstantKeys};
pub use input_keys::{InputKeys, ShapeCircuit};
pub use native::{Witness, blinder, check, masked_sum, pads, shared_secret_u};
pub use scalar::{EphemeralScalar, WINDOWS};
pub use statement::{PUBLIC_INPUTS, Statement};
