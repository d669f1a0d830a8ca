//! The target `deal_transparent`.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

coram_fuzz::main!("deal_transparent");
