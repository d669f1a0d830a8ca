//! What is asked of the verifier.

use coram_ceremony::verify::{CheckId, Expectations, Options};
use serde::{Deserialize, Serialize};

/// Why nothing is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// What the reason is about.
    pub of: Part,
    /// The reason.
    pub what: String,
}

/// The parts of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The request itself.
    Request,
    /// The files.
    Files,
    /// What is expected of them.
    Expectations,
    /// The name of an operator.
    Operator,
}

impl Refused {
    /// A reason that lies in some part.
    pub fn new(of: Part, what: impl std::fmt::Display) -> Self {
        Self { of, what: what.to_string() }
    }
}

/// A request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The files, in the order of their bytes.
    pub files: Vec<File>,
    /// Names of checks that need not pass.
    #[serde(default)]
    pub accept: Vec<String>,
    /// What is expected of the lock, as in a file of expectations.
    #[serde(default)]
    pub expect: Option<serde_json::Value>,
}

/// One file of a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// How many bytes it has.
    pub bytes: usize,
    /// Its name, if it has one.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is to be read as; otherwise its content tells.
    #[serde(default)]
    pub role: Option<Role>,
}

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A lock.
    Lock,
    /// The transcript of a lock.
    Transcript,
    /// Deposit data, beside a lock or alone.
    DepositData,
    /// A fault file.
    Fault,
    /// Nothing: what it says stands in the lock too.
    LeftOut,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// [`Refused`] if it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(bytes).map_err(|error| Refused::new(Part::Request, error))
    }

    /// What the verifier is told beside the files.
    ///
    /// # Errors
    ///
    /// [`Refused`] if an expectation cannot be read, or a check cannot be accepted.
    pub fn options(&self) -> Result<Options, Refused> {
        let expectations = match &self.expect {
            None => Expectations::default(),
            Some(expect) => Expectations::parse(expect.to_string().as_bytes())
                .map_err(|error| Refused::new(Part::Expectations, error))?,
        };
        Ok(Options {
            expectations,
            accept: self.accept.iter().map(|name| acceptable(name)).collect::<Result<_, _>>()?,
            ..Options::default()
        })
    }
}

fn acceptable(name: &str) -> Result<CheckId, Refused> {
    CheckId::by_name(name)
        .filter(|check| check.can_be_accepted())
        .ok_or_else(|| Refused::new(Part::Request, format!("{name:?} is no check that can be accepted")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(request: &str) -> Result<Options, Refused> {
        Request::parse(request.as_bytes()).and_then(|request| request.options())
    }

    #[test]
    fn what_is_expected_and_accepted_reaches_the_verifier() {
        let request = r#"{"files": [], "accept": ["expect.threshold"], "expect": {"threshold": 3, "network": "hoodi"}}"#;
        let options = options(request).unwrap();
        assert_eq!(options.expectations.threshold, Some(3));
        assert_eq!(options.expectations.network.unwrap().name(), "hoodi");
        assert!(options.accept.contains(&CheckId::ExpectThreshold));
    }

    #[test]
    fn what_cannot_be_expected_or_accepted_is_refused() {
        for (request, of) in [
            (r#"{"files": [], "expect": {"threshhold": 3}}"#, Part::Expectations),
            (r#"{"files": [], "accept": ["json.strict"]}"#, Part::Request),
            (r#"{"files": [], "accept": ["nothing.of-the-kind"]}"#, Part::Request),
            (r#"{"files": [], "acept": []}"#, Part::Request),
            ("", Part::Request),
        ] {
            assert_eq!(options(request).unwrap_err().of, of, "{request}");
        }
    }
}
