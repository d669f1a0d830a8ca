//! Why something could not be reached, in words.

use std::error::Error;
use std::io;

use libp2p::core::transport::TransportError;
use libp2p::multiaddr::Multiaddr;
use libp2p::swarm::DialError;

/// Why a dial failed.
pub fn dial_error(error: &DialError) -> String {
    match error {
        DialError::LocalPeerId { .. } => "this operator itself answers there".to_owned(),
        DialError::NoAddresses => "no address is known".to_owned(),
        DialError::Transport(tried) => {
            let reasons: Vec<String> =
                tried.iter().map(|(address, error)| transport_error(address, error)).collect();
            reasons.join("; ")
        }
        other => root_cause(other),
    }
}

/// An address, and why it cannot be used.
pub fn transport_error(address: &Multiaddr, error: &TransportError<io::Error>) -> String {
    match error {
        TransportError::MultiaddrNotSupported(_) => format!("{address}: this program has no such transport"),
        TransportError::Other(error) => format!("{address}: {}", root_cause(error)),
    }
}

/// What all the errors around it are about.
pub fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    // Errors of the system wrap others without naming them as their source.
    while let Some(inner) = cause
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .map(|inner| inner as &(dyn Error + 'static))
        .or_else(|| cause.source())
    {
        cause = inner;
    }
    // Where libraries wrap them, errors of the system can be told by their text only.
    let text = cause.to_string();
    if text.contains("os error 111") || text.contains("onnection refused") {
        "refused: nothing listens there".to_owned()
    } else if text == "invalid data" {
        "what answers there does not speak libp2p".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_what_is_told() {
        let refused = io::Error::other(io::Error::other(io::Error::from_raw_os_error(111)));
        assert_eq!(root_cause(&refused), "refused: nothing listens there");
        let other = io::Error::other(io::Error::other("no route"));
        assert_eq!(root_cause(&other), "no route");
        assert_eq!(dial_error(&DialError::NoAddresses), "no address is known");
    }
}
