//! What follows from the checks and what does not, in fixed words. [`VERSION`] counts changes of the words.

use serde::Serialize;

use super::catalogue::CheckId::{self, *};
use super::check::{Check, Outcome};

/// Version of the words.
pub const VERSION: u32 = 1;

/// What a report says in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statements {
    /// [`VERSION`].
    pub version: u32,
    /// What is proved, as far as the checks behind it passed.
    pub proved: Vec<Proved>,
    /// What the operators only say, under their signatures.
    pub asserted: Vec<Words>,
    /// What no transcript can show.
    pub cannot_be_shown: Vec<Words>,
}

/// A statement that rests on checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// A stable name.
    pub id: &'static str,
    /// The statement.
    pub text: &'static str,
    /// The checks that it rests on.
    pub rests_on: Vec<&'static str>,
    /// Whether all of them passed.
    pub holds: bool,
}

/// A statement in fixed words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// A stable name.
    pub id: &'static str,
    /// The statement.
    pub text: &'static str,
}

struct Claim {
    id: &'static str,
    text: &'static str,
    rests_on: &'static [CheckId],
}

const CLAIMS: &[Claim] = &[
    Claim {
        id: "sum-of-dealings",
        text: "Every validator key is the sum of dealings by all named dealers. If one of them dealt at random and told nobody, fewer than t operators together cannot compute it, as far as the assumptions in docs/proofs.md hold.",
        rests_on: &[
            DealSignatures,
            DealEncoding,
            DealProofs,
            DealLinks,
            KeyThreshold,
            KeyIdentity,
            KeyDistinct,
            KeyLock,
        ],
    },
    Claim {
        id: "shares-decrypt",
        text: "Every operator can decrypt a correct share of every key from the transcript.",
        rests_on: &[
            JoinEncryptionKeys,
            JoinPossession,
            JoinUnrelatedKeys,
            DealEncoding,
            DealProofs,
            DealLinks,
            KeyPublicShares,
        ],
    },
    Claim {
        id: "threshold",
        text: "Any t operators can sign for every validator, and fewer cannot.",
        rests_on: &[DealLinks, KeyThreshold, KeyPublicShares, LockReconstruction],
    },
    Claim {
        id: "order",
        text: "Each honest dealer opened its dealing only after every dealer had committed to its own.",
        rests_on: &[CommitSignatures, DealSignatures, DealOpenings],
    },
    Claim {
        id: "shares-signed",
        text: "Every operator's share of every key signed the deposits and the attestation of this ceremony.",
        rests_on: &[AttestRoot, AttestPartials, AttestAttestation, AttestDeposits],
    },
    Claim {
        id: "bound-to-definition",
        text: "The keys belong to this cluster definition and to no other.",
        rests_on: &[DefinitionHash, TranscriptCeremonyId, JoinSignatures, AttestAttestation, KeyLock],
    },
    Claim {
        id: "sealed-by-all",
        text: "Every operator signed this lock and this transcript with its identity key.",
        rests_on: &[LockHash, SealSignatures, SealTranscriptRoot, SealLockHash, SealNodeSignatures],
    },
    Claim {
        id: "deposits",
        text: "The deposits are signed by the validator keys, for the withdrawal addresses and amounts of the definition.",
        rests_on: &[DepositPublicKeys, DepositCredentials, DepositAmounts, DepositSignatures],
    },
];

const ASSERTED: &[Words] = &[
    Words {
        id: "shares-held",
        text: "Each operator says, by its Attest, that its shares are right, and that what they follow from was on disk before it signed.",
    },
    Words {
        id: "definition-signed",
        text: "Accounts that signed the definition say that the node records in it are theirs.",
    },
    Words { id: "software", text: "Each operator says which software it ran." },
];

const CANNOT_BE_SHOWN: &[Words] = &[
    Words { id: "distinct-people", text: "That the operators are different people who do not act together." },
    Words {
        id: "erased",
        text: "That operators erased what they had to: seeds, decryption keys, dealt polynomials.",
    },
    Words { id: "protected", text: "That operators keep their shares and keys safe." },
    Words {
        id: "fair-attempts",
        text: "That no earlier attempt was abandoned because somebody disliked its keys.",
    },
    Words { id: "newest", text: "That this lock is the newest of its cluster." },
    Words {
        id: "assumptions",
        text: "That discrete logarithms on Jubjub and BLS12-381 stay hard: who can compute them later reads the keys from the public transcript.",
    },
];

impl Statements {
    /// The statements that go with these checks. A check that does not apply carries nothing.
    pub(super) fn new(checks: &[Check]) -> Self {
        let passed = |id: &CheckId| {
            checks.iter().any(|check| check.id == id.name() && check.outcome == Outcome::Passed)
        };
        let proved = CLAIMS.iter().map(|claim| Proved {
            id: claim.id,
            text: claim.text,
            rests_on: claim.rests_on.iter().map(|check| check.name()).collect(),
            holds: claim.rests_on.iter().all(passed),
        });
        Self {
            version: VERSION,
            proved: proved.collect(),
            asserted: ASSERTED.to_vec(),
            cannot_be_shown: CANNOT_BE_SHOWN.to_vec(),
        }
    }
}
