//! What a page says, and what no file can make of it.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod kit;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coram_ceremony::verify::report::{Anchor, Note, Subject};
use coram_ceremony::verify::{CheckId, Failure, Outcome, Report, Verdict, verify_fault};
use coram_views::{STYLE, badge, check_row, fault_page, page, sections};
use kit::{HOSTILE, attributes, elements, hostile, report, set, text};
use sha2::{Digest as _, Sha256};

#[test]
fn one_report_gives_one_page() {
    let report = report();
    assert_eq!(page(&report), page(&report));
    assert_eq!(badge(&report), badge(&report));
    assert!(page(&report).contains(&sections(&report)), "the page is made of the fragments");
}

#[test]
fn elements_are_closed_and_identifiers_unique() {
    for page in [page(&report()), page(&hostile()), fault_page(&verify_fault(b"{}")), badge(&report())] {
        elements(&page);
        let ids = attributes(&page, "id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        for target in attributes(&page, "href").iter().chain(&attributes(&page, "aria-labelledby")) {
            for target in target.trim_start_matches('#').split(' ') {
                assert!(unique.contains(&target.to_owned()), "{target} is nowhere");
            }
        }
    }
}

#[test]
fn a_page_runs_nothing_and_asks_nobody() {
    for page in [page(&report()), page(&hostile()), fault_page(&verify_fault(b"{}"))] {
        let names: BTreeSet<String> = elements(&page).into_iter().collect();
        for name in ["script", "img", "link", "iframe", "object", "embed", "form", "base", "image", "use"] {
            assert!(!names.contains(name), "{name}");
        }
        assert!(attributes(&page, "src").is_empty() && attributes(&page, "style").is_empty());
        assert!(attributes(&page, "href").iter().all(|target| target.starts_with('#')));
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert!(style == STYLE && !style.contains("url(") && !style.contains("@import"));
        let hash = STANDARD.encode(Sha256::digest(style));
        let policy = attributes(&page, "content").into_iter().find(|value| value.contains("-src")).unwrap();
        assert_eq!(
            policy,
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
        );
    }
}

#[test]
fn every_check_is_a_row_with_its_meaning() {
    let report = report();
    let page = page(&report);
    for check in &report.checks {
        let row = check_row(check);
        assert!(page.contains(&row), "{}", check.id);
        let row = text(&row);
        let entry = CheckId::by_name(check.id).unwrap().entry();
        for part in [check.id, check.title, check.establishes, check.stops, entry.compares] {
            assert!(row.contains(&part.replace('`', "")), "{}: {part}", check.id);
        }
    }
}

#[test]
fn an_outcome_is_a_word_a_sign_and_a_colour() {
    let mut check = report().checks.swap_remove(0);
    let mut looks = BTreeSet::new();
    for (outcome, word) in [
        (Outcome::Passed, "passed"),
        (Outcome::Failed, "failed"),
        (Outcome::Undecided, "undecided"),
        (Outcome::NotApplicable, "not applicable"),
        (Outcome::Accepted, "accepted"),
    ] {
        check.outcome = outcome;
        let row = check_row(&check);
        assert!(text(&row).starts_with(word), "{row}");
        looks.insert((attributes(&row, "d"), attributes(&row, "data-outcome")));
    }
    assert_eq!(looks.len(), 5);
}

#[test]
fn failing_items_are_shown_with_their_paths() {
    let mut report = report();
    let path = "$.pvss_transcript.deals[3].proof";
    let failures = (0..150).map(|number| Failure::new(path, format!("wrong {number}"))).collect();
    set(&mut report, "deals.proofs", Outcome::Failed, failures);
    let row = check_row(report.check("deals.proofs").unwrap());
    assert!(text(&row).contains("$.pvss_transcript.deals[3].proof: wrong 0"));
    assert!(row.contains("<details open>") && text(&row).contains("and 50 more"));
    assert_eq!(row.matches("wrong").count(), 100);
}

#[test]
fn the_verdict_says_what_decided() {
    let mut report = report();
    set(&mut report, "lock.hash", Outcome::Failed, Vec::new());
    report.verdict = Verdict::Invalid;
    report.headline = "INVALID: lock.hash failed.".to_owned();
    let shown = page(&report);
    assert!(shown.contains("<title>INVALID") && shown.contains("banner bad"));
    let words = text(&sections(&report));
    assert!(words.starts_with("This lock is INVALID lock.hash failed."), "{words}");
    assert!(words.contains("What does not hold The lock hash is that of the lock"), "{words}");
    assert!(!words.contains("What could not be decided"), "it does not matter any more");

    report.verdict = Verdict::Valid;
    report.accepted = vec!["lock.hash"];
    set(&mut report, "lock.hash", Outcome::Accepted, Vec::new());
    assert!(page(&report).contains("banner accepted"), "not as one that needed no acceptance");
}

