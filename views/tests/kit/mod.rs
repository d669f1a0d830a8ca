//! Reports, and a reader of pages that is stricter than browsers.

use std::collections::BTreeMap;
use std::time::Duration;

use coram_ceremony::verify::report::{Anchor, Cluster, Note, OperatorSummary, ValidatorSummary};
use coram_ceremony::verify::{Failure, Options, Outcome, Report, Verdict, verify_lock};

/// What nobody should put into a file.
pub const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{200b}\u{1b}[2J\" onload=\"x&amp;\u{2066}";

const ACCOUNT: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/// A report on a small cluster that nobody ever ran.
pub fn report() -> Report {
    let hash = format!("0x{}", "07".repeat(32));
    let mut report = verify_lock(b"{}", &Options::default(), &|| Duration::ZERO);
    report.verdict = Verdict::Valid;
    report.headline = "VALID: every check that applies passed.".to_owned();
    report.checks.iter_mut().for_each(|check| {
        let is_expectation = check.id.starts_with("expect.");
        check.outcome = if is_expectation { Outcome::NotApplicable } else { Outcome::Passed };
        check.failures.clear();
    });
    report.not_anchored = vec![
        Anchor::Operators,
        Anchor::Withdrawal,
        Anchor::Network,
        Anchor::Amounts,
        Anchor::Threshold,
        Anchor::Transcript,
    ];
    report.cluster = Some(Cluster {
        name: "our cluster".to_owned(),
        uuid: "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".to_owned(),
        version: "v1.10.0",
        network: Some("hoodi".to_owned()),
        fork_version: "0x10000910".to_owned(),
        operators: 4,
        threshold: 3,
        tolerance: "any 3 of 4 can sign; 2 offline stop it".to_owned(),
        validators: 1,
        compounding: false,
        deposit_amounts: vec![1_000_000_000, 32_000_000_000],
        config_hash: hash.clone(),
        definition_hash: hash.clone(),
        lock_hash: hash,
    });
    report.operators = (1..=4).map(operator).collect();
    report.validators = vec![ValidatorSummary {
        public_key: format!("0x{}", "a7".repeat(48)),
        withdrawal: Some(ACCOUNT.to_owned()),
        fee_recipient: None,
    }];
    report
}

fn operator(index: u16) -> OperatorSummary {
    OperatorSummary {
        index,
        address: Some(ACCOUNT.to_owned()),
        peer_id: Some("16Uiu2HAm".to_owned()),
        dealt: Some(true),
        software: Some("coram".to_owned()),
        anchored: false,
    }
}

/// The same, with hostile text wherever text can come from a file.
pub fn hostile() -> Report {
    let mut report = report();
    let cluster = report.cluster.as_mut().unwrap();
    cluster.name = HOSTILE.to_owned();
    cluster.uuid = HOSTILE.to_owned();
    cluster.network = Some(HOSTILE[1..].to_owned());
    report.operators[0].software = Some(HOSTILE.to_owned());
    report.operators[0].address = Some(HOSTILE.to_owned());
    report.inputs[0].name = Some(HOSTILE.to_owned());
    report.checks[0].detail = HOSTILE.to_owned();
    report.checks[0].failures = vec![Failure::new(HOSTILE, HOSTILE)];
    report.notes = vec![Note { id: "note", text: HOSTILE.to_owned() }];
    report
}

/// What became of a check.
pub fn set(report: &mut Report, id: &str, outcome: Outcome, failures: Vec<Failure>) {
    let check = report.checks.iter_mut().find(|check| check.id == id).unwrap();
    (check.outcome, check.failures) = (outcome, failures);
}

/// The tags of a page, without the brackets. What stands in style sheets is none.
fn tags(page: &str) -> Vec<&str> {
    let parts = page.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0);
    parts.collect()
}

/// The names of all elements. Panics unless each is closed, in order.
pub fn elements(page: &str) -> Vec<String> {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let (mut names, mut open) = (Vec::new(), Vec::new());
    for tag in tags(page) {
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "{closed} is closed");
            continue;
        }
        names.push(name.to_owned());
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
    names
}

/// The values of an attribute, in order.
pub fn attributes(page: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = tags(page).into_iter().filter_map(|tag| tag.split_once(&start)?.1.split('"').next());
    values.map(unescape).collect()
}

/// What a reader reads, with single spaces.
pub fn text(page: &str) -> String {
    let parts = format!("<>{page}");
    let texts: Vec<&str> = parts.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().1).collect();
    let joined = texts.join(" ");
    let words: Vec<&str> = joined.split_whitespace().collect();
    // Parts of a sentence stand in elements of their own.
    [".", ":", ",", ";"]
        .iter()
        .fold(unescape(&words.join(" ")), |text, mark| text.replace(&format!(" {mark}"), mark))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The colours of each theme; what a theme does not set stays as it is.
pub fn themes(style: &str) -> Vec<BTreeMap<String, String>> {
    let mut colours = BTreeMap::new();
    let blocks = style.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap());
    blocks
        .map(|block| {
            let set = block.split("--").skip(1).filter_map(|line| line.split_once(": #"));
            colours.extend(
                set.map(|(name, value)| (name.to_owned(), value.split(';').next().unwrap().to_owned())),
            );
            colours.clone()
        })
        .collect()
}

/// The contrast of two colours, by WCAG 2.2.
pub fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let digits: String = if colour.len() == 3 {
        colour.chars().flat_map(|digit| [digit, digit]).collect()
    } else {
        colour.to_owned()
    };
    let channel = |place: usize| {
        let value = f64::from(u8::from_str_radix(&digits[place..place + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}
