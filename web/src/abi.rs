//! The door between the page and the verifier. The page writes bytes to memory that [`alloc`] gave out and calls [`verify`] or
//! [`identify`], which tell it what happens, as JSON, while it happens.
#![allow(unsafe_code)] // the page passes addresses

use std::panic;
use std::time::Duration;

use crate::job::{self, Event};

#[link(wasm_import_module = "coram")]
unsafe extern "C" {
    /// Milliseconds since some fixed moment.
    safe fn now() -> f64;
    /// Takes an [`Event`] as JSON. Its bytes are gone when the function returns.
    fn tell(json: *const u8, len: usize);
}

/// Memory for `len` bytes, which the function that they are for takes back.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    Box::leak(vec![0; len].into_boxed_slice()).as_mut_ptr()
}

/// Verifies files, which stand one after another, as the request says.
///
/// # Safety
///
/// Both are addresses that [`alloc`] gave out for these lengths, and neither was passed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn verify(files: *mut u8, files_len: usize, request: *mut u8, request_len: usize) {
    panic::set_hook(Box::new(|panic| tell_event(&Event::Stopped { what: panic.to_string() })));
    // SAFETY: by the contract of this function.
    let (files, request) = unsafe { (taken(files, files_len), taken(request, request_len)) };
    job::verify(&files, &request, &clock, &mut |event| tell_event(&event));
}

/// Says how reports name the operator with this account or node record.
///
/// # Safety
///
/// As for [`verify`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn identify(operator: *mut u8, len: usize) {
    // SAFETY: by the contract of this function.
    let operator = unsafe { taken(operator, len) };
    tell_event(&job::identify(&operator));
}

/// # Safety
///
/// As for [`verify`].
unsafe fn taken(bytes: *mut u8, len: usize) -> Box<[u8]> {
    // SAFETY: this is what `alloc` leaked.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, len)) }
}

fn clock() -> Duration {
    Duration::try_from_secs_f64(now() / 1000.0).unwrap_or_default()
}

fn tell_event(event: &Event) {
    let json = serde_json::to_vec(event).unwrap_or_default();
    // SAFETY: the page reads these bytes while it is called.
    unsafe { tell(json.as_ptr(), json.len()) }
}
