//! What a file is, by its members, before anything in it is judged.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a file is taken for. Nothing in it is verified by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A cluster lock, or nothing that is known.
    Lock,
    /// The transcript of a ceremony, without the lock that it belongs to.
    Transcript,
    /// Deposits, as launchpads take them.
    DepositData,
    /// A proof that an operator broke the protocol.
    Fault,
    /// A cluster definition.
    Definition,
}

#[derive(Default, Deserialize)]
struct Members {
    cluster_definition: Option<IgnoredAny>,
    distributed_validators: Option<IgnoredAny>,
    fault_version: Option<IgnoredAny>,
    operators: Option<IgnoredAny>,
    protocol: Option<IgnoredAny>,
    deals: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Deposit {
    withdrawal_credentials: Option<IgnoredAny>,
    deposit_data_root: Option<IgnoredAny>,
}

impl FileKind {
    /// The kind of a file. What has validators is judged as a lock, whatever else is in it, and so is what is nothing that is
    /// known here. A cluster definition stands in locks and in fault files too.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if let Ok(deposits) = serde_json::from_slice::<Vec<Deposit>>(bytes) {
            let is_deposit = |deposit: &Deposit| {
                deposit.withdrawal_credentials.is_some() || deposit.deposit_data_root.is_some()
            };
            return if deposits.iter().any(is_deposit) { Self::DepositData } else { Self::Lock };
        }
        match serde_json::from_slice(bytes).unwrap_or_default() {
            Members { distributed_validators: Some(_), .. } => Self::Lock,
            Members { fault_version: Some(_), .. } => Self::Fault,
            Members { operators: Some(_), cluster_definition: None, .. } => Self::Definition,
            Members { protocol: Some(_), deals: Some(_), cluster_definition: None, .. } => Self::Transcript,
            _ => Self::Lock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileKind;

    #[test]
    fn files_are_told_by_their_members() {
        for (text, kind) in [
            (r#"{"cluster_definition": {}, "distributed_validators": []}"#, FileKind::Lock),
            (
                r#"{"distributed_validators": [], "fault_version": 1, "deals": [], "protocol": ""}"#,
                FileKind::Lock,
            ),
            (r#"{"cluster_definition": {}, "fault_version": 1, "protocol": ""}"#, FileKind::Fault),
            (r#"{"operators": []}"#, FileKind::Definition),
            (r#"{"protocol": "coram/v1", "version": 1, "deals": []}"#, FileKind::Transcript),
            (r#"[{"pubkey": "", "withdrawal_credentials": ""}]"#, FileKind::DepositData),
            (r#"[{"deposit_data_root": ""}, {}]"#, FileKind::DepositData),
            // Nothing that is known: judged, and refused, as a lock.
            ("", FileKind::Lock),
            ("null", FileKind::Lock),
            ("[]", FileKind::Lock),
            ("[1]", FileKind::Lock),
            ("[{}]", FileKind::Lock),
            ("{}", FileKind::Lock),
            (r#"{"operators": [], "operators": []}"#, FileKind::Lock),
            (r#"{"operators": []} {}"#, FileKind::Lock),
        ] {
            assert_eq!(FileKind::of(text.as_bytes()), kind, "{text}");
        }
        assert_eq!(FileKind::of("[".repeat(1 << 20).as_bytes()), FileKind::Lock);
    }
}
