//! Operators that do not take part in our ceremony, and when that means that we are the one who is wrong.
//!
//! Whoever holds fewer than `t` identities must not be able to end a ceremony by saying that it runs another. So an operator goes on,
//! and names those who object, until `t` others do: without one of them its ceremony could not come to an end anyway.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use coram_ceremony::{Board, Ceremony, Kind};

use crate::driver::{name, names};
use crate::failure::{Exit, Failure};
use crate::network::{AGENT, Objection};
use crate::next_attempt;

/// How long an objection stands before it counts: whoever made it may be about to correct itself, or somebody may have
/// shown us what it has long abandoned.
const RECONSIDER: Duration = Duration::from_secs(5);

/// What mends a disagreement about how dealings are proved.
const OTHER_SETUP: &str = "compare --proof, and what `coram setup list` shows of the reference string: its digest is the same for all who \
                           agree; then all run again with the same";

/// What mends a disagreement about who deals.
const OTHER_DEALERS: &str =
    "agree on --dealers, which all operators give alike or all leave out, then run again";

/// What a disagreement about the number of the attempt is called.
const ATTEMPT: &str = "attempt";

/// Who objects, why, and since when.
#[derive(Debug, Default)]
pub struct Objections(BTreeMap<u16, (Objection, Instant)>);

impl Objections {
    /// Notes an objection; false if it is known.
    pub fn note(&mut self, operator: u16, objection: Objection, now: Instant) -> bool {
        if self.0.get(&operator).is_some_and(|(known, _)| *known == objection) {
            return false;
        }
        self.0.insert(operator, (objection, now));
        true
    }

    /// The operator takes part after all.
    pub fn withdraw(&mut self, operator: u16) {
        self.0.remove(&operator);
    }

    /// Fails if so many operators object that the mistake must be ours, or, when `time_is_up`, if any does.
    pub fn check(&self, board: &Board, now: Instant, time_is_up: bool) -> Result<(), Failure> {
        let ceremony = board.ceremony();
        let standing: BTreeMap<u16, &Objection> = self
            .0
            .iter()
            // An old Join for other terms may still be shown of somebody who has joined here.
            .filter(|(operator, (objection, _))| {
                let is_by_join = matches!(objection, Objection::Terms(_) | Objection::EarlierAttempt { .. });
                !is_by_join || later_attempt(objection).is_some() || !board.has(Kind::Join, **operator)
            })
            // Whoever is still in an attempt that was abandoned comes after; it is we who went on.
            .filter(|(_, (objection, _))| {
                time_is_up || !matches!(objection, Objection::EarlierAttempt { .. })
            })
            // A relay has no identity of the definition, and must not be able to make us quit by closing what goes through it.
            .filter(|(_, (objection, _))| time_is_up || *objection != Objection::Identity { relayed: true })
            .filter(|(_, (_, since))| time_is_up || now.saturating_duration_since(*since) >= RECONSIDER)
            .map(|(operator, (objection, _))| (*operator, objection))
            .collect();
        let enough = if time_is_up { 1 } else { usize::from(ceremony.threshold()) };
        if standing.len() < enough {
            return Ok(());
        }
        Err(disagreement(ceremony, &standing))
    }
}

/// What an operator objects to, in a sentence, and what mends it.
pub fn say(ceremony: &Ceremony, operator: u16, objection: &Objection) -> (String, String) {
    let who = name(ceremony, operator);
    let ours = ceremony.terms().attempt;
    let (what, help) = match objection {
        Objection::Terms(disagreement) if disagreement.difference.field == ATTEMPT => {
            let theirs = &disagreement.difference.theirs;
            return (
                format!("{who} has gone on to attempt {theirs}, and this is attempt {ours}"),
                format!(
                    "if all operators agreed to that, stop this, and run the same with --attempt {theirs}"
                ),
            );
        }
        Objection::EarlierAttempt { attempt } => {
            return (
                format!("{who} is still in attempt {attempt}, and this is attempt {ours}"),
                format!(
                    "it has to stop that, and to run the same with --attempt {ours}; this goes on meanwhile"
                ),
            );
        }
        Objection::Terms(disagreement) => {
            let difference = &disagreement.difference;
            let what = format!(
                "{who} joined under other terms: {} is {} there, {} here",
                difference.field, difference.theirs, difference.ours
            );
            let help = match difference.field {
                "setup" | "proof system" => OTHER_SETUP,
                "dealers" => OTHER_DEALERS,
                _ => "agree on the definition file and the options, then run again",
            };
            (what, help)
        }
        Objection::Ceremony => (
            format!("{who} takes part in another ceremony, and has not said on what terms"),
            "agree on the definition file and the options, --attempt among them, then run again",
        ),
        Objection::Identity { .. } => (
            format!("{who} closes every connection of ours at once: it does not know our identity"),
            "compare `coram enr show` with the definition file that the others use; theirs has another key in our place",
        ),
        Objection::Version { agent } => (
            format!("{who} speaks another version of the protocol: it runs {agent}, we run {}", AGENT),
            "agree on a version of the program, then run again",
        ),
    };
    (what, help.to_owned())
}

