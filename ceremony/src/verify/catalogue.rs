//! The catalogue of checks: the one source of their names, their order, their meaning, and of `docs/checks.md`.
//!
//! A check that needs others is decided only when they passed. The names are stable: programs and people refer to them.

/// What is known about a check before it is made.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its stable name, such as `lock.hash`.
    pub id: &'static str,
    /// A short sentence: what holds when it passes.
    pub title: &'static str,
    /// What it establishes for whoever relies on the lock.
    pub establishes: &'static str,
    /// What a liar could do if it were not made.
    pub stops: &'static str,
    /// What is compared with what.
    pub compares: &'static str,
    /// The checks without which it cannot be made.
    pub needs: &'static [CheckId],
}

macro_rules! catalogue {
    ($($check:ident $id:literal [$($need:ident)*] {
        title: $title:literal,
        establishes: $establishes:literal,
        stops: $stops:literal,
        compares: $compares:literal $(,)?
    })*) => {
        /// Names one check of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CheckId {
            $(#[doc = $title] $check,)*
        }

        impl CheckId {
            /// All checks, in the order in which reports list them.
            pub const ALL: &'static [Self] = &[$(Self::$check),*];

            /// Its entry in the catalogue.
            #[must_use]
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$check => Entry {
                        id: $id,
                        title: $title,
                        establishes: $establishes,
                        stops: $stops,
                        compares: $compares,
                        needs: &[$(Self::$need),*],
                    },)*
                }
            }
        }
    };
}

