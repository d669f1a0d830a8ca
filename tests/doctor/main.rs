//! `coram doctor`: each check passes where it should, and alone notices what it is there for.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/frames.rs"]
mod frames;
#[allow(dead_code)] // a part is enough here
#[path = "../keymanager/server.rs"]
mod keymanager;
mod local;
#[path = "../common/net.rs"]
mod net;
mod network;
mod patient;
#[path = "../common/peer.rs"]
mod peer;
#[path = "../common/proxy.rs"]
mod proxy;
#[path = "../common/relay.rs"]
mod relay;
