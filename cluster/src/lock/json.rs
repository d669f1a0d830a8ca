//! The lock file: its members, in Charon's order for each version.

use super::{DistributedValidator, Lock, TRANSCRIPT_MEMBER};
use crate::ClusterError;
use crate::definition::{self, Definition, MAX_DEPOSIT_AMOUNTS, MAX_OPERATORS, MAX_VALIDATORS};
use crate::deposit::{Deposit, DepositMessage};
use crate::json::{Node, hex_text, to_go_json};
use crate::registration::{Registration, RegistrationMessage};
use crate::version::Version;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The members that a lock adds to those of its definition.
const OWN: [&str; 18] = [
    "cluster_definition",
    "distributed_validators",
    "distributed_public_key",
    "public_shares",
    "deposit_data",
    "partial_deposit_data",
    "pubkey",
    "withdrawal_credentials",
    "amount",
    "signature",
    "builder_registration",
    "message",
    "fee_recipient",
    "gas_limit",
    "signature_aggregate",
    "lock_hash",
    "node_signatures",
    TRANSCRIPT_MEMBER,
];

/// The members of a lock and of its definition, all versions taken together, for [`crate::json::check`].
pub const MEMBERS: &[&str] = {
    const COUNT: usize = OWN.len() + definition::MEMBERS.len();
    &{
        let mut members = [""; COUNT];
        let mut place = 0;
        while place < COUNT {
            members[place] =
                if place < OWN.len() { OWN[place] } else { definition::MEMBERS[place - OWN.len()] };
            place += 1;
        }
        members
    }
};

/// The longest signature that is kept although it cannot be one, in bytes.
const MAX_SIGNATURE_LEN: usize = 96;

pub(super) fn read(node: &Node<'_>, transcript: Option<Value>) -> Result<Lock, ClusterError> {
    let definition = Definition::read(&node.member("cluster_definition")?)?;
    let version = definition.version();
    if !version.supports_ceremony() {
        return Err(ClusterError::LockVersion(version));
    }
    let list = node.member("distributed_validators")?;
    let validators = list.elements(MAX_VALIDATORS, |item| validator(item, version))?;
    let node_signatures = match node.optional("node_signatures")? {
        Some(list) if version.has_registrations() => list.elements(MAX_OPERATORS, signature)?,
        _ => Vec::new(),
    };
    Ok(Lock {
        signature_aggregate: node
            .optional("signature_aggregate")?
            .map_or(Ok(Vec::new()), |node| signature(&node))?,
        stated_hash: node.member("lock_hash")?.array()?,
        definition,
        validators,
        node_signatures,
        transcript,
    })
}

/// Bytes that should be a signature; no hash covers them, so their length is bounded here.
fn signature(node: &Node<'_>) -> Result<Vec<u8>, ClusterError> {
    let bytes = node.bytes()?;
    if bytes.len() > MAX_SIGNATURE_LEN {
        let what = node.path().to_owned();
        return Err(ClusterError::TooLong { what, length: bytes.len(), limit: MAX_SIGNATURE_LEN });
    }
    Ok(bytes)
}

fn validator(node: &Node<'_>, version: Version) -> Result<DistributedValidator, ClusterError> {
    let deposits = if version.has_deposit_amounts() {
        match node.optional("partial_deposit_data")? {
            Some(list) => list.elements(MAX_DEPOSIT_AMOUNTS, deposit)?,
            None => Vec::new(),
        }
    } else {
        match node.optional("deposit_data")? {
            Some(node) if !is_blank(&node)? => vec![deposit(&node)?],
            _ => Vec::new(),
        }
    };
    Ok(DistributedValidator {
        public_key: node.member("distributed_public_key")?.array()?,
        public_shares: node.member("public_shares")?.elements(MAX_OPERATORS, |share| share.array())?,
        deposits,
        registration: if version.has_registrations() {
            Some(registration(&node.member("builder_registration")?)?)
        } else {
            None
        },
    })
}

/// Early launchpads left the one deposit out: empty strings and no amount.
fn is_blank(node: &Node<'_>) -> Result<bool, ClusterError> {
    let empty = |name| Ok::<_, ClusterError>(node.member(name)?.text()?.is_empty());
    let amount = node.member("amount")?.text()?;
    Ok(empty("pubkey")?
        && empty("withdrawal_credentials")?
        && empty("signature")?
        && matches!(amount, "" | "0"))
}

