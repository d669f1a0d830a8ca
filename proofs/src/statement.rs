//! From a dealing to the statement that is proved: `ctx`, `b` and `e`.
//!
//! ```text
//! ctx = Hr("pad";   ceremony, roster, role and index of the dealer, n, t, m,
//!                   relation digest, proof system, q, first, end, R, number of A, every A)
//! b   = Hr("blind"; ctx, number of c, every c of the chunk)
//! e   = Hr("link";  b, D0)
//! ```
//!
//! All three are functions of the statement alone. Nothing random of the prover comes before `e`: two different `e` with one
//! blinder would publish the difference of two combinations of the pads. One statement has one `(D0, e, y)`,
//! however often it is proved.

use std::ops::Range;

use ark_bls12_381::{Fr, G1Affine};
use coram_circuits::{hash::TaggedHash, jubjub::Point, share_encryption::Statement};
use merlin::Transcript;

use crate::{
    dealing::{Chunk, Dealing},
    fiat_shamir::{FiatShamir, scalar_bytes},
    group,
    setting::Setting,
    system::ProofSystemId,
};

/// Where a chunk stands: what goes into `ctx` beside the dealing's own values.
pub(crate) struct Place<'a> {
    pub(crate) setting: &'a Setting,
    pub(crate) system: ProofSystemId,
    pub(crate) relation: [u8; 32],
    /// The dealer, from 1.
    pub(crate) dealer: u16,
    /// `q`, from 0.
    pub(crate) chunk: usize,
    /// The validators of the chunk, from 0.
    pub(crate) validators: Range<usize>,
}

impl Place<'_> {
    /// `ctx`.
    pub(crate) fn context(&self, ephemeral: &Point, commitments: &[G1Affine]) -> Fr {
        let commitments: Vec<_> = commitments.iter().map(group::encode).collect();
        self.setting
            .bind("pad", self.dealer)
            .bytes(&self.relation)
            .number(u64::from(self.system.number()))
            .number(self.chunk as u64)
            .number(self.validators.start as u64)
            .number(self.validators.end as u64)
            .bytes(&ephemeral.to_bytes())
            .list(&commitments)
            .field()
    }
}

/// `b`.
pub(crate) fn blinder_key(ctx: &Fr, ciphertexts: &[Fr]) -> Fr {
    let ciphertexts: Vec<_> = ciphertexts.iter().map(scalar_bytes).collect();
    TaggedHash::new("blind").bytes(&scalar_bytes(ctx)).list(&ciphertexts).field()
}

/// `e`.
pub(crate) fn link_challenge(blinder_key: &Fr, blinder: &G1Affine) -> Fr {
    TaggedHash::new("link").bytes(&scalar_bytes(blinder_key)).bytes(&group::encode(blinder)).field()
}

/// The encrypted shares of a chunk.
pub(crate) fn chunk_ciphertexts<'a>(dealing: &'a Dealing, validators: &Range<usize>, n: usize) -> &'a [Fr] {
    dealing.ciphertexts.get(validators.start * n..validators.end * n).unwrap_or_default()
}

/// The statement about one chunk of a dealing, recomputed from public data.
pub(crate) fn statement(place: &Place<'_>, dealing: &Dealing, chunk: &Chunk) -> Statement {
    let ciphertexts = chunk_ciphertexts(dealing, &place.validators, place.setting.n());
    let ctx = place.context(&dealing.ephemeral, &dealing.commitments);
    let blind = blinder_key(&ctx, ciphertexts);
    Statement {
        ephemeral: dealing.ephemeral,
        ctx,
        blind,
        challenge: link_challenge(&blind, &chunk.blinder),
        masked_sum: chunk.masked_sum,
    }
}

/// The Fiat–Shamir state with which the proof of a chunk begins: everything that `ctx`, `b` and `e` are hashed from, and
/// `D0`, `e`, `y`.
pub(crate) fn open_fiat_shamir(
    place: &Place<'_>,
    dealing: &Dealing,
    chunk: &Chunk,
    statement: &Statement,
) -> Transcript {
    let setting = place.setting;
    let mut fs = Transcript::new(b"coram/v1 share encryption");
    fs.append_message(b"relation", &place.relation);
    fs.append_number(b"proof system", usize::from(place.system.number()));
    fs.append_message(b"ceremony", &setting.ceremony);
    fs.append_message(b"roster", &setting.roster);
    fs.append_number(b"role", setting.role as usize);
    fs.append_number(b"dealer", usize::from(place.dealer));
    fs.append_number(b"recipients", setting.n());
    fs.append_number(b"threshold", setting.t());
    fs.append_number(b"validators", setting.m());
    fs.append_number(b"chunk", place.chunk);
    fs.append_number(b"first validator", place.validators.start);
    fs.append_number(b"end of validators", place.validators.end);
    fs.append_message(b"ephemeral key", &dealing.ephemeral.to_bytes());
    fs.append_points(b"commitments", &dealing.commitments);
    fs.append_scalars(b"ciphertexts", chunk_ciphertexts(dealing, &place.validators, setting.n()));
    fs.append_scalar(b"context", &statement.ctx);
    fs.append_scalar(b"blinder key", &statement.blind);
    fs.append_point(b"blinder", &chunk.blinder);
    fs.append_scalar(b"link challenge", &statement.challenge);
    fs.append_scalar(b"masked sum", &statement.masked_sum);
    fs
}
