//! What follows from the checks and what does not, in fixed words. [`VERSION`] counts changes of the words.

use serde::Serialize;

use super::catalogue::CheckId::{self, *};
use super::check::{Check, Outcome};

/// Version of the words.
pub const VERSION: u32 = 4;

/// What a report says in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Statements {
    /// Version of the words.
    #[cfg_attr(feature = "schema", schemars(extend("const" = VERSION)))]
    pub version: u32,
    /// What is proved, as far as the checks behind it passed.
    pub proved: Vec<Proved>,
    /// What the operators only say, under their signatures.
    pub asserted: Vec<Words>,
    /// What no such file can show.
    pub cannot_be_shown: Vec<Words>,
}

/// A statement that rests on checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Proved {
    /// A stable name.
    pub id: &'static str,
    /// The statement.
    pub text: &'static str,
    /// The checks that it rests on.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<super::schema::CheckName>"))]
    pub rests_on: Vec<&'static str>,
    /// Whether all of them passed.
    pub holds: bool,
}

/// A statement in fixed words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
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
    /// Whether it rests on the proofs of the dealings, and with them on the setups of a proof system that has some.
    on_proofs: bool,
}

/// What proofs under a setup rest on beside their own checks.
const SETUP: &[CheckId] = &[SetupForm, SetupDigest, SetupPowers, SetupKey, SetupSignatures, SetupAnchored];

/// What is claimed of a ceremony whose proof system has a setup.
const OF_SETUP: Claim = Claim {
    id: "setup",
    text: "The proofs are verified with the keys that all operators agreed on. Proofs of false dealings can be made only if everybody who contributed to a phase of the setup acted together, as far as the assumptions in docs/proofs.md hold, the algebraic group model among them: one of those who signed in each phase, and forgot its secret, is enough.",
    rests_on: &[],
    on_proofs: true,
};

/// What shows how the keys were made.
const MAKING: &[CheckId] =
    &[DealSignatures, DealEncoding, DealProofs, DealLinks, KeyThreshold, KeyIdentity, KeyDistinct, KeyLock];

/// What is claimed of keys that are plain sums.
const OF_SUMS: Claim = Claim {
    id: "sum-of-dealings",
    text: "Every validator key is the sum of dealings by all named dealers. If one of them dealt at random and told nobody, fewer than t operators together cannot compute it, as far as the assumptions in docs/proofs.md hold.",
    rests_on: MAKING,
    on_proofs: true,
};

/// What is claimed of keys of which several are made of each dealt polynomial.
const OF_BATCHES: Claim = Claim {
    id: "batches-of-dealings",
    text: "Every validator key is the sum of dealings by all named dealers, weighted by powers of their indices, and the keys of a batch are made of the same polynomials. If one dealer dealt at random and told nobody, fewer than t operators together cannot compute any of these keys; if all but fewer than t dealers did, they cannot even if they are given all other keys, as far as the assumptions in docs/proofs.md hold.",
    rests_on: MAKING,
    on_proofs: true,
};

const CLAIMS: &[Claim] = &[
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
        on_proofs: true,
    },
    Claim {
        id: "threshold",
        text: "Any t operators can sign for every validator, and fewer cannot.",
        rests_on: &[DealLinks, KeyThreshold, KeyPublicShares, LockReconstruction],
        on_proofs: true,
    },
    Claim {
        id: "order",
        text: "Each honest dealer opened its dealing only after every dealer had committed to its own.",
        rests_on: &[CommitSignatures, DealSignatures, DealOpenings],
        on_proofs: false,
    },
    Claim {
        id: "shares-signed",
        text: "Every operator's share of every key signed the deposits and the attestation of this ceremony.",
        rests_on: &[AttestRoot, AttestPartials, AttestAttestation, AttestDeposits],
        on_proofs: true,
    },
    Claim {
        id: "bound-to-definition",
        text: "The keys belong to this cluster definition and to no other.",
        rests_on: &[DefinitionHash, TranscriptCeremonyId, JoinSignatures, AttestAttestation, KeyLock],
        on_proofs: true,
    },
    Claim {
        id: "sealed-by-all",
        text: "Every operator signed this lock and this transcript with its identity key.",
        rests_on: &[LockHash, SealSignatures, SealTranscriptRoot, SealLockHash, SealNodeSignatures],
        on_proofs: false,
    },
    Claim {
        id: "deposits",
        text: "The deposits are signed by the validator keys, for the withdrawal addresses and amounts of the definition.",
        rests_on: &[DepositPublicKeys, DepositCredentials, DepositAmounts, DepositSignatures],
        on_proofs: false,
    },
];

