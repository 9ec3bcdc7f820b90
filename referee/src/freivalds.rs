// SPDX-License-Identifier: Apache-2.0

//! A cheap check of a large product, for auditors (Freivalds, 1977).
//!
//! Whoever says what all sums of a product of a matrix and many vectors are can be checked without computing them: the
//! rows are added up with random factors once, and then each vector takes a single sum. A wrong sum passes with a
//! probability of 1 in 2^61, as long as the factors are drawn after the sums were named.

use crate::{
	hash::{Blake2b256, Digest},
	ops::linear::Format,
};
use alloc::{vec, vec::Vec};

/// The field: numbers modulo the prime 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// A number of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Element(u64);

impl Element {
	/// Reduces a number of up to 128 bits.
	fn reduce(number: u128) -> Self {
		let prime = u128::from(PRIME);
		// 2^61 is 1: the upper bits count as much as the lower ones.
		let once = (number & prime).wrapping_add(number >> 61);
		let twice = (once & prime).wrapping_add(once >> 61);
		let reduced = twice as u64;
		Self(reduced.checked_sub(PRIME).unwrap_or(reduced))
	}

	fn of(number: i64) -> Self {
		let magnitude = Self::reduce(number.unsigned_abs().into());
		match number < 0 && magnitude.0 > 0 {
			true => Self(PRIME.wrapping_sub(magnitude.0)),
			false => magnitude,
		}
	}

	fn plus(self, other: Self) -> Self {
		Self::reduce(u128::from(self.0).wrapping_add(other.0.into()))
	}

	fn times(self, other: Self) -> Self {
		Self::reduce(u128::from(self.0).wrapping_mul(other.0.into()))
	}
}

/// Random factors that nobody knows before the seed.
struct Factors<'a> {
	seed: &'a Digest,
	block: u64,
	left: Vec<u64>,
}

impl Factors<'_> {
	fn draw<H: Blake2b256>(&mut self) -> Element {
		loop {
			while let Some(bits) = self.left.pop() {
				// 61 bits; the one number that is not below the prime is drawn again, so that all are equally likely.
				let bits = bits & PRIME;
				if bits < PRIME {
					return Element(bits);
				}
			}
			let block = H::hash(&[&self.seed[..], &self.block.to_le_bytes()].concat());
			self.block = self.block.wrapping_add(1);
			self.left = block
				.as_chunks()
				.0
				.iter()
				.map(|bytes| u64::from_le_bytes(*bytes))
				.collect();
		}
	}
}

/// A matrix whose rows were added up with random factors.
pub struct Checker {
	factors: Vec<Element>,
	columns: Vec<Element>,
}

impl Checker {
	/// Of the rows of a matrix as they are stored. The seed must not have been known to who named the sums.
	pub fn new<'a, H: Blake2b256>(
		format: Format,
		columns: usize,
		rows: impl IntoIterator<Item = &'a [u8]>,
		seed: &Digest,
	) -> Self {
		let mut drawn = Factors {
			seed,
			block: 0,
			left: Vec::new(),
		};
		let mut checker = Self {
			factors: Vec::new(),
			columns: vec![Element::default(); columns],
		};
		for row in rows {
			let factor = drawn.draw::<H>();
			checker.factors.push(factor);
			for (column, sum) in checker.columns.iter_mut().enumerate() {
				let weight = Element::of(format.number(row, column).into());
				*sum = sum.plus(factor.times(weight));
			}
		}
		checker
	}

	/// Whether these are the sums of all rows against a vector.
	pub fn agrees(&self, activations: &[i16], sums: &[i64]) -> bool {
		if activations.len() != self.columns.len() || sums.len() != self.factors.len() {
			return false;
		}
		let of_vector = self
			.columns
			.iter()
			.zip(activations)
			.fold(Element::default(), |sum, (column, activation)| {
				sum.plus(column.times(Element::of((*activation).into())))
			});
		let of_sums = self
			.factors
			.iter()
			.zip(sums)
			.fold(Element::default(), |sum, (factor, named)| {
				sum.plus(factor.times(Element::of(*named)))
			});
		of_vector == of_sums
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{hash::Portable, ops::linear::dot, samples::Random};
	use num_bigint::BigUint;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn the_field_is_one(a: u64, b: u64, c: i64) {
			let prime = BigUint::from(PRIME);
			let of = |element: Element| BigUint::from(element.0);
			let (x, y) = (Element::reduce(a.into()), Element::reduce(b.into()));
			prop_assert!(x.0 < PRIME && y.0 < PRIME);
			prop_assert_eq!(of(x.times(y)), (BigUint::from(a) * b) % &prime);
			prop_assert_eq!(of(x.plus(y)), (BigUint::from(a) + b) % &prime);
			let negative = Element::of(c).plus(Element::of(-c.max(-i64::MAX)));
			prop_assert!(c == i64::MIN || negative == Element(0));
		}
	}

	struct Product {
		format: Format,
		rows: Vec<Vec<u8>>,
		vectors: Vec<Vec<i16>>,
		sums: Vec<Vec<i64>>,
	}

	fn product(random: &mut Random) -> Product {
		let format = random.pick([Format::Byte, Format::Word]);
		let (rows, columns) = (random.between(1, 20), random.between(1, 40) as usize);
		let rows: Vec<Vec<u8>> = (0..rows)
			.map(|_| (0..columns * format.width()).map(|_| random.bits() as u8).collect())
			.collect();
		let vectors: Vec<Vec<i16>> = (0..5)
			.map(|_| (0..columns).map(|_| random.bits() as i16).collect())
			.collect();
		let sums = vectors
			.iter()
			.map(|vector| rows.iter().map(|row| dot(format, row, vector)).collect())
			.collect();
		Product {
			format,
			rows,
			vectors,
			sums,
		}
	}

	#[test]
	fn right_sums_agree_and_wrong_ones_do_not() {
		let mut random = Random(1);
		for seed in 0..200_u8 {
			let Product {
				format,
				rows,
				vectors,
				mut sums,
			} = product(&mut random);
			let columns = vectors[0].len();
			let checker = Checker::new::<Portable>(format, columns, rows.iter().map(Vec::as_slice), &[seed; 32]);
			for (vector, sums) in vectors.iter().zip(&mut sums) {
				assert!(checker.agrees(vector, sums));
				let wrong = random.between(0, sums.len() as i64 - 1) as usize;
				sums[wrong] = sums[wrong].wrapping_add(random.pick([1, -1, 1 << 40]));
				assert!(!checker.agrees(vector, sums));
				assert!(!checker.agrees(&vector[1..], sums));
				assert!(!checker.agrees(vector, &sums[1..]));
			}
		}
	}

	/// The control: who knows the factors beforehand finds wrong sums that agree.
	#[test]
	fn control_with_known_factors_wrong_sums_agree() {
		let mut random = Random(2);
		let mut product = product(&mut random);
		while product.rows.len() < 2 {
			product = self::product(&mut random);
		}
		let Product {
			format,
			rows,
			vectors,
			mut sums,
		} = product;
		let rows = rows.iter().map(Vec::as_slice);
		let checker = Checker::new::<Portable>(format, vectors[0].len(), rows, &[7; 32]);
		// What one sum gains by the second factor, the other loses by the first.
		let [first, second, ..] = checker.factors[..] else {
			panic!("there are two")
		};
		sums[0][0] += second.0 as i64;
		sums[0][1] -= first.0 as i64;
		assert!(checker.agrees(&vectors[0], &sums[0]));
	}
}
