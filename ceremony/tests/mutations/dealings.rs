//! Dealings that are wrong inside, by dealers who commit to them and sign them: every part of one, and every way in which a sum of
//! them can be no key to use.

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::phase::Roster;
use coram_cluster::lock::Lock;
use serde_json::{Value, json};

use crate::base::Base;
use crate::common::seed;
use crate::corpus::{Mutation, Said, fails};
use crate::support::{hex, recommit, transcript, unhex};

const POINT: usize = 48;
const SCALAR: usize = 32;
/// Scalars at the end of a transparent proof; all before them are points.
const PROOF_SCALARS: usize = 7;

pub fn all() -> Vec<Mutation> {
    let mut made = parts();
    made.extend(encodings());
    made.extend(proof());
    made.extend(sums());
    made
}

/// A file in which the third dealer changes its dealing, commits to that and signs it, and all others go on.
fn by_the_dealer(name: &str, comment: &str, said: &Said, tamper: impl FnOnce(&mut Value)) -> Mutation {
    Mutation::tampered(format!("dealing/{name}"), Base::Lock, comment, said, |lock| {
        tamper(&mut transcript(lock)["deals"][2]["dealing"]);
        recommit(lock);
    })
}

fn dealing() -> Value {
    Base::Lock.kept().lock["pvss_transcript"]["deals"][2]["dealing"].clone()
}

/// Bytes in which a part is another one.
fn with_part(value: &mut Value, at: usize, part: &[u8]) {
    let mut bytes = unhex(value);
    bytes[at..at + part.len()].copy_from_slice(part);
    *value = hex(&bytes);
}

/// Flips the last bit of the lower half of a scalar, which stays below the order whichever its byte order.
fn flip_inside(value: &mut Value, at: usize) {
    let mut bytes = unhex(value);
    bytes[at + SCALAR / 2] ^= 1;
    *value = hex(&bytes);
}

/// Each part of the dealing is another one of its group: what was proved is not true of it.
fn parts() -> Vec<Mutation> {
    let proofs = fails(&["deals.proofs"]);
    let mut made = Vec::new();
    for place in 0..2 {
        let name = format!("commitments.0.{place}.of-another");
        // The coefficients of a polynomial, exchanged: points of the group.
        made.push(by_the_dealer(
            &name,
            "a commitment is that of the other coefficient",
            &proofs,
            |dealing| {
                let bytes = unhex(&dealing["commitments"][0]);
                let other = bytes[(1 - place) * POINT..][..POINT].to_vec();
                with_part(&mut dealing["commitments"][0], place * POINT, &other);
            },
        ));
    }
    for place in 0..3 {
        let name = format!("ciphertexts.0.{place}.changed");
        made.push(by_the_dealer(&name, "an encrypted share is another number", &proofs, |dealing| {
            flip_inside(&mut dealing["ciphertexts"][0], place * SCALAR);
        }));
    }
    let other = Base::Lock.kept().lock["pvss_transcript"]["deals"][0]["dealing"].clone();
    for member in ["ephemeral", "blinder", "masked_sum", "proof"] {
        let name = format!("{member}.of-another");
        let other = other[member].clone();
        made.push(by_the_dealer(&name, "a part is that of another dealer", &proofs, |dealing| {
            dealing[member] = other;
        }));
    }
    made.push(by_the_dealer("of-another", "the dealing is that of another dealer", &proofs, |dealing| {
        *dealing = other;
    }));
    // One dealer's polynomial may be of a lower degree; only the sum may not. But this one is of another.
    made.push(by_the_dealer("commitments.0.1.identity", "the top coefficient is zero", &proofs, |dealing| {
        let mut identity = [0; POINT];
        identity[0] = 0xc0;
        with_part(&mut dealing["commitments"][0], POINT, &identity);
    }));
    made
}

/// Parts that are no points and no scalars, or are so in a second encoding.
fn encodings() -> Vec<Mutation> {
    let encoding = fails(&["deals.encoding"]);
    let mut made = Vec::new();
    let mut spoil = |name: &str, comment: &str, tamper: &dyn Fn(&mut Value)| {
        made.push(by_the_dealer(name, comment, &encoding, tamper));
    };
    for place in 0..2 {
        spoil(&format!("commitments.0.{place}.not-on-the-curve"), "a commitment is no point", &|dealing| {
            let mut bytes = unhex(&dealing["commitments"][0]);
            bytes[place * POINT + POINT - 1] ^= 1;
            dealing["commitments"][0] = hex(&bytes);
        });
    }
    for place in 0..3 {
        spoil(
            &format!("ciphertexts.0.{place}.too-large"),
            "an encrypted share is above the order",
            &|dealing| {
                with_part(&mut dealing["ciphertexts"][0], place * SCALAR, &[0xff; SCALAR]);
            },
        );
    }
    spoil("ephemeral.not-on-the-curve", "the ephemeral key is no point", &|dealing| {
        dealing["ephemeral"] = hex(&[0xff; 32]);
    });
    spoil("ephemeral.of-small-order", "the ephemeral key is the identity", &|dealing| {
        let mut identity = [0; 32];
        identity[0] = 1;
        dealing["ephemeral"] = hex(&identity);
    });
    spoil("blinder.not-on-the-curve", "the blinder is no point", &|dealing| {
        dealing["blinder"] = hex(&[0; 48])
    });
    spoil("masked_sum.too-large", "the masked sum is above the order", &|dealing| {
        dealing["masked_sum"] = hex(&[0xff; 32]);
    });
    made
}

