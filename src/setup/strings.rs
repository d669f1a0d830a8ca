//! What is in a file of a setup.
//!
//! ```text
//! powers               as the library writes them
//! key in the making    "coram key 1\n", then the reference string that it would be
//! reference string     as the library writes it
//! ```

use std::io::Write;

use coram_circuits::share_encryption::ShapeCircuit;
use coram_proofs::setup::{
    Draft, Observer, Powers, SetupError, SetupRecord, Shape, UncheckedPowers, UncheckedReference,
};

use super::file::Source;
use crate::failure::{Exit, Failure};

/// How powers begin, whatever their version.
pub const POWERS: &[u8] = b"coram powers ";
/// How a key in the making begins: nobody takes it for a reference string that all have agreed on.
pub const KEY: &[u8] = b"coram key 1\n";
/// How reference strings begin, whatever their version.
pub const REFERENCE: &[u8] = b"coram reference ";

/// The fewest bytes of a point.
const POINT: u64 = 96;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Powers, to which more may be contributed.
    Powers,
    /// A key, to which more may be contributed.
    Key,
    /// A finished reference string.
    Reference,
}

impl Kind {
    /// What a file is, by its first bytes; what is left to read is as the library writes it.
    pub fn of(source: &mut Source) -> Result<Self, Failure> {
        let begin = source.peek()?;
        if begin.starts_with(POWERS) {
            Ok(Self::Powers)
        } else if begin.starts_with(REFERENCE) {
            Ok(Self::Reference)
        } else if begin.starts_with(KEY) {
            source.skip(KEY.len());
            Ok(Self::Key)
        } else {
            let what = format!("{} is no file of a setup that this version knows", source.path().display());
            Err(Failure::new(Exit::Invalid, "setup.form", what)
                .help("`coram setup new` begins one; a later version of coram may know this one"))
        }
    }

    /// As it stands in sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Powers => "powers",
            Self::Key => "a key in the making",
            Self::Reference => "a reference string",
        }
    }
}

/// Reads powers to their end and checks them.
pub fn read_powers(source: &mut Source, observer: Observer<'_>) -> Result<Powers, Failure> {
    let read = UncheckedPowers::read(source, observer).and_then(|unchecked| unchecked.verify(observer));
    read.map_err(|error| source.wrong(error))
}

/// Reads a key or a reference string to its end and checks it.
pub fn read_draft(source: &mut Source, observer: Observer<'_>) -> Result<Draft, Failure> {
    let bytes = source.len();
    let read = |source: &mut Source| {
        let unchecked = UncheckedReference::read(source, observer)?;
        let circuit = circuit_of(unchecked.record(), bytes)?;
        Ok::<_, Failure>(unchecked.verify(&circuit, observer)?)
    };
    read(source).map_err(|failure| source.wrong(failure))
}

/// Writes a key to which more may be contributed.
pub fn write_key(key: &Draft, writer: &mut impl Write, observer: Observer<'_>) -> Result<(), SetupError> {
    writer.write_all(KEY).map_err(|error| SetupError::Io(error.kind()))?;
    key.write(writer, observer)
}

/// The circuit of a shape.
pub fn circuit(shape: Shape) -> Result<ShapeCircuit, Failure> {
    let made = ShapeCircuit::new(usize::from(shape.recipients()), shape.validators() as usize);
    made.map_err(|error| Failure::new(Exit::Internal, "setup.circuit", error.to_string()))
}

/// The circuit that a file of so many bytes is for. It takes memory and time, which the file has to be large enough for.
pub fn circuit_of(record: &SetupRecord, bytes: u64) -> Result<ShapeCircuit, Failure> {
    let shape = Shape::new(record.recipients, record.validators)?;
    if (bytes / POINT) >> shape.domain_log() == 0 {
        return Err(SetupError::Circuit { problem: "its lists are shorter than its shape needs" }.into());
    }
    circuit(shape)
}
