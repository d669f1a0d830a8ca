//! What contributions to both phases have in common.

use ark_bls12_381::Fr;
use ark_ff::PrimeField;
use coram_circuits::hash::TaggedHash;
use zeroize::Zeroizing;

use super::{
    SetupError,
    beacon::{self, Beacon},
    chain::Chain,
    knowledge::Place,
    phase::Phase,
    record::OriginRecord,
};

/// `x` of a step, from a contributor's seed: `Hr("setup secret"; name of the step, context, seed)`. Another place in a chain
/// gives another secret.
pub(super) fn from_seed(seed: &[u8; 64], place: Place<'_>) -> Fr {
    let hash = TaggedHash::new("setup secret").bytes(place.step.name().as_bytes());
    let wide = Zeroizing::new(hash.bytes(place.context).bytes(seed).wide());
    Fr::from_be_bytes_mod_order(&*wide)
}

/// Where the secrets of a contribution come from, and who is said to have made it.
pub(super) enum Source<'a> {
    Seed(&'a [u8; 64], OriginRecord),
    Beacon(Beacon, OriginRecord),
}

impl<'a> Source<'a> {
    pub(super) fn anonymous(seed: &'a [u8; 64]) -> Self {
        Self::Seed(seed, OriginRecord::Anonymous)
    }

    /// Of the holder of an identity, who has yet to sign.
    pub(super) fn identity(seed: &'a [u8; 64], identity: [u8; 33]) -> Self {
        Self::Seed(seed, OriginRecord::Signed { identity, signature: [0; 64] })
    }

    pub(super) fn beacon(phase: Phase, value: &[u8], iterations_log: u8) -> Result<Self, SetupError> {
        let origin = OriginRecord::Beacon { value: value.to_vec(), iterations_log };
        beacon::check(phase, &origin)?;
        Ok(Self::Beacon(Beacon::new(value, iterations_log), origin))
    }

    pub(super) fn origin(&self) -> &OriginRecord {
        match self {
            Self::Seed(_, origin) | Self::Beacon(_, origin) => origin,
        }
    }

    pub(super) fn secret(&self, place: Place<'_>) -> Fr {
        match self {
            Self::Seed(seed, _) => from_seed(seed, place),
            Self::Beacon(beacon, _) => beacon.secret(place),
        }
    }
}

/// Something that a chain of contributions belongs to.
pub(super) trait Contributed {
    fn chain_mut(&mut self) -> &mut Chain;
}

/// A contribution whose author has yet to sign it.
#[must_use = "a contribution counts for its author once it is signed"]
pub struct Pending<T> {
    contributed: T,
    id: [u8; 32],
}

#[expect(private_bounds)] // nobody else has chains
impl<T: Contributed> Pending<T> {
    pub(super) fn new(mut contributed: T) -> Self {
        let id = contributed.chain_mut().last_id();
        Self { contributed, id }
    }

    /// What is to be signed, with the key of the identity that was named.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        self.id
    }

    /// The contribution with its signature, `R || S`, which is not checked here.
    #[must_use]
    pub fn attach(mut self, signature: [u8; 64]) -> T {
        self.contributed.chain_mut().sign_last(signature);
        self.contributed
    }
}
