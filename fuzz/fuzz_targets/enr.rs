//! The target `enr`.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

coram_fuzz::main!("enr");
