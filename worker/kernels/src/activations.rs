// SPDX-License-Identifier: Apache-2.0

//! Activations in the layout that a kernel multiplies: a list of 64-bit units for each vector.

use crate::path::{Kind, Path, versions};
use atelier_referee::ops::linear::Point;

/// The layout of activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
	/// As they are, four a unit.
	Words,
	/// Four a unit: their upper bytes, then their lower ones, of the activation plus 2^15. So both are without a sign, and a
	/// row's product is 256 times the upper's plus the lower's minus 2^15 times the sum of its numbers.
	Halves,
	/// Two a unit: their upper limbs as words, then their lower ones, each in [-128, 128]; the activation is 256 times the upper
	/// plus the lower.
	Limbs,
	/// Eight in two units: their upper limbs as bytes, then their lower ones.
	Eights,
	/// Two a unit, twice.
	Twice,
}

impl Encoding {
	/// What a path multiplies with bytes.
	pub fn of_bytes(path: Path) -> Self {
		match path.kind() {
			Kind::AvxVnni | Kind::Avx512Vnni => Self::Halves,
			Kind::NeonDot | Kind::NeonI8mm => Self::Eights,
			Kind::Plain | Kind::Avx2 | Kind::Avx512 | Kind::Neon => Self::Words,
		}
	}

	/// What a path multiplies with any words, two columns at a time: also with keys and values.
	pub fn of_pairs(path: Path) -> Self {
		match path.kind() {
			Kind::Neon | Kind::NeonDot | Kind::NeonI8mm => Self::Twice,
			Kind::Plain | Kind::Avx2 | Kind::AvxVnni | Kind::Avx512 | Kind::Avx512Vnni => Self::Limbs,
		}
	}

	/// Units of so many activations.
	pub const fn units(self, columns: usize) -> usize {
		match self {
			Self::Words | Self::Halves => columns.div_ceil(4),
			Self::Limbs | Self::Twice => columns.div_ceil(2),
			Self::Eights => columns.div_ceil(8).saturating_mul(2),
		}
	}
}

/// The activations of some tokens.
#[derive(Debug)]
pub struct Activations {
	pub encoding: Encoding,
	/// Units of one token.
	pub stride: usize,
	/// Of all tokens.
	pub units: Vec<u64>,
	/// Where the binary point of each token's is.
	pub points: Vec<Point>,
}

impl Default for Activations {
	fn default() -> Self {
		Self {
			encoding: Encoding::Words,
			stride: 0,
			units: Vec::new(),
			points: Vec::new(),
		}
	}
}

impl Activations {
	/// Room for so many tokens, with anything in it.
	pub fn reset(&mut self, encoding: Encoding, columns: usize, tokens: usize) {
		self.encoding = encoding;
		self.stride = encoding.units(columns);
		self.units.resize(self.stride.saturating_mul(tokens), 0);
		self.points.resize(
			tokens,
			Point {
				exponent: 0,
				fraction: 0,
			},
		);
	}
}

#[inline(always)]
fn unit(four: [i16; 4]) -> u64 {
	let [a, b, c, d] = four;
	u64::from(a as u16) | (u64::from(b as u16) << 16) | (u64::from(c as u16) << 32) | (u64::from(d as u16) << 48)
}

/// Gathers every other byte into the lower half of the unit.
#[inline(always)]
fn every_other(bytes: u64) -> u64 {
	let bytes = bytes & 0x00ff_00ff_00ff_00ff;
	let pairs = (bytes | (bytes >> 8)) & 0x0000_ffff_0000_ffff;
	(pairs | (pairs >> 16)) & 0xffff_ffff
}

#[inline(always)]
fn halves(four: [i16; 4]) -> u64 {
	let shifted = unit(four) ^ 0x8000_8000_8000_8000;
	every_other(shifted >> 8) | (every_other(shifted) << 32)
}

/// Limbs of two activations, or of two weights of keys.
#[inline(always)]
pub fn limbs(two: u32) -> u64 {
	// A word of 8 bits with its sign over 16, in both halves.
	#[inline(always)]
	fn signed(bytes: u32) -> u32 {
		bytes | (bytes & 0x0080_0080).wrapping_mul(0x1fe)
	}
	// 32,639 + 2^15 + 2^7 is below 2^16, so nothing is carried from one word into the other.
	let upper = (((two ^ 0x8000_8000).wrapping_add(0x0080_0080)) >> 8) & 0x00ff_00ff;
	let upper = signed(upper ^ 0x0080_0080);
	u64::from(upper) | (u64::from(signed(two & 0x00ff_00ff)) << 32)
}

/// Upper and lower limbs of eight activations.
#[inline(always)]
fn eight(eight: [i16; 8]) -> [u64; 2] {
	let [a, b, c, d, e, f, g, h] = eight;
	let (first, second) = (unit([a, b, c, d]), unit([e, f, g, h]));
	// 32,639 + 2^15 + 2^7 is below 2^16, so nothing is carried from one word into the other.
	let upper = |unit: u64| {
		let raised = (unit ^ 0x8000_8000_8000_8000).wrapping_add(0x0080_0080_0080_0080);
		every_other(raised >> 8) ^ 0x8080_8080
	};
	[
		upper(first) | (upper(second) << 32),
		every_other(first) | (every_other(second) << 32),
	]
}

