//! How operators on one machine reach each other.

use std::ffi::OsString;
use std::net::{TcpListener, UdpSocket};

use super::operators::Operator;
use super::{Plan, Transport};
use crate::failure::{Exit, Failure};
use crate::store::disk;

/// For every operator, the options by which it reaches the others.
pub fn ways(plan: &Plan, operators: &[Operator]) -> Result<Vec<Vec<OsString>>, Failure> {
    if plan.transport == Transport::Folder {
        let board = plan.output.join("board");
        std::fs::create_dir(&board).map_err(|error| disk(&board, "make", &error))?;
        return Ok(vec![vec!["--board".into(), board.into()]; operators.len()]);
    }
    let ports = free_ports(plan.transport, operators.len())?;
    let addresses: Vec<String> = ports
        .iter()
        .zip(operators)
        .map(|(port, operator)| {
            let peer = operator.identity.peer_id();
            match plan.transport {
                Transport::Tcp | Transport::Folder => format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}"),
                Transport::Quic => format!("/ip4/127.0.0.1/udp/{port}/quic-v1/p2p/{peer}"),
            }
        })
        .collect();
    let way = |port: &u16| {
        let mut way: Vec<OsString> = match plan.transport {
            Transport::Tcp | Transport::Folder => {
                vec!["--p2p-tcp-address".into(), format!("127.0.0.1:{port}").into()]
            }
            Transport::Quic => vec![
                "--p2p-tcp-address".into(),
                "127.0.0.1:0".into(),
                "--p2p-udp-address".into(),
                format!("127.0.0.1:{port}").into(),
            ],
        };
        way.extend(["--peer".into(), addresses.join(",").into()]);
        way
    };
    Ok(ports.iter().map(way).collect())
}

/// Ports of the loopback interface that are free now. All are held until all are found, so that no two are the same.
fn free_ports(transport: Transport, count: usize) -> Result<Vec<u16>, Failure> {
    let none = |error: std::io::Error| Failure::new(Exit::Internal, "sim.ports", error.to_string());
    match transport {
        Transport::Tcp | Transport::Folder => {
            let sockets = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>();
            let ports = sockets.map_err(none)?;
            ports.iter().map(|socket| Ok(socket.local_addr().map_err(none)?.port())).collect()
        }
        Transport::Quic => {
            let sockets = (0..count).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>();
            let ports = sockets.map_err(none)?;
            ports.iter().map(|socket| Ok(socket.local_addr().map_err(none)?.port())).collect()
        }
    }
}