/// The attempt to which an operator has gone on: later than ours, whatever it did here before.
fn later_attempt(objection: &Objection) -> Option<u32> {
    match objection {
        Objection::Terms(disagreement) if disagreement.difference.field == ATTEMPT => {
            disagreement.difference.theirs.parse().ok()
        }
        _ => None,
    }
}

fn disagreement(ceremony: &Ceremony, standing: &BTreeMap<u16, &Objection>) -> Failure {
    let said: Vec<(String, String)> =
        standing.iter().map(|(operator, objection)| say(ceremony, *operator, objection)).collect();
    let help = match standing.values().find_map(|objection| later_attempt(objection)) {
        Some(attempt) => {
            format!("if all operators agreed to that, go on with: {}", next_attempt::command_for(attempt))
        }
        None => said.first().map(|(_, help)| help.clone()).unwrap_or_default(),
    };
    let what: Vec<String> = said.iter().map(|(what, _)| what.clone()).collect();
    let objectors: Vec<u16> = standing.keys().copied().collect();
    let what = if objectors.len() > 3 {
        format!(
            "{}; and so do in all {}",
            what.first().map_or("", String::as_str),
            names(ceremony, &objectors)
        )
    } else {
        what.join("; ")
    };
    Failure::new(Exit::Disagreement, "ceremony.disagreement", what).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::fixture;

    fn board() -> Board {
        fixture::replica(&[]).board().clone()
    }

    fn version() -> Objection {
        Objection::Version { agent: "coram/9".to_owned() }
    }

    #[test]
    fn fewer_than_t_operators_cannot_make_us_quit() {
        let (board, start) = (board(), Instant::now());
        let threshold = board.ceremony().threshold();
        let mut objections = Objections::default();
        for operator in 2..=threshold {
            assert!(objections.note(operator, version(), start));
        }
        let later = start + RECONSIDER;
        assert!(objections.check(&board, later, false).is_ok());
        objections.note(threshold + 1, version(), start);
        assert!(objections.check(&board, start, false).is_ok(), "too early");
        let failure = objections.check(&board, later, false).unwrap_err();
        assert_eq!((failure.exit, failure.code), (Exit::Disagreement, "ceremony.disagreement"));
        objections.withdraw(2);
        assert!(objections.check(&board, later, false).is_ok());
    }

    #[test]
    fn those_who_are_behind_do_not_make_us_quit_before_time_is_up() {
        let (board, start) = (board(), Instant::now());
        let mut objections = Objections::default();
        for operator in 2..=4 {
            objections.note(operator, Objection::EarlierAttempt { attempt: 0 }, start);
        }
        assert!(objections.check(&board, start + RECONSIDER, false).is_ok());
        let failure = objections.check(&board, start, true).unwrap_err();
        assert!(failure.what.contains("still in attempt 0"), "{}", failure.what);
    }

    #[test]
    fn a_relay_cannot_make_us_quit_by_closing_connections() {
        let (board, start) = (board(), Instant::now());
        let mut objections = Objections::default();
        for operator in 2..=4 {
            objections.note(operator, Objection::Identity { relayed: true }, start);
        }
        assert!(objections.check(&board, start + RECONSIDER, false).is_ok());
        for operator in 2..=4 {
            objections.note(operator, Objection::Identity { relayed: false }, start);
        }
        assert!(objections.check(&board, start + RECONSIDER, false).is_err());
    }

    #[test]
    fn when_time_is_up_whoever_objects_is_named() {
        let (board, start) = (board(), Instant::now());
        let mut objections = Objections::default();
        assert!(objections.check(&board, start, true).is_ok());
        objections.note(2, Objection::Ceremony, start);
        let failure = objections.check(&board, start, true).unwrap_err();
        assert!(failure.what.contains("operator 2"), "{}", failure.what);
    }
}
