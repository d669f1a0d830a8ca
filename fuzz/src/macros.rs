//! The `main` of a target.

/// Makes a binary of a target: a fuzzer where it is compiled as one, otherwise a program that replays the files it is given.
#[macro_export]
macro_rules! main {
    ($name:expr) => {
        #[cfg(any(fuzzing, feature = "libfuzzer"))]
        #[allow(unsafe_code, missing_docs)]
        mod fuzzer {
            $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::run($name, data));
        }

        #[cfg(not(any(fuzzing, feature = "libfuzzer")))]
        fn main() -> std::io::Result<()> {
            $crate::replay($name, std::env::args_os().skip(1))
        }
    };
}
