//! Hands keystores to a validator client, over Ethereum's keymanager API.
//!
//! | request                   | what for                                                            |
//! |---------------------------|---------------------------------------------------------------------|
//! | `GET /eth/v1/keystores`   | before the ceremony: does it answer, does it take the token; after the import: has it the keys |
//! | `POST /eth/v1/keystores`  | the import, in batches; a status comes back for each keystore       |
//!
//! Keys and passwords travel, so: the token goes to the named address alone (no redirects, no proxies), and only over TLS or
//! to this machine, unless somebody accepted otherwise by name. Answers are bounded in size and time, and what a
//! password could stand in is not shown.

mod address;
mod answer;
mod import;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use ureq::Agent;
use ureq::http::{HeaderValue, StatusCode, header::AUTHORIZATION};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use zeroize::Zeroizing;

pub use address::{Address, PLAIN_HTTP};
pub use answer::{Reply, Status};
pub use import::import;

use crate::failure::{Exit, Failure};
use crate::store::outputs::Keystore;

/// The time for a request, besides that for its keystores.
const BASE_TIME: Duration = Duration::from_secs(10);
/// The time for a keystore: the other side decrypts it, at a cost that is high on purpose.
const TIME_PER_KEYSTORE: Duration = Duration::from_secs(2);
/// The largest list of keys that is read, in bytes: some 80,000 keys.
const MAX_LIST: u64 = 16 << 20;
/// The largest answer to an import besides that for its keystores, and for each of them, in bytes.
const MAX_REPLY: u64 = 16 << 10;

/// A validator client that takes keys.
pub struct Keymanager {
    address: Address,
    agent: Agent,
    /// `Bearer` and the token.
    authorization: HeaderValue,
}

