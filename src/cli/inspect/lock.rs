//! A cluster lock.

use coram_cluster::deposit::Deposit;
use coram_cluster::json::Node;
use coram_cluster::lock::{DistributedValidator, Lock, MEMBERS, TRANSCRIPT_MEMBER};
use coram_cluster::registration::Registration;
use jiff::Timestamp;
use serde_json::Value;

use super::sheet::{Item, Sheet, gwei, hex0x, list, shown};
use super::{Context, Stop, definition, transcript, unknown};

/// A lock, as far as it can be read: the definition, the rest, and the transcript each for itself.
pub fn look(value: &Value, context: &mut Context) -> (Sheet, Vec<Stop>) {
    let (cluster, mut stopped) = match Node::root(value).member("cluster_definition") {
        Ok(node) => definition::read(&node, context),
        Err(error) => (Sheet::new(), vec![Stop::of(&error, "$")]),
    };
    // The transcript can be large, and is read for itself.
    let without: Value = match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| *name != TRANSCRIPT_MEMBER);
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    };
    let sheet = match Lock::read(without) {
        Ok(lock) => lock_sheet(&lock, context.first_validator),
        Err(error) => {
            if stopped.is_empty() {
                stopped.push(Stop::of(&error, "$"));
            }
            unknown::members_but(value, MEMBERS, &["cluster_definition", TRANSCRIPT_MEMBER])
        }
    };
    let sheet = Sheet::new().with("definition", cluster).and(sheet);
    let transcript = value.get(TRANSCRIPT_MEMBER).filter(|transcript| !transcript.is_null());
    let Some(transcript) = transcript else {
        return (sheet.with("transcript", "none: nothing here shows how the keys were made"), stopped);
    };
    let (transcript, why) =
        transcript::look(transcript, &format!("$.{TRANSCRIPT_MEMBER}"), &context.definitions);
    stopped.extend(why);
    (sheet.with("transcript", transcript), stopped)
}

fn lock_sheet(lock: &Lock, first: usize) -> Sheet {
    let validators = lock.validators().iter().enumerate().skip(first);
    Sheet::new()
        .with("lock_hash", hex0x(lock.stated_hash()))
        .with("signature_aggregate", hex0x(lock.signature_aggregate()))
        .with_list("node_signatures", lock.node_signatures().iter().map(hex0x))
        .with("validators_count", lock.validators().len())
        .with_list("validators", validators.map(validator))
}

fn validator((index, validator): (usize, &DistributedValidator)) -> Sheet {
    let DistributedValidator { public_key, public_shares, deposits, registration } = validator;
    Sheet::new()
        .with("index", index)
        .with("public_key", hex0x(public_key))
        .with_list("public_shares", (1_u16..).zip(public_shares).map(share))
        .with_list("deposits", deposits.iter().map(deposit))
        .with("registration", registration.as_ref().map(registration_sheet))
}

fn share((operator, share): (u16, &[u8; 48])) -> Sheet {
    Sheet::new().with("operator", operator).with("public_share", hex0x(share))
}

/// A deposit. Where it goes stands in the credentials.
pub fn deposit(deposit: &Deposit) -> Sheet {
    let Deposit { message, signature } = deposit;
    Sheet::new()
        .with("amount_gwei", gwei(message.amount))
        .with("public_key", hex0x(message.public_key))
        .with("withdrawal_credentials", hex0x(message.withdrawal_credentials))
        .with("withdrawal", withdrawal(&message.withdrawal_credentials))
        .with("signature", hex0x(signature))
}

/// Credentials in words.
fn withdrawal(credentials: &[u8; 32]) -> Item {
    let [kind, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = credentials;
    let address = coram_cluster::address::Address::from_bytes(*address).checksummed();
    match kind {
        0 => "a BLS key (0x00)".into(),
        1 => shown(format_args!("{address} (0x01, rewards are paid out)")),
        2 => shown(format_args!("{address} (0x02, rewards compound)")),
        other => shown(format_args!("credentials of kind {other:#04x}")),
    }
}

fn registration_sheet(registration: &Registration) -> Sheet {
    let Registration { message, signature } = registration;
    Sheet::new()
        .with("fee_recipient", hex0x(message.fee_recipient))
        .with("gas_limit", message.gas_limit)
        .with("timestamp", message.timestamp)
        .with("time", moment(message.timestamp))
        .with("public_key", hex0x(message.public_key))
        .with("signature", hex0x(signature))
}

/// Unix seconds as a date, if they are one.
pub fn moment(seconds: u64) -> Item {
    let moment = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    moment.map(|moment| moment.to_string()).into()
}

/// Values of a list of hex texts.
pub fn texts<T: AsRef<[u8]>>(values: &[T]) -> Item {
    list(values.iter().map(hex0x))
}
