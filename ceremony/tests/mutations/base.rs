//! The honest locks that the files differ from, made from fixed seeds.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use coram_ceremony::id::CeremonyId;
use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::parameters::ExtractionRule;
use coram_ceremony::{Ceremony, Outcome, Step, UnverifiedTranscript};
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::lock::Lock;
use coram_cluster::network::Network;
use coram_cluster::version::Version;
use coram_proofs::ProofSystemId;
use serde_json::Value;

use crate::common::{self, identity};
use crate::corpus::folder;
use crate::strings::{ONE, keys};
use crate::support;

/// An honest lock. In all of them three operators take part, any two of whom sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// One validator, transparent proofs; operators and creator signed the definition. No member is empty.
    Lock,
    /// Two validators, transparent proofs, nobody signed the definition.
    Two,
    /// Two validators whose keys are made of one polynomial of each dealer, transparent proofs, nobody signed the definition.
    Batched,
    /// One validator, Groth16, nobody signed the definition.
    Groth16,
}

/// A base as it is kept, with what its operators know.
pub struct Kept {
    pub bytes: Vec<u8>,
    pub lock: Value,
    pub ceremony: Ceremony,
    /// How the ceremony ended for each operator; none under Groth16.
    pub outcomes: Vec<Outcome>,
}

impl Base {
    /// Its file in `tests/mutations`.
    pub fn file(self) -> &'static str {
        match self {
            Self::Lock => "base/lock.json",
            Self::Two => "base/two-validators.json",
            Self::Batched => "base/batched.json",
            Self::Groth16 => "base/groth16.json",
        }
    }

    fn path(self) -> PathBuf {
        folder().join(self.file())
    }

    /// Reads it; makes it first, where files are to be made anew.
    pub fn kept(self) -> &'static Kept {
        static LOCK: LazyLock<Kept> = LazyLock::new(|| Kept::read(Base::Lock));
        static TWO: LazyLock<Kept> = LazyLock::new(|| Kept::read(Base::Two));
        static BATCHED: LazyLock<Kept> = LazyLock::new(|| Kept::read(Base::Batched));
        static GROTH16: LazyLock<Kept> = LazyLock::new(|| Kept::read(Base::Groth16));
        match self {
            Self::Lock => &LOCK,
            Self::Two => &TWO,
            Self::Batched => &BATCHED,
            Self::Groth16 => &GROTH16,
        }
    }

    fn make(self) -> Vec<u8> {
        let ceremony = match self {
            Self::Lock => default_ceremony(signed_definition(Version::V1_10)),
            Self::Two => default_ceremony(common::definition(3, 2, 2)),
            Self::Batched => batched(),
            Self::Groth16 => groth16(),
        };
        common::run(&Arc::new(ceremony)).remove(0).lock_json().unwrap()
    }
}

fn default_ceremony(definition: Definition) -> Ceremony {
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    Ceremony::new(definition, parameters, 0).unwrap()
}

fn batched() -> Ceremony {
    let definition = common::definition(3, 2, 2);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    parameters.extraction = ExtractionRule::Batched;
    Ceremony::new(definition, parameters, 0).unwrap()
}

fn groth16() -> Ceremony {
    let keys = keys([&ONE]);
    let definition = common::definition(3, 2, 1);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    parameters.proof_system = ProofSystemId::Groth16;
    parameters.setup = Some(keys.digest());
    Ceremony::new(definition, parameters, 0).unwrap().with_keys(keys).unwrap()
}

pub fn account(number: u8) -> EthereumKey {
    EthereumKey::from_bytes(&[number; 32]).unwrap()
}

/// A definition without an empty member.
pub fn signed_definition(version: Version) -> Definition {
    let network = Network::by_name("hoodi").unwrap();
    let uuid = "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".into();
    let mut request = DefinitionRequest::new(network.clone(), uuid, "2025-01-09T12:51:06Z".into());
    request.version = version;
    request.name = "test".into();
    request.threshold = Some(2);
    request.consensus_protocol = "qbft".into();
    request.compounding = true;
    request.deposit_amounts = vec![8, 24];
    request.fee_recipient_addresses = vec![account(9).address().checksummed()];
    request.withdrawal_addresses = vec![account(8).address().checksummed()];
    request.operator_enrs = (1..=3).map(|i| Enr::new(&identity(i)).text().to_owned()).collect();
    request.operator_addresses = (1..=3).map(|i| account(i).address().checksummed()).collect();
    request.creator_address = Some(account(5).address().checksummed());
    let mut definition = request.create().unwrap();
    for i in 1..=3 {
        definition.sign_as_operator(i, None, &account(u8::try_from(i).unwrap()), &network).unwrap();
    }
    definition.sign_as_creator(&account(5), &network).unwrap();
    definition
}

impl Kept {
    fn read(base: Base) -> Self {
        if std::env::var_os("UPDATE_MUTATION_BASES").is_some() {
            fs::create_dir_all(base.path().parent().unwrap()).unwrap();
            fs::write(base.path(), base.make()).unwrap();
        }
        let bytes = fs::read(base.path()).unwrap();
        let lock: Value = serde_json::from_slice(&bytes).unwrap();
        let definition = Lock::parse(&bytes).unwrap().definition().clone();
        let transcript = UnverifiedTranscript::read(&lock["pvss_transcript"], &definition).unwrap();
        let ceremony = transcript.ceremony_with_keys().unwrap();
        let messages = messages(&transcript);
        // A dealer under Groth16 would need the whole reference string to go on.
        let operators = if base == Base::Groth16 { 1..1 } else { 1..4 };
        let outcomes = operators.map(|operator| outcome(&ceremony, operator, &messages)).collect();
        Self { bytes, lock, ceremony, outcomes }
    }

    /// The kept lock, to be changed.
    pub fn changed(&self, tamper: impl FnOnce(&mut Value)) -> Value {
        let mut lock = self.lock.clone();
        tamper(&mut lock);
        lock
    }
}

/// What an operator that reads all messages has in the end.
fn outcome(ceremony: &Ceremony, operator: u16, messages: &[Vec<u8>]) -> Outcome {
    match common::restart(&Arc::new(ceremony.clone()), operator, messages).next() {
        Step::Finished(outcome) => *outcome,
        other => panic!("operator {operator} has not finished: {other:?}"),
    }
}

fn messages(transcript: &UnverifiedTranscript) -> Vec<Vec<u8>> {
    let id = transcript.ceremony.id();
    let lists = [
        to_bytes(id, &transcript.joins),
        to_bytes(id, &transcript.commits),
        to_bytes(id, &transcript.deals),
        to_bytes(id, &transcript.attests),
        to_bytes(id, &transcript.seals),
    ];
    lists.concat()
}

fn to_bytes<B: Body>(id: CeremonyId, messages: &[Unverified<B>]) -> Vec<Vec<u8>> {
    messages.iter().map(|message| message.to_bytes(id)).collect()
}

/// Hashes and signs a lock as it now is, Seals included: all operators act together.
pub fn reseal(base: Base, lock: &mut Value) {
    support::reseal_by(&base.kept().outcomes, lock);
}
