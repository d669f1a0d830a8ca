//! Everything in which processes meet over a network, as one program: what these tests have in common takes longest to compile.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod adversaries;
mod attack;
mod attempts;
mod ceremonies;
#[path = "../common/mod.rs"]
mod common;
mod doctor;
mod fault;
mod faults;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/islands.rs"]
mod islands;
#[allow(dead_code)] // a part is enough here
#[path = "../keymanager/server.rs"]
mod keymanager;
mod kill;
mod kit;
mod mdns;
#[path = "../common/net.rs"]
mod net;
mod paths;
#[path = "../common/peer.rs"]
mod peer;
#[path = "../common/proxy.rs"]
mod proxy;
mod refusals;
#[path = "../common/relay.rs"]
mod relay;
mod relays;
mod secrets;
mod turns;

#[test]
#[ignore = "a helper process of the other tests"]
fn island() {
    islands::serve();
}
