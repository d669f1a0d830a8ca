//! Where a keymanager is, and whether keys may travel there.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use crate::failure::{Exit, Failure};

/// What must be accepted by name before keys and passwords travel in the clear.
pub const PLAIN_HTTP: &str = "keymanager.plain-http";

/// The address of a keymanager: scheme, host, port, and perhaps a path before the API's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    url: String,
    /// Whether what is sent is encrypted, or stays on this machine.
    private: bool,
}

impl Address {
    /// Reads an `http` or `https` URL.
    ///
    /// # Errors
    ///
    /// `keymanager.address` if it is none, or has a user, a query or a fragment in it.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let bad = |what: &str| {
            Failure::new(Exit::Usage, "keymanager.address", format!("the keymanager's address {what}"))
                .help("give scheme, host and port, such as http://127.0.0.1:5062")
        };
        let uri: Uri = text.parse().map_err(|_| bad("is no URL"))?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad("does not begin with http:// or https://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("has a user name in it; the token is given by itself"));
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(bad("has more after its path"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(bad("has no host"));
        }
        Ok(Self { url: text.trim_end_matches('/').to_owned(), private: encrypted || is_this_machine(host) })
    }

    /// Refuses an address to which keys and passwords would travel in the clear, unless that is accepted.
    ///
    /// # Errors
    ///
    /// [`PLAIN_HTTP`].
    pub fn check_private(&self, accepted: &[String]) -> Result<(), Failure> {
        if self.private || accepted.iter().any(|name| name == PLAIN_HTTP) {
            return Ok(());
        }
        let what = format!("keys and passwords would travel to {self} in the clear");
        Err(Failure::new(Exit::Refused, PLAIN_HTTP, what).help(format!(
            "use https, or a tunnel to an address of this machine; if the network between is yours alone, give --accept {PLAIN_HTTP}"
        )))
    }

    /// Where the API has the keystores.
    pub fn keystores(&self) -> String {
        format!("{}/eth/v1/keystores", self.url)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_on_this_machine_or_are_encrypted() {
        for (text, private) in [
            ("http://127.0.0.1:5062", true),
            ("http://127.8.9.1:5062/", true),
            ("http://[::1]:5062", true),
            ("http://LocalHost", true),
            ("https://signer.example:9000/prefix", true),
            ("http://signer.example", false),
            ("http://10.0.0.5:5062", false),
            ("http://0.0.0.0:5062", false),
            ("http://localhost.example", false),
            ("http://127.0.0.1.example", false),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.check_private(&[]).is_ok(), private, "{text}");
            assert!(address.check_private(&[PLAIN_HTTP.to_owned()]).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_plain_addresses_are_read() {
        for text in [
            "",
            "localhost:5062",
            "/eth",
            "ftp://127.0.0.1",
            "http://",
            "http://:5062",
            "http://localhost@evil.example",
            "http://127.0.0.1:5062/?a=b",
            "http://127.0.0.1:5062/#a",
            "http://127.0.0.1 .example",
            "http://127.0.0.1\\evil.example",
        ] {
            assert_eq!(Address::parse(text).unwrap_err().code, "keymanager.address", "{text}");
        }
    }

    #[test]
    fn the_path_of_the_api_follows_that_of_the_address() {
        for (text, keystores) in [
            ("http://localhost:1/", "http://localhost:1/eth/v1/keystores"),
            ("https://a.example/vc", "https://a.example/vc/eth/v1/keystores"),
        ] {
            assert_eq!(Address::parse(text).unwrap().keystores(), keystores);
        }
    }
}
