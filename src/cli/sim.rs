//! `coram sim`: a whole ceremony on this machine.

use std::ffi::OsString;
use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use coram_cluster::{
    ClusterError,
    definition::{Definition, DefinitionRequest, uuid_text},
    enr::Enr,
    ethereum::EthereumKey,
    identity::IdentityKey,
    lock::Lock,
};

use super::files::read;
use super::network::network_by_name;
use super::secret::random;
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};
use crate::store::{
    data_dir::{IDENTITY_KEY, LOCK},
    disk, files,
};

/// How often the operators' processes are looked at.
const POLL: Duration = Duration::from_millis(50);

/// Run a whole ceremony on this machine, one process for each operator
///
/// Makes identities and Ethereum accounts, a definition that all of them sign, and runs `coram dkg` for every operator: over libp2p on the
/// loopback interface, or on a folder. Lays out `FOLDER/node<i>/` as data folders. Prints the paths of the locks.
#[derive(Debug, Args)]
pub struct Sim {
    /// Number of operators
    #[arg(long, value_name = "NUMBER", default_value_t = 4, env = "CORAM_OPERATORS")]
    operators: u16,
    /// Shares that sign together [default: two thirds of the operators, rounded up]
    #[arg(long, value_name = "NUMBER", env = "CORAM_THRESHOLD")]
    threshold: Option<u64>,
    /// Number of validators
    #[arg(long, value_name = "NUMBER", default_value_t = 1, env = "CORAM_VALIDATORS")]
    validators: u64,
    /// A folder that does not exist yet
    #[arg(long, value_name = "FOLDER", env = "CORAM_OUTPUT")]
    output: PathBuf,
    /// The network: mainnet, hoodi, sepolia, gnosis, chiado; goerli and holesky, which are closed
    #[arg(long, value_name = "NAME", default_value = "hoodi", env = "CORAM_NETWORK")]
    network: String,
    /// How the operators exchange messages
    #[arg(
        long,
        value_name = "WAY",
        value_enum,
        default_value = "tcp",
        env = "CORAM_TRANSPORT",
        conflicts_with = "folder"
    )]
    transport: Transport,
    /// The operators exchange messages through a folder, `FOLDER/board/`, instead
    #[arg(long, env = "CORAM_FOLDER", value_parser = clap::builder::FalseyValueParser::new())]
    folder: bool,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, env = "CORAM_TIMEOUT")]
    timeout: u64,
}

/// What libp2p runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Transport {
    /// TCP, noise, yamux
    Tcp,
    /// QUIC
    Quic,
}

/// Runs `coram sim`.
pub fn run(arguments: &Sim) -> Result<(), Failure> {
    let output = &arguments.output;
    if output.exists() {
        let what = format!("{} is there already", output.display());
        return Err(
            Failure::new(Exit::Refused, "store.exists", what).help("name a folder that does not exist yet")
        );
    }
    let started = Instant::now();
    let operators = make_operators(arguments)?;
    let definition = make_definition(arguments, &operators)?;
    write_folders(output, &operators, &definition)?;
    let ways = ways(arguments, &operators)?;
    notice(&format!(
        "{} operators, threshold {}, {} validators: definition 0x{}",
        operators.len(),
        definition.threshold(),
        arguments.validators,
        hex::encode(definition.computed_hash()?)
    ));
    let count = operators.len();
    Processes::start(output, &ways, arguments.timeout)?.wait()?;
    compare_locks(output, count, started.elapsed())
}

/// One operator: who it is on the network, and who it is on the chain.
struct Operator {
    identity: IdentityKey,
    account: EthereumKey,
}

fn make_operators(arguments: &Sim) -> Result<Vec<Operator>, Failure> {
    (0..arguments.operators)
        .map(|_| {
            Ok(Operator {
                identity: random_key(IdentityKey::from_bytes)?,
                account: random_key(EthereumKey::from_bytes)?,
            })
        })
        .collect()
}

/// A secp256k1 key from the system's randomness; almost all of 32 bytes are one.
fn random_key<K, E>(parse: impl Fn(&[u8; 32]) -> Result<K, E>) -> Result<K, Failure> {
    loop {
        if let Ok(key) = parse(&*random()?) {
            return Ok(key);
        }
    }
}

/// A definition that the creator, who is operator 1, and all operators signed.
fn make_definition(arguments: &Sim, operators: &[Operator]) -> Result<Definition, Failure> {
    let network = network_by_name(&arguments.network)?;
    let timestamp = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let addresses: Vec<String> =
        operators.iter().map(|operator| operator.account.address().to_string()).collect();
    let mut request = DefinitionRequest::new(network.clone(), uuid_text(&*random()?), timestamp);
    request.name = "coram sim".to_owned();
    request.num_validators = arguments.validators;
    request.threshold = arguments.threshold;
    request.fee_recipient_addresses = addresses.iter().take(1).cloned().collect();
    request.withdrawal_addresses = request.fee_recipient_addresses.clone();
    request.operator_enrs =
        operators.iter().map(|operator| Enr::new(&operator.identity).text().to_owned()).collect();
    request.creator_address = addresses.first().cloned();
    request.operator_addresses = addresses;
    let mut definition = request.create().map_err(named_as_here)?;
    for (index, operator) in (1..).zip(operators) {
        let enr = Enr::new(&operator.identity);
        definition.sign_as_operator(index, Some(&enr), &operator.account, &network)?;
    }
    if let Some(creator) = operators.first() {
        definition.sign_as_creator(&creator.account, &network)?;
    }
    Ok(definition)
}

