//! The target `setup`.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

coram_fuzz::main!("setup");
