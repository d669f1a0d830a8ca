//! `commonware-cryptography`'s Golden: BLS12-381, keys in G1 (`MinPk`).

use std::{
    cell::Cell,
    collections::BTreeMap,
    num::{NonZeroU32, NonZeroUsize},
};

use commonware_codec::{Copying, Encode, Read};
use commonware_cryptography::bls12381::{
    dkg::golden::{
        DealerLog, Info, Output, PrivateKey, PublicKey, Setup, SignedDealerLog, deal, observe, play,
    },
    primitives::{sharing::ModeVersion, variant::MinPk},
};
use commonware_math::algebra::Random;
use commonware_parallel::Rayon;
use commonware_utils::{Faults, TryCollect, ordered::Set};
use num_traits::ToPrimitive;
use rand_chacha_for_commonware::{ChaCha20Rng, rand_core::SeedableRng};

use crate::scheme::{Failure, Shape, Sharing, parts};

const NAMESPACE: &[u8] = b"coram-peers";

/// Bytes of a nonce, a point of G1, and of a key or scalar in a [`DealerLog`].
const NONCE: usize = 32;
const POINT: usize = 48;
const WORD: usize = 32;

/// The operators of one ceremony, and for each key a round in which all deal and one in which the first deals alone.
pub struct Commonware {
    shape: Shape,
    keys: Vec<PrivateKey>,
    setup: Setup,
    rounds: Vec<Info>,
    alone: Vec<Info>,
    threads: Rayon,
}

impl Commonware {
    /// Derives the generators: `Setup::new`.
    ///
    /// # Errors
    ///
    /// What the crate reports.
    pub fn new(shape: Shape, threads: usize) -> Result<Self, Failure> {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let keys: Vec<_> = (0..shape.n).map(|_| PrivateKey::random(&mut rng)).collect();
        let everybody = set(&keys)?;
        let first = set(&keys[..1])?;
        let rounds = (0..u64::from(shape.m)).map(|round| info(shape, round, &everybody, &everybody));
        let alone = (0..u64::from(shape.m)).map(|round| info(shape, round, &first, &everybody));
        Ok(Self {
            rounds: rounds.collect::<Result<_, _>>()?,
            alone: alone.collect::<Result<_, _>>()?,
            setup: Setup::new(operators(shape)?),
            threads: Rayon::new(NonZeroUsize::new(threads).ok_or("no threads")?)?,
            shape,
            keys,
        })
    }

    fn deal_in(&self, rounds: &[Info], dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, Failure> {
        let mut rng = ChaCha20Rng::from_seed(*seed);
        let key = self.keys.get(usize::from(dealer) - 1).ok_or("no such dealer")?;
        let mut bytes = Vec::new();
        for round in rounds {
            let log = deal(&mut rng, &self.setup, round, key, None, &self.threads).map_err(failure)?;
            bytes.extend_from_slice(&log.encode());
        }
        Ok(bytes)
    }

    /// The logs of all dealers in one round, whose signatures are checked.
    fn logs<'a>(
        &self,
        round: &Info,
        dealings: impl Iterator<Item = &'a [u8]>,
    ) -> Result<BTreeMap<PublicKey, DealerLog>, Failure> {
        let limits = (operators(self.shape)?, ModeVersion::v0());
        let mut logs = BTreeMap::new();
        for bytes in dealings {
            let signed = SignedDealerLog::read_cfg(&mut Copying(bytes), &limits)?;
            let (dealer, log) = signed.identify(round).ok_or("a signature does not verify")?;
            logs.insert(dealer, log);
        }
        Ok(logs)
    }

    fn observe(
        &self,
        round: &Info,
        logs: BTreeMap<PublicKey, DealerLog>,
    ) -> Result<Output<PublicKey>, Failure> {
        let dealers = logs.len();
        let output = observe(&mut rng(), &self.setup, round, logs, &self.threads).map_err(failure)?;
        if output.dealers().len() == dealers && output.quorum().get() == u32::from(self.shape.t) {
            Ok(output)
        } else {
            Err("not all dealings were checked, or the threshold is another".into())
        }
    }

    /// The logs of one dealing of several keys, round by round.
    fn observe_rounds(&self, rounds: &[Info], dealings: &[&[u8]]) -> Result<(), Failure> {
        let m = rounds.len() as u32;
        let split: Vec<Vec<&[u8]>> = dealings
            .iter()
            .map(|dealing| Ok(parts(dealing, m)?.collect()))
            .collect::<Result<_, Failure>>()?;
        for (key, round) in rounds.iter().enumerate() {
            let logs = self.logs(round, split.iter().filter_map(|parts| parts.get(key).copied()))?;
            self.observe(round, logs)?;
        }
        Ok(())
    }

