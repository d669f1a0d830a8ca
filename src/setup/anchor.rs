//! Whether those who contributed are enough for whoever asks.
//!
//! Twenty invented contributors cost a liar nothing. So what counts is whether, in each phase, every operator of the definition
//! or somebody whom the reader trusts has signed a contribution; or whether it is the very setup that the reader expects.

use std::collections::BTreeMap;

use coram_ceremony::verify::ExpectedSetup;
use coram_proofs::setup::{Contribution, Phase, setups_digest};
use serde::Serialize;

use super::contributors::{Operators, short, signed};

/// Who is asked for.
#[derive(Debug, Default)]
pub struct Expected {
    /// The operators of a definition.
    pub operators: Option<Operators>,
    /// Setups, or somebody who is trusted.
    pub setup: Vec<ExpectedSetup>,
}

/// Whether a setup is anchored, and by what.
#[derive(Clone, Debug, Serialize)]
pub struct Anchored {
    /// Whether it is.
    pub anchored: bool,
    /// By what, in words.
    pub by: Vec<String>,
    /// The operators of the definition, from 1, who have not signed a contribution, by phase; none where all have.
    pub missing: BTreeMap<&'static str, Vec<u16>>,
    /// The same in words.
    #[serde(skip)]
    pub missing_names: BTreeMap<&'static str, String>,
}

impl Expected {
    /// Whether the contributions to some phases, and the setup with a digest, are what is expected; none if nothing is.
    pub fn judge(
        &self,
        contributions: &[Contribution],
        phases: &[Phase],
        digest: Option<[u8; 32]>,
    ) -> Option<Anchored> {
        if self.operators.is_none() && self.setup.is_empty() {
            return None;
        }
        let holds = |expected: &&ExpectedSetup| match expected {
            ExpectedSetup::Digest(expected) => {
                digest.is_some_and(|digest| digest == *expected || setups_digest(&[digest]) == *expected)
            }
            ExpectedSetup::Identity(identity) => {
                phases.iter().all(|phase| signed(contributions, *phase).contains(identity))
            }
        };
        let mut by: Vec<String> = self.setup.iter().filter(holds).map(ToString::to_string).collect();
        let (mut missing, mut missing_names) = (BTreeMap::new(), BTreeMap::new());
        if let Some(operators) = &self.operators {
            for (phase, absent) in operators.missing(contributions, phases) {
                missing_names.insert(short(phase), operators.names(&absent));
                missing.insert(short(phase), absent);
            }
            if missing.is_empty() {
                by.push("every operator of the definition".to_owned());
            }
        }
        Some(Anchored { anchored: !by.is_empty(), by, missing, missing_names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::contributors::PHASES;
    use crate::setup::contributors::fixture::{contribution, identity, operators};

    fn expected(operators: Option<Operators>, setup: &[ExpectedSetup]) -> Expected {
        Expected { operators, setup: setup.to_vec() }
    }

    #[test]
    fn an_operator_who_is_missing_in_one_phase_is_missing() {
        let mut contributions =
            vec![contribution(Phase::Powers, 7), contribution(Phase::Powers, 8), contribution(Phase::Key, 8)];
        let expected = expected(Some(operators(&[7, 8])), &[]);
        let judged = expected.judge(&contributions, &PHASES, None).unwrap();
        assert!(!judged.anchored);
        assert_eq!(judged.missing, BTreeMap::from([("key", vec![1])]));
        assert!(expected.judge(&contributions, &[Phase::Powers], None).unwrap().anchored);
        contributions.push(contribution(Phase::Key, 7));
        assert!(expected.judge(&contributions, &PHASES, None).unwrap().anchored);
    }

    #[test]
    fn somebody_who_is_trusted_has_to_be_in_both_phases() {
        let trusted = [ExpectedSetup::Identity(identity(7))];
        let mut contributions = vec![contribution(Phase::Powers, 7)];
        let expected = expected(Some(operators(&[8])), &trusted);
        assert!(!expected.judge(&contributions, &PHASES, None).unwrap().anchored);
        contributions.push(contribution(Phase::Key, 7));
        assert!(expected.judge(&contributions, &PHASES, None).unwrap().anchored);
    }

    #[test]
    fn a_digest_is_that_of_the_setup_or_of_all_setups_of_a_ceremony() {
        let digest = [5; 32];
        for (known, anchored) in [(digest, true), (setups_digest(&[digest]), true), ([6; 32], false)] {
            let expected = expected(None, &[ExpectedSetup::Digest(known)]);
            assert_eq!(expected.judge(&[], &PHASES, Some(digest)).unwrap().anchored, anchored);
            assert!(!expected.judge(&[], &PHASES, None).unwrap().anchored);
        }
        assert!(expected(None, &[]).judge(&[], &PHASES, Some(digest)).is_none());
    }
}
