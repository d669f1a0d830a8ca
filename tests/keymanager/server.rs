//! A server that answers as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// As a keymanager would.
    Well,
    /// A status and a body.
    Text(u16, String),
    /// A status, and what was sent as the body.
    Echo(u16),
    /// The header `location`.
    Redirect(String),
    /// Bytes without an end.
    Endless,
    /// Headers without an end.
    EndlessHeaders,
    /// Nothing, while the connection stays open.
    Nothing,
    /// `imported`, but nothing is.
    Lie,
    /// `error`, with the password in the message.
    TellPassword,
}

#[derive(Debug)]
struct State {
    get: Answer,
    post: Answer,
    keys: Vec<String>,
    passwords: Vec<String>,
    requests: usize,
}

/// A server on a port of this machine. Its thread ends with the test.
#[derive(Clone)]
pub struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            get: Answer::Well,
            post: Answer::Well,
            keys: Vec::new(),
            passwords: Vec::new(),
            requests: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(connection, &shared));
            }
        });
        Self { port, state }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn answer(&self, get: Answer, post: Answer) {
        let mut state = self.state.lock().unwrap();
        (state.get, state.post) = (get, post);
    }

    pub fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// The passwords that were sent so far.
    pub fn passwords(&self) -> Vec<String> {
        self.state.lock().unwrap().passwords.clone()
    }
}

/// Answers one request. Whoever hangs up early is no failure of the server.
fn serve(mut connection: TcpStream, state: &Mutex<State>) -> Option<()> {
    let (method, body) = read(&connection)?;
    let request: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let answer = {
        let mut state = state.lock().unwrap();
        state.requests += 1;
        state.passwords.extend(strings(&request["passwords"]));
        if method == "GET" { state.get.clone() } else { state.post.clone() }
    };
    let (status, text) = match answer {
        Answer::Well if method == "GET" => (200, list(&state.lock().unwrap().keys)),
        Answer::Well => (200, import(&request, &mut state.lock().unwrap().keys)),
        Answer::Text(status, text) => (status, text),
        Answer::Echo(status) => (status, String::from_utf8_lossy(&body).into_owned()),
        Answer::Redirect(to) => {
            return write!(connection, "HTTP/1.1 307 \r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").ok();
        }
        Answer::Endless => {
            write!(connection, "HTTP/1.1 200 OK\r\n\r\n{{\"data\":[").ok()?;
            return pour(&mut connection, b"{\"validating_pubkey\":\"0x00\"},");
        }
        Answer::EndlessHeaders => {
            write!(connection, "HTTP/1.1 200 OK\r\n").ok()?;
            return pour(&mut connection, b"x-header: and another one of them\r\n");
        }
        Answer::Nothing => {
            thread::sleep(Duration::from_secs(100));
            return None;
        }
        Answer::Lie => (200, statuses(&request, |_| json!({"status": "imported", "message": ""}))),
        Answer::TellPassword => (
            200,
            statuses(
                &request,
                |password| json!({"status": "error", "message": format!("is it {password}?")}),
            ),
        ),
    };
    write!(connection, "HTTP/1.1 {status} \r\ncontent-length: {}\r\n\r\n{text}", text.len()).ok()
}

fn read(connection: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(connection);
    let (mut first, mut len) = (String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            len = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body).ok()?;
    Some((first.split(' ').next()?.to_owned(), body))
}

fn pour(connection: &mut TcpStream, piece: &[u8]) -> Option<()> {
    let block = piece.repeat(1000);
    loop {
        connection.write_all(&block).ok()?;
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn list(keys: &[String]) -> String {
    let data: Vec<Value> = keys.iter().map(|key| json!({"validating_pubkey": format!("0x{key}")})).collect();
    json!({"data": data}).to_string()
}

fn import(request: &Value, keys: &mut Vec<String>) -> String {
    for keystore in strings(&request["keystores"]) {
        let keystore: Value = serde_json::from_str(&keystore).unwrap();
        keys.push(keystore["pubkey"].as_str().unwrap().to_owned());
    }
    statuses(request, |_| json!({"status": "imported"}))
}

fn statuses(request: &Value, status: impl Fn(&str) -> Value) -> String {
    let data: Vec<Value> = strings(&request["passwords"]).iter().map(|password| status(password)).collect();
    json!({"data": data}).to_string()
}
