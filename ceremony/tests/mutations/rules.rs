//! What must be said of a lock that somebody changed in one place, who holds no key: reasoned from what hashes and signatures
//! cover, as `docs/protocol.md` and `docs/checks.md` say.

use crate::base::Base;
use crate::corpus::{Said, fails, undecided};

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Another value of the same form.
    Changed,
    /// A member is left out.
    Removed,
    /// A member that nobody knows.
    Unknown,
    /// A member is there twice.
    Twice,
    /// There are two members whose names differ in their case.
    OtherCase,
    /// A list without its first element.
    Shorter,
    /// A list that ends with its first element once more.
    Repeated,
    /// A list whose first two elements are exchanged.
    Exchanged,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Unknown => "unknown-member",
            Self::Twice => "twice",
            Self::OtherCase => "other-case",
            Self::Shorter => "shorter",
            Self::Repeated => "repeated",
            Self::Exchanged => "exchanged",
        }
    }

    pub fn comment(self) -> &'static str {
        match self {
            Self::Changed => "another value of the same form",
            Self::Removed => "the member is left out",
            Self::Unknown => "a member that nobody knows",
            Self::Twice => "the member is there twice",
            Self::OtherCase => "before the member stands one whose name differs in its case",
            Self::Shorter => "the first element is left out",
            Self::Repeated => "the first element is there again at the end",
            Self::Exchanged => "the first two elements are exchanged",
        }
    }
}

/// What follows for a change of a kind in a place.
pub fn said(base: Base, pointer: &str, kind: Kind) -> Said {
    let shape = shape(pointer);
    let place = shape.as_str();
    let in_transcript = place.starts_with("/pvss_transcript");
    match kind {
        Kind::Twice | Kind::OtherCase => fails(&["json.strict"]),
        // As Charon and its tools do; no hash covers what they ignore. One transcript has one text.
        Kind::Unknown if !in_transcript => fails(&[]),
        Kind::Unknown => fails(&["transcript.form"]),
        Kind::Removed if in_transcript => removed_from_transcript(place),
        Kind::Removed => removed(place),
        Kind::Shorter | Kind::Repeated | Kind::Exchanged => list(base, place, kind),
        Kind::Changed if in_transcript => changed_in_transcript(place),
        Kind::Changed => changed(place),
    }
}

