//! Who has to have contributed.

use coram_ceremony::verify::report::{Anchor, Contributor};
use coram_ceremony::verify::{Expectations, ExpectedSetup, Options, Outcome as Became, Verdict};
use coram_cluster::enr::Enr;

use crate::common::{self, identity};
use crate::kit::{ceremony, judged, one, three};
use crate::strings::{ALL, OF_STRANGERS, ONE, STRANGERS, TWO, Who, keys, make};
use crate::support::{Made, verify_with};

fn expecting(setup: Vec<ExpectedSetup>) -> Options {
    Options { expectations: Expectations { setup, ..Expectations::default() }, ..Options::default() }
}

fn key(number: u16) -> ExpectedSetup {
    ExpectedSetup::Identity(identity(number).public_key())
}

fn made(powers: &[Who], key: &[Who]) -> Made {
    Made::new(ceremony(&keys([&make(1, powers, key)]), 1))
}

fn detail(made: &Made) -> String {
    judged(made, &Options::default(), &["setup.anchored"]).check("setup.anchored").unwrap().detail.clone()
}

#[test]
fn invented_contributors_are_worth_nothing() {
    let made = Made::new(ceremony(&keys([&OF_STRANGERS]), 1));
    let report = judged(&made, &Options::default(), &["setup.anchored"]);
    let check = report.check("setup.anchored").unwrap();
    let expected = "setup not anchored: phase 1 of the setup for chunks of 1 is without operators [1, 2, 3]; \
                    phase 2 of the setup for chunks of 1 is without operators [1, 2, 3]";
    assert_eq!(check.detail, expected);
    assert!(report.headline.contains("setup.anchored"), "{}", report.headline);
    assert!(report.not_anchored.contains(&Anchor::Setup));
    for statement in report.statements.proved {
        let on_setup = ["setup", "sum-of-dealings", "shares-decrypt", "threshold", "shares-signed"];
        let rests = on_setup.contains(&statement.id) || statement.id == "bound-to-definition";
        assert_eq!(statement.holds, !rests, "{}", statement.id);
    }
    let contributions = report.ceremony.unwrap().setups[0].contributions.clone().unwrap();
    let stranger = Contributor::Identity { peer_id: identity(101).peer_id() };
    let listed: Vec<_> = contributions.iter().map(|one| one.contributor.clone()).collect();
    let phase =
        [stranger, Contributor::Anonymous, Contributor::Identity { peer_id: identity(102).peer_id() }];
    assert_eq!(listed, [phase.clone(), phase].concat());

    // Who knows one of them, or the setup, is told something.
    let digests = [keys([&OF_STRANGERS]).digest(), OF_STRANGERS.setup().digest()].map(ExpectedSetup::Digest);
    let [all, each] = digests;
    for expected in [all, each, key(101), key(102)] {
        let report = judged(&made, &expecting(vec![expected]), &[]);
        assert_eq!(report.anchored, [Anchor::Setup]);
        assert!(report.statements.proved.iter().all(|statement| statement.holds));
    }
}

#[test]
fn every_operator_has_to_be_in_both_phases() {
    let without = |missing: usize| -> Vec<Who> {
        let some = ALL.iter().enumerate().filter(|(place, _)| *place != missing);
        some.map(|(_, who)| *who).chain([Who::Key(101)]).collect()
    };
    let expected = |phase, operator| {
        format!(
            "setup not anchored: phase {phase} of the setup for chunks of 1 is without operators [{operator}]"
        )
    };
    assert_eq!(detail(&made(&without(1), &ALL)), expected(1, 2));
    assert_eq!(detail(&made(&ALL, &without(2))), expected(2, 3));
    // All operators in phase 1, none in phase 2, and the other way round.
    assert!(
        detail(&made(&ALL, &STRANGERS))
            .ends_with("phase 2 of the setup for chunks of 1 is without operators [1, 2, 3]")
    );
    assert!(
        detail(&made(&STRANGERS, &ALL))
            .ends_with("phase 1 of the setup for chunks of 1 is without operators [1, 2, 3]")
    );
    // Of two setups, both count.
    let keys = keys([&TWO, &OF_STRANGERS]);
    let made = Made::new(ceremony(&keys, 3));
    assert!(detail(&made).starts_with("setup not anchored: phase 1 of the setup for chunks of 1"));
    judged(&made, &expecting(vec![ExpectedSetup::Digest(keys.digest())]), &[]);
    let each = [&TWO, &OF_STRANGERS].map(|key| ExpectedSetup::Digest(key.setup().digest()));
    judged(&made, &expecting(each.to_vec()), &[]);
    judged(&made, &expecting(each[..1].to_vec()), &["setup.anchored"]);
    let report = verify_with(&made.json, &expecting(vec![key(1)]));
    assert_eq!(report.with(Became::Failed), ["expect.setup"]);
}

#[test]
fn expect_setup() {
    for setup in [
        vec![ExpectedSetup::Digest([7; 32])],
        vec![key(101)],
        vec![key(1), key(101)],
        vec![ExpectedSetup::Digest(OF_STRANGERS.setup().digest())],
    ] {
        let report = verify_with(&three().json, &expecting(setup));
        assert_eq!(report.with(Became::Failed), ["expect.setup"]);
        assert_eq!(report.verdict, Verdict::Invalid);
        assert!(report.not_anchored.contains(&Anchor::Setup));
    }
    for setup in [vec![key(1)], vec![key(3), ExpectedSetup::Digest(ONE.setup().digest())]] {
        assert_eq!(judged(three(), &expecting(setup), &[]).anchored, [Anchor::Setup]);
    }
    // Who signed in one phase only is not in the other.
    let half = made(&[ALL[0], ALL[1], ALL[2], Who::Key(101)], &ALL);
    let report = verify_with(&half.json, &expecting(vec![key(101)]));
    let failure = &report.check("expect.setup").unwrap().failures[0];
    assert!(
        failure.what.ends_with("did not contribute to phase 2 of the setup for chunks of 1"),
        "{failure:?}"
    );
    // A proof system without setups has none to expect.
    let transparent = Made::new(common::ceremony(3, 2, 1));
    let report = judged(&transparent, &expecting(vec![key(1)]), &[]);
    assert!(!report.anchored.contains(&Anchor::Setup) && !report.not_anchored.contains(&Anchor::Setup));
}

#[test]
fn a_lock_that_is_not_anchored_is_never_valid_unless_that_is_accepted_by_name() {
    let made = Made::new(ceremony(&keys([&OF_STRANGERS]), 1));
    let check = coram_ceremony::verify::CheckId::SetupAnchored;
    let report = verify_with(&made.json, &Options { accept: [check].into(), ..Options::default() });
    assert_eq!(report.accepted, ["setup.anchored"]);
    assert!(report.statements.proved.iter().any(|statement| statement.id == "setup" && !statement.holds));
    assert_eq!(judged(one(), &Options::default(), &[]).accepted, [""; 0]);
}

#[test]
fn what_is_expected_is_read_from_text() {
    let digest = format!("0x{}", "07".repeat(32));
    assert_eq!(ExpectedSetup::parse(&digest), Ok(ExpectedSetup::Digest([7; 32])));
    assert_eq!(ExpectedSetup::parse(Enr::new(&identity(5)).text()), Ok(key(5)));
    assert_eq!(ExpectedSetup::Digest([7; 32]).to_string(), digest);
    for wrong in ["", "0x07", "enr:", &"07".repeat(32), "0x"] {
        assert!(ExpectedSetup::parse(wrong).is_err(), "{wrong}");
    }
}