#[test]
fn who_says_so_is_said_of_every_answer() {
    let mut report = report();
    let words = |report: &Report| text(&sections(report));
    assert_eq!(words(&report).matches("only the file says so").count(), 6 + report.operators.len());
    set(&mut report, "transcript.present", Outcome::Undecided, Vec::new());
    assert!(words(&report).contains("nothing shows how the keys were made nothing to compare"));
    report.not_anchored.retain(|anchor| *anchor != Anchor::Withdrawal);
    report.anchored.push(Anchor::Withdrawal);
    assert!(words(&report).contains("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed as you expect"));
    set(&mut report, "expect.network", Outcome::Failed, Vec::new());
    assert!(words(&report).contains("0x10000910 not what you expect"));
}

/// Names, versions and what is wrong with members come from the file.
#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let report = hostile();
    for shown in [page(&report), sections(&report), badge(&report), check_row(&report.checks[0])] {
        assert!(!shown.contains("<script") && !shown.contains("onload=\""), "{shown}");
        let steers = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2066}".contains(c);
        assert!(!shown.contains(steers));
        elements(&shown);
    }
    let shown = text(&sections(&report));
    assert!(shown.contains(r"<script>alert(1)</script>\u{202e}\u{200b}\u{1b}[2J"), "{shown}");
    assert!(shown.matches(&HOSTILE[..8]).count() >= 5, "shown wherever it stands");
    assert!(!badge(&report).contains("&lt;script"), "a badge does not say what a cluster calls itself");
}

#[test]
fn what_is_shown_is_bounded() {
    let mut report = report();
    let validator = report.validators[0].clone();
    report.validators = vec![validator; 100_000];
    report.notes = vec![Note { id: "long", text: "x".repeat(10_000_000) }];
    let shown = page(&report);
    assert!(shown.len() < 1_000_000, "{}", shown.len());
    assert!(text(&shown).contains("and 99000 more; the JSON report has all"));
    report.accepted = vec!["lock.hash"; 10_000];
    report.cluster.as_mut().unwrap().network = Some("x".repeat(1_000_000));
    assert!(badge(&report).len() < 10_000);
}

#[test]
fn a_badge_says_what_it_is_about() {
    let mut report = report();
    let shown = badge(&report);
    assert!(shown.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert_eq!(attributes(&shown, "role"), ["img"]);
    let words = text(&shown);
    for part in [
        "Coram: VALID",
        "4 operators, any 3 of them can sign",
        "1 validator on hoodi",
        "lock 0x07070707…07070707",
        "a transcript without a root",
        "not anchored: operators, withdrawal address, network, deposit amounts, threshold, transcript",
        "by coram",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    report.accepted = vec!["lock.hash"];
    assert!(text(&badge(&report)).contains("accepted without passing: lock.hash"));
    set(&mut report, "transcript.present", Outcome::Undecided, Vec::new());
    assert!(text(&badge(&report)).contains("no transcript"));
    report.cluster = None;
    assert!(text(&badge(&report)).contains("no cluster could be read"));
    report.subject = Subject::DepositData;
    let words = text(&badge(&report));
    assert!(words.contains("deposits for 1 validator; nothing of who holds the keys"), "{words}");
    assert!(!words.contains("no transcript"), "{words}");
}

/// WCAG 2.2, success criterion 1.4.3, for every pair of colours that the style sheet puts on each other.
#[test]
fn colours_have_contrast_in_both_themes() {
    let themes = kit::themes(STYLE);
    assert_eq!(themes.len(), 3, "light, dark, paper");
    for colours in themes {
        for (ink, grounds) in [
            ("ink", &["paper", "panel", "good-wash", "bad-wash", "open-wash"][..]),
            ("soft", &["paper", "panel"]),
            ("link", &["paper", "panel"]),
            ("good", &["paper", "good-wash"]),
            ("bad", &["paper", "bad-wash", "panel"]),
            ("open", &["paper", "open-wash", "panel"]),
        ] {
            for ground in grounds {
                let contrast = kit::contrast(&colours[ink], &colours[*ground]);
                assert!(contrast >= 4.5, "{ink} on {ground}: {contrast:.2}");
            }
        }
    }
}