/// A pointer without its indexes.
fn shape(pointer: &str) -> String {
    let part = |part: &str| if part.parse::<usize>().is_ok() { "*".to_owned() } else { part.to_owned() };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The configuration: both hashes of the definition cover it, the lock's and the ceremony's cover those.
const CONFIGURATION: [&str; 4] =
    ["definition.config-hash", "definition.hash", "lock.hash", "transcript.ceremony-id"];
/// What only the definition hash covers, of which lock hash and ceremony id are made.
const SIGNED: [&str; 3] = ["definition.hash", "lock.hash", "transcript.ceremony-id"];

fn configuration(and: &[&'static str]) -> Said {
    fails(&CONFIGURATION).and_fails(and)
}

fn changed(place: &str) -> Said {
    let (area, field) = place.rsplit_once('/').unwrap();
    match (area, field) {
        ("/cluster_definition", _) => changed_definition(field),
        ("/cluster_definition/deposit_amounts", _) => configuration(&["deposits.amounts"]),
        // Address of an operator or of the creator.
        (_, "address") => configuration(&[]),
        // Whether it is a contract's, only the chain can tell.
        ("/cluster_definition/creator", "config_signature") => {
            fails(&SIGNED).and_undecided(&["definition.creator-signature"])
        }
        (_, "config_signature" | "enr_signature") => {
            fails(&SIGNED).and_undecided(&["definition.operator-signatures"])
        }
        (_, "enr") => broken_record(),
        (_, "fee_recipient_address") => configuration(&["registrations.signatures", "registrations.content"]),
        (_, "withdrawal_address") => configuration(&["deposits.credentials", "deposits.signatures"]),
        _ => changed_lock(place),
    }
}

fn changed_definition(field: &str) -> Said {
    match field {
        "version" => undecided(&["definition.version"]),
        // There are as many pairs of addresses as validators.
        "num_validators" => fails(&["lock.form"]),
        // Any three shares give the key, but so do any two.
        "threshold" => configuration(&["lock.reconstruction"]),
        // Its domain is in every signature by a validator; the genesis time of an unknown network is unknown.
        "fork_version" => configuration(&["registrations.signatures", "deposits.signatures"])
            .and_undecided(&["registrations.timestamps"]),
        "target_gas_limit" => configuration(&["registrations.content"]),
        // 0x02 becomes 0x01.
        "compounding" => configuration(&["deposits.credentials", "deposits.signatures"]),
        "config_hash" => configuration(&[]),
        // Nothing is made of the stated hash.
        "definition_hash" => fails(&["definition.hash"]),
        _ => configuration(&[]),
    }
}

/// A record that its own key did not sign: the account's signature on it says nothing, and there is no ceremony without identities.
fn broken_record() -> Said {
    fails(&["definition.hash", "definition.enrs", "lock.hash"])
        .and_undecided(&["definition.operator-signatures"])
}

const DEPOSIT: &str = "/distributed_validators/*/partial_deposit_data/*";
const REGISTRATION: &str = "/distributed_validators/*/builder_registration";

fn changed_lock(place: &str) -> Said {
    if let Some(field) = place.strip_prefix(DEPOSIT) {
        let own: &[&str] = match field {
            "/pubkey" => &["deposits.public-keys"],
            // The signature is verified over the prescribed credentials.
            "/withdrawal_credentials" => &["deposits.credentials"],
            "/amount" => &["deposits.amounts", "deposits.signatures"],
            _ => &["deposits.signatures"],
        };
        return fails(&["lock.hash", "attests.deposits"]).and_fails(own);
    }
    if let Some(field) = place.strip_prefix(REGISTRATION) {
        let own: &[&str] = match field {
            // The signature is verified over the validator's key and the prescribed fee recipient.
            "/message/pubkey" | "/message/fee_recipient" => &["registrations.content"],
            "/message/gas_limit" => &["registrations.signatures", "registrations.content"],
            "/message/timestamp" => &["registrations.signatures", "registrations.timestamps"],
            _ => &["registrations.signatures"],
        };
        return fails(&["lock.hash", "attests.registrations"]).and_fails(own);
    }
    match place {
        // Next to no number is a point of the group.
        "/distributed_validators/*/distributed_public_key" => fails(&[
            "lock.hash",
            "lock.public-keys",
            "registrations.content",
            "deposits.public-keys",
            "keys.lock",
        ]),
        "/distributed_validators/*/public_shares/*" => {
            fails(&["lock.hash", "lock.public-keys", "keys.public-shares"])
        }
        "/lock_hash" => fails(&["lock.hash"]),
        "/signature_aggregate" => fails(&["lock.aggregate-signature", "seals.aggregate"]),
        "/node_signatures/*" => fails(&["lock.node-signatures", "seals.node-signatures"]),
        other => panic!("no rule for {other}"),
    }
}

fn removed(place: &str) -> Said {
    let (area, field) = place.rsplit_once('/').unwrap();
    match (area, field) {
        (_, "cluster_definition" | "version") => fails(&["definition.version"]),
        ("/cluster_definition", "name" | "timestamp" | "consensus_protocol") => configuration(&[]),
        // The version's own amounts, gas limit and credentials take their place.
        (_, "deposit_amounts") => configuration(&["deposits.amounts"]),
        (_, "target_gas_limit") => configuration(&["registrations.content"]),
        (_, "compounding") => configuration(&["deposits.credentials", "deposits.signatures"]),
        (_, "creator" | "address") => configuration(&[]),
        (_, "enr") => broken_record(),
        // Where some signed, all have to.
        (_, "config_signature" | "enr_signature") => {
            fails(&SIGNED).and_fails(&["definition.operator-signatures", "definition.creator-signature"])
        }
        (_, "partial_deposit_data") => fails(&["lock.hash", "deposits.amounts", "attests.deposits"]),
        ("", "signature_aggregate") => fails(&["lock.aggregate-signature", "seals.aggregate"]),
        ("", "node_signatures") => fails(&["lock.node-signatures", "seals.node-signatures"]),
        _ => fails(&["lock.form"]),
    }
}

fn removed_from_transcript(place: &str) -> Said {
    match place {
        "/pvss_transcript" => undecided(&["transcript.present"]),
        "/pvss_transcript/version" | "/pvss_transcript/protocol" => fails(&["transcript.version"]),
        // What a dealing has follows from the proof system.
        "/pvss_transcript/deals/*/dealing/blinder"
        | "/pvss_transcript/deals/*/dealing/masked_sum"
        | "/pvss_transcript/deals/*/dealing/proof"
        | "/pvss_transcript/deals/*/dealing/chunks" => fails(&["transcript.messages"]),
        "/pvss_transcript/ceremony/parameters/setup" => fails(&["transcript.terms"]),
        _ => fails(&["transcript.form"]),
    }
}

fn changed_in_transcript(place: &str) -> Said {
    let place = place.strip_prefix("/pvss_transcript/").unwrap();
    let (list, rest) = place.split_once('/').unwrap_or((place, ""));
    match (list, rest) {
        ("version" | "protocol", _) => undecided(&["transcript.version"]),
        (
            "ceremony",
            "protocol_version" | "kind" | "parameters/proof_system" | "parameters/encryption_keys",
        ) => undecided(&["transcript.terms"]),
        // Twice the same, or nobody; the network has one genesis.
        ("ceremony", "parameters/dealers/*" | "parameters/genesis_time") => fails(&["transcript.terms"]),
        ("ceremony", _) => fails(&["transcript.ceremony-id"]),
        ("setups", _) => crate::setups::changed(rest),
        ("attestation", _) => fails(&["attests.attestation"]),
        (_, "*/author") => fails(&["transcript.messages"]),
        ("joins", _) => fails(&["joins.signatures"]),
        ("commits", _) => fails(&["commits.signatures"]),
        ("deals", _) => fails(&["deals.signatures"]),
        ("attests", _) => fails(&["attests.signatures"]),
        ("seals", _) => fails(&["seals.signatures"]),
        other => panic!("no rule for {other:?}"),
    }
}

fn list(base: Base, place: &str, kind: Kind) -> Said {
    use Kind::{Exchanged, Repeated, Shorter};
    if let Some(rest) = place.strip_prefix("/pvss_transcript/setups") {
        return crate::setups::list(rest, kind);
    }
    match (place, kind) {
        // The dealers of the terms are not all operators then.
        ("/cluster_definition/operators", Shorter) => fails(&[
            "definition.config-hash",
            "definition.hash",
            "lock.share-counts",
            "lock.hash",
            "transcript.terms",
        ]),
        ("/cluster_definition/operators", Repeated) => fails(&[
            "definition.config-hash",
            "definition.hash",
            "definition.identities",
            "lock.share-counts",
            "lock.hash",
        ]),
        ("/cluster_definition/validators", _) => fails(&["lock.form"]),
        // 24 ETH activate no validator.
        ("/cluster_definition/deposit_amounts", Shorter) => fails(&[
            "definition.config-hash",
            "definition.hash",
            "lock.hash",
            "deposits.amounts",
            "transcript.terms",
        ]),
        ("/cluster_definition/operators" | "/cluster_definition/deposit_amounts", _) => configuration(&[]),
        ("/distributed_validators", Shorter) => fails(&["lock.validator-count", "lock.hash"]),
        ("/distributed_validators", _) => fails(&["lock.validator-count", "lock.hash", "lock.distinct-keys"]),
        ("/distributed_validators/*/public_shares", Shorter) => fails(&["lock.share-counts", "lock.hash"]),
        ("/distributed_validators/*/public_shares", Repeated) => {
            fails(&["lock.share-counts", "lock.hash", "lock.distinct-keys"])
        }
        ("/distributed_validators/*/public_shares", _) => {
            fails(&["lock.hash", "lock.reconstruction", "keys.public-shares"])
        }
        ("/distributed_validators/*/partial_deposit_data", _) => {
            fails(&["lock.hash", "deposits.amounts", "attests.deposits"])
        }
        ("/node_signatures", _) => fails(&["lock.node-signatures", "seals.node-signatures"]),
        // Two operators can deal as well: but these did not agree to that.
        ("/pvss_transcript/ceremony/parameters/dealers", Shorter) => fails(&["transcript.ceremony-id"]),
        ("/pvss_transcript/ceremony/parameters/dealers", Repeated | Exchanged) => {
            fails(&["transcript.terms"])
        }
        // How many chunks there are, the setups say, and they are looked at later.
        ("/pvss_transcript/deals/*/dealing/chunks", Repeated) => fails(&["deals.signatures"]),
        _ if place.starts_with("/pvss_transcript/attests/*/") => fails(&["attests.signatures"]),
        _ if place.starts_with("/pvss_transcript/seals/*/") => fails(&["seals.signatures"]),
        _ if place.starts_with("/pvss_transcript/") => fails(&["transcript.messages"]),
        _ => panic!("no rule for {place} of {base:?}"),
    }
}
