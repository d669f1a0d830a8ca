//! A relay that runs.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{coram, text, wait_until};

/// No answer takes longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running relay. Ended when dropped.
pub struct Relay {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it printed first.
    pub address: String,
    pub http: SocketAddr,
    log: PathBuf,
}

/// `coram relay` on any free port of loopback.
pub fn command(data_dir: &Path) -> Command {
    let mut command = coram();
    command.arg("relay").arg("--data-dir").arg(data_dir);
    command.args(["--p2p-tcp-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0"]);
    command
}

impl Relay {
    /// Starts a relay, and waits until it listens.
    pub fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let log = data_dir.with_extension("log");
        let mut command = command(data_dir);
        command.args(arguments).stdout(Stdio::piped()).stderr(fs::File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut address = String::new();
        output.read_line(&mut address).unwrap();
        let said = fs::read_to_string(&log).unwrap();
        let http = said.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let http = http.unwrap_or_else(|| panic!("no relay: {said}")).parse().unwrap();
        Self { child, output, address: address.trim().to_owned(), http, log }
    }

    /// Where its first listener is.
    pub fn socket(&self) -> SocketAddr {
        let mut parts = self.address.split('/').skip(2);
        format!("{}:{}", parts.next().unwrap(), parts.nth(1).unwrap()).parse().unwrap()
    }

    pub fn peer_id(&self) -> &str {
        self.address.rsplit('/').next().unwrap()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// An answer over HTTP: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n");
        let answer = self.raw(request.as_bytes());
        let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("{answer}")).parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned());
        (status, body)
    }

    /// Whatever comes back for these bytes.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.http).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // It may have been cut off before all was sent, and then says why all the same.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        text(&answer)
    }

    /// The value of a counter, by the beginning of its line; 0 if it was never touched.
    pub fn metric(&self, name: &str) -> u64 {
        let (status, metrics) = self.get("/metrics");
        assert_eq!(status, 200);
        let line = metrics.lines().find(|line| line.starts_with(name));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    }

    /// Waits until a counter has a value.
    pub fn wait_for(&self, name: &str, value: u64) {
        wait_until(&format!("{name} {value}"), || self.metric(name) == value);
    }

    /// Asks it to stop, and waits until it has; its exit code, and what else it printed.
    pub fn stop(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let deadline = Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(Instant::now() < deadline, "does not stop: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (code, rest)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have been stopped before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
