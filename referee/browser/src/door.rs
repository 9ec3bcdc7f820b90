// SPDX-License-Identifier: Apache-2.0

//! How bytes get in and out: an area of memory whose address JavaScript asks for, writes a question to, and reads an error
//! from. What is computed in between is freed before a call returns.
#![expect(
	unsafe_code,
	reason = "exports have names: `no_mangle` counts as unsafe since two exports could have the same. There is no unsafe block: the area is made of atomics, which may change from outside"
)]

use crate::{LIMIT, error::Error, fraud, receipt};
use alloc::{format, vec::Vec};
use core::{
	panic::PanicInfo,
	sync::atomic::{AtomicU8, Ordering::Relaxed},
};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Tests with random input never get here; if something does, the call ends and JavaScript throws.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
	core::arch::wasm32::unreachable()
}

static AREA: [AtomicU8; LIMIT] = [const { AtomicU8::new(0) }; LIMIT];

/// What a verdict is, as a number. Everything negative is the length of an error that lies in the area.
const NO: i32 = 0;
const YES: i32 = 1;

/// The question, of so many bytes.
pub fn question(length: u32) -> Result<Vec<u8>, Error> {
	let bytes = AREA.get(..length as usize).ok_or(Error::TooLong)?;
	Ok(bytes.iter().map(|byte| byte.load(Relaxed)).collect())
}

/// Writes to the beginning of the area; how many bytes fitted.
fn write(bytes: impl IntoIterator<Item = u8>) -> usize {
	AREA.iter()
		.zip(bytes)
		.map(|(cell, byte)| cell.store(byte, Relaxed))
		.count()
}

/// The verdict as a number.
pub fn answer(verdict: Result<bool, Error>) -> i32 {
	match verdict {
		Ok(true) => YES,
		Ok(false) => NO,
		// The name, a line break, and the sentence.
		Err(error) => {
			let length = write(format!("{error:?}\n{error}").into_bytes());
			i32::try_from(length).map_or(i32::MIN, i32::wrapping_neg)
		}
	}
}

/// Where the area begins.
#[unsafe(no_mangle)]
extern "C" fn area() -> *const AtomicU8 {
	AREA.as_ptr()
}

/// How long it is.
#[unsafe(no_mangle)]
extern "C" fn limit() -> u32 {
	LIMIT as u32
}

/// Verifies a receipt; if it is one, the units that it covers lie in the area, as two numbers of eight bytes.
#[unsafe(no_mangle)]
extern "C" fn verify_receipt(length: u32) -> i32 {
	let verified = question(length).and_then(|question| receipt::Question::read(&question)?.verify());
	answer(verified.map(|interval| {
		write([interval.from, interval.to].map(u64::to_le_bytes).into_iter().flatten());
		true
	}))
}

/// Verifies that something is a fraud.
#[unsafe(no_mangle)]
extern "C" fn verify_fraud(length: u32) -> i32 {
	answer(question(length).and_then(|question| fraud::Question::read(&question)?.verify()))
}

#[cfg(feature = "bench")]
#[unsafe(no_mangle)]
extern "C" fn repeat(length: u32, hashing: u32, times: u32) -> i32 {
	let repeated = question(length).and_then(|question| {
		let question = crate::bench::Question::read(&question)?;
		Ok(question.repeat(hashing != 0, times))
	});
	answer(repeated)
}