catalogue! {
    JsonStrict "json.strict" [] {
        title: "The file is JSON that has one reading",
        establishes: "Every program that reads the file finds the same members in it.",
        stops: "One file that is one cluster to this verifier and another to Charon, whose parser ignores case and takes the last of two equal members.",
        compares: "Size, depth and number of values with fixed bounds; every member name with its siblings and with the known names, without regard to case.",
    }
    DefinitionVersion "definition.version" [JsonStrict] {
        title: "The version of the definition is known here",
        establishes: "Hashes and signatures are computed by the rules of the file's own version.",
        stops: "A file whose rules this verifier does not know, passed by rules that it does know.",
        compares: "`version` with v1.6.0 to v1.11.0.",
    }
    LockForm "lock.form" [DefinitionVersion] {
        title: "The lock has the members of its version, of the right types and lengths",
        establishes: "Everything that the other checks read is there and within its limits.",
        stops: "Missing, mistyped or oversized members that programs would fill in differently.",
        compares: "Each member with the type and length that its version prescribes.",
    }
    DefinitionConfigHash "definition.config-hash" [LockForm] {
        title: "The config hash is that of the definition",
        establishes: "What the operators signed is the configuration in the file.",
        stops: "A changed withdrawal address, threshold or network under the old signatures.",
        compares: "The stated config hash with the one that is computed from the definition.",
    }
    DefinitionHash "definition.hash" [LockForm] {
        title: "The definition hash is that of the definition",
        establishes: "The definition that the ceremony was bound to is the one in the file.",
        stops: "A changed operator, record or signature behind the old hash.",
        compares: "The stated definition hash with the one that is computed.",
    }
    DefinitionOperatorSignatures "definition.operator-signatures" [DefinitionConfigHash] {
        title: "The operators' accounts signed the configuration and their node records",
        establishes: "The holders of the named Ethereum accounts agreed to this cluster with these nodes.",
        stops: "A cluster in the name of operators who never heard of it.",
        compares: "Each EIP-712 signature with the operator's address. A contract wallet's signature can only be judged with an execution client. An unsigned definition has none.",
    }
    DefinitionCreatorSignature "definition.creator-signature" [DefinitionConfigHash] {
        title: "The creator's account signed the configuration",
        establishes: "The holder of the named account proposed this cluster.",
        stops: "A proposal in another's name.",
        compares: "The creator's EIP-712 signature with its address.",
    }
    DefinitionEnrs "definition.enrs" [LockForm] {
        title: "Every operator's node record is signed by its own key",
        establishes: "Each operator has an identity key, under which everything in the transcript is signed.",
        stops: "A record that was altered, or put together for a key that nobody has.",
        compares: "The signature inside each record with the key inside it.",
    }
    DefinitionIdentities "definition.identities" [DefinitionEnrs] {
        title: "No two operators have the same identity key",
        establishes: "The operators are at least different keys.",
        stops: "One party that is listed twice and holds two shares under one key.",
        compares: "The identity keys of all operators with each other.",
    }
    LockValidatorCount "lock.validator-count" [LockForm] {
        title: "There are as many validators as the definition says",
        establishes: "No validator was left out or added.",
        stops: "A lock for more or fewer keys than were agreed on.",
        compares: "The length of `distributed_validators` with `num_validators`.",
    }
    LockShareCounts "lock.share-counts" [LockForm] {
        title: "Every validator has one public share for each operator",
        establishes: "Every operator has its part of every key.",
        stops: "An operator without a share, or a share for somebody who is not an operator.",
        compares: "The length of each `public_shares` with the number of operators.",
    }
    LockHash "lock.hash" [LockForm] {
        title: "The lock hash is that of the lock",
        establishes: "What the operators sealed is the content of the file.",
        stops: "Changed keys, shares, deposits or registrations behind the old hash.",
        compares: "The stated lock hash with the one that is computed.",
    }
    LockPublicKeys "lock.public-keys" [LockForm] {
        title: "All keys and public shares are points of prime order in G1",
        establishes: "Signatures under these keys mean what they should.",
        stops: "Points outside the subgroup, and the identity, which pass sums that their multiples fail.",
        compares: "Each compressed point with its curve equation, its subgroup and the identity.",
    }
    LockDistinctKeys "lock.distinct-keys" [LockPublicKeys] {
        title: "No two validators have one key, no two operators one share",
        establishes: "Each validator and each share counts once.",
        stops: "Two deposits for one key; two operators who are one signer.",
        compares: "All validator keys with each other, and each validator's public shares with each other.",
    }
    LockReconstruction "lock.reconstruction" [LockPublicKeys LockShareCounts] {
        title: "Any t public shares give the validator's key",
        establishes: "Every operator's share takes part in signing, with the definition's threshold.",
        stops: "A share that belongs to no key, so that fewer operators may fail than everybody believes; keys that fewer operators can sign with.",
        compares: "Interpolation at 0 of shares 1 to t, and of shares 1 to t-1 with each later one, with the validator's key, which shares 1 to t-1 alone must not give.",
    }
    LockAggregateSignature "lock.aggregate-signature" [LockPublicKeys LockHash] {
        title: "`signature_aggregate` is the sum of all shares' signatures on the lock hash",
        establishes: "The shares exist and signed this lock. Any t operators can compute it: it does not show that all took part.",
        stops: "A lock with keys to which nobody has the shares.",
        compares: "The signature with all public shares of all validators and the computed lock hash.",
    }
    LockNodeSignatures "lock.node-signatures" [DefinitionEnrs LockHash] {
        title: "Every operator's identity key signed the lock hash",
        establishes: "Every operator accepted this very lock.",
        stops: "A lock that some operators never saw.",
        compares: "Each node signature with the operator's identity key and the computed lock hash. Locks before v1.7 have none.",
    }
    RegistrationSignatures "registrations.signatures" [LockPublicKeys LockValidatorCount] {
        title: "Every builder registration is signed by its validator's key",
        establishes: "The registrations are usable with block builders.",
        stops: "Registrations that relays refuse, or that pay somebody else.",
        compares: "Each signature with the validator's key, over the definition's fee recipient. Locks before v1.7 have none.",
    }
    RegistrationContent "registrations.content" [LockForm LockValidatorCount] {
        title: "Every builder registration says what the definition prescribes",
        establishes: "Fees go where the definition says.",
        stops: "A registration for another key, fee recipient or gas limit than was agreed on.",
        compares: "Public key, fee recipient and gas limit of each registration with the definition.",
    }
    RegistrationTimestamps "registrations.timestamps" [LockForm LockValidatorCount] {
        title: "Every builder registration is dated to the network's genesis",
        establishes: "Any later registration of the operators replaces it.",
        stops: "A registration from the future, which no other could replace.",
        compares: "Each timestamp with the network's genesis time; for a network that is not in the table with the one that was given.",
    }
    DepositPublicKeys "deposits.public-keys" [LockForm] {
        title: "Every deposit is for its validator's key",
        establishes: "The stake goes to the cluster's keys.",
        stops: "A deposit that funds somebody else's validator.",
        compares: "The public key of each deposit with the validator's.",
    }
    DepositCredentials "deposits.credentials" [LockForm LockValidatorCount] {
        title: "Every deposit can be withdrawn to the definition's address",
        establishes: "The stake comes back to the agreed address.",
        stops: "Withdrawal credentials of a thief.",
        compares: "The credentials of each deposit with those that follow from the definition.",
    }
    DepositAmounts "deposits.amounts" [LockForm LockValidatorCount] {
        title: "Every validator has a deposit for each amount of the definition",
        establishes: "The validators can be activated as agreed.",
        stops: "Deposits that are missing, or of other amounts.",
        compares: "The amounts of each validator's deposits with those that the definition prescribes, ascending.",
    }
    DepositSignatures "deposits.signatures" [LockPublicKeys LockValidatorCount] {
        title: "Every deposit is signed by its validator's key",
        establishes: "The deposit contract's chain will accept the deposits.",
        stops: "A deposit with a wrong signature, whose stake is lost.",
        compares: "Each signature with the validator's key, over the prescribed credentials and the stated amount.",
    }
    TranscriptPresent "transcript.present" [LockForm] {
        title: "There is a transcript of the ceremony",
        establishes: "There is something that can show how the keys were made.",
        stops: "A dealer who made all keys alone and kept them. Without a transcript that cannot be told apart.",
        compares: "The member `pvss_transcript`, or the file beside the lock; if both are given they must be equal.",
    }
    TranscriptVersion "transcript.version" [TranscriptPresent] {
        title: "The version of the transcript is known here",
        establishes: "The transcript is read by the rules under which it was written.",
        stops: "A transcript under unknown rules, passed by known ones.",
        compares: "`version` and `protocol` with those of this verifier.",
    }
    TranscriptForm "transcript.form" [TranscriptVersion] {
        title: "The transcript has its members and no others",
        establishes: "One transcript has one text.",
        stops: "Members in which different programs find different things.",
        compares: "Each member with its type and length; bytes with lowercase hex.",
    }
    TranscriptTerms "transcript.terms" [TranscriptForm DefinitionEnrs DefinitionIdentities] {
        title: "The terms of the ceremony are known and fit the definition",
        establishes: "It is known what was proved, by which proof system, who had to deal, and how keys are made of what was dealt.",
        stops: "Fewer dealers than the threshold, a proof system that proves nothing, batches where they save nothing, a genesis time of another network.",
        compares: "Protocol version, kind, proof system, key policy, dealers, genesis time and rule of extraction with what this verifier knows and the definition allows.",
    }
    TranscriptCeremonyId "transcript.ceremony-id" [TranscriptTerms] {
        title: "The ceremony was held for this definition under these terms",
        establishes: "The transcript belongs to this cluster: definition hash and terms go into every signature and proof through the ceremony id.",
        stops: "A transcript that was moved here from another cluster, or whose terms were changed afterwards.",
        compares: "The stated ceremony id with the hash of the definition hash and the terms.",
    }
    TranscriptMessages "transcript.messages" [TranscriptCeremonyId] {
        title: "Every message that is due is there once, and no other",
        establishes: "Nobody was left out, and nobody speaks twice.",
        stops: "Missing, repeated, surplus or re-ordered messages.",
        compares: "The authors of each list with those from whom a message is due; the parts of each dealing with the shape of the ceremony.",
    }
    SetupForm "setup.form" [TranscriptMessages] {
        title: "There is a setup for every size of chunk, of points of prime order",
        establishes: "The setups are for as many operators as the cluster has, and their chunks hold all validators without rest. A proof system that needs no setup has none.",
        stops: "Setups of other shapes; points outside their groups, and the identity, with which an equation holds whatever was proved.",
        compares: "The shapes with the cluster, and the lengths of all lists with their bounds; each point with its curve equation, its subgroup and the identity.",
    }
    SetupDigest "setup.digest" [SetupForm] {
        title: "The setups are those that the terms name",
        establishes: "All operators agreed on these verifying keys, and on these contributions, before anything was dealt.",
        stops: "Another verifying key in the place of the agreed one: whoever made it knows how to prove false dealings.",
        compares: "The hash of the setups' digests with the parameter `setup`.",
    }
    SetupPowers "setup.powers" [SetupForm] {
        title: "Phase 1 of every setup is a chain of contributions",
        establishes: "Nobody knows tau, alpha or beta unless all contributors to phase 1 act together.",
        stops: "A contribution that is none, that repeats another's, whose author does not know its secret, or that throws away what was there before it.",
        compares: "In each step, by pairings, the contributor's own point with its proof of knowledge, and what is there after it with what was there before; the own points with each other and with the generator.",
    }
    SetupKey "setup.key" [SetupPowers] {
        title: "Phase 2 of every setup is a chain too, and the verifying key stands at the end of both",
        establishes: "Nobody knows delta unless all contributors to phase 2 act together; and all of them say that the rest of the verifying key, its points for the inputs, is that of the circuit.",
        stops: "A skipped phase 2, after which the makers of phase 1 can prove anything; a verifying key that did not come out of the chains, or a phase 2 that was made for another circuit.",
        compares: "Each step as in phase 1; where phase 2 starts with the circuit that is built here, the end of phase 1, and the points for the inputs; alpha, beta and delta of the verifying key with the ends of the chains; delta with gamma.",
    }
    SetupSignatures "setup.signatures" [SetupKey] {
        title: "Every contribution with an identity key is signed by it",
        establishes: "It is known who contributed, of those who say who they are.",
        stops: "Contributions in another's name; a signature of which somebody else made a second one.",
        compares: "Each signature, with a low S, with the identity key, over the contribution, its place and its shape.",
    }
    SetupAnchored "setup.anchored" [SetupDigest SetupSignatures] {
        title: "All operators, or somebody whom you know, contributed to both phases of every setup",
        establishes: "No false dealing can be proved unless all of them act together: one who forgot its secret is enough.",
        stops: "A setup by invented contributors: twenty of them cost a liar nothing, and who made a whole phase alone can prove anything. Both phases count: with tau, alpha and beta known, proofs can be forged although delta is not, and with delta known although the others are not.",
        compares: "The identity keys that signed in phase 1, and those that signed in phase 2, with those of all operators, or with an expected one; or the setups' digests with the expected ones. If none of that holds, the check is undecided: no file can show that a stranger exists.",
    }
    SetupString "setup.string" [SetupDigest SetupKey] {
        title: "The whole reference string of every setup was rechecked here",
        establishes: "That the verifying keys' points for the inputs are those of the circuit was computed, and need not be believed of an honest contributor; the provers' keys belong to them.",
        stops: "A string with which something is wrong although its chains are right: no contributor to phase 2 verified what it found.",
        compares: "The digest of each setup with those whose string this program rechecked. Without such a string the check does not apply.",
    }
    JoinSignatures "joins.signatures" [TranscriptMessages] {
        title: "Every operator signed its Join",
        establishes: "Every operator took part, agreed to the terms, and chose its encryption key itself.",
        stops: "Encryption keys that somebody else chose for an operator; operators who agreed to other terms.",
        compares: "Each signature with the operator's identity key.",
    }
    JoinEncryptionKeys "joins.encryption-keys" [JoinSignatures] {
        title: "Every encryption key is a point of prime order on Jubjub",
        establishes: "Shares for this operator are hidden from everybody else.",
        stops: "Keys of small order, for which anybody can compute the pads.",
        compares: "Each key with the curve equation, the subgroup and the identity.",
    }
    JoinPossession "joins.possession" [JoinEncryptionKeys] {
        title: "Every operator knows its decryption key",
        establishes: "Every operator can open what is dealt to it.",
        stops: "Keys that were copied, or computed from those of others.",
        compares: "Each proof with the key, the ceremony, the operator's index and its identity key.",
    }
    JoinUnrelatedKeys "joins.unrelated-keys" [JoinPossession] {
        title: "No two encryption keys are equal or each other's negative",
        establishes: "Every operator gets shares that no other can read.",
        stops: "Two operators with one decryption key.",
        compares: "The encryption keys with each other.",
    }
    CommitSignatures "commits.signatures" [JoinSignatures] {
        title: "Every dealer committed to its dealing after it saw all Joins",
        establishes: "The dealings were fixed before any of them was open. A ceremony without Commits shows no such thing.",
        stops: "A dealer who chooses its dealing after it saw those of the others.",
        compares: "Each signature with the dealer's identity key, over the hash of the dealing and the list of all Joins.",
    }
    DealSignatures "deals.signatures" [CommitSignatures] {
        title: "Every dealer signed its dealing and one and the same set of Commits",
        establishes: "Each honest dealer opened its dealing only after all Commits existed.",
        stops: "Dealings in another's name; a dealer that was shown other Commits than the rest.",
        compares: "Each signature with the dealer's identity key, over the dealing and the hash of all Commits.",
    }
    DealOpenings "deals.openings" [DealSignatures JoinUnrelatedKeys SetupDigest SetupKey] {
        title: "Every dealing is the one that its dealer committed to",
        establishes: "No dealer changed its mind after it saw the dealings of others.",
        stops: "A last dealer who steers the key.",
        compares: "The hash of each dealing with the dealer's Commit.",
    }
    DealEncoding "deals.encoding" [DealSignatures JoinUnrelatedKeys SetupDigest SetupKey] {
        title: "Every dealing decodes to points and scalars of their groups",
        establishes: "There are exactly t commitments and n encrypted shares for each validator, or under batched extraction for each batch of them, all canonical.",
        stops: "Points outside the subgroup, values with two encodings, a polynomial of another degree.",
        compares: "The length of each dealing with that of the ceremony; each point and scalar with its group.",
    }
    DealProofs "deals.proofs" [DealEncoding] {
        title: "Every dealing's pads are proved",
        establishes: "The masks of the encrypted shares are those that the recipients compute.",
        stops: "Encrypted shares that nobody can open.",
        compares: "The equations of each proof, first of all together with random weights, and if that fails of each dealing alone.",
    }
    DealLinks "deals.links" [DealProofs] {
        title: "Every encrypted share is that of the committed polynomial",
        establishes: "Every operator can decrypt a correct share of every key from the transcript alone.",
        stops: "A wrong share for one operator, found out only when it should sign.",
        compares: "y*G1 with D0 plus the weighted sum of what is encrypted less what is committed to.",
    }
    KeyThreshold "keys.threshold" [DealLinks] {
        title: "The keys have the threshold that the definition says",
        establishes: "Fewer than t shares reveal nothing of a key.",
        stops: "Dealings whose highest coefficients cancel, so that fewer operators can sign.",
        compares: "The sum of the top commitments of each validator, weighted under batched extraction, with the identity.",
    }
    KeyIdentity "keys.not-identity" [KeyThreshold] {
        title: "No key and no public share is the identity",
        establishes: "Every key and every share is a secret.",
        stops: "A key that anybody can sign with.",
        compares: "Each computed key and public share with the identity.",
    }
    KeyDistinct "keys.distinct" [KeyIdentity] {
        title: "The computed keys are distinct",
        establishes: "Every validator has a key of its own.",
        stops: "Dealings that make one key twice.",
        compares: "The computed validator keys with each other.",
    }
    KeyLock "keys.lock" [KeyDistinct LockValidatorCount] {
        title: "The lock's validator keys are the sums of the dealings",
        establishes: "Nobody knows a validator key: it is the sum of contributions of all dealers, under batched extraction weighted by powers of their indices.",
        stops: "A lock with keys that were made in another way, beside a genuine transcript of another run.",
        compares: "Each `distributed_public_key` with the sum of the constant commitments, weighted under batched extraction.",
    }
    KeyPublicShares "keys.public-shares" [KeyDistinct LockValidatorCount LockShareCounts] {
        title: "The lock's public shares follow from the dealings",
        establishes: "The public shares are computed, not reported by anybody.",
        stops: "Public shares for which nobody has the share.",
        compares: "Each public share with the summed commitments at the operator's index.",
    }
    AttestSignatures "attests.signatures" [JoinSignatures] {
        title: "Every operator signed its Attest",
        establishes: "Every operator says that it verified all dealings and holds its shares.",
        stops: "Statements in another's name.",
        compares: "Each signature with the operator's identity key.",
    }
    AttestRoot "attests.root" [AttestSignatures DealOpenings KeyDistinct] {
        title: "All operators attest to these very dealings",
        establishes: "All operators saw one and the same ceremony.",
        stops: "Operators who were shown different dealings.",
        compares: "The root in each Attest with the root of all Joins, Commits and Deals.",
    }
    AttestPartials "attests.partials" [AttestRoot] {
        title: "Every operator's share signs what the cluster needs",
        establishes: "Every operator has the shares that the public shares say.",
        stops: "An operator that took part without being able to sign.",
        compares: "Each partial signature with the operator's public share: on the attestation, each deposit and the registration.",
    }
    AttestAttestation "attests.attestation" [AttestPartials] {
        title: "All validator keys signed the attestation to this cluster",
        establishes: "The keys point back to the definition, the ceremony and the dealings. For one key this holds together with the checks of the dealings.",
        stops: "Keys that are claimed for a cluster that never held them.",
        compares: "The stated aggregate with the sum of the validators' signatures, combined from the partial ones.",
    }
    AttestDeposits "attests.deposits" [AttestPartials LockValidatorCount] {
        title: "The lock's deposits are those that the ceremony signed",
        establishes: "The deposits come from the ceremony.",
        stops: "Deposits that were exchanged afterwards.",
        compares: "Each deposit in the lock with the prescribed message and the combination of the partial signatures.",
    }
    AttestRegistrations "attests.registrations" [AttestPartials LockValidatorCount] {
        title: "The lock's builder registrations are those that the ceremony signed",
        establishes: "The registrations come from the ceremony.",
        stops: "Registrations that were exchanged afterwards.",
        compares: "Each registration in the lock with the prescribed message and the combination of the partial signatures.",
    }
    SealSignatures "seals.signatures" [JoinSignatures] {
        title: "Every operator signed its Seal",
        establishes: "Every operator closed the ceremony itself.",
        stops: "Seals in another's name.",
        compares: "Each signature with the operator's identity key.",
    }
    SealTranscriptRoot "seals.transcript-root" [SealSignatures AttestPartials] {
        title: "All operators sealed this very transcript",
        establishes: "All operators have the same transcript.",
        stops: "Two transcripts of one ceremony, each shown to some.",
        compares: "The root in each Seal with the root of all messages.",
    }
    SealLockHash "seals.lock-hash" [SealSignatures LockHash] {
        title: "All operators sealed this very lock",
        establishes: "Lock and transcript belong together.",
        stops: "A transcript beside a lock that did not come out of it; a lock that was changed after the ceremony.",
        compares: "The lock hash in each Seal with that of the file.",
    }
    SealNodeSignatures "seals.node-signatures" [SealSignatures] {
        title: "The node signatures in the Seals are the operators', and those of the lock",
        establishes: "Every operator signed the lock hash with its identity key. In locks before v1.7 only the Seals show that.",
        stops: "A lock that was accepted by fewer operators than it seems.",
        compares: "Each node signature with the operator's identity key and the sealed lock hash, and with `node_signatures` of the lock.",
    }
    SealPartials "seals.partials" [SealLockHash SealNodeSignatures SealTranscriptRoot] {
        title: "Every operator's shares signed the lock hash",
        establishes: "The aggregate signature has a part of every operator.",
        stops: "An aggregate that t operators computed for all.",
        compares: "Each partial signature with the operator's public share and the lock hash.",
    }
    SealAggregate "seals.aggregate" [SealPartials] {
        title: "`signature_aggregate` is the sum of the Seals' partial signatures",
        establishes: "The lock's aggregate comes from the ceremony.",
        stops: "An aggregate from elsewhere.",
        compares: "`signature_aggregate` with the sum of the partial signatures of all Seals.",
    }
    DepositDataForm "deposit-data.form" [JsonStrict] {
        title: "Every deposit-data file is a list of deposits",
        establishes: "Everything that is checked of the deposits is there.",
        stops: "Missing or mistyped members that programs would fill in differently; members with two readings.",
        compares: "Each member of each entry with its type and length. Without a deposit-data file this check and those that need it do not apply.",
    }
    DepositDataNetwork "deposit-data.network" [DepositDataForm] {
        title: "The deposits are for one known network, that of the lock",
        establishes: "The signatures count on the chain to which the stake is sent.",
        stops: "Deposits for a test network, or for none, whose stake is lost on the real one.",
        compares: "The fork version of each entry with its network's name, with the other entries, and with the lock's definition.",
    }
    DepositDataRoots "deposit-data.roots" [DepositDataForm] {
        title: "The roots in the deposit-data files are those of their deposits",
        establishes: "The deposit contract takes the deposits as they stand.",
        stops: "An entry whose content was exchanged under the roots that somebody compared.",
        compares: "`deposit_message_root` and `deposit_data_root` of each entry with those that are computed.",
    }
    DepositDataContent "deposit-data.content" [DepositDataForm] {
        title: "Every deposit pays out to an address and stakes what a validator can use, once",
        establishes: "The stake can be withdrawn, and none of it lies idle.",
        stops: "Credentials that belong to nobody; one key with two withdrawal addresses, of which the first that is deposited counts; a deposit that is made twice.",
        compares: "The credentials of each entry with the prefix 0x01 or 0x02, eleven zeros and an address; the amount with 1 ETH and 32 ETH, or 2048 ETH with 0x02; the entries with each other. Whose credentials with the prefix 0x00 are cannot be seen.",
    }
    DepositDataSignatures "deposit-data.signatures" [DepositDataForm] {
        title: "Every deposit in the deposit-data files is signed by the key that it is for",
        establishes: "The chain will accept the deposits.",
        stops: "A deposit with a wrong signature, whose stake is lost.",
        compares: "Each signature with the entry's key, over the entry's credentials, amount and fork version.",
    }
    DepositDataLock "deposit-data.lock" [LockValidatorCount DepositDataForm] {
        title: "The deposit-data files are those of this lock",
        establishes: "The stake goes to this cluster's keys and comes back to the agreed addresses, and no validator is left out.",
        stops: "A deposit-data file of strangers beside a genuine lock.",
        compares: "Key, credentials and amount of each entry with the lock's validators and what the definition prescribes for them; for each amount that occurs, the entries with all validators.",
    }
    KeystoresForm "keystores.form" [JsonStrict] {
        title: "Every keystore is one by EIP-2335",
        establishes: "Validator clients can read the keystores.",
        stops: "Files with two readings; a key derivation that takes all memory, or days.",
        compares: "Each member with its type and length; functions and costs with those that are known and bearable; the name with `keystore-<i>.json`. Without keystores this check and those that need it do not apply.",
    }
    KeystoresKeys "keystores.keys" [LockValidatorCount LockShareCounts KeystoresForm] {
        title: "The keystores are those of one operator, one for each validator",
        establishes: "The folder is complete, and belongs to this lock.",
        stops: "A folder that is put together from several ceremonies or operators, or from which a validator is missing, found out only when it should sign.",
        compares: "The public key in each keystore with the lock's public shares of that validator.",
    }
    KeystoresSecrets "keystores.secrets" [KeystoresKeys] {
        title: "Every keystore opens with its password, and holds the share",
        establishes: "The operator can sign for every validator with what is in the folder.",
        stops: "A keystore that states a public share and holds another secret; the password of another keystore.",
        compares: "The checksum with password and ciphertext; the public key of what is decrypted with the one that is stated. Without a password the check is undecided.",
    }
    ExpectOperators "expect.operators" [LockForm] {
        title: "The operators that you expect are in the cluster",
        establishes: "The cluster is run by whom you think.",
        stops: "A genuine ceremony of strangers.",
        compares: "Each expected address or identity key with the operators of the definition.",
    }
    ExpectWithdrawal "expect.withdrawal" [LockForm] {
        title: "The stake is withdrawn to the address that you expect",
        establishes: "The stake comes back to you.",
        stops: "A genuine cluster that pays somebody else.",
        compares: "The withdrawal address of every validator with the expected one.",
    }
    ExpectNetwork "expect.network" [LockForm] {
        title: "The cluster is on the network that you expect",
        establishes: "Deposits and signatures are for that network.",
        stops: "A test cluster that is sold as a real one.",
        compares: "The fork version of the definition with that of the expected network.",
    }
    ExpectAmounts "expect.amounts" [LockForm] {
        title: "The deposits are of the amounts that you expect",
        establishes: "The validators take the stake that you think.",
        stops: "Deposits of other amounts.",
        compares: "The amounts that the definition prescribes with the expected ones.",
    }
    ExpectThreshold "expect.threshold" [LockForm] {
        title: "The threshold is the one that you expect",
        establishes: "As many operators are needed to sign as you think.",
        stops: "A cluster that fewer operators control.",
        compares: "The threshold of the definition with the expected one.",
    }
    ExpectSetup "expect.setup" [SetupDigest SetupSignatures] {
        title: "The setups are those that you expect, or by whom you expect",
        establishes: "Somebody whom you chose keeps false dealings from being proved.",
        stops: "Setups of strangers who may all be one.",
        compares: "Each expected digest with that of all setups and with that of each one; each expected identity key with those that signed in both phases of every setup.",
    }
    ExpectTranscript "expect.transcript" [AttestPartials] {
        title: "The transcript is the one that you expect",
        establishes: "You and whoever told you the root speak of one ceremony.",
        stops: "Another run of the same operators.",
        compares: "The computed transcript root with the expected one.",
    }
}

impl CheckId {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.entry().id
    }

    /// The check with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }

    /// Whether a user may accept that it did not pass. Without a transcript nothing shows how the keys were made, and
    /// what has two readings, or no known one, cannot be judged: nobody's acceptance changes that.
    #[must_use]
    pub const fn can_be_accepted(self) -> bool {
        !matches!(
            self,
            Self::JsonStrict
                | Self::DefinitionVersion
                | Self::LockForm
                | Self::TranscriptPresent
                | Self::TranscriptVersion
        )
    }
}

impl std::fmt::Display for CheckId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
