//! The catalogue of checks: the one source of their names, their order, their meaning, and of `docs/doctor.md`.
//!
//! The order is about that in which `coram dkg` would come upon the same things. Names are stable: programs refer to them.

/// What is known about a check before it is made.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its stable name, such as `folder.clean`.
    pub id: &'static str,
    /// What holds when it passes.
    pub title: &'static str,
    /// What is looked at.
    pub looks_at: &'static str,
    /// What becomes of a ceremony where it does not hold.
    pub otherwise: &'static str,
    /// What it can come to beside a pass.
    pub comes_to: &'static str,
    /// The checks without which it cannot be made.
    pub needs: &'static [CheckId],
}

macro_rules! catalogue {
    ($($check:ident $id:literal [$($need:ident)*] {
        title: $title:literal,
        looks_at: $looks_at:literal,
        otherwise: $otherwise:literal,
        comes_to: $comes_to:literal $(,)?
    })*) => {
        /// Names one check of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CheckId {
            $(#[doc = $title] $check,)*
        }

        impl CheckId {
            /// All checks, in the order in which they are made and listed.
            pub const ALL: &'static [Self] = &[$(Self::$check),*];

            /// Its entry in the catalogue.
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$check => Entry {
                        id: $id,
                        title: $title,
                        looks_at: $looks_at,
                        otherwise: $otherwise,
                        comes_to: $comes_to,
                        needs: &[$(Self::$need),*],
                    },)*
                }
            }
        }
    };
}

