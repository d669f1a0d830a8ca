//! The target `expectations`.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

coram_fuzz::main!("expectations");
