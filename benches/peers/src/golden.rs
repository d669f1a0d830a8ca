//! `golden-evrf` with `golden-core`: Golden on secp256k1. Its keys are not BLS keys.

use std::{collections::BTreeMap, sync::OnceLock};

use golden_core::{
    DealerMessage, DkgConfig, DkgDealing, GoldenGroup, GoldenScalar, ParticipantIndex, ParticipantRegistry,
    SessionId, complete, create_dealing, verify_dealing, verify_dealings,
    wire::{from_wire_bytes, to_wire_bytes},
};
use golden_evrf::paper::secp_secq::{BatchedEvrfPublicParams, SecpSecqBackend};
use golden_halo2curves::golden_group::{Secp256k1GoldenGroup, Secp256k1Scalar};
use rand_chacha_for_golden::{ChaCha20Rng, rand_core::SeedableRng};

use crate::scheme::{Failure, Shape, Sharing, parts};

type Group = Secp256k1GoldenGroup;
type Proofs = SecpSecqBackend;
type Message = DealerMessage<Group>;

/// The operators of one ceremony, and a session for each key.
pub struct GoldenEvrf {
    secrets: Vec<Secp256k1Scalar>,
    sessions: Vec<DkgConfig<Group>>,
    /// The first dealing of dealer 1 in the first session, with what only the dealer knows: it completes with that.
    own: OnceLock<DkgDealing<Group>>,
}

impl GoldenEvrf {
    /// Derives the generators, which the first dealing would do otherwise.
    ///
    /// # Errors
    ///
    /// What `golden-core` reports.
    pub fn new(Shape { n, t, m }: Shape) -> Result<Self, Failure> {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let secrets: Vec<_> = (0..n).map(|_| Secp256k1Scalar::random(&mut rng)).collect();
        let entries =
            (1..).map(index).zip(&secrets).map(|(i, secret)| Ok((i?, Group::mul_generator(secret))));
        let registry = ParticipantRegistry::new(entries.collect::<Result<_, Failure>>()?)?;
        let beta = Secp256k1Scalar::from_u64(77)?;
        let session = |_| DkgConfig::new(t.into(), SessionId::random(&mut rng), beta, registry.clone());
        let sessions = (0..m).map(session).collect::<Result<_, _>>()?;
        BatchedEvrfPublicParams::shared(t.into(), usize::from(n) - 1)?;
        Ok(Self { secrets, sessions, own: OnceLock::new() })
    }

    fn messages(&self, dealing: &[u8]) -> Result<Vec<Message>, Failure> {
        let m = self.sessions.len() as u32;
        parts(dealing, m)?.map(|bytes| Ok(from_wire_bytes(bytes)?)).collect()
    }

    /// What operator 1 ends with, and whether it fits what everybody knows.
    fn complete(&self, messages: BTreeMap<ParticipantIndex, Message>) -> Result<(), Failure> {
        let (secret, session) = self.secrets.first().zip(self.sessions.first()).ok_or("no session")?;
        let own = self.own.get().ok_or("operator 1 has not dealt")?;
        let one = index(1)?;
        let keys = messages.values().map(|message| message.commitment.public_key());
        let key = keys.fold(Group::identity(), |sum, key| Group::add(&sum, &key));
        let others = messages.into_iter().filter(|(dealer, _)| *dealer != one).collect();
        let output = complete::<Group, Proofs>(one, secret, own, &others, session)?;
        let public_share = Group::mul_generator(&output.secret_share.value);
        if output.public_key == key && output.public_key_shares.get(&one) == Some(&public_share) {
            Ok(())
        } else {
            Err("operator 1 has a share that does not fit the key".into())
        }
    }
}

impl Sharing for GoldenEvrf {
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, Failure> {
        let mut rng = ChaCha20Rng::from_seed(*seed);
        let secret = self.secrets.get(usize::from(dealer) - 1).ok_or("no such dealer")?;
        let mut bytes = Vec::new();
        for session in &self.sessions {
            let dealing = create_dealing::<Group, Proofs>(index(dealer.into())?, secret, session, &mut rng)?;
            bytes.extend(to_wire_bytes(&dealing.message));
            if dealer == 1 {
                self.own.get_or_init(|| dealing);
            }
        }
        Ok(bytes)
    }

    fn verify(&self, dealing: &[u8]) -> Result<(), Failure> {
        for (message, session) in self.messages(dealing)?.iter().zip(&self.sessions) {
            verify_dealing::<Group, Proofs>(message, session)?;
        }
        Ok(())
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), Failure> {
        let decode = |(_, dealing): &(u16, Vec<u8>)| self.messages(dealing);
        let decoded = dealings.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        for (key, session) in self.sessions.iter().enumerate() {
            let messages: Vec<_> = decoded.iter().filter_map(|messages| messages.get(key)).collect();
            verify_dealings::<Group, Proofs>(&messages, session)?;
        }
        Ok(())
    }

    /// Adds one to an encrypted share, under a transcript that fits.
    fn check(&self, dealings: &[(u16, Vec<u8>)], alone: &[u8]) -> Result<(), Failure> {
        let session = self.sessions.first().ok_or("no session")?;
        let mut changed = self.messages(alone)?.into_iter().next().ok_or("no message")?;
        let share = changed.encrypted_shares.values_mut().next().ok_or("no share")?;
        share.encrypted_share = share.encrypted_share.add(&Secp256k1Scalar::one());
        changed.transcript_root = changed.recompute_transcript_root();
        if verify_dealing::<Group, Proofs>(&changed, session).is_ok() {
            return Err("a dealing with another encrypted share was accepted".into());
        }
        let mut messages = BTreeMap::new();
        for (dealer, dealing) in dealings {
            let message = self.messages(dealing)?.into_iter().next().ok_or("no message")?;
            messages.insert(index((*dealer).into())?, message);
        }
        self.complete(messages)
    }
}

fn index(operator: u32) -> Result<ParticipantIndex, Failure> {
    Ok(ParticipantIndex::new(operator)?)
}