    /// A dealing in which one encrypted share is another; the signature is not looked at again after this.
    fn change(&self, log: &DealerLog, dealer: &PublicKey) -> Result<DealerLog, Failure> {
        let (n, t) = (usize::from(self.shape.n), usize::from(self.shape.t));
        let length = |count: usize| if count < 0x80 { 1 } else { 2 };
        let shares = NONCE + length(t) + t * POINT + length(n) + n * WORD + length(n);
        // The dealer's own share is not checked: it could choose that freely.
        let recipients = set(&self.keys)?;
        let recipient = recipients.iter().position(|key| key != dealer).ok_or("no recipient")?;
        let mut bytes = log.encode().to_vec();
        *bytes.get_mut(shares + (recipient + 1) * WORD - 1).ok_or("no share")? ^= 1;
        Ok(DealerLog::read_cfg(&mut Copying(&bytes), &(operators(self.shape)?, ModeVersion::v0()))?)
    }
}

impl Sharing for Commonware {
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, Failure> {
        self.deal_in(&self.rounds, dealer, seed)
    }

    /// How many dealings a round asks for is part of what dealings are bound to.
    fn deal_alone(&self, seed: &[u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
        self.deal_in(&self.alone, 1, seed).map(Some)
    }

    fn verify(&self, dealing: &[u8]) -> Result<(), Failure> {
        self.observe_rounds(&self.alone, &[dealing])
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), Failure> {
        let dealings: Vec<&[u8]> = dealings.iter().map(|(_, dealing)| &dealing[..]).collect();
        self.observe_rounds(&self.rounds, &dealings)
    }

    fn check(&self, dealings: &[(u16, Vec<u8>)], alone: &[u8]) -> Result<(), Failure> {
        let round = self.alone.first().ok_or("no round")?;
        let mut logs = self.logs(round, parts(alone, self.shape.m)?.take(1))?;
        for (dealer, log) in &mut logs {
            *log = self.change(log, dealer)?;
        }
        if self.observe(round, logs).is_ok() {
            return Err("a dealing with another encrypted share was accepted".into());
        }
        let (round, key) = self.rounds.first().zip(self.keys.first()).ok_or("no round")?;
        let firsts = dealings.iter().filter_map(|(_, dealing)| parts(dealing, self.shape.m).ok()?.next());
        let logs = self.logs(round, firsts)?;
        let (output, share) =
            play(&mut rng(), &self.setup, round, logs, key, &self.threads).map_err(failure)?;
        if output.public().partial_public(share.index)? == share.public::<MinPk>() {
            Ok(())
        } else {
            Err("operator 1 has a share that does not fit the key".into())
        }
    }
}

thread_local! {
    /// The quorums that a round asks for: of players, then of dealers.
    static QUORUMS: Cell<[u32; 2]> = const { Cell::new([0; 2]) };
}

/// The quorums of [`QUORUMS`], in the order in which `Info::new` asks for them. With the fault models of the crate, a round of ten
/// checks seven of the dealings and no more.
struct Chosen;

impl Faults for Chosen {
    fn max_faults(n: impl ToPrimitive) -> u32 {
        let [quorum, next] = QUORUMS.get();
        QUORUMS.set([next, 0]);
        n.to_u32().unwrap_or_default().saturating_sub(quorum)
    }
}

/// A round in which `t` shares recover the key and the dealings of all `dealers` are needed.
fn info(
    shape: Shape,
    round: u64,
    dealers: &Set<PublicKey>,
    players: &Set<PublicKey>,
) -> Result<Info, Failure> {
    QUORUMS.set([shape.t.into(), dealers.len() as u32]);
    Info::new::<Chosen>(NAMESPACE, round, None, dealers.clone(), players.clone()).map_err(failure)
}

fn set(keys: &[PrivateKey]) -> Result<Set<PublicKey>, Failure> {
    keys.iter().map(PrivateKey::public).try_collect().map_err(|_| "two keys are equal".into())
}

fn operators(shape: Shape) -> Result<NonZeroU32, Failure> {
    NonZeroU32::new(shape.n.into()).ok_or_else(|| "no operators".into())
}

/// What the weights of a batch are drawn from. A verifier must draw it from the machine; this only costs the same.
fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([2; 32])
}

fn failure(error: impl std::fmt::Debug) -> Failure {
    format!("{error:?}").into()
}
