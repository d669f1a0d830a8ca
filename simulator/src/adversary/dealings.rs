//! The content of dealings.
//!
//! | module        | what is wrong with them                                                     |
//! |---------------|-----------------------------------------------------------------------------|
//! | [`chosen`]    | the polynomials                                                             |
//! | [`parts`]     | a part of the bytes: points, scalars, lengths, pieces of other dealings     |
//! | [`elsewhere`] | nothing, but they were made for another place: dealer, attempt, roster, threshold |
//! | [`late`]      | they were chosen when those of others were known                            |

pub mod chosen;
pub mod elsewhere;
pub mod late;
pub mod parts;

use std::collections::BTreeMap;

use coram_ceremony::Kind;
use coram_ceremony::message::{Commit, Deal, Signed};
use coram_ceremony::phase::{Roster, commit_hash};

use super::Adversary;
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Makes a dealing for one of the adversary's operators.
type Forge = fn(&mut Hand, &Roster, u16) -> Result<Vec<u8>, Failure>;

/// An adversary whose dealings are false: for `One` operator and with the default shape, unless more is said.
macro_rules! false_dealing {
    ($name:literal, $what:literal, $stopped_by:literal, $forge:expr $(, $field:ident: $value:expr)*) => {
        $crate::adversary::Entry {
            name: $name,
            what: $what,
            stopped_by: $stopped_by,
            make: || Box::new($crate::adversary::dealings::FalseDealer::new($forge)),
            $($field: $value,)*
            ..$crate::adversary::dealings::PROVED
        }
    };
}
use false_dealing;

/// What most entries have in common: one operator cheats, and is proved to have dealt falsely.
const PROVED: super::Entry = super::Entry {
    name: "",
    what: "",
    stopped_by: "",
    expected: &[super::Expected::Fault(&["dealing"])],
    cheaters: super::Cheaters::One,
    shape: Shape::of,
    make: || Box::new(FalseDealer::new(|hand, _, author| hand.honest_dealing(author))),
};

fn two_validators(operators: u16) -> Shape {
    Shape { validators: 2, ..Shape::of(operators) }
}

fn without_commits(operators: u16) -> Shape {
    Shape { commits: false, ..Shape::of(operators) }
}

/// Commits to a dealing that an honest operator would not make, and opens it.
struct FalseDealer {
    forge: Forge,
    dealings: BTreeMap<u16, Vec<u8>>,
}

impl FalseDealer {
    fn new(forge: Forge) -> Self {
        Self { forge, dealings: BTreeMap::new() }
    }

    fn dealing(&mut self, hand: &mut Hand, roster: &Roster, author: u16) -> Result<Vec<u8>, Failure> {
        if let Some(dealing) = self.dealings.get(&author) {
            return Ok(dealing.clone());
        }
        let dealing = (self.forge)(hand, roster, author)?;
        self.dealings.insert(author, dealing.clone());
        Ok(dealing)
    }
}

impl Adversary for FalseDealer {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if !matches!(kind, Kind::Commit | Kind::Deal) || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let roster = hand.roster()?;
        let dealing = self.dealing(hand, &roster, author)?;
        let bytes = if kind == Kind::Commit {
            sign_commit(hand, &roster, author, &dealing)?
        } else {
            sign_deal(hand, &roster, author, dealing)?
        };
        hand.publish(author, &bytes);
        Ok(())
    }
}

impl Hand {
    /// The dealing that an honest operator in this one's place would make.
    ///
    /// # Errors
    ///
    /// If the roster is not there.
    pub fn honest_dealing(&self, author: u16) -> Result<Vec<u8>, Failure> {
        self.dealing_from(author, self.cast().dealing_seed(author))
    }

    /// An honest dealing from another seed.
    ///
    /// # Errors
    ///
    /// If the roster is not there.
    pub fn dealing_from(&self, author: u16, seed: [u8; 32]) -> Result<Vec<u8>, Failure> {
        self.recall(&format!("dealing {author} {}", hex::encode(seed)), |roster| {
            Ok(roster.scheme().deal(author, &seed)?.to_bytes())
        })
    }
}

/// The Commit to a dealing.
pub(super) fn sign_commit(
    hand: &Hand,
    roster: &Roster,
    author: u16,
    dealing: &[u8],
) -> Result<Vec<u8>, Failure> {
    let body = Commit {
        hash: commit_hash(hand.ceremony().id(), roster.hash(), author, dealing),
        joins: roster.joins().iter().map(|join| *join.id().as_bytes()).collect(),
    };
    hand.sign(author, roster.hash(), body)
}

/// The Deal that opens a dealing after all Commits on the adversary's board.
pub(super) fn sign_deal(
    hand: &Hand,
    roster: &Roster,
    author: u16,
    dealing: Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let commits: Vec<Signed<Commit>> = hand.board()?.each().cloned().collect();
    let commits = *roster.commits_hash(&commits).as_bytes();
    hand.sign(author, roster.hash(), Deal { commits, dealing })
}
