//! Conversions that go on with what was finished before.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::super::{Draft, Parts};
use super::toy::{QUIET, Toy, powers};

#[derive(Default)]
struct Kept {
    parts: RefCell<BTreeMap<[u8; 32], Vec<u8>>>,
    made: Cell<usize>,
}

impl Parts for Kept {
    fn load(&self, digest: &[u8; 32]) -> Option<Vec<u8>> {
        self.parts.borrow().get(digest).cloned()
    }

    fn keep(&self, digest: &[u8; 32], bytes: &[u8]) {
        self.made.set(self.made.get() + 1);
        self.parts.borrow_mut().insert(*digest, bytes.to_vec());
    }
}

#[test]
fn a_finished_part_is_not_made_again_and_a_wrong_one_is() {
    let (powers, toy, kept) = (powers(6), Toy::new(20), Kept::default());
    let start = |kept: &Kept| Draft::start_for(&powers, &toy.relation(), kept, QUIET).unwrap().queries;
    let expected = Draft::start_for(&powers, &toy.relation(), &(), QUIET).unwrap().queries;
    assert!(start(&kept) == expected);
    assert_eq!(kept.made.take(), 4, "one part for each list");
    assert!(start(&kept) == expected);
    assert_eq!(kept.made.take(), 0);

    // Points that are not the basis, bytes that are no points, a part that is cut off, and one that goes on.
    let digests: Vec<[u8; 32]> = kept.parts.borrow().keys().copied().collect();
    let spoil = |digest: &[u8; 32], spoil: &dyn Fn(&mut Vec<u8>)| {
        spoil(kept.parts.borrow_mut().get_mut(digest).unwrap());
        assert!(start(&kept) == expected);
        assert_eq!(kept.made.take(), 1);
    };
    for digest in &digests {
        let length = kept.parts.borrow()[digest].len() / 32;
        spoil(digest, &|bytes| bytes.copy_within(..length, length));
        spoil(digest, &|bytes| bytes[7] ^= 1);
        spoil(digest, &|bytes| bytes.truncate(100));
        spoil(digest, &|bytes| bytes.push(0));
    }
}
