//! Dealers that break one condition each.

use super::*;

const N: u16 = 4;
const T: u16 = 3;
const DEALER: u16 = 2;

fn scheme() -> &'static Groth21 {
    static SCHEME: OnceLock<Groth21> = OnceLock::new();
    SCHEME.get_or_init(|| Groth21::new(N, T, 1).unwrap())
}

fn polynomial() -> Polynomial {
    Numbers::new(N, T, 1).unwrap().polynomials(DEALER, &[7; 32]).pop().unwrap()
}

/// A dealing whose dealer commits to one thing and, having changed its chunks, proves as well as it can.
fn deal(change: impl Fn(&mut Witness), limit: i64) -> Dealing {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let commitments = polynomial().commit();
    let mut witness = Witness::new(&polynomial(), usize::from(N), &mut rng);
    change(&mut witness);
    let place = Place { dealer: DEALER, key: 0 };
    let part = scheme().deal_key(place, &commitments, &witness, &mut rng, limit).unwrap();
    Dealing { commitments, parts: vec![part] }
}

fn honest() -> Dealing {
    deal(|_| {}, Bounds::new(usize::from(N)).z)
}

fn verdict(dealing: &Dealing) -> Result<(), ProofError> {
    scheme().verify(DEALER, &dealing.to_bytes())
}

#[test]
fn an_honest_dealing_verifies_and_has_the_bytes_of_the_formula() {
    let dealing = honest();
    assert_eq!(verdict(&dealing), Ok(()));
    let (n, t) = (usize::from(N), usize::from(T));
    assert_eq!(dealing.to_bytes().len(), 48 * t + 848 * n + 4480);
    assert_eq!(scheme().verify(DEALER + 1, &dealing.to_bytes()), Err(ProofError::Link));
}

#[test]
fn a_wrong_chunk_is_refused() {
    let dealing = deal(|witness| witness.chunks[1][3] ^= 1, Bounds::new(usize::from(N)).z);
    assert_eq!(verdict(&dealing), Err(ProofError::Link));
}

/// The chunks are small, and those of one recipient are another's.
#[test]
fn shares_of_other_recipients_are_refused() {
    let dealing = deal(|witness| witness.chunks.swap(0, 2), Bounds::new(usize::from(N)).z);
    assert_eq!(verdict(&dealing), Err(ProofError::Link));
}

/// Two chunks of which only the sum is right: every equation holds, and only the sizes tell. Without that check the recipient
/// could not decrypt.
#[test]
fn a_chunk_out_of_range_is_refused() {
    let carry = |witness: &mut Witness| {
        witness.chunks[1][3] += 1 << 50;
        witness.chunks[1][4] -= 1 << 34;
    };
    let mut dealing = deal(carry, i64::MAX);
    assert_eq!(verdict(&dealing), Err(ProofError::InvalidProof));

    let commitments = dealing.commitments.clone();
    let part = &mut dealing.parts[0];
    let mut fs = scheme().open(Place { dealer: DEALER, key: 0 }, &commitments, &part.ciphertext);
    let mut weights = weights(&[1; 32], 0);
    let mut sum = GroupSum::new(usize::from(N));
    let (sharing, chunking) = (&part.sharing, &part.chunking);
    sharing::add(sharing, &mut fs, &commitments, &part.ciphertext, &mut weights, &mut sum).unwrap();
    chunking::add_equations(chunking, &mut fs, &part.ciphertext, &mut weights, &mut sum).unwrap();
    assert!(sum.vanishes(&scheme().keys.points), "the equations hold whatever the sizes are");

    let z = Bounds::new(usize::from(N)).z.unsigned_abs();
    part.chunking.sizes.iter_mut().for_each(|size| *size %= z);
    assert_eq!(verdict(&dealing), Err(ProofError::InvalidProof));
}

#[test]
fn a_changed_commitment_is_refused() {
    for coefficient in 0..usize::from(T) {
        let mut dealing = honest();
        dealing.commitments[coefficient] = (dealing.commitments[coefficient] + group::generator()).into();
        assert_eq!(verdict(&dealing), Err(ProofError::Link));
    }
}

/// Every point and every number counts: none is left out of the equations or of the challenges.
#[test]
fn a_change_of_any_part_is_refused() {
    let dealing = honest();
    let shift = |point: &mut G1Affine| *point = (*point + group::generator()).into();
    let mut changed = Vec::new();
    let mut add = |change: &dyn Fn(&mut Part)| {
        let mut other = dealing.clone();
        change(&mut other.parts[0]);
        changed.push(other);
    };
    for j in [0, CHUNKS - 1] {
        add(&|part| shift(&mut part.ciphertext.randomizers[j]));
        add(&|part| shift(&mut part.ciphertext.chunks[j]));
    }
    (0..3).for_each(|index| add(&|part| shift(&mut part.sharing.points[index])));
    add(&|part| part.sharing.randomness += Fr::one());
    add(&|part| part.sharing.share += Fr::one());
    add(&|part| shift(&mut part.chunking.base));
    for index in [0, chunking::REPETITIONS - 1, chunking::REPETITIONS, 2 * chunking::REPETITIONS - 1] {
        add(&|part| shift(&mut part.chunking.masks[index]));
    }
    (0..usize::from(N) + 2).for_each(|index| add(&|part| shift(&mut part.chunking.blinders[index])));
    (0..=usize::from(N)).for_each(|index| add(&|part| part.chunking.randomness[index] += Fr::one()));
    for index in [0, chunking::REPETITIONS - 1] {
        add(&|part| part.chunking.sizes[index] ^= 1);
    }
    for (position, dealing) in changed.iter().enumerate() {
        assert!(verdict(dealing).is_err(), "change {position}");
    }
}

/// What a recipient gets is checked once more: against the commitments.
#[test]
fn a_share_that_is_not_the_committed_one_is_not_returned() {
    let dealing = deal(|witness| witness.chunks[1][3] ^= 1, Bounds::new(usize::from(N)).z).to_bytes();
    assert!(scheme().decrypt(1, DEALER, &dealing).is_ok());
    assert_eq!(scheme().decrypt(2, DEALER, &dealing), Err(ProofError::Share { recipient: 2, validator: 0 }));
}
