//! Real objects, made when they are needed: they follow from fixed numbers, so every process has the same.

use std::sync::{Arc, OnceLock};

use coram_ceremony::id::{MessageId, RosterHash};
use coram_ceremony::message::{Body, Commit, Deal, Unverified};
use coram_ceremony::phase::{commit_hash, commits_hash};
use coram_ceremony::{Board, Message, Outcome};
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::deposit;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::network::Network;
use coram_proofs::groth16::{Key, Keys};
use coram_proofs::setup::{KeyRecord, OriginRecord, PowersRecord, SetupRecord, StepRecord};
use coram_proofs::{Backend, EncryptionKey, Recipients, Role, Scheme, Setting};
use coram_simulator::cast::{Cast, Casts, Shape};
use coram_simulator::operator::{Ending, Operator};
use serde_json::Value;

use crate::Failure;

/// The operator that cheats in all of this; the others are honest.
pub const CHEATER: u16 = 3;

/// Three operators, two of whom sign together, and one validator.
pub const SHAPE: Shape = Shape { operators: 3, threshold: 2, validators: 1, commits: true, attempt: 0 };

/// What cannot be missing, or why it is.
fn must<T>(made: Result<T, Failure>) -> T {
    made.unwrap_or_else(|error| panic!("a real object could not be made: {error}"))
}

/// The operators.
pub fn cast() -> Arc<Cast> {
    static CAST: OnceLock<Arc<Cast>> = OnceLock::new();
    Arc::clone(CAST.get_or_init(|| must(casts().get(SHAPE, 0))))
}

/// The same operators in another attempt.
fn next_attempt() -> Arc<Cast> {
    must(casts().get(Shape { attempt: 1, ..SHAPE }, 0))
}

/// New casts, whose engines remember what others of them computed and nothing else.
pub fn casts() -> Casts {
    Casts::new(1, true)
}

/// A ceremony in which nobody cheats.
pub struct Held {
    /// All messages, in the order in which they were published.
    pub messages: Vec<Vec<u8>>,
    /// What each operator has in the end.
    pub outcome: Box<Outcome>,
    /// The lock file.
    pub lock: Vec<u8>,
    /// The lock file without its transcript.
    pub bare_lock: Vec<u8>,
    /// The transcript alone.
    pub transcript: Vec<u8>,
    /// The deposit file.
    pub deposits: Vec<u8>,
}

/// The ceremony of the operators.
pub fn held() -> &'static Held {
    static HELD: OnceLock<Held> = OnceLock::new();
    HELD.get_or_init(|| must(hold(&cast())))
}

/// Its messages in another attempt.
pub fn held_elsewhere() -> &'static Held {
    static HELD: OnceLock<Held> = OnceLock::new();
    HELD.get_or_init(|| must(hold(&next_attempt())))
}

fn hold(cast: &Arc<Cast>) -> Result<Held, Failure> {
    let mut operators: Vec<Operator> =
        (1..=cast.shape.operators).map(|index| Operator::new(cast, index)).collect::<Result<_, _>>()?;
    let mut messages = Vec::new();
    loop {
        let published: Vec<Vec<u8>> =
            operators.iter_mut().flat_map(Operator::advance).map(|message| message.to_bytes()).collect();
        if published.is_empty() {
            break;
        }
        for operator in &mut operators {
            published.iter().for_each(|message| {
                operator.receive(message);
            });
        }
        messages.extend(published);
    }
    let first = operators.first_mut().ok_or("no operators")?;
    let Ending::Locked(outcome) = first.ending()? else { return Err("a ceremony without a lock".into()) };
    let lock = outcome.lock();
    let network = lock.definition().network().ok_or("no network")?;
    let given = lock.validators().iter().flat_map(|validator| &validator.deposits);
    let (_, deposits) = deposit::files(&network, given)?.pop().ok_or("no deposits")?;
    Ok(Held {
        messages,
        lock: outcome.lock_json()?,
        bare_lock: lock.to_json(None)?,
        transcript: serde_json::to_vec(&outcome.transcript().to_value()?)?,
        deposits,
        outcome,
    })
}

/// Fault files against the cheater: two Commits, a Deal that is none, a dealing that is wrong.
pub fn faults() -> &'static [Vec<u8>] {
    static FAULTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FAULTS.get_or_init(|| {
        let cast = cast();
        [equivocate, malform, misdeal].into_iter().map(|cheat| must(fault(&cast, cheat))).collect()
    })
}

/// What the cheater sends instead of a message, knowing the board of an honest operator.
type Cheat = fn(&Cast, &Board, &Message) -> Result<Vec<Vec<u8>>, Failure>;

fn fault(cast: &Arc<Cast>, cheat: Cheat) -> Result<Vec<u8>, Failure> {
    let mut honest = [Operator::new(cast, 1)?, Operator::new(cast, 2)?];
    for message in &held().messages {
        let message = Message::read(message, &cast.ceremony)?;
        if message.author() != CHEATER {
            continue;
        }
        exchange(&mut honest);
        for form in cheat(cast, honest[0].board(), &message)? {
            honest.iter_mut().for_each(|operator| {
                operator.receive(&form);
            });
        }
    }
    exchange(&mut honest);
    Ok(honest[0].faults().first().ok_or("no fault was found")?.to_json()?)
}

