//! The contributions to a phase, each bound to the one before.
//!
//! ```text
//! start of the powers = H("setup powers"; d)
//! start of the key    = H("setup key"; n, k, digest of the circuit, id of the last contribution to the powers, IC_0 | IC_1 | …)
//!
//! context = H("setup contribution"; phase, d or (n, k), id of the predecessor, origin)
//! id      = H("setup id"; context, elements of all steps)
//! ```
//!
//! The predecessor of the first contribution is the start. The origin in a context is 0; or 1 and the identity; or 2, the
//! beacon's value and its number of doublings: whoever shows another's contribution under an own name needs another proof of
//! knowledge. The signature is not in it: it is over the id.
//!
//! The `IC_j`, compressed, are a function of powers and circuit, and no contribution changes them. They stand in the start so
//! that whoever signs a contribution to the key says that they are right, as it has verified: in a transcript nothing else does.
//! A liar could otherwise put `IC_j` of its own choice under the contributions of honest people, and prove anything.

use std::collections::BTreeMap;

use ark_bls12_381::{Fr, G1Affine};
use coram_circuits::hash::TaggedHash;
use zeroize::Zeroizing;

use super::{
    MAX_CONTRIBUTIONS, SetupError, Shape, StepProblem,
    beacon::{self, Beacon},
    contribute::Source,
    knowledge::{Knowledge, Place},
    phase::{Phase, Step},
    record::{ContributionRecord, OriginRecord},
    relation::Relation,
};
use crate::{
    batch::Weights,
    group::{self, pairing},
    parallel,
};

/// What a chain is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Powers of size `2^log`.
    Powers { log: u8 },
    /// The key of a circuit, after the contribution `powers` to the first phase; `inputs` are its `IC_j`.
    Key { shape: Shape, circuit: [u8; 32], powers: [u8; 32], inputs: Vec<u8> },
}

impl Scope {
    /// The key that follows from powers and circuit, whose `IC_j` are `inputs`.
    pub(super) fn key(relation: &Relation<'_>, powers: &Chain, inputs: &[G1Affine]) -> Self {
        let (shape, circuit, powers) = (relation.shape, relation.digest, powers.last_id());
        Self::Key { shape, circuit, powers, inputs: inputs.iter().flat_map(group::encode).collect() }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Powers { .. } => Phase::Powers,
            Self::Key { .. } => Phase::Key,
        }
    }

    /// What stands before the first contribution.
    fn start(&self) -> [u8; 32] {
        match self {
            Self::Powers { log } => TaggedHash::new("setup powers").number(u64::from(*log)).digest(),
            Self::Key { shape, circuit, powers, inputs } => {
                let hash = shape.absorb_into(TaggedHash::new("setup key"));
                hash.bytes(circuit).bytes(powers).bytes(inputs).digest()
            }
        }
    }

    fn context(&self, predecessor: &[u8; 32], origin: &OriginRecord) -> [u8; 32] {
        let hash = TaggedHash::new("setup contribution").number(self.phase().number());
        let hash = match self {
            Self::Powers { log } => hash.number(u64::from(*log)),
            Self::Key { shape, .. } => shape.absorb_into(hash),
        };
        let hash = hash.bytes(predecessor);
        match origin {
            OriginRecord::Anonymous => hash.number(0),
            OriginRecord::Signed { identity, .. } => hash.number(1).bytes(identity),
            OriginRecord::Beacon { value, iterations_log } => {
                hash.number(2).bytes(value).number(u64::from(*iterations_log))
            }
        }
        .digest()
    }
}

/// A contribution, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) context: [u8; 32],
    pub(super) id: [u8; 32],
    pub(super) origin: OriginRecord,
    /// One for each step of the phase.
    pub(super) steps: Vec<Knowledge>,
}

impl Link {
    pub(super) fn new(context: [u8; 32], origin: OriginRecord, steps: Vec<Knowledge>) -> Self {
        let hash = TaggedHash::new("setup id").bytes(&context);
        let absorb = |hash: TaggedHash, step: &Knowledge| {
            let record = step.record();
            hash.bytes(&record.after).bytes(&record.own).bytes(&record.proof)
        };
        Self { context, id: steps.iter().fold(hash, absorb).digest(), origin, steps }
    }
}

/// The contributions to a phase: points are points of their groups, and nothing follows a beacon. That its equations hold
/// is for [`Chain::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    scope: Scope,
    links: Vec<Link>,
}

