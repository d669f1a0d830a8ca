//! The file with everything that a setup made.
//!
//! ```text
//! file = "coram reference 1\n" | length (4) | record | private variables (4) | log of the domain (1) |
//!        A | B in G1 | B in G2 | L | H | powers of the size of the domain
//! ```
//!
//! Points are uncompressed; the other elements of the key stand in the record. In a file to whose key nobody has contributed,
//! the record's second list is empty and `delta` is one.

use std::io::{Read, Write};

use super::{
    MAX_LOG, MIN_LOG, SetupError, Shape,
    draft::Draft,
    encoding,
    lists::Lists,
    point,
    progress::{Meter, Observer, Task},
    queries::{Counts, Queries},
    record::SetupRecord,
};
use crate::{
    groth16::VerifyingKey,
    group::{self, g2},
};

/// How a file begins.
const MAGIC: &[u8; 18] = b"coram reference 1\n";

/// What stands before the points.
pub(super) struct Header {
    pub(super) record: SetupRecord,
    private: usize,
    log: u8,
}

impl Header {
    pub(super) fn read(reader: &mut impl Read) -> Result<Self, SetupError> {
        let mut magic = [0; MAGIC.len()];
        point::read_exact(reader, &mut magic, "its first bytes")?;
        if magic != *MAGIC {
            return Err(SetupError::Magic { expected: "a reference string" });
        }
        let part = "the record of the setup";
        let mut length = [0; 4];
        point::read_exact(reader, &mut length, part)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > encoding::max_len() {
            return Err(SetupError::Encoding { part });
        }
        let mut record = vec![0; length];
        point::read_exact(reader, &mut record, part)?;
        let record = SetupRecord::from_bytes(&record)?;

        let part = "the number of variables";
        let mut numbers = [0; 5];
        point::read_exact(reader, &mut numbers, part)?;
        let [private @ .., log] = numbers;
        let private = u32::from_be_bytes(private) as usize;
        // Every private variable has a row of its own.
        if !(MIN_LOG..=MAX_LOG).contains(&log) || private > 1 << log {
            return Err(SetupError::Encoding { part });
        }
        Ok(Self { record, private, log })
    }

    fn encode(&self) -> Vec<u8> {
        let record = self.record.to_bytes();
        let mut bytes = MAGIC.to_vec();
        bytes.extend((record.len() as u32).to_be_bytes());
        bytes.extend(record);
        bytes.extend((self.private as u32).to_be_bytes());
        bytes.push(self.log);
        bytes
    }

    pub(super) fn counts(&self) -> Counts {
        let public =
            coram_circuits::share_encryption::ShapeCircuit::public_of(usize::from(self.record.recipients));
        Counts { public: public + 1, private: self.private, log: self.log }
    }

    /// The verifying key, in which `delta` may be `gamma`.
    pub(super) fn verifying_key(&self) -> Result<VerifyingKey, SetupError> {
        let wrong = |problem| SetupError::VerifyingKey { problem };
        let bytes = self.record.verifying_key.as_slice();
        if bytes.len() != VerifyingKey::encoded_len(usize::from(self.record.recipients)) {
            return Err(wrong("its length is not that of its shape"));
        }
        let outside = || wrong("a point is not in its group");
        let (alpha, rest) = bytes.split_first_chunk().ok_or_else(outside)?;
        let (beta, rest) = rest.split_first_chunk().ok_or_else(outside)?;
        let (delta, rest) = rest.split_first_chunk().ok_or_else(outside)?;
        Ok(VerifyingKey {
            alpha: group::decode(alpha).ok_or_else(outside)?,
            beta: g2::decode(beta).ok_or_else(outside)?,
            delta: g2::decode(delta).ok_or_else(outside)?,
            inputs: group::decode_each(rest).ok_or_else(outside)?,
        })
    }
}

/// Writes the file of a draft.
pub(super) fn write(
    draft: &Draft,
    writer: &mut impl Write,
    observer: Observer<'_>,
) -> Result<(), SetupError> {
    let header = Header { record: draft.record(), private: draft.queries.l.len(), log: draft.lists.log() };
    point::write_all(writer, &header.encode())?;
    let total = header.counts().points() + Lists::count(header.log);
    let meter = Meter::new(observer, Task::Write, total);
    draft.queries.write(writer, &meter)?;
    draft.lists.write(writer, &meter)
}

/// Bytes of a file for a shape, with so many signed contributions to each phase; others take less.
pub(super) fn len_of(shape: Shape, powers: usize, key: usize) -> usize {
    let record = encoding::len_of(usize::from(shape.recipients()), powers, key);
    let counts = Counts { public: shape.public() + 1, private: shape.private(), log: shape.domain_log() };
    MAGIC.len() + 4 + record + 4 + 1 + counts.encoded_len() + Lists::encoded_len(counts.log)
}

/// A reference string out of a file, finished or in the making: points are points of their groups, and nothing more is known.
pub struct UncheckedReference {
    pub(super) record: SetupRecord,
    pub(super) verifying_key: VerifyingKey,
    pub(super) counts: Counts,
    pub(super) queries: Queries,
    pub(super) lists: Lists,
}

impl UncheckedReference {
    /// Reads a file, in pieces, to its end. What is allocated is bounded by what was read.
    ///
    /// # Errors
    ///
    /// What is wrong with the form.
    pub fn read(reader: &mut impl Read, observer: Observer<'_>) -> Result<Self, SetupError> {
        let header = Header::read(reader)?;
        let (counts, verifying_key) = (header.counts(), header.verifying_key()?);
        let meter = Meter::new(observer, Task::Read, counts.points() + Lists::count(header.log));
        let queries = Queries::read(reader, counts, &verifying_key, &meter)?;
        let lists = Lists::read(reader, header.log, &meter)?;
        point::read_end(reader)?;
        Ok(Self { record: header.record, verifying_key, counts, queries, lists })
    }

    /// Reads the record at the beginning of a file, and no more: what the file says that it is.
    ///
    /// # Errors
    ///
    /// What is wrong with the form.
    pub fn read_header(reader: &mut impl Read) -> Result<SetupRecord, SetupError> {
        Ok(Header::read(reader)?.record)
    }

    /// The record in the file.
    #[must_use]
    pub fn record(&self) -> &SetupRecord {
        &self.record
    }
}
