//! What a report looks like: pure functions from reports to HTML and SVG, for the program and for the page in a browser.
//!
//! | file            | what is in it                                                       |
//! |-----------------|---------------------------------------------------------------------|
//! | `page.rs`       | a whole page, that runs nothing and asks nobody                      |
//! | `sections.rs`   | its content, in order                                               |
//! | `verdict.rs`    | the verdict in words, and what does not hold                        |
//! | `glance.rs`     | what a delegator asks, and who says so: the outsider, or the file   |
//! | `cluster.rs`    | cluster and validators                                              |
//! | `operators.rs`  | the operators, and who of them dealt                                |
//! | `ceremony.rs`   | the ceremony and its setups                                         |
//! | `statements.rs` | what is proved, asserted, and cannot be shown                       |
//! | `checks.rs`     | every check                                                         |
//! | `inputs.rs`     | the files, and the command that verifies them again                 |
//! | `fault.rs`      | a fault file                                                        |
//! | `badge.rs`      | the verdict as a picture                                            |
//! | `outcome.rs`    | outcomes as words, signs and colours                                |
//! | `parts.rs`      | sections, lists and tables                                          |
//! | `plain.rs`      | text that strangers wrote                                           |
//!
//! One report gives one text, byte for byte. Whatever comes from a file is escaped, spelled out where it would steer a
//! reader's eye, and bounded in length.

mod badge;
mod ceremony;
mod checks;
mod cluster;
mod fault;
mod glance;
mod inputs;
mod operators;
mod outcome;
mod page;
mod parts;
mod plain;
mod sections;
mod statements;
mod verdict;

pub use badge::badge;
pub use checks::check_row;
pub use fault::{fault_page, fault_sections};
pub use page::{page, style_source};
pub use parts::eth;
pub use plain::{Plain, ascii};
pub use sections::sections;

/// The style sheet of pages and fragments: light and dark, for screens of any width and for paper.
pub const STYLE: &str = include_str!("style.css");
