// SPDX-License-Identifier: Apache-2.0

//! What strangers may send, as functions of bytes that must not panic. `tests/fuzz.rs` calls them with seeded bytes, `fuzz/`
//! with bytes that coverage has led to.
//!
//! - `wire`: every type that is decoded;
//! - `proofs`: proofs against commitments and sessions' roots;
//! - `evidence`: evidence against an honest holder, who is never convicted;
//! - `moves`: disputes with an honest holder, who never loses;
//! - `shapes`: what follows from a shape and counts, in bounded time;
//! - `packages`: models of any numbers.
#![allow(dead_code, reason = "each target uses a part")]

pub mod evidence;
pub mod moves;
pub mod packages;
pub mod proofs;
pub mod scene;
pub mod shapes;
pub mod wire;

use atelier_referee::samples::Random;
use codec::{Decode, Encode, Input};

/// Something to run with any bytes.
#[derive(Clone, Copy)]
pub struct Target {
	pub name: &'static str,
	/// Panics where something is wrong. Whether the bytes were more than refused.
	pub run: fn(&[u8]) -> bool,
	/// Bytes with which to begin.
	pub seed: fn(&mut Random) -> Vec<u8>,
}

pub const TARGETS: [Target; 6] = [
	Target {
		name: "wire",
		run: wire::run,
		seed: wire::seed,
	},
	Target {
		name: "proofs",
		run: proofs::run,
		seed: proofs::seed,
	},
	Target {
		name: "evidence",
		run: evidence::run,
		seed: evidence::seed,
	},
	Target {
		name: "moves",
		run: moves::run,
		seed: moves::seed,
	},
	Target {
		name: "shapes",
		run: shapes::run,
		seed: shapes::seed,
	},
	Target {
		name: "packages",
		run: packages::run,
		seed: packages::seed,
	},
];

/// The next value, if the bytes are one.
pub fn next<T: Decode>(bytes: &mut &[u8]) -> Option<T> {
	T::decode(bytes).ok()
}

/// The next byte, or 0.
pub fn byte(bytes: &mut &[u8]) -> u8 {
	next(bytes).unwrap_or(0)
}

/// The next number of so many.
pub fn below(bytes: &mut &[u8], count: u64) -> u64 {
	let number = u64::from(next::<u32>(bytes).unwrap_or(0));
	number.checked_rem(count).unwrap_or(0)
}

/// Bytes that never end, most of them small.
struct Endless<'a>(&'a mut Random);

impl Input for Endless<'_> {
	fn remaining_len(&mut self) -> Result<Option<usize>, codec::Error> {
		Ok(None)
	}

	fn read(&mut self, into: &mut [u8]) -> Result<(), codec::Error> {
		let small = self.0.between(0, 3);
		for byte in into {
			*byte = match self.0.between(0, 3) {
				kind if kind < small => self.0.between(0, 1) as u8,
				3 => self.0.bits() as u8,
				_ => self.0.between(0, 11) as u8,
			};
		}
		Ok(())
	}
}

/// The encoding of any value of a type, whatever fields it has.
pub fn any<T: Decode + Encode>(random: &mut Random) -> Vec<u8> {
	(0..100)
		.find_map(|_| T::decode(&mut Endless(random)).ok())
		.map_or(Vec::new(), |value| value.encode())
}

/// Other bytes made of these.
pub fn mutated(mut bytes: Vec<u8>, other: &[u8], random: &mut Random) -> Vec<u8> {
	for _ in 0..random.pick([0, 1, 1, 2, 4, 16]) {
		let at = random.between(0, bytes.len() as i64) as usize;
		match random.between(0, 6) {
			0 | 1 => {
				let bit = 1 << random.between(0, 7);
				if let Some(byte) = bytes.get_mut(at) {
					*byte ^= bit;
				}
			}
			2 => {
				let value = random.pick([0, 1, 2, 4, 8, 127, 128, 252, 254, 255]);
				if let Some(byte) = bytes.get_mut(at) {
					*byte = value;
				}
			}
			3 => bytes.truncate(at),
			4 => bytes.insert(at, random.bits() as u8),
			5 => {
				let end = (at + random.between(1, 40) as usize).min(bytes.len());
				bytes.drain(at..end);
			}
			_ => {
				let from = random.between(0, other.len() as i64) as usize;
				let to = (from + random.between(1, 200) as usize).min(other.len());
				bytes.splice(at..at, other[from..to].iter().copied());
			}
		}
	}
	bytes
}
