//! `coram relay`, as a process beside the operators.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::process::Command;

use crate::common::coram;
use crate::net::{Net, Node, PATIENCE, free_port};

/// A relay that runs. Ended when dropped.
pub struct Relay {
    pub process: Node,
    address: String,
}

impl Relay {
    /// Starts a relay at a port of loopback, with boards or without; `place` may put the command elsewhere.
    pub fn start(net: &Net, port: u16, boards: bool, place: impl FnOnce(Command) -> Command) -> Self {
        let mut command = coram();
        command.arg("relay").arg("--data-dir").arg(net.cluster.path("relay"));
        command.args(["--p2p-tcp-address", &format!("127.0.0.1:{port}")]);
        command.args(["--http-address", &format!("127.0.0.1:{}", free_port())]);
        if boards {
            command.arg("--boards");
        }
        let process = net.spawn("relay", &mut place(command));
        let listening = format!("/ip4/127.0.0.1/tcp/{port}/p2p/");
        let find = || net.printed("relay").lines().find(|line| line.contains(&listening)).map(str::to_owned);
        net.wait("the address of the relay", PATIENCE, || find().is_some());
        let address = find().unwrap().trim().to_owned();
        Self { process, address }
    }

    /// Its multiaddr, with its peer ID.
    pub fn address(&self) -> &str {
        &self.address
    }
}