/// Two activations, or weights, twice.
#[inline(always)]
pub fn twice(two: u32) -> u64 {
	u64::from(two) | (u64::from(two) << 32)
}

#[inline(always)]
fn pair(first: i16, second: i16) -> u32 {
	u32::from(first as u16) | (u32::from(second as u16) << 16)
}

versions! {
	/// Writes activations of at most 32,639 as units.
	pub fn encode(encoding: Encoding, activations: &[i16], units: &mut [u64]) {
		match encoding {
			Encoding::Words => {
				let (four, rest) = activations.as_chunks::<4>();
				for (to, four) in units.iter_mut().zip(four) {
					*to = unit(*four);
				}
				if let Some(to) = units.get_mut(four.len()).filter(|_| !rest.is_empty()) {
					*to = unit(filled(rest));
				}
			}
			Encoding::Halves => {
				let (four, rest) = activations.as_chunks::<4>();
				for (to, four) in units.iter_mut().zip(four) {
					*to = halves(*four);
				}
				if let Some(to) = units.get_mut(four.len()).filter(|_| !rest.is_empty()) {
					*to = halves(filled(rest));
				}
			}
			Encoding::Limbs => {
				let (two, rest) = activations.as_chunks::<2>();
				for (to, [first, second]) in units.iter_mut().zip(two) {
					*to = limbs(pair(*first, *second));
				}
				if let (Some(to), [last]) = (units.get_mut(two.len()), rest) {
					*to = limbs(pair(*last, 0));
				}
			}
			Encoding::Eights => {
				let (eights, rest) = activations.as_chunks::<8>();
				let to = units.as_chunks_mut::<2>().0;
				for (to, of) in to.iter_mut().zip(eights) {
					*to = eight(*of);
				}
				if let Some(to) = to.get_mut(eights.len()).filter(|_| !rest.is_empty()) {
					*to = eight(filled(rest));
				}
			}
			Encoding::Twice => {
				let (two, rest) = activations.as_chunks::<2>();
				for (to, [first, second]) in units.iter_mut().zip(two) {
					*to = twice(pair(*first, *second));
				}
				if let (Some(to), [last]) = (units.get_mut(two.len()), rest) {
					*to = twice(pair(*last, 0));
				}
			}
		}
	}
}

#[inline(always)]
fn filled<const N: usize>(rest: &[i16]) -> [i16; N] {
	let mut all = [0; N];
	for (to, from) in all.iter_mut().zip(rest) {
		*to = *from;
	}
	all
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Path;

	#[test]
	fn every_activation_is_its_parts() {
		for path in Path::available() {
			let all: Vec<i16> = (-32_639..=32_639).collect();
			let mut units = vec![0; Encoding::Halves.units(all.len())];
			encode(path, Encoding::Halves, &all, &mut units);
			for (index, number) in all.iter().enumerate() {
				let bytes = units[index / 4].to_le_bytes();
				let (upper, lower) = (bytes[index % 4], bytes[4 + index % 4]);
				assert_eq!(i32::from(upper) * 256 + i32::from(lower) - 32_768, i32::from(*number));
			}
			let mut units = vec![0; Encoding::Limbs.units(all.len())];
			encode(path, Encoding::Limbs, &all, &mut units);
			for (index, number) in all.iter().enumerate() {
				let words: Vec<i16> = units[index / 2]
					.to_le_bytes()
					.as_chunks()
					.0
					.iter()
					.map(|word| i16::from_le_bytes(*word))
					.collect();
				let (upper, lower) = (words[index % 2], words[2 + index % 2]);
				assert!((-128..=127).contains(&upper) && (-128..=127).contains(&lower));
				assert_eq!(i32::from(upper) * 256 + i32::from(lower), i32::from(*number));
			}
			let mut units = vec![0; Encoding::Eights.units(all.len())];
			encode(path, Encoding::Eights, &all, &mut units);
			let bytes: Vec<i8> = units
				.iter()
				.flat_map(|unit| unit.to_le_bytes().map(|byte| byte as i8))
				.collect();
			assert_eq!(bytes.len(), all.len().next_multiple_of(8) * 2);
			for (index, number) in all.iter().enumerate() {
				let at = index / 8 * 16 + index % 8;
				assert_eq!(
					i32::from(bytes[at]) * 256 + i32::from(bytes[at + 8]),
					i32::from(*number)
				);
			}
			assert_eq!((bytes[bytes.len() - 9], bytes[bytes.len() - 1]), (0, 0));
			let mut units = vec![0; Encoding::Twice.units(all.len())];
			encode(path, Encoding::Twice, &all, &mut units);
			for (unit, two) in units.iter().zip(all.chunks(2)) {
				let two = pair(two[0], two.get(1).copied().unwrap_or(0));
				assert_eq!((*unit as u32, (*unit >> 32) as u32), (two, two));
			}
			let mut units = vec![0; Encoding::Words.units(all.len())];
			encode(path, Encoding::Words, &all, &mut units);
			let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
			let expected: Vec<u8> = all.iter().flat_map(|number| number.to_le_bytes()).collect();
			assert_eq!(bytes[..expected.len()], expected);
		}
	}
}
