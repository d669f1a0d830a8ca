//! A lock of a whole ceremony, ways to tamper with it, and what must come of that.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::phase::commit_hash;
use coram_ceremony::verify::{Options, Outcome as Became, Report, Verdict, verify_lock};
use coram_ceremony::{Ceremony, Outcome, UnverifiedTranscript};
use coram_cluster::bls;
use coram_cluster::lock::Lock;
use serde_json::{Value, json};

use crate::common::{self, identity};

/// What does not apply to a lock that stands alone and whose definition nobody signed; without a setup, the checks of setups do
/// not either.
pub const NOT_APPLICABLE: [&str; 19] = [
    "definition.operator-signatures",
    "definition.creator-signature",
    "setup.string",
    "deposit-data.form",
    "deposit-data.network",
    "deposit-data.roots",
    "deposit-data.content",
    "deposit-data.signatures",
    "deposit-data.lock",
    "keystores.form",
    "keystores.keys",
    "keystores.secrets",
    "expect.operators",
    "expect.withdrawal",
    "expect.network",
    "expect.amounts",
    "expect.threshold",
    "expect.setup",
    "expect.transcript",
];

/// A finished ceremony.
pub struct Made {
    pub ceremony: Arc<Ceremony>,
    pub outcomes: Vec<Outcome>,
    pub json: Vec<u8>,
}

impl Made {
    pub fn new(ceremony: Arc<Ceremony>) -> Self {
        let outcomes = common::run(&ceremony);
        let json = outcomes[0].lock_json().unwrap();
        Self { ceremony, outcomes, json }
    }

    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.json).unwrap()
    }
}

/// Four operators, any three of whom sign, two validators.
pub fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| Made::new(common::ceremony(4, 3, 2)))
}

pub fn bytes(lock: &Value) -> Vec<u8> {
    serde_json::to_vec(lock).unwrap()
}

pub fn verify(bytes: &[u8]) -> Report {
    verify_with(bytes, &Options::default())
}

pub fn verify_with(bytes: &[u8], options: &Options) -> Report {
    let start = Instant::now();
    let clock = || -> Duration { start.elapsed() };
    verify_lock(bytes, options, &clock)
}

/// Tampers with the lock and says which checks must fail: those and no others.
#[track_caller]
pub fn rejected(failing: &[&str], tamper: impl FnOnce(&mut Value)) -> Report {
    rejected_of(made(), failing, tamper)
}

/// As [`rejected`], of another ceremony.
#[track_caller]
pub fn rejected_of(made: &Made, failing: &[&str], tamper: impl FnOnce(&mut Value)) -> Report {
    let mut lock = made.value();
    tamper(&mut lock);
    let report = verify(&bytes(&lock));
    assert_eq!(report.with(Became::Failed), failing, "{}", details(&report));
    assert_eq!(report.verdict, Verdict::Invalid);
    report
}

/// As [`rejected`], for what cannot be decided: `open` is the first undecided check.
#[track_caller]
pub fn undecided(open: &str, tamper: impl FnOnce(&mut Value)) -> Report {
    undecided_of(made(), open, tamper)
}

/// As [`undecided`], of another ceremony.
#[track_caller]
pub fn undecided_of(made: &Made, open: &str, tamper: impl FnOnce(&mut Value)) -> Report {
    let mut lock = made.value();
    tamper(&mut lock);
    let report = verify(&bytes(&lock));
    assert_eq!(report.with(Became::Failed), [""; 0], "{}", details(&report));
    assert_eq!(report.with(Became::Undecided).first(), Some(&open), "{}", details(&report));
    assert_eq!(report.verdict, Verdict::Indeterminate);
    report
}

/// The paths at which a check failed.
pub fn paths(report: &Report, check: &str) -> Vec<String> {
    report.check(check).unwrap().failures.iter().map(|failure| failure.path.clone()).collect()
}

