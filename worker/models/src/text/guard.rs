// SPDX-License-Identifier: Apache-2.0

//! The tokenizer library panics on some files that make no sense (tests/loading.rs has found such). Files come from
//! strangers, so a panic of the library is an error of the file.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the library gives, or its panic as an error.
///
/// Nothing that it leaves half done is relied upon: a tokenizer has no state but a cache behind a lock, which after a panic
/// refuses to be used.
pub fn guarded<T>(call: impl FnOnce() -> tokenizers::Result<T>) -> tokenizers::Result<T> {
	catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
		let text = panic.downcast_ref::<String>().map(String::as_str);
		let text = text
			.or_else(|| panic.downcast_ref::<&str>().copied())
			.unwrap_or_default();
		Err(format!("the tokenizer library panicked: {text}").into())
	})
}

#[cfg(test)]
mod tests {
	use super::guarded;

	#[test]
	fn a_panic_is_an_error() {
		let error = guarded::<()>(|| panic!("at {}", 7)).unwrap_err();
		assert_eq!(error.to_string(), "the tokenizer library panicked: at 7");
		assert!(guarded(|| Ok(1)).is_ok());
	}
}