catalogue! {
    FolderExists "folder.exists" [] {
        title: "The data folder is there",
        looks_at: "Whether `--data-dir` is a folder.",
        otherwise: "`coram dkg` ends at once.",
        comes_to: "Fails with 2.",
    }
    DefinitionReadable "definition.readable" [] {
        title: "The definition can be read, and its hashes are right",
        looks_at: "The definition file: strict JSON, known version, both hashes recomputed.",
        otherwise: "`coram dkg` ends at once. A file that was edited by hand has hashes that are wrong.",
        comes_to: "Fails with 2 if there is no such file, 3 if it is no definition, 4 if its version is not known.",
    }
    DefinitionTerms "definition.terms" [DefinitionReadable] {
        title: "A ceremony can be set up from the definition and the options",
        looks_at: "Network, threshold, node records, numbers, amounts; dealers and the other terms; with `--proof groth16`, whether the reference strings are finished, their contributions hold, and their shapes fit operators and validators. Shows the ceremony id, which is the same for all who agree.",
        otherwise: "`coram dkg` ends at once.",
        comes_to: "Fails with 3 if the definition or a reference string is at fault, 2 if the options are, 7 if a reference string is not finished.",
    }
    DefinitionSignatures "definition.signatures" [DefinitionTerms] {
        title: "The definition is signed by all operators and the creator",
        looks_at: "Every signature of the definition, with the account that it should be of.",
        otherwise: "Whoever handed the file over may have put other operators or other withdrawal addresses into it.",
        comes_to: "Warns if nobody signed, or of what was accepted with `--accept`. Fails with 3 if a signature is invalid, 4 if only an execution client can judge it.",
    }
    DefinitionSound "definition.sound" [DefinitionTerms] {
        title: "Nothing is odd about the definition",
        looks_at: "What `coram definition check` finds of errors and warnings, signatures left out.",
        otherwise: "The ceremony is refused, or makes keys that are worth less than was meant.",
        comes_to: "Warns of what is odd. Fails with 3 where no ceremony should be run.",
    }
    SetupAnchored "setup.anchored" [DefinitionTerms] {
        title: "All operators have contributed to the reference string",
        looks_at: "With `--proof groth16`: who has signed contributions to the two phases of each file of `--reference`. Shows the digests of the setups.",
        otherwise: "`coram dkg` ends at once. Where it is accepted, an operator who has contributed nowhere relies on the others, and the verdict on the lock is INDETERMINATE until whoever verifies it is told why the setup can be trusted.",
        comes_to: "Fails with 4 if operators are missing; warns of them with `--accept setup.anchored`. Skipped without `--proof groth16`.",
    }
    IdentityKey "identity.key" [FolderExists] {
        title: "The identity key can be read, and by nobody else",
        looks_at: "`charon-enr-private-key` in the data folder: form and permissions. Shows the peer ID.",
        otherwise: "`coram dkg` ends at once. Whoever has read the key can pose as this operator.",
        comes_to: "Fails with 2 if there is none, 3 if it is no key, 7 if others have access to it.",
    }
    IdentityOperator "identity.operator" [DefinitionTerms IdentityKey] {
        title: "The identity key is that of an operator of the definition",
        looks_at: "The public key, in the node records of the definition. Shows which operator this is.",
        otherwise: "`coram dkg` ends at once: it is the wrong data folder, or the wrong definition.",
        comes_to: "Fails with 8.",
    }
    IdentityUnused "identity.unused" [FolderExists] {
        title: "No Charon is running with the identity key",
        looks_at: "The file by which a running Charon says so every second.",
        otherwise: "Two programs would speak with one identity, and peers would hear now the one and now the other.",
        comes_to: "Fails with 7.",
    }
    FolderPrivate "folder.private" [FolderExists] {
        title: "Nobody else can change the data folder",
        looks_at: "The permissions of the folder.",
        otherwise: "Somebody else could replace keys, messages or the result.",
        comes_to: "Fails with 7.",
    }
    FolderWritable "folder.writable" [FolderExists] {
        title: "This user can write to the data folder",
        looks_at: "Whether a file can be made there, written and removed.",
        otherwise: "What the ceremony comes to could not be kept.",
        comes_to: "Fails with 7.",
    }
    FolderRoom "folder.room" [DefinitionTerms FolderWritable] {
        title: "The disk has room for the ceremony",
        looks_at: "The bytes that are free, and about as many as the ceremony can need: all messages at their largest, the lock, keystores. As `coram dkg` does, it writes a file of that size and removes it.",
        otherwise: "The ceremony stops in the middle, or at its end. Nothing is lost, but the others wait.",
        comes_to: "Warns if less than twice as much is free. Fails with 7.",
    }
    FolderAttempt "folder.attempt" [DefinitionTerms FolderExists] {
        title: "No earlier attempt stands in the way",
        looks_at: "The folder of the attempt: whether it has begun or ended, what has been published, whether another process works on it.",
        otherwise: "`coram dkg` goes on with an attempt that has begun, and refuses one that another process works on.",
        comes_to: "Warns of an attempt that has ended. Fails with 7 if another process works on it.",
    }
    FolderClean "folder.clean" [FolderExists] {
        title: "The data folder has no result in it",
        looks_at: "Whether a lock, keystores or deposit data are there, other than those of this attempt.",
        otherwise: "`coram dkg` refuses, since nothing is ever overwritten.",
        comes_to: "Fails with 7.",
    }
    BoardUsable "board.usable" [] {
        title: "The shared folder can be read and written",
        looks_at: "With `--board`: whether the folder is there, can be listed, and takes a file, which is removed again.",
        otherwise: "No message of this operator reaches the others, or theirs do not reach it.",
        comes_to: "Fails with 2 if there is no such folder, 7 if it cannot be used. Skipped without `--board`.",
    }
    NetworkListen "network.listen" [] {
        title: "The addresses to listen on can be had",
        looks_at: "Whether each of `--p2p-tcp-address` and `--p2p-udp-address` can be taken; it is let go again.",
        otherwise: "`coram dkg` ends at once, or shares the port with another program.",
        comes_to: "Fails with 7. Skipped with `--board`, as all checks of the network are, and while another process works on the attempt.",
    }
    NetworkWays "network.ways" [IdentityOperator] {
        title: "There is a way between this operator and each of the others",
        looks_at: "Addresses in node records, `--peer`, relays, `--mdns`; where others can know that we listen.",
        otherwise: "Everybody waits for everybody.",
        comes_to: "Warns if some cannot meet us without somebody between. Fails with 5 if nobody can.",
    }
    RelayAnswers "relay.answers" [IdentityOperator] {
        title: "The relays' URLs answer with addresses",
        looks_at: "The answer of each URL of `--p2p-relays`: a node record, or multiaddrs with a peer ID; within 10 seconds and 64 KiB.",
        otherwise: "The relay cannot be used.",
        comes_to: "Warns of a relay while another can be used. Fails with 5 if none can. Skipped without `--p2p-relays`.",
    }
    RelayReserves "relay.reserves" [RelayAnswers] {
        title: "The relays let others reach this operator",
        looks_at: "Each relay: connection, handshake, reservation, and how long the connection took.",
        otherwise: "Operators behind routers cannot reach each other.",
        comes_to: "Warns of a relay while another can be used. Fails with 5 if none can.",
    }
    RelayBoards "relay.boards" [RelayAnswers RelayReserves] {
        title: "A relay keeps boards",
        looks_at: "The protocols that the relays speak.",
        otherwise: "Operators have to be online at the same time.",
        comes_to: "Warns.",
    }
    PeerReachable "peer.reachable" [IdentityOperator] {
        title: "The other operators can be reached now",
        looks_at: "Each operator, with our identity: by the addresses of its record and of `--peer`, through each relay, and on the local network with `--mdns`; all at the same time, within 10 seconds.",
        otherwise: "The ceremony waits for them.",
        comes_to: "Warns of an operator that is not reachable now: it may not have started. Fails with 5 if somebody else answers in its place.",
    }
    PeerAgrees "peer.agrees" [IdentityOperator PeerReachable] {
        title: "The operators that were reached run this ceremony",
        looks_at: "The version of the protocol that they speak, and what they answer when asked for this ceremony.",
        otherwise: "The ceremony cannot end: somebody has another definition, other options or another version of the program.",
        comes_to: "Fails with 8, and says on what they disagree, as far as they say it.",
    }
    KeymanagerAnswers "keymanager.answers" [] {
        title: "The validator client takes keys",
        looks_at: "With `--keymanager-address`: whether it answers, takes the token, and speaks the keymanager API. It is asked for its list of keys.",
        otherwise: "`coram dkg` ends at once; or, if it is gone at the end, the keys stay in keystores on disk.",
        comes_to: "Fails with 2 if the options make no sense, 7 if it does not answer, refuses the token, or could be overheard. Skipped without `--keymanager-address`.",
    }
    MachineRandom "machine.random" [] {
        title: "The system gives random bytes",
        looks_at: "Whether random bytes can be had, and at once.",
        otherwise: "No key could be made.",
        comes_to: "Fails with 1.",
    }
    MachineMemory "machine.memory" [DefinitionTerms] {
        title: "There is memory enough for a ceremony of this size",
        looks_at: "What the system says is available, within the limit of a control group, and about as much as the ceremony takes. The estimate is rough: it grows with operators times validators.",
        otherwise: "The process is slow, or killed. Nothing is lost: it goes on where it was, but may end in the same way.",
        comes_to: "Warns.",
    }
    MachineFiles "machine.files" [DefinitionTerms] {
        title: "The process may have files and connections enough",
        looks_at: "The limit on open files, and the number that the ceremony needs with all operators connected.",
        otherwise: "Connections fail for no reason that anybody sees.",
        comes_to: "Warns.",
    }
    ClockSane "clock.sane" [] {
        title: "The clock does not stand in the past",
        looks_at: "This machine's time; the release of this program, and the timestamp of the definition, lie before it.",
        otherwise: "The ceremony does not depend on clocks, but relays by HTTPS do, and so do validators.",
        comes_to: "Warns.",
    }
    ClockCompared "clock.compared" [RelayAnswers] {
        title: "The clock is that of others",
        looks_at: "The time that the relays' URLs say it is; it is known to about a second.",
        otherwise: "The ceremony does not depend on clocks, but validators do.",
        comes_to: "Warns of more than five seconds. Skipped where no relay says what time it is.",
    }
}
