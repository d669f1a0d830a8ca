//! The files of the Charon ecosystem: what they mean, their bytes, their hashes and their signatures.
//!
//! No I/O, no clock and no randomness: bytes go in and come out.
//!
//! | module                                          | what it is about                                                |
//! |-------------------------------------------------|-----------------------------------------------------------------|
//! | [`definition`]                                  | who takes part, under what terms; start there                   |
//! | [`lock`]                                        | what a ceremony leaves: keys, shares, signatures, and all checks |
//! | [`keystore`], [`deposit`], [`registration`]     | the other files and messages of a validator                     |
//! | [`enr`], [`identity`]                           | node records, and the keys behind them                          |
//! | [`address`], [`ethereum`], [`eip712`]           | accounts, and what they sign                                    |
//! | [`bls`], [`signing`]                            | validator keys and shares, and the roots that they sign         |
//! | [`network`], [`version`]                        | networks, and versions of the formats                           |
//! | [`json`]                                        | strict JSON: one file has one reading                           |
//! | `ssz`, `rlp`                                    | Charon's hash trees, and the encoding of node records           |

pub mod address;
pub mod bls;
pub mod definition;
pub mod deposit;
pub mod eip712;
pub mod enr;
pub mod error;
pub mod ethereum;
pub mod identity;
pub mod json;
pub mod keystore;
pub mod lock;
pub mod network;
pub mod registration;
pub mod signing;
pub mod version;

pub(crate) mod rlp;
pub(crate) mod ssz;

pub use error::ClusterError;
