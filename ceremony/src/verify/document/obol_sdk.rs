//! What the checks have to do with those of Obol's SDK.

use super::super::catalogue::CheckId::{self, *};

const HEAD: &str = "
# And those of Obol's SDK

`validateClusterLock` of `@obolnetwork/obol-sdk` is what programs of Obol's ecosystem ask about a lock. Its answer is `true` or
`false`; `false` also stands for a version that it does not know, and for an execution client that does not answer.

This compares our checks with the source of the SDK in its public repository, in `src/verification/`, at commits around release
2.11.10 (`885e05b` before it, `058204b` after it); where they differ, the table says so. The source was read, not run: the package is
not in the registry with which this project is built. What is run instead is `tests/independent/lib/lock-checks.js`, which makes
these checks on locks of v1.10 with libraries that the SDK stands on too; and the SDK itself, by `tests/independent/sdk/run`,
wherever a registry has it.

| the SDK checks | ours | where they differ |
|---|---|---|
";

const TAIL: &str = "
By this reading both agree on every lock that nobody tampered with, but for what is named above. The SDK knows nothing of transcripts: it
passes over `pvss_transcript`, and the checks of transcript, setups and messages are ours alone; so are those of expectations, of
deposit-data files and of keystores. A lock that it finds `true` and that has no transcript is INDETERMINATE here.
";

struct Row {
    theirs: &'static str,
    ours: &'static [CheckId],
    difference: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        theirs: "the version is 1.6, 1.7, 1.8 or 1.10, later 1.11 too",
        ours: &[DefinitionVersion],
        difference: "1.9 is judged here as well. Any other is undecided, not false.",
    },
    Row {
        theirs: "nothing: it is given what a JSON parser made of the file",
        ours: &[JsonStrict, LockForm],
        difference: "Files with two readings are refused here, and what has not the form of its version.",
    },
    Row {
        theirs: "creator and operators signed the stated config hash, and operators their records; for contract accounts it asks an execution client",
        ours: &[DefinitionOperatorSignatures, DefinitionCreatorSignature],
        difference: "Contract accounts are undecided here: no file can show what a contract says. Unsigned definitions pass there; here the checks do not apply, and a note says so.",
    },
    Row {
        theirs: "the definition hash",
        ours: &[DefinitionHash, DefinitionConfigHash],
        difference: "The config hash, which the accounts signed, is taken there as it is stated; here it is computed.",
    },
    Row { theirs: "the lock hash", ours: &[LockHash], difference: "None." },
    Row {
        theirs: "after 2.11.10: as many public shares as operators, no two equal, no two validators with one key, and shares that give the key",
        ours: &[LockShareCounts, LockDistinctKeys, LockReconstruction],
        difference: "Before, it checked none of it, as Charon before May 2026. Keys and shares are compared there as text.",
    },
    Row {
        theirs: "nothing",
        ours: &[LockValidatorCount, LockPublicKeys, DefinitionEnrs, DefinitionIdentities],
        difference: "There, points and records are decoded where they are used.",
    },
    Row {
        theirs: "`signature_aggregate`, with all public shares, on the lock hash",
        ours: &[LockAggregateSignature],
        difference: "None.",
    },
    Row {
        theirs: "each node signature that is in the list, with the operator's record",
        ours: &[LockNodeSignatures],
        difference: "At `885e05b`, a list with fewer signatures than operators passes; here it fails. Here the recovery byte counts too, and S must be low.",
    },
    Row {
        theirs: "each deposit's public key and withdrawal credentials, as text",
        ours: &[DepositPublicKeys, DepositCredentials],
        difference: "Bytes are compared here: hex in capitals fails there and passes here.",
    },
    Row {
        theirs: "from lock version 1.8, a deposit for each amount that the definition names",
        ours: &[DepositAmounts],
        difference: "Other deposits beside them pass there (at `885e05b` they fail) and fail here. If the definition names no amounts, the default ones are demanded here.",
    },
    Row {
        theirs: "the sum of all signatures on deposits and registrations",
        ours: &[DepositSignatures, RegistrationSignatures],
        difference: "Each signature is verified here. In a sum errors can cancel: two signatures that were exchanged pass at `885e05b` and fail here.",
    },
    Row {
        theirs: "each registration's public key, as text, and its fee recipient",
        ours: &[RegistrationContent, RegistrationTimestamps],
        difference: "The gas limit is compared with the definition's here, and the timestamp with the network's genesis.",
    },
];

/// The section.
pub(super) fn section() -> String {
    let row = |Row { theirs, ours, difference }: &Row| {
        let ours: Vec<String> = ours.iter().map(|check| format!("`{check}`")).collect();
        format!("| {theirs} | {} | {difference} |\n", ours.join(", "))
    };
    let rows: String = ROWS.iter().map(row).collect();
    format!("{HEAD}{rows}{TAIL}")
}
