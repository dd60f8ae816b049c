#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mirrorlint_fuzz::registry_answer(bytes));