/// Lets operators say what they have to say to each other.
fn exchange(operators: &mut [Operator]) {
    let published: Vec<_> = operators.iter_mut().flat_map(Operator::advance).collect();
    for message in published {
        operators.iter_mut().for_each(|operator| {
            operator.receive(&message.to_bytes());
        });
    }
}

fn equivocate(cast: &Cast, _: &Board, message: &Message) -> Result<Vec<Vec<u8>>, Failure> {
    let mut forms = vec![message.to_bytes()];
    if let Message::Commit(commit) = message {
        let body = Commit { hash: [0; 32], ..commit.body().clone() };
        forms.push(signed(cast, CHEATER, commit.roster(), body)?);
    }
    Ok(forms)
}

fn malform(cast: &Cast, _: &Board, message: &Message) -> Result<Vec<Vec<u8>>, Failure> {
    if !matches!(message, Message::Deal(_)) {
        return Ok(vec![message.to_bytes()]);
    }
    let mut cut = message.to_bytes();
    cut.pop();
    crate::signing::sign(&mut cut, cast.identity(CHEATER)?);
    Ok(vec![cut])
}

fn misdeal(cast: &Cast, board: &Board, message: &Message) -> Result<Vec<Vec<u8>>, Failure> {
    match message {
        Message::Commit(commit) => {
            let dealing = changed(&dealing(CHEATER)?);
            Ok(vec![commit_to(cast, commit.roster(), commit.body(), &dealing)?])
        }
        Message::Deal(deal) => {
            let dealing = changed(&deal.body().dealing);
            Ok(vec![open(cast, board, deal.roster(), dealing)?])
        }
        _ => Ok(vec![message.to_bytes()]),
    }
}

/// A dealing with another share for somebody.
fn changed(dealing: &[u8]) -> Vec<u8> {
    let mut dealing = dealing.to_vec();
    // Behind the commitments and the ephemeral key, in the last byte of a ciphertext.
    if let Some(byte) = dealing.get_mut(2 * 48 + 32 + 31) {
        *byte ^= 1;
    }
    dealing
}

/// The dealing of an operator in the ceremony in which nobody cheats.
pub fn dealing(operator: u16) -> Result<Vec<u8>, Failure> {
    let ceremony = &cast().ceremony;
    let mut messages = held().messages.iter().filter_map(|message| Message::read(message, ceremony).ok());
    let dealing = messages.find_map(|message| match message {
        Message::Deal(deal) if deal.author() == operator => Some(deal.body().dealing.clone()),
        _ => None,
    });
    Ok(dealing.ok_or("no dealing")?)
}

/// The cheater's Commit to any dealing.
pub fn commit_to(cast: &Cast, roster: RosterHash, like: &Commit, dealing: &[u8]) -> Result<Vec<u8>, Failure> {
    let hash = commit_hash(cast.ceremony.id(), roster, CHEATER, dealing);
    signed(cast, CHEATER, roster, Commit { hash, joins: like.joins.clone() })
}

/// The cheater's Deal of any dealing, under the Commits of a board.
pub fn open(cast: &Cast, board: &Board, roster: RosterHash, dealing: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let ids: Vec<MessageId> = board.each::<Commit>().map(|commit| commit.id()).collect();
    let commits = *commits_hash(cast.ceremony.id(), roster, &ids).as_bytes();
    signed(cast, CHEATER, roster, Deal { commits, dealing })
}

/// Any body, signed by an operator.
fn signed<B: Body>(cast: &Cast, author: u16, roster: RosterHash, body: B) -> Result<Vec<u8>, Failure> {
    let mut message = Unverified { author, roster, body, signature: [0; 64] };
    let id = cast.ceremony.id();
    message.signature = cast.identity(author)?.sign(message.id(id).as_bytes());
    Ok(message.to_bytes(id))
}

/// Definitions: one without signatures, one with all.
pub fn definitions() -> &'static [Vec<u8>] {
    static DEFINITIONS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        must((|| Ok(vec![cast().ceremony.definition().to_json()?, signed_definition()?.to_json()?]))())
    })
}

