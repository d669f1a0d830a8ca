//! The verifier as WebAssembly, for a page that asks nobody.
