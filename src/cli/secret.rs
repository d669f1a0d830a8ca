//! Secrets that come from files: never from the command line, where every user of the machine can read them.

use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};
use crate::printer::notice;
use crate::store::files;

/// The largest file with one key in it, in bytes.
const MAX_KEY_FILE: usize = 1024;

/// Keeps what is in memory from others: out of core dumps, and, on Linux, from other processes of the same user.
pub fn guard_memory() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        notice(&format!("a crash may leave secrets in a core dump: {error}"));
    }
    // A dump that is piped to a program is made whatever the limit says, unless the process says that it is not dumpable.
    #[cfg(target_os = "linux")]
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        notice(&format!("other programs of this user may read what is in memory: {error}"));
    }
}

/// How much of the stack is overwritten, in bytes.
const STACK: usize = 512 << 10;

/// Overwrites the stack below the caller, and those of the threads that compute.
#[inline(never)]
pub fn wipe_stacks() {
    wipe_stack();
    rayon::broadcast(|_| wipe_stack());
}

/// Overwrites the stack below the caller. A key that is moved leaves its bytes where it was, and no destructor knows of them: what
/// functions that have returned left there is gone after this.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0_u8; STACK];
    std::hint::black_box(&mut below);
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Failure> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        Failure::new(Exit::Internal, "random", format!("the system gives no random bytes: {error}"))
    })?;
    Ok(bytes)
}

/// Reads a key file that nobody but its owner has access to.
pub fn read_key_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let read = |error: &std::io::Error| {
        Failure::new(Exit::Usage, "file.read", format!("cannot read {}: {error}", path.display()))
            .help("check the path and its permissions")
    };
    std::fs::metadata(path).map_err(|error| read(&error))?;
    files::check_secret(path).map_err(|error| {
        Failure::new(Exit::Refused, "key.permissions", format!("{}: {error}", path.display()))
            .help(format!("run `chmod 600 {}`, and ask yourself who has read the key", path.display()))
    })?;
    let mut bytes = files::read_secret_bounded(path, MAX_KEY_FILE).map_err(|error| read(&error))?;
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        Failure::new(Exit::Invalid, "key.form", format!("{} is not text", path.display()))
    })
}
