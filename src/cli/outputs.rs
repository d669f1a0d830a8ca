//! Where the outputs of a ceremony go, as options.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use zeroize::Zeroizing;

use super::files;
use super::secret::read_key_file;
use crate::failure::{Exit, Failure};
use crate::finish::Delivery;
use crate::keymanager::{Address, Keymanager};
use crate::printer::notice;

const TOKEN_VARIABLE: &str = "CORAM_KEYMANAGER_AUTH_TOKEN";

/// The validator client that is to have the keys.
#[derive(Clone, Debug, Args)]
pub struct KeymanagerOptions {
    /// Import the keys into the validator client at this address, over its keymanager API, instead of leaving keystores on disk
    #[arg(long, value_name = "URL", env = "CORAM_KEYMANAGER_ADDRESS")]
    keymanager_address: Option<String>,
    /// The token of its API; every user of this machine can read it here, but not in the variable or a file
    #[arg(long, value_name = "TOKEN", env = TOKEN_VARIABLE, hide_env_values = true)]
    keymanager_auth_token: Option<Token>,
    /// A file with that token, which only its owner can read
    #[arg(long, value_name = "FILE", env = "CORAM_KEYMANAGER_AUTH_TOKEN_FILE")]
    keymanager_auth_token_file: Option<PathBuf>,
    /// The authority that signed its TLS certificate, in PEM [default: those that browsers know]
    #[arg(long, value_name = "FILE", env = "CORAM_KEYMANAGER_CA_FILE")]
    keymanager_ca_file: Option<PathBuf>,
}

/// Where the outputs go.
#[derive(Clone, Debug, Args)]
pub struct OutputOptions {
    #[command(flatten)]
    keymanager: KeymanagerOptions,
    /// Pack the outputs into dkg.tar.gz, with copies of the identity key and the definition, and leave only that
    #[arg(long, env = "CORAM_ZIPPED", value_parser = clap::builder::FalseyValueParser::new())]
    zipped: bool,
}

impl OutputOptions {
    /// Makes sense of the options; nothing is sent yet.
    pub fn delivery(&self, accepted: &[String]) -> Result<Delivery, Failure> {
        Ok(Delivery { keymanager: self.keymanager.keymanager(accepted)?, zipped: self.zipped })
    }
}

impl KeymanagerOptions {
    /// The keymanager that is named, if one is. What is empty is not given: a variable cannot always be left out.
    pub fn keymanager(&self, accepted: &[String]) -> Result<Option<Keymanager>, Failure> {
        let address = self.keymanager_address.as_deref().filter(|text| !text.is_empty());
        match (address, self.token()?) {
            (None, None) => Ok(None),
            (Some(address), Some(token)) => {
                let address = Address::parse(address)?;
                address.check_private(accepted)?;
                let roots = self.keymanager_ca_file.as_deref().map(files::read).transpose()?;
                Keymanager::new(address, token.trim(), roots.as_deref()).map(Some)
            }
            (address, _) => {
                let missing =
                    if address.is_none() { "--keymanager-address" } else { "--keymanager-auth-token-file" };
                let what = format!("a keymanager needs an address and a token: {missing} is missing");
                Err(Failure::new(Exit::Usage, "keymanager.options", what).help("give both, or neither"))
            }
        }
    }

    fn token(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let spoken = self.keymanager_auth_token.as_ref().filter(|token| !token.0.is_empty());
        match (spoken, &self.keymanager_auth_token_file) {
            (None, None) => Ok(None),
            (None, Some(path)) => read_key_file(path).map(Some),
            (Some(token), None) => {
                if std::env::var_os(TOKEN_VARIABLE).is_none() {
                    notice(&format!(
                        "warning: the keymanager's token is in the list of processes; {TOKEN_VARIABLE} or --keymanager-auth-token-file keep it out"
                    ));
                }
                Ok(Some(token.0.clone()))
            }
            (Some(_), Some(_)) => {
                let what = "the keymanager's token is given twice: by itself, and as a file";
                Err(Failure::new(Exit::Usage, "keymanager.options", what).help("leave one of them out"))
            }
        }
    }
}

/// A secret text that is not shown.
#[derive(Clone)]
struct Token(Zeroizing<String>);

impl FromStr for Token {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}
