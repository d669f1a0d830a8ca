//! Packed files, such as the `dkg.tar.gz` of `coram dkg --zipped`: what is in them, kind by kind.

use std::io::{self, Cursor, Read};

use flate2::read::GzDecoder;

use super::kind::{self, Kind};
use super::sheet::Sheet;
use super::source::Source;
use super::{Found, Stop};
use crate::setup::open_file;

const GZIP: &[u8] = &[0x1f, 0x8b];
const TAR: &[u8] = b"ustar";
/// Where a tar file says that it is one.
const TAR_AT: usize = 257;
/// The most that is unpacked, in bytes.
const MAX_UNPACKED: u64 = 1 << 30;
/// The most files that are looked into.
const MAX_ENTRIES: usize = 10_000;
/// The largest file whose kind is found out, in bytes.
const MAX_ENTRY: u64 = 16 << 20;

/// Whether this is how packed files begin.
pub fn is_begin(begin: &[u8]) -> bool {
    begin.starts_with(GZIP) || begin.get(TAR_AT..).is_some_and(|rest| rest.starts_with(TAR))
}

/// A list of the files, with what each is. Nothing is unpacked to disk.
pub fn look(source: &Source) -> Found {
    let mut files = Vec::new();
    let is_gzip = source.begin().starts_with(GZIP);
    let read = reader(source).and_then(|reader| {
        let reader: Box<dyn Read> = if is_gzip { Box::new(GzDecoder::new(reader)) } else { reader };
        list(reader.take(MAX_UNPACKED), &mut files)
    });
    let stopped = read.err().map(|error| Stop::new(format!("after {} files", files.len()), error));
    let content = Sheet::new()
        .with("packed_as", if is_gzip { "tar.gz" } else { "tar" })
        .with("count", files.len())
        .with_list("files", files);
    Found { kind: Kind::Archive, content, stopped: stopped.into_iter().collect() }
}

fn reader(source: &Source) -> io::Result<Box<dyn Read + '_>> {
    match source.path() {
        Some(path) => match open_file(path) {
            Ok((file, _)) => Ok(Box::new(file)),
            Err(failure) => Err(io::Error::other(failure.what)),
        },
        None => Ok(Box::new(Cursor::new(source.bytes().unwrap_or_default()))),
    }
}

fn list(reader: impl Read, files: &mut Vec<Sheet>) -> io::Result<()> {
    let mut archive = tar::Archive::new(reader);
    // Raw: the names that extensions give could be as long as the file.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        if files.len() >= MAX_ENTRIES {
            return Err(io::Error::other(format!("more than {MAX_ENTRIES} files")));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.size();
        let mode = entry.header().mode().map(|mode| format!("{:04o}", mode & 0o7777)).ok();
        let is = if !entry.header().entry_type().is_file() {
            "no file"
        } else if size > MAX_ENTRY {
            "large, not looked into"
        } else {
            let mut bytes = Vec::with_capacity(size as usize);
            entry.read_to_end(&mut bytes)?;
            kind::of(&Source::of_bytes(bytes)).words()
        };
        files.push(Sheet::new().with("name", name).with("is", is).with("bytes", size).with("mode", mode));
    }
    Ok(())
}
