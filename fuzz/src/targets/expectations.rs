//! What a verifier expects of a lock, as a file.

use coram_ceremony::verify::{CheckId, Expectations};

pub fn run(data: &[u8]) {
    let read = Expectations::parse(data);
    assert_eq!(read, Expectations::parse(data));
    if let Ok(name) = std::str::from_utf8(data)
        && let Some(check) = CheckId::by_name(name)
    {
        let _ = check.can_be_accepted();
    }
}
