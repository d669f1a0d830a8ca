//! The verifier as WebAssembly, for a page that asks nobody.
//!
//! | module      | what it is about                                                       |
//! |-------------|------------------------------------------------------------------------|
//! | [`request`] | what is asked: files, and what is expected of them                     |
//! | [`sorted`]  | which file is judged, and what stands beside it                        |
//! | [`job`]     | from a request to events: every check as it is made, then the report   |
//! | `abi`       | the door: memory that the page writes to, and what it is told          |

#[cfg(target_arch = "wasm32")]
mod abi;
pub mod job;
pub mod request;
pub mod sorted;