/// Every point and every scalar of a transparent proof.
fn proof() -> Vec<Mutation> {
    let bytes = unhex(&dealing()["proof"]);
    let points = (bytes.len() - PROOF_SCALARS * SCALAR) / POINT;
    let proofs = fails(&["deals.proofs"]);
    let mut made = Vec::new();
    for place in 0..points {
        let name = format!("proof.point-{place:02}");
        made.push(by_the_dealer(&name, "a point of the proof is the one after it", &proofs, |dealing| {
            let other = ((place + 1) % points) * POINT;
            with_part(&mut dealing["proof"], place * POINT, &bytes[other..other + POINT]);
        }));
    }
    for place in 0..PROOF_SCALARS {
        let name = format!("proof.scalar-{place}");
        made.push(by_the_dealer(&name, "a scalar of the proof is another", &proofs, |dealing| {
            flip_inside(&mut dealing["proof"], points * POINT + place * SCALAR);
        }));
    }
    let refused = [
        ("proof.point-00.not-on-the-curve", 0, [0_u8; POINT].to_vec()),
        ("proof.scalar-6.too-large", bytes.len() - SCALAR, vec![0xff; SCALAR]),
    ];
    for (name, at, part) in refused {
        made.push(by_the_dealer(name, "a part of the proof is not of its group", &proofs, |dealing| {
            with_part(&mut dealing["proof"], at, &part);
        }));
    }
    made
}

/// The coefficients that one dealer commits to, for each of two validators.
type Polynomials = [[i64; 2]; 2];

/// Three dealers' polynomials, with nothing wrong about them.
const FAIR: [Polynomials; 3] = [[[1, 2], [4, 5]], [[7, 8], [10, 11]], [[1, 1], [2, 2]]];

/// Dealings of polynomials that the dealers chose together.
fn sums() -> Vec<Mutation> {
    let with = |place: usize, polynomials: Polynomials| {
        let mut chosen = FAIR;
        chosen[place] = polynomials;
        chosen
    };
    let mutation = |name: &str, comment: &str, failed: &[&'static str], committed, encrypted| {
        let name = format!("dealing/{name}");
        Mutation::tampered(name, Base::Two, comment, &fails(failed), |lock| {
            deal(lock, &committed, &encrypted)
        })
    };
    let of = |name: &str, comment: &str, check: &'static str, chosen: [Polynomials; 3]| {
        mutation(name, comment, &[check], chosen, chosen)
    };
    vec![
        mutation(
            "other-polynomials",
            "honest dealings, but the lock and what follows are of others",
            &["keys.lock", "keys.public-shares", "attests.root"],
            FAIR,
            FAIR,
        ),
        mutation(
            "wrong-share",
            "a dealer encrypts another share than it commits to, and proves its pads",
            &["deals.links"],
            FAIR,
            with(2, [[1, 1], [3, 2]]),
        ),
        of(
            "top-coefficients-cancel",
            "one share alone is a key",
            "keys.threshold",
            with(2, [[1, 1], [2, -16]]),
        ),
        of("key-is-the-identity", "a key is that of zero", "keys.not-identity", with(2, [[-8, 1], [2, 2]])),
        // Operator 1 has the sum of all coefficients.
        of("share-is-the-identity", "a share is zero", "keys.not-identity", with(2, [[-20, 2], [2, 2]])),
        of("equal-keys", "two validators have one key", "keys.distinct", with(2, [[1, 1], [-5, 2]])),
    ]
}

/// Puts the dealings of these polynomials into the transcript; their dealers commit to them.
fn deal(lock: &mut Value, committed: &[Polynomials; 3], encrypted: &[Polynomials; 3]) {
    let kept = Base::Two.kept();
    let definition = Lock::parse(&kept.bytes).unwrap().definition().clone();
    let read = UnverifiedTranscript::read(&kept.lock["pvss_transcript"], &definition).unwrap();
    let roster = Roster::form(&kept.ceremony, read.check_signatures().unwrap().joins).unwrap();
    let lists = |polynomials: &Polynomials| polynomials.map(|coefficients| coefficients.to_vec());
    for (place, dealer) in (0..3).zip(1_u16..) {
        let (committed, encrypted) = (lists(&committed[place]), lists(&encrypted[place]));
        let dealing = roster.scheme().deal_chosen(dealer, &seed(5, dealer), &committed, &encrypted).unwrap();
        transcript(lock)["deals"][place]["dealing"] = members(&dealing.to_bytes());
    }
    recommit(lock);
}

/// A dealing by its parts: n = 3, t = 2, m = 2.
fn members(dealing: &[u8]) -> Value {
    let (commitments, rest) = dealing.split_at(2 * 2 * POINT);
    let (ephemeral, rest) = rest.split_at(32);
    let (ciphertexts, rest) = rest.split_at(2 * 3 * SCALAR);
    let (blinder, rest) = rest.split_at(POINT);
    let (masked_sum, proof) = rest.split_at(SCALAR);
    let each = |bytes: &[u8], len| -> Vec<Value> { bytes.chunks(len).map(hex).collect() };
    json!({
        "commitments": each(commitments, 2 * POINT),
        "ephemeral": hex(ephemeral),
        "ciphertexts": each(ciphertexts, 3 * SCALAR),
        "blinder": hex(blinder),
        "masked_sum": hex(masked_sum),
        "proof": hex(proof),
    })
}