pub fn details(report: &Report) -> String {
    let open =
        report.checks.iter().filter(|check| !matches!(check.outcome, Became::Passed | Became::NotApplicable));
    open.map(|check| format!("{:?} {}: {} {:?}\n", check.outcome, check.id, check.detail, check.failures))
        .collect()
}

pub fn hex(bytes: &[u8]) -> Value {
    json!(format!("0x{}", hex::encode(bytes)))
}

pub fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

/// Flips the last bit of bytes in hex.
pub fn flip(value: &mut Value) {
    let mut bytes = unhex(value);
    *bytes.last_mut().unwrap() ^= 1;
    *value = hex(&bytes);
}

/// The transcript of a lock.
pub fn transcript(lock: &mut Value) -> &mut Value {
    &mut lock["pvss_transcript"]
}

pub fn read(lock: &Value) -> UnverifiedTranscript {
    let definition = Lock::read(lock.clone()).unwrap().definition().clone();
    UnverifiedTranscript::read(&lock["pvss_transcript"], &definition).unwrap()
}

/// Signs all messages of the transcript as they now are: all operators act together.
pub fn resign(lock: &mut Value) {
    let UnverifiedTranscript { ceremony, joins, commits, deals, attests, seals, .. } = read(lock);
    let list = transcript(lock);
    sign_all(&ceremony, &joins, &mut list["joins"]);
    sign_all(&ceremony, &commits, &mut list["commits"]);
    sign_all(&ceremony, &deals, &mut list["deals"]);
    sign_all(&ceremony, &attests, &mut list["attests"]);
    sign_all(&ceremony, &seals, &mut list["seals"]);
}

fn sign_all<B: Body>(ceremony: &Ceremony, messages: &[Unverified<B>], list: &mut Value) {
    for (place, message) in messages.iter().enumerate() {
        let signature = identity(message.author).sign(message.id(ceremony.id()).as_bytes());
        list[place]["signature"] = hex(&signature);
    }
}

/// Lets every dealer commit to the dealing that now stands in the transcript, and signs all.
pub fn recommit(lock: &mut Value) {
    let UnverifiedTranscript { ceremony, deals, .. } = read(lock);
    for (place, deal) in deals.iter().enumerate() {
        let hash = commit_hash(ceremony.id(), deal.roster, deal.author, &deal.body.dealing);
        transcript(lock)["commits"][place]["hash"] = hex(&hash);
    }
    resign(lock);
}

/// Hashes and signs the lock as it now is, Seals included: all operators act together.
pub fn reseal(lock: &mut Value) {
    reseal_by(&made().outcomes, lock);
}

/// As [`reseal`], by the operators who ended a ceremony like this.
pub fn reseal_by(outcomes: &[Outcome], lock: &mut Value) {
    let hash = Lock::read(lock.clone()).unwrap().hash().unwrap();
    lock["lock_hash"] = hex(&hash);
    let mut all = Vec::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        let node = identity(outcome.operator()).sign_recoverable(&hash);
        let partials: Vec<_> = outcome.shares().iter().map(|share| share.sign(&hash)).collect();
        lock["node_signatures"][place] = hex(&node);
        let seal = &mut transcript(lock)["seals"][place];
        seal["lock_hash"] = hex(&hash);
        seal["node_signature"] = hex(&node);
        seal["partials"] = partials.iter().map(|partial| hex(&partial.to_bytes())).collect();
        all.extend(partials);
    }
    lock["signature_aggregate"] = hex(&bls::aggregate(&all).unwrap().to_bytes());
    resign(lock);
}

/// Replaces S of a signature by the group order less S, which verifies as well.
pub fn turn_over(signature: &[u8]) -> Vec<u8> {
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let order = hex::decode(order).unwrap();
    let mut turned = signature.to_vec();
    let mut borrow = 0_i16;
    for (byte, order) in turned[32..].iter_mut().zip(&order).rev() {
        let difference = i16::from(*order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = difference.rem_euclid(256) as u8;
    }
    turned
}
