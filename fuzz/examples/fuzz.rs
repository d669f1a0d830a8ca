//! The target that the variable `CORAM_FUZZ_TARGET` names: all of them in one binary, which is linked once.
#![cfg_attr(any(fuzzing, feature = "libfuzzer"), no_main)]

coram_fuzz::main!(coram_fuzz::named_target());
