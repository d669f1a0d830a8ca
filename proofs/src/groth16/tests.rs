//! Against arkworks on a small system. What dishonest dealers try is tested with the scheme.

mod agreement;
pub(crate) mod arkworks;
mod malleable;
mod pinned;

pub(crate) use malleable::rerandomise;