/// What is wrong with a request is wrong with our own options, whose names are shorter.
fn named_as_here(error: ClusterError) -> Failure {
    let ClusterError::Request { field, reason } = error else { return error.into() };
    let option = match field {
        "operator-enrs" | "operator-addresses" => "operators",
        "num-validators" => "validators",
        other => other,
    };
    Failure::new(Exit::Usage, "sim.request", format!("--{option}: {reason}"))
}

/// Variables that mean `coram sim` and not the operators: one that is set for another ceremony would change this one.
fn ours_alone() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("CORAM_")).collect()
}

/// The data folder of operator `index`, from 0.
fn node(output: &Path, index: usize) -> PathBuf {
    output.join(format!("node{index}"))
}

fn write_folders(output: &Path, operators: &[Operator], definition: &Definition) -> Result<(), Failure> {
    let definition = definition.to_json()?;
    let write = |path: PathBuf, bytes: &[u8], mode| {
        files::write_new(&path, bytes, mode).map_err(|error| disk(&path, "write", &error))
    };
    for (index, operator) in operators.iter().enumerate() {
        let folder = node(output, index);
        files::make_secret_folder(&folder).map_err(|error| disk(&folder, "make", &error))?;
        write(folder.join(IDENTITY_KEY), operator.identity.to_file_text().as_bytes(), files::KEY)?;
        write(folder.join("cluster-definition.json"), &definition, files::PUBLIC)?;
    }
    Ok(())
}

/// For every operator, the options by which it reaches the others.
fn ways(arguments: &Sim, operators: &[Operator]) -> Result<Vec<Vec<OsString>>, Failure> {
    if arguments.folder {
        let board = arguments.output.join("board");
        std::fs::create_dir(&board).map_err(|error| disk(&board, "make", &error))?;
        return Ok(vec![vec!["--board".into(), board.into()]; operators.len()]);
    }
    let ports = free_ports(arguments.transport, operators.len())?;
    let addresses: Vec<String> = ports
        .iter()
        .zip(operators)
        .map(|(port, operator)| {
            let peer = operator.identity.peer_id();
            match arguments.transport {
                Transport::Tcp => format!("/ip4/127.0.0.1/tcp/{port}/p2p/{peer}"),
                Transport::Quic => format!("/ip4/127.0.0.1/udp/{port}/quic-v1/p2p/{peer}"),
            }
        })
        .collect();
    let way = |port: &u16| {
        let mut way: Vec<OsString> = match arguments.transport {
            Transport::Tcp => vec!["--p2p-tcp-address".into(), format!("127.0.0.1:{port}").into()],
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
        Transport::Tcp => {
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

/// The processes of all operators. Those that still run are ended when this goes away.
struct Processes {
    children: Vec<(PathBuf, Child, bool)>,
}

impl Processes {
    fn start(output: &Path, ways: &[Vec<OsString>], timeout: u64) -> Result<Self, Failure> {
        let internal = |error: std::io::Error| Failure::new(Exit::Internal, "sim.start", error.to_string());
        let program = std::env::current_exe().map_err(internal)?;
        let mut processes = Self { children: Vec::new() };
        let ours = ours_alone();
        for (index, way) in ways.iter().enumerate() {
            let folder = node(output, index);
            let log = folder.join("coram.log");
            let file = File::create(&log).map_err(|error| disk(&log, "make", &error))?;
            let mut command = Command::new(&program);
            for variable in &ours {
                command.env_remove(variable);
            }
            let child = command
                .arg("dkg")
                .arg("--data-dir")
                .arg(&folder)
                .args(way)
                .arg("--timeout")
                .arg(timeout.to_string())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(file)
                .spawn()
                .map_err(internal)?;
            processes.children.push((log, child, false));
        }
        Ok(processes)
    }

    /// Waits until every operator has finished. The first failure ends all.
    fn wait(mut self) -> Result<(), Failure> {
        let total = self.children.len();
        let mut finished = 0;
        while finished < total {
            for (log, child, done) in self.children.iter_mut().filter(|(_, _, done)| !done) {
                let status = child
                    .try_wait()
                    .map_err(|error| Failure::new(Exit::Internal, "sim.wait", error.to_string()))?;
                match status {
                    Some(status) if status.success() => {
                        *done = true;
                        finished += 1;
                        notice(&format!("{finished} of {total} operators have the lock"));
                    }
                    Some(status) => return Err(failed(log, status)),
                    None => {}
                }
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for (_, child, done) in &mut self.children {
            if !*done {
                // It may have ended by itself.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

fn failed(log: &Path, status: std::process::ExitStatus) -> Failure {
    let text = read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rev().find(|line| line.starts_with("error[")).unwrap_or_default();
    let what = format!("an operator failed ({status}): {last}");
    Failure::new(Exit::Internal, "sim.operator", what).help(format!("its log is {}", log.display()))
}

/// All operators must have the same bytes.
fn compare_locks(output: &Path, count: usize, elapsed: Duration) -> Result<(), Failure> {
    let paths: Vec<PathBuf> = (0..count).map(|index| node(output, index).join(LOCK)).collect();
    let locks = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let first =
        locks.first().ok_or_else(|| Failure::new(Exit::Usage, "sim.empty", "there are no operators"))?;
    if locks.iter().any(|lock| lock != first) {
        return Err(Failure::new(Exit::Internal, "sim.locks-differ", "the operators have different locks")
            .help("this is a mistake of the program: keep the folder and report it"));
    }
    let hash = Lock::parse(first)?.hash()?;
    notice(&format!(
        "{count} identical locks of {} bytes, lock hash 0x{}, after {:.1} s",
        first.len(),
        hex::encode(hash),
        elapsed.as_secs_f64()
    ));
    if let Some(path) = paths.first() {
        notice(&format!("verify with: coram verify {}", path.display()));
    }
    result(&paths.iter().map(|path| format!("{}\n", path.display())).collect::<String>())
}