impl Keymanager {
    /// A keymanager at an address; nothing is sent yet. `roots` are the authorities that its certificate may be from,
    /// in PEM; without any, those that browsers know.
    ///
    /// # Errors
    ///
    /// `keymanager.token` for a token that no header can carry, `keymanager.ca` for text without a certificate.
    pub fn new(address: Address, token: &str, roots: Option<&[u8]>) -> Result<Self, Failure> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "the keymanager's token is empty, or has characters in it that no token has";
            return Err(Failure::new(Exit::Usage, "keymanager.token", what)
                .help("the validator client writes its token to a file: give the file, unchanged"));
        }
        let bearer = Zeroizing::new(format!("Bearer {token}"));
        let mut authorization = HeaderValue::from_str(&bearer)
            .map_err(|error| Failure::new(Exit::Usage, "keymanager.token", error.to_string()))?;
        authorization.set_sensitive(true);
        let mut tls = TlsConfig::builder();
        if let Some(pem) = roots {
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates(pem)?));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Wherever a redirect or a proxy leads, it is not where the operator meant to send keys.
            .max_redirects(0)
            .proxy(None)
            // A connection that idled through a ceremony is closed by now.
            .max_idle_connections(0)
            .user_agent(concat!("coram/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        Ok(Self { address, agent: config.build().new_agent(), authorization })
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Asks for the list of its keys: whether it can be reached, takes the token, and speaks the API.
    ///
    /// # Errors
    ///
    /// As [`Keymanager::list`].
    pub fn probe(&self) -> Result<(), Failure> {
        self.list().map(|_| ())
    }

    /// The public keys that it has.
    ///
    /// # Errors
    ///
    /// `keymanager.unreachable` if there is no answer in time, `keymanager.token` if it refuses the token,
    /// `keymanager.answer` for anything but a list of keys.
    pub fn list(&self) -> Result<BTreeSet<String>, Failure> {
        let request = self.agent.get(self.address.keystores()).header(AUTHORIZATION, &self.authorization);
        let request = request.config().timeout_global(Some(BASE_TIME)).build();
        let body = self.body(request.call(), MAX_LIST)?;
        answer::keys(&body).map_err(|what| self.strange(&what))
    }

    /// Sends keystores, and returns what became of each, in their order.
    ///
    /// # Errors
    ///
    /// As [`Keymanager::list`]. Whether it has taken some of the keys is not known then.
    fn post(&self, keystores: &[Keystore]) -> Result<Vec<Reply>, Failure> {
        let count = u32::try_from(keystores.len()).unwrap_or(u32::MAX);
        let body = body(keystores)?;
        let request = self.agent.post(self.address.keystores()).header(AUTHORIZATION, &self.authorization);
        let request = request.content_type("application/json").config();
        let request = request.timeout_global(Some(BASE_TIME + TIME_PER_KEYSTORE * count)).build();
        let answer = self.body(request.send(body.as_slice()), MAX_REPLY * u64::from(count + 1))?;
        let mut replies = answer::replies(&answer, keystores.len()).map_err(|what| self.strange(&what))?;
        for reply in &mut replies {
            // Whoever repeats what it was sent must not get passwords into our logs.
            if keystores.iter().any(|keystore| reply.message.contains(keystore.password.as_str())) {
                reply.message = "its message has a password in it, and is not shown".to_owned();
            }
        }
        Ok(replies)
    }

    /// The body of a good answer.
    fn body(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        limit: u64,
    ) -> Result<Vec<u8>, Failure> {
        let mut answer = answer.map_err(|error| self.unreachable(&error))?;
        match answer.status() {
            StatusCode::OK => {
                let body = answer.body_mut().with_config().limit(limit).read_to_vec();
                body.map_err(|error| match error {
                    ureq::Error::BodyExceedsLimit(_) => {
                        self.strange(&format!("it answers with more than {limit} bytes"))
                    }
                    error => self.unreachable(&error),
                })
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let what = format!(
                    "the keymanager at {} does not take the token ({})",
                    self.address,
                    answer.status()
                );
                Err(Failure::new(Exit::Refused, "keymanager.token", what)
                    .help("give the token that this validator client wrote when it started"))
            }
            status if status.is_redirection() => {
                Err(self.strange(&format!("it redirects ({status}), and the token goes nowhere else")))
            }
            // Not what it says: that could be what it was sent.
            status => Err(self.strange(&format!("it answers {status}"))),
        }
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        let what = match error {
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
                return self.strange(&format!("it does not speak HTTP as it should: {error}"));
            }
            ureq::Error::Timeout(_) => format!("the keymanager at {} does not answer in time", self.address),
            error => format!("the keymanager at {} cannot be reached: {error}", self.address),
        };
        Failure::new(Exit::Refused, "keymanager.unreachable", what)
            .help("check the address, and that the validator client runs with its keymanager API switched on")
    }

    fn strange(&self, what: &str) -> Failure {
        let what = format!("the keymanager at {}: {what}", self.address);
        Failure::new(Exit::Refused, "keymanager.answer", what)
            .help("check the address, and look into the validator client's log")
    }
}

/// The certificates in a PEM file.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, Failure> {
    let bad = |what: String| {
        Failure::new(Exit::Usage, "keymanager.ca", what)
            .help("give a PEM file with the certificate of the authority that signed the keymanager's")
    };
    let items = parse_pem(pem).collect::<Result<Vec<_>, _>>();
    let items = items.map_err(|error| bad(format!("the keymanager's authorities: {error}")))?;
    let certificates: Vec<_> = items
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(bad("there is no certificate in the file of the keymanager's authorities".to_owned()));
    }
    Ok(certificates)
}

/// The body of an import. Its place is big enough from the start: one that grows would leave passwords behind.
fn body(keystores: &[Keystore]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        keystores: Vec<&'a str>,
        passwords: Vec<&'a str>,
    }
    let body = Body {
        keystores: keystores.iter().map(|keystore| keystore.json.as_str()).collect(),
        passwords: keystores.iter().map(|keystore| keystore.password.as_str()).collect(),
    };
    let room = |keystore: &Keystore| 2 * keystore.json.len() + keystore.password.len() + 8;
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 + keystores.iter().map(room).sum::<usize>()));
    serde_json::to_writer(&mut *bytes, &body)
        .map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    Ok(bytes)
}
