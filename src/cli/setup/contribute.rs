//! `coram setup contribute`.

use std::path::PathBuf;

use clap::Args;

use super::Contributed;
use crate::failure::Failure;
use crate::setup::contribute::{self, By};
use crate::store::data_dir::DataDir;

/// Contribute secrets to a phase, and forget them
///
/// The whole file is checked first. The secrets come from the operating system, are never written anywhere, and are wiped when
/// they were used. The contribution is signed with the identity key of the data folder. The file is replaced in one step, so that
/// an interruption leaves the old one. Prints the id of the contribution.
#[derive(Debug, Args)]
pub struct Contribute {
    #[command(flatten)]
    contributed: Contributed,
    /// This operator's folder, with the identity key that signs
    #[arg(long, value_name = "FOLDER", default_value = ".charon", env = "CORAM_DATA_DIR")]
    data_dir: PathBuf,
    /// Sign with no key: then the contribution vouches for nobody
    #[arg(long, env = "CORAM_ANONYMOUS", value_parser = clap::builder::FalseyValueParser::new())]
    anonymous: bool,
}

/// Runs the command.
pub fn run(arguments: &Contribute) -> Result<(), Failure> {
    let Contributed { file, output } = &arguments.contributed;
    let by = if arguments.anonymous {
        By::Nobody
    } else {
        By::Identity(Box::new(DataDir::open(&arguments.data_dir)?.identity()?))
    };
    contribute::run(file, output.as_deref(), &by)
}
