//! Text from strangers: on a terminal and on a page, nothing in it steers what is shown.

pub use coram_views::Plain;