fn deposit(node: &Node<'_>) -> Result<Deposit, ClusterError> {
    Ok(Deposit {
        message: DepositMessage {
            public_key: node.member("pubkey")?.array()?,
            withdrawal_credentials: node.member("withdrawal_credentials")?.array()?,
            amount: node.member("amount")?.decimal()?,
        },
        signature: node.member("signature")?.array()?,
    })
}

fn registration(node: &Node<'_>) -> Result<Registration, ClusterError> {
    let message = node.member("message")?;
    Ok(Registration {
        message: RegistrationMessage {
            fee_recipient: message.member("fee_recipient")?.array()?,
            gas_limit: message.member("gas_limit")?.number()?,
            timestamp: message.member("timestamp")?.number()?,
            public_key: message.member("pubkey")?.array()?,
        },
        signature: node.member("signature")?.array()?,
    })
}

pub(super) fn write(lock: &Lock, transcript: Option<&Value>) -> Result<Vec<u8>, ClusterError> {
    to_go_json(&File { lock, hash: lock.hash()?, transcript })
}

struct File<'a> {
    lock: &'a Lock,
    hash: [u8; 32],
    transcript: Option<&'a Value>,
}

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = self.lock.definition.version();
        let validators: Vec<_> =
            self.lock.validators.iter().map(|validator| ValidatorEntry { validator, version }).collect();
        // The count is an upper bound; JSON uses it only to tell an empty object.
        let mut file = serializer.serialize_struct("Lock", 6)?;
        file.serialize_field("cluster_definition", &self.lock.definition)?;
        file.serialize_field("distributed_validators", &validators)?;
        file.serialize_field("signature_aggregate", &hex_text(&self.lock.signature_aggregate))?;
        file.serialize_field("lock_hash", &hex_text(&self.hash))?;
        if version.has_registrations() {
            let signatures: Vec<_> = self.lock.node_signatures.iter().map(|bytes| hex_text(bytes)).collect();
            file.serialize_field("node_signatures", &signatures)?;
        }
        if let Some(transcript) = self.transcript {
            file.serialize_field(TRANSCRIPT_MEMBER, transcript)?;
        }
        file.end()
    }
}

struct ValidatorEntry<'a> {
    validator: &'a DistributedValidator,
    version: Version,
}

impl Serialize for ValidatorEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let DistributedValidator { public_key, public_shares, deposits, registration } = self.validator;
        let shares: Vec<_> = public_shares.iter().map(|share| hex_text(share)).collect();
        let mut entry = serializer.serialize_struct("DistributedValidator", 4)?;
        entry.serialize_field("distributed_public_key", &hex_text(public_key))?;
        entry.serialize_field("public_shares", &shares)?;
        if !self.version.has_deposit_amounts() {
            entry.serialize_field("deposit_data", &DepositEntry(deposits.first()))?;
        }
        if let Some(registration) = registration {
            entry.serialize_field("builder_registration", &RegistrationEntry::new(registration))?;
        }
        if self.version.has_deposit_amounts() {
            let deposits: Vec<_> = deposits.iter().map(|deposit| DepositEntry(Some(deposit))).collect();
            entry.serialize_field("partial_deposit_data", &deposits)?;
        }
        entry.end()
    }
}

struct DepositEntry<'a>(Option<&'a Deposit>);

impl Serialize for DepositEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.0.map(|deposit| &deposit.message);
        let mut entry = serializer.serialize_struct("Deposit", 4)?;
        let hex_or_empty = |bytes: Option<&[u8]>| hex_text(bytes.unwrap_or_default());
        entry.serialize_field("pubkey", &hex_or_empty(message.map(|m| &m.public_key[..])))?;
        let credentials = hex_or_empty(message.map(|m| &m.withdrawal_credentials[..]));
        entry.serialize_field("withdrawal_credentials", &credentials)?;
        entry.serialize_field("amount", &message.map_or(0, |m| m.amount).to_string())?;
        entry.serialize_field("signature", &hex_or_empty(self.0.map(|deposit| &deposit.signature[..])))?;
        entry.end()
    }
}

#[derive(Serialize)]
struct RegistrationEntry {
    message: RegistrationMessageEntry,
    signature: String,
}

#[derive(Serialize)]
struct RegistrationMessageEntry {
    fee_recipient: String,
    gas_limit: u64,
    timestamp: u64,
    pubkey: String,
}

impl RegistrationEntry {
    fn new(registration: &Registration) -> Self {
        let message = &registration.message;
        Self {
            message: RegistrationMessageEntry {
                fee_recipient: hex_text(&message.fee_recipient),
                gas_limit: message.gas_limit,
                timestamp: message.timestamp,
                pubkey: hex_text(&message.public_key),
            },
            signature: hex_text(&registration.signature),
        }
    }
}
