#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mirrorlint_fuzz::gsm_config(bytes));
