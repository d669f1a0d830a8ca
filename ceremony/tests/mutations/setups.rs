//! Changes to the setup of a lock under Groth16, and to what is proved under it.

use serde_json::Value;

use crate::base::Base;
use crate::corpus::{Mutation, Said, fails};
use crate::kit::{agree, agree_on, setup};
use crate::rules::Kind;

/// Whether only a lock under Groth16 has this place.
pub fn is_of_a_setup(pointer: &str) -> bool {
    let of_terms = pointer == "/pvss_transcript/ceremony/parameters/setup";
    of_terms || pointer.starts_with("/pvss_transcript/setups") || pointer.contains("/chunks")
}

/// Somebody without a key changed a value of a setup; `place` is without the list of setups.
pub fn changed(place: &str) -> Said {
    match place {
        // The contributor's name is in its proof of knowledge.
        "*/powers/*/identity" => fails(&["setup.digest", "setup.powers"]),
        "*/key/*/identity" => fails(&["setup.digest", "setup.key"]),
        // It signs the contribution, so that the digest, which is of the contributions, is without it.
        "*/powers/*/signature" | "*/key/*/signature" => fails(&["setup.signatures"]),
        // Phase 1 may be larger than it has to be; but the proofs of knowledge are for one size.
        "*/powers_log" => fails(&["setup.digest", "setup.powers"]),
        // Shapes that are not the cluster's, and what is no point or no scalar.
        _ => fails(&["setup.form"]),
    }
}

/// Somebody without a key changed a list of setups.
pub fn list(place: &str, kind: Kind) -> Said {
    match (place, kind) {
        // Where there are none, there is no list.
        ("", Kind::Shorter) => fails(&["transcript.form"]),
        ("", _) => fails(&["setup.form"]),
        // Whoever contributes twice is found out before the digest is made: the setup is not read to its end.
        (place, Kind::Repeated) if place.ends_with("/powers") => {
            fails(&["setup.powers"]).and_undecided(&["setup.form"])
        }
        (_, Kind::Repeated) => fails(&["setup.key"]).and_undecided(&["setup.form"]),
        (place, _) if place.ends_with("/powers") => fails(&["setup.digest", "setup.powers"]),
        _ => fails(&["setup.digest", "setup.key"]),
    }
}

pub fn all() -> Vec<Mutation> {
    let mutation = |name: &str, comment: &str, said: Said, tamper: fn(&mut Value)| {
        Mutation::tampered(format!("agreed/{name}"), Base::Groth16, comment, &said, tamper)
    };
    vec![
        mutation(
            "another-setup",
            "all operators agreed on a setup that is not the one in the transcript",
            fails(&["setup.digest"]),
            |lock| agree_on(lock, [7; 32]),
        ),
        mutation(
            "powers-without-first-contribution",
            "all operators agreed on a phase 1 that does not start at the beginning",
            fails(&["setup.powers"]),
            |lock| {
                setup(lock, 0)["powers"].as_array_mut().unwrap().remove(0);
                agree(lock);
            },
        ),
        mutation(
            "powers-in-another-order",
            "all operators agreed on a phase 1 whose first contributions are exchanged",
            fails(&["setup.powers"]),
            |lock| {
                setup(lock, 0)["powers"].as_array_mut().unwrap().swap(0, 1);
                agree(lock);
            },
        ),
        mutation(
            "key-without-first-contribution",
            "all operators agreed on a phase 2 that does not start at the end of phase 1",
            fails(&["setup.key"]),
            |lock| {
                setup(lock, 0)["key"].as_array_mut().unwrap().remove(0);
                agree(lock);
            },
        ),
        mutation(
            "signature-of-another",
            "a contribution carries the signature of another contributor",
            fails(&["setup.signatures"]),
            |lock| {
                let key = &mut setup(lock, 0)["key"];
                key[0]["signature"] = key[1]["signature"].clone();
            },
        ),
    ]
}
