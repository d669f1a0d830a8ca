//! One run: a ceremony of honest operators and an adversary, from the first Join until nothing changes any more.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::Failure;
use crate::accusation::Accusation;
use crate::adversary::{Cheaters, Entry};
use crate::cast::{Cast, Casts};
use crate::forgeries::Forgeries;
use crate::network::Time;
use crate::operator::{Ending, Operator};
use crate::random::Random;
use crate::trace::Trace;
use world::World;

/// How many groups of operators an adversary has of each cast.
const GROUPS: u64 = 2;

/// What all runs share.
pub struct Stage {
    /// The clusters.
    pub casts: Casts,
    /// What adversaries made before.
    pub forgeries: Arc<Forgeries>,
}

impl Stage {
    /// A stage with so many casts of each shape, whose engines share what they compute, or do not.
    #[must_use]
    pub fn new(casts: usize, remember: bool) -> Self {
        Self { casts: Casts::new(casts, remember), forgeries: Arc::default() }
    }
}

/// Which run.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Against whom.
    pub entry: &'static Entry,
    /// How many operators.
    pub operators: u16,
    /// Everything that is left to chance.
    pub seed: u64,
}

/// How a run ended.
pub struct Ended {
    /// The cluster.
    pub cast: Arc<Cast>,
    /// The adversary's operators.
    pub corrupted: Vec<u16>,
    /// Those of them that cheat.
    pub cheaters: BTreeSet<u16>,
    /// The honest operators.
    pub honest: Vec<(Operator, Ending)>,
    /// The adversary's operators that have a lock too, by what an honest program in their place has.
    pub puppets: BTreeMap<u16, Ending>,
    /// Files in which the adversary accuses honest operators.
    pub accusations: Vec<Accusation>,
    /// What adversaries made, in this run and before.
    pub forgeries: Arc<Forgeries>,
    /// Virtual ms that it took.
    pub took: Time,
    /// What happened, if that was asked for.
    pub trace: Trace,
}

/// Runs a ceremony.
///
/// # Errors
///
/// If the adversary could not do what it does, or an engine did not start.
pub fn run(stage: &Stage, plan: Plan, trace: Trace) -> Result<Ended, Failure> {
    let mut world = World::new(stage, plan, trace)?;
    world.go_on()?;
    world.end()
}

/// Whom the adversary has.
fn corrupted(cheaters: Cheaters, cast: &Cast, random: &mut Random) -> Vec<u16> {
    let most = u64::from(cast.shape.threshold) - 1;
    let count = match cheaters {
        Cheaters::None => 0,
        Cheaters::One | Cheaters::All => random.between(1, most),
        Cheaters::Several => random.between(2.min(most), most),
    };
    let mut all: Vec<u16> = (1..=cast.shape.operators).collect();
    random.shuffle(&mut all);
    all.truncate(count as usize);
    all
}