/// What is claimed of files that may be given beside a lock, if they are.
const OF_FILES: &[Claim] = &[
    Claim {
        id: "deposit-data-of-lock",
        text: "The deposits in the deposit-data files are those of this lock's validators, for each amount that occurs in the files.",
        rests_on: &[DepositDataLock],
        on_proofs: false,
    },
    Claim {
        id: "deposit-data",
        text: "The deposits in the deposit-data files are signed by the keys that they are for, on the network that the files name, and can be withdrawn to the addresses in the files.",
        rests_on: &[
            DepositDataForm,
            DepositDataNetwork,
            DepositDataRoots,
            DepositDataContent,
            DepositDataSignatures,
        ],
        on_proofs: false,
    },
    Claim {
        id: "keystores",
        text: "Whoever has the keystores and their passwords can sign with one operator's share of every key.",
        rests_on: &[KeystoresForm, KeystoresKeys, KeystoresSecrets],
        on_proofs: false,
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

const ASSERTED_WITH_SETUP: &[Words] = &[
    Words {
        id: "string-rechecked",
        text: "Each operator says, by its Join under terms that name the setups, that its software verified the whole reference string, also what is not in the lock.",
    },
    Words {
        id: "contributed",
        text: "Whoever signed a contribution to a setup says that it verified what it found, and that its secret was random and is forgotten.",
    },
];

const FIRST_DEPOSIT: Words = Words {
    id: "first-deposit",
    text: "That nothing was deposited to these keys before: the first deposit on the chain decides where the stake is withdrawn to.",
};

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
    FIRST_DEPOSIT,
    Words {
        id: "assumptions",
        text: "That discrete logarithms on Jubjub and BLS12-381 stay hard: who can compute them later reads the keys from the public transcript.",
    },
];

const CANNOT_BE_SHOWN_BY_DEPOSITS: &[Words] = &[
    Words {
        id: "holders",
        text: "Who holds the keys, and how they were made: of that a deposit-data file says nothing. A lock with its transcript does.",
    },
    FIRST_DEPOSIT,
];

const CANNOT_BE_SHOWN_WITH_SETUP: &[Words] = &[Words {
    id: "setup-collusion",
    text: "That not everybody who contributed to a phase of a setup kept the secret and acted together: they could prove dealings that nobody can open.",
}];

impl Statements {
    /// The statements that go with these checks, of a ceremony whose proof system has a setup or has none, and whose keys are
    /// extracted in batches or not. A check that does not apply carries nothing.
    pub(super) fn new(checks: &[Check], with_setup: bool, batched: bool) -> Self {
        let of_keys = if batched { &OF_BATCHES } else { &OF_SUMS };
        let of_setup = with_setup.then_some(&OF_SETUP);
        let and = |words: &[Words], more: &[Words]| {
            words.iter().chain(more.iter().filter(|_| with_setup)).copied().collect()
        };
        Self {
            version: VERSION,
            proved: std::iter::once(of_keys)
                .chain(CLAIMS)
                .chain(of_setup)
                .chain(of_files(checks))
                .map(|claim| claim.judge(checks, with_setup))
                .collect(),
            asserted: and(ASSERTED, ASSERTED_WITH_SETUP),
            cannot_be_shown: and(CANNOT_BE_SHOWN, CANNOT_BE_SHOWN_WITH_SETUP),
        }
    }

    /// The statements that go with a deposit-data file alone.
    pub(super) fn of_deposits(checks: &[Check]) -> Self {
        Self {
            version: VERSION,
            proved: of_files(checks).map(|claim| claim.judge(checks, false)).collect(),
            asserted: Vec::new(),
            cannot_be_shown: CANNOT_BE_SHOWN_BY_DEPOSITS.to_vec(),
        }
    }
}

impl Claim {
    fn judge(&self, checks: &[Check], with_setup: bool) -> Proved {
        let setup = if with_setup && self.on_proofs { SETUP } else { &[] };
        let rests_on = || self.rests_on.iter().chain(setup);
        Proved {
            id: self.id,
            text: self.text,
            rests_on: rests_on().map(|check| check.name()).collect(),
            holds: rests_on().all(|id| became(checks, *id) == Some(Outcome::Passed)),
        }
    }
}

/// The claims of [`OF_FILES`] whose files were given.
fn of_files(checks: &[Check]) -> impl Iterator<Item = &'static Claim> {
    let given = |id: &CheckId| became(checks, *id) != Some(Outcome::NotApplicable);
    OF_FILES.iter().filter(move |claim| claim.rests_on.iter().all(given))
}

fn became(checks: &[Check], id: CheckId) -> Option<Outcome> {
    checks.iter().find(|check| check.id == id.name()).map(|check| check.outcome)
}