fn signed_definition() -> Result<Definition, Failure> {
    let cast = cast();
    let network = Network::by_name("hoodi").ok_or("no network of this name")?;
    let accounts: Vec<EthereumKey> =
        (1..=3).map(|index| EthereumKey::from_bytes(&[index; 32])).collect::<Result<_, _>>()?;
    let uuid = "0194fdc2-fa2f-4cc0-81d3-ff12045b73c8".to_owned();
    let mut request = DefinitionRequest::new(network.clone(), uuid, "2025-01-09T12:51:06Z".into());
    request.name = "signed".into();
    request.fee_recipient_addresses = vec!["0x52fdfc072182654f163f5f0f9a621d729566c74d".into()];
    request.withdrawal_addresses = vec!["0x0000000000000000000000000000000000000001".into()];
    request.operator_addresses = accounts.iter().map(|account| account.address().text().to_owned()).collect();
    request.operator_enrs =
        cast.ceremony.definition().operators().iter().map(|one| one.enr().into()).collect();
    request.creator_address = request.operator_addresses.first().cloned();
    let mut definition = request.create()?;
    for (index, account) in (1..).zip(&accounts) {
        definition.sign_as_operator(index, None, account, &network)?;
    }
    let creator = accounts.first().ok_or("no accounts")?;
    definition.sign_as_creator(creator, &network)?;
    Ok(definition)
}

/// A dealing with the scheme that judges it.
pub struct Dealt {
    /// What judges it.
    pub scheme: Scheme,
    /// Its dealer.
    pub dealer: u16,
    /// The dealing.
    pub dealing: Vec<u8>,
}

/// A dealing whose proof needs no setup.
pub fn transparent() -> &'static Dealt {
    static DEALT: OnceLock<Dealt> = OnceLock::new();
    DEALT.get_or_init(|| {
        let vector = include_str!("../../tests/vectors/dealing/accept-two-of-two.json");
        must(dealt(vector, &Backend::Transparent))
    })
}

/// A dealing with a Groth16 proof.
pub fn groth16() -> &'static Dealt {
    static DEALT: OnceLock<Dealt> = OnceLock::new();
    DEALT.get_or_init(|| {
        must((|| {
            let (record, circuit) = setup()?;
            let key = Key::verifying(record.verify(circuit)?);
            let vector = include_str!("../../tests/vectors/groth16/accept-one-chunk.json");
            dealt(vector, &Backend::Groth16(Keys::new(vec![Arc::new(key)])?))
        })())
    })
}

/// The record of a setup, and the digest of its circuit.
pub fn setup() -> Result<(SetupRecord, [u8; 32]), Failure> {
    let vector: Value = serde_json::from_str(include_str!("../../tests/vectors/setup/accept.json"))?;
    let setup = &vector["setup"];
    let each = |name: &str| setup[name].as_array().cloned().ok_or("no contributions");
    let power = |value: &Value| {
        let [tau, alpha, beta] = ["tau", "alpha", "beta"].map(|name| step(&value[name]));
        Ok(PowersRecord { tau: tau?, alpha: alpha?, beta: beta?, origin: origin(value)? })
    };
    let key = |value: &Value| Ok(KeyRecord { delta: step(&value["delta"])?, origin: origin(value)? });
    let record = SetupRecord {
        recipients: number(&setup["recipients"])? as u16,
        validators: number(&setup["validators"])? as u32,
        powers_log: number(&setup["powers_log"])? as u8,
        powers: each("powers")?.iter().map(power).collect::<Result<_, Failure>>()?,
        key: each("key")?.iter().map(key).collect::<Result<_, Failure>>()?,
        verifying_key: bytes(&setup["verifying_key"])?,
    };
    Ok((record, array(&vector["circuit"])?))
}

fn step(value: &Value) -> Result<StepRecord, Failure> {
    let (after, own) = (array(&value["after"])?, array(&value["own"])?);
    Ok(StepRecord { after, own, proof: array(&value["proof"])? })
}

fn origin(value: &Value) -> Result<OriginRecord, Failure> {
    if value["identity"].is_null() {
        return Ok(OriginRecord::Anonymous);
    }
    Ok(OriginRecord::Signed { identity: array(&value["identity"])?, signature: array(&value["signature"])? })
}

fn dealt(vector: &str, backend: &Backend) -> Result<Dealt, Failure> {
    let vector: Value = serde_json::from_str(vector)?;
    let setting = &vector["setting"];
    let keys = setting["keys"].as_array().ok_or("no keys")?;
    let keys = keys.iter().map(|key| Ok(EncryptionKey::from_bytes(&array(key)?)?));
    let setting = Setting {
        ceremony: array(&setting["ceremony"])?,
        roster: array(&setting["roster"])?,
        role: Role::default(),
        threshold: number(&setting["threshold"])? as u16,
        validators: number(&setting["validators"])? as u32,
        recipients: Recipients::new(keys.collect::<Result<_, Failure>>()?)?,
    };
    Ok(Dealt {
        scheme: Scheme::new(setting, backend)?,
        dealer: number(&vector["dealer"])? as u16,
        dealing: bytes(&vector["dealing"])?,
    })
}

fn number(value: &Value) -> Result<u64, Failure> {
    Ok(value.as_u64().ok_or("no number")?)
}

fn bytes(value: &Value) -> Result<Vec<u8>, Failure> {
    Ok(hex::decode(value.as_str().ok_or("no text")?)?)
}

fn array<const N: usize>(value: &Value) -> Result<[u8; N], Failure> {
    bytes(value)?.try_into().map_err(|_| "another length".into())
}