impl Chain {
    /// No contribution yet.
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, links: Vec::new() }
    }

    pub(super) fn decode(scope: Scope, records: &[impl ContributionRecord]) -> Result<Self, SetupError> {
        let mut chain = Self::new(scope);
        if records.len() > MAX_CONTRIBUTIONS {
            return Err(SetupError::TooMany { phase: chain.phase(), found: records.len() });
        }
        let mut seen = BTreeMap::new();
        for (contribution, record) in (1..).zip(records) {
            let context = chain.next_context(record.origin())?;
            let mut steps = Vec::new();
            for (step, bytes) in record.steps() {
                let wrong = |problem| chain.wrong(contribution, step, problem);
                steps.push(Knowledge::decode(bytes).map_err(wrong)?);
                // Who copies another's contribution hopes that nobody looks at its proof; say whose it is.
                if let Some(first) = seen.insert(bytes.own, contribution) {
                    return Err(wrong(StepProblem::Repeats(first)));
                }
            }
            chain.links.push(Link::new(context, record.origin().clone(), steps));
        }
        Ok(chain)
    }

    /// The context of a contribution that follows.
    pub(super) fn next_context(&self, origin: &OriginRecord) -> Result<[u8; 32], SetupError> {
        let (phase, contribution) = (self.phase(), self.links.len() + 1);
        if contribution > MAX_CONTRIBUTIONS {
            return Err(SetupError::TooMany { phase, found: contribution });
        }
        if let Some(OriginRecord::Beacon { .. }) = self.links.last().map(|link| &link.origin) {
            return Err(SetupError::AfterBeacon { phase, contribution });
        }
        beacon::check(phase, origin)?;
        Ok(self.scope.context(&self.last_id(), origin))
    }

    /// Contributes secrets, one for each step of the phase, and returns them in this order.
    pub(super) fn contribute(&mut self, source: &Source<'_>) -> Result<Vec<Zeroizing<Fr>>, SetupError> {
        let context = self.next_context(source.origin())?;
        let contribution = self.links.len() + 1;
        let (mut steps, mut secrets) = (Vec::new(), Vec::new());
        for (step, before) in self.phase().steps().iter().zip(self.heads()) {
            let place = Place { step: *step, context: &context };
            let x = Zeroizing::new(source.secret(place));
            let made = Knowledge::new(place, &x, &before);
            made.check().map_err(|problem| self.wrong(contribution, *step, problem))?;
            steps.push(made);
            secrets.push(x);
        }
        self.push(Link::new(context, source.origin().clone(), steps));
        Ok(secrets)
    }

    pub(super) fn push(&mut self, link: Link) {
        self.links.push(link);
    }

    /// Sets the signature of the last contribution.
    pub(super) fn sign_last(&mut self, by_author: [u8; 64]) {
        if let Some(OriginRecord::Signed { signature, .. }) =
            self.links.last_mut().map(|link| &mut link.origin)
        {
            *signature = by_author;
        }
    }

    /// The contributions as they stand in a [`SetupRecord`](super::SetupRecord).
    pub(super) fn records<T: ContributionRecord>(&self) -> Vec<T> {
        let record = |link: &Link| {
            T::from_steps(link.steps.iter().map(Knowledge::record).collect(), link.origin.clone())
        };
        self.links.iter().filter_map(record).collect()
    }

    /// Checks every equation, and that a beacon was followed. All pairings go into one product with random weights; if that
    /// is not one, they are checked one by one, and the first step that is wrong is named.
    pub(super) fn verify(&self) -> Result<(), SetupError> {
        self.verify_beacon()?;
        let seed = TaggedHash::new("setup weights").bytes(b"chain").bytes(&self.last_id()).digest();
        let mut weights = Weights::new(seed);
        let steps = self.located();
        let weighted: Vec<_> = steps.iter().map(|step| (step, (weights.draw(), weights.draw()))).collect();
        let pairs = parallel::map(weighted.len(), |index| {
            let (step, weights) = &weighted[index];
            step.made.pairs(step.place, &step.before, *weights)
        });
        if pairing::product_is_one(pairs.as_flattened()) {
            return Ok(());
        }
        for step in steps {
            let wrong = |problem| self.wrong(step.contribution, step.place.step, problem);
            step.made.verify(step.place, &step.before).map_err(wrong)?;
        }
        Ok(())
    }

    fn verify_beacon(&self) -> Result<(), SetupError> {
        let Some(link) = self.links.last() else { return Ok(()) };
        let Some(beacon) = Beacon::of(self.phase(), &link.origin)? else { return Ok(()) };
        for (step, made) in self.phase().steps().iter().zip(&link.steps) {
            let secret = beacon.secret(Place { step: *step, context: &link.context });
            if group::multiply(&group::generator(), &secret) != made.own {
                return Err(self.wrong(self.links.len(), *step, StepProblem::NotFromBeacon));
            }
        }
        Ok(())
    }

    /// All steps with what was there before each.
    fn located(&self) -> Vec<Located<'_>> {
        let mut heads = vec![group::generator(); self.phase().steps().len()];
        let mut located = Vec::new();
        for (contribution, link) in (1..).zip(&self.links) {
            for ((step, made), head) in self.phase().steps().iter().zip(&link.steps).zip(&mut heads) {
                let place = Place { step: *step, context: &link.context };
                located.push(Located { contribution, place, made, before: *head });
                *head = made.after;
            }
        }
        located
    }

    pub(super) fn phase(&self) -> Phase {
        self.scope.phase()
    }

    /// Refuses a chain to which nobody contributed. A beacon's secrets are public: it contributes nothing.
    pub(super) fn check_contributed(&self) -> Result<(), SetupError> {
        let is_beacon = |link: &Link| matches!(link.origin, OriginRecord::Beacon { .. });
        if self.links.iter().all(is_beacon) {
            return Err(SetupError::NoContribution { phase: self.phase() });
        }
        Ok(())
    }

    pub(super) fn links(&self) -> &[Link] {
        &self.links
    }

    /// What every step ends with: the generator if nobody contributed.
    pub(super) fn heads(&self) -> Vec<G1Affine> {
        match self.links.last() {
            Some(link) => link.steps.iter().map(|step| step.after).collect(),
            None => vec![group::generator(); self.phase().steps().len()],
        }
    }

    /// The id of the last contribution, or the start.
    pub(super) fn last_id(&self) -> [u8; 32] {
        self.links.last().map_or_else(|| self.scope.start(), |link| link.id)
    }

    fn wrong(&self, contribution: usize, step: Step, problem: StepProblem) -> SetupError {
        SetupError::Step { phase: self.phase(), contribution, step, problem }
    }
}

/// A step in its place.
struct Located<'a> {
    contribution: usize,
    place: Place<'a>,
    made: &'a Knowledge,
    before: G1Affine,
}
