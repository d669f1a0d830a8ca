//! A dealing as JSON, by its parts.

use coram_proofs::ProofSystemId;
use coram_proofs::groth16::MAX_CHUNKS;
use serde::{Deserialize, Serialize};

use super::file::not_null;
use crate::hex::{Array, Bytes};
use crate::limits::{GROTH16_CHUNK, Limits};

/// A dealing by its parts. Commitments and ciphertexts have one entry for each polynomial, that is for each validator or batch of them. What is proved of the pads stands
/// here in a transparent dealing, whose polynomials are one chunk, and in a list of chunks in one of Groth16.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DealingFile {
    /// `A[j][0] … A[j][t-1]`, 48 bytes each.
    commitments: Vec<Bytes>,
    /// `R`.
    ephemeral: Array<32>,
    /// `c[1][j] … c[n][j]`, 32 bytes each.
    ciphertexts: Vec<Bytes>,
    /// `D0`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    blinder: Option<Array<48>>,
    /// `y`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    masked_sum: Option<Array<32>>,
    /// The proof that belongs to them.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    proof: Option<Bytes>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    chunks: Option<Vec<ChunkFile>>,
}

/// What is proved of the pads of one chunk under Groth16.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChunkFile {
    /// `D0`.
    blinder: Array<48>,
    /// `y`.
    masked_sum: Array<32>,
    /// `A | B | C`.
    proof: Array<192>,
}

impl DealingFile {
    /// Takes a verified dealing apart. Its length was checked when it was verified.
    pub(super) fn split(dealing: &[u8], limits: &Limits) -> Self {
        let (commitments, rest) = split_at(dealing, 48 * limits.threshold * limits.polynomials);
        let (ephemeral, rest) = split_at(rest, 32);
        let (ciphertexts, rest) = split_at(rest, 32 * limits.operators * limits.polynomials);
        let each = |bytes: &[u8], len: usize| bytes.chunks(len).map(|part| Bytes(part.to_vec())).collect();
        let parts = Self {
            commitments: each(commitments, 48 * limits.threshold),
            ephemeral: Array(array(ephemeral)),
            ciphertexts: each(ciphertexts, 32 * limits.operators),
            blinder: None,
            masked_sum: None,
            proof: None,
            chunks: None,
        };
        match limits.system {
            ProofSystemId::Transparent => {
                let (blinder, rest) = split_at(rest, 48);
                let (masked_sum, proof) = split_at(rest, 32);
                Self {
                    blinder: Some(Array(array(blinder))),
                    masked_sum: Some(Array(array(masked_sum))),
                    proof: Some(Bytes(proof.to_vec())),
                    ..parts
                }
            }
            ProofSystemId::Groth16 => {
                let chunks = rest.chunks(GROTH16_CHUNK).map(ChunkFile::split).collect();
                Self { chunks: Some(chunks), ..parts }
            }
        }
    }

    /// The dealing that the parts make up. Parts of wrong lengths make up bytes that no dealer signed.
    pub(super) fn join(&self) -> Vec<u8> {
        let mut dealing = Vec::new();
        self.commitments.iter().for_each(|part| dealing.extend_from_slice(&part.0));
        dealing.extend_from_slice(&self.ephemeral.0);
        self.ciphertexts.iter().for_each(|part| dealing.extend_from_slice(&part.0));
        dealing.extend(self.blinder.iter().flat_map(|part| part.0));
        dealing.extend(self.masked_sum.iter().flat_map(|part| part.0));
        dealing.extend(self.proof.iter().flat_map(|part| &part.0));
        self.chunks.iter().flatten().for_each(|chunk| chunk.join(&mut dealing));
        dealing
    }

    /// Whether the parts are divided as [`Self::split`] divides them: one dealing has one text.
    pub(super) fn is_canonical(&self, limits: &Limits) -> bool {
        let each = |parts: &[Bytes], len: usize| {
            parts.len() == limits.polynomials && parts.iter().all(|part| part.0.len() == len)
        };
        each(&self.commitments, 48 * limits.threshold)
            && each(&self.ciphertexts, 32 * limits.operators)
            && self.has_form_of(limits.system)
    }

    fn has_form_of(&self, system: ProofSystemId) -> bool {
        let Self { blinder, masked_sum, proof, chunks, .. } = self;
        let flat = [blinder.is_some(), masked_sum.is_some(), proof.is_some()];
        match (system, chunks) {
            (ProofSystemId::Transparent, None) => flat == [true; 3],
            (ProofSystemId::Groth16, Some(chunks)) => {
                flat == [false; 3] && !chunks.is_empty() && chunks.len() <= MAX_CHUNKS
            }
            _ => false,
        }
    }
}

impl ChunkFile {
    fn split(chunk: &[u8]) -> Self {
        let (blinder, rest) = split_at(chunk, 48);
        let (masked_sum, proof) = split_at(rest, 32);
        Self {
            blinder: Array(array(blinder)),
            masked_sum: Array(array(masked_sum)),
            proof: Array(array(proof)),
        }
    }

    fn join(&self, dealing: &mut Vec<u8>) {
        dealing.extend_from_slice(&self.blinder.0);
        dealing.extend_from_slice(&self.masked_sum.0);
        dealing.extend_from_slice(&self.proof.0);
    }
}

fn split_at(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at(at.min(bytes.len()))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}
