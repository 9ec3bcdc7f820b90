// SPDX-License-Identifier: Apache-2.0

//! What the operators are, as docs/exact-spec.md has it.

use super::{
	exact::{big, bits, clamped, clamped_32, clamped_activation, floor, rounded, times_two_to, two_to},
	values,
};
use num_bigint::BigInt;

/// What belongs to a row of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
	pub mantissa: u16,
	pub shift: i8,
	pub bias: i32,
}

/// The sum of the products of two vectors.
pub fn dot(weights: &[i64], activations: &[i16]) -> BigInt {
	let products = weights
		.iter()
		.zip(activations)
		.map(|(one, other)| i128::from(*one) * i128::from(*other));
	big(products.sum::<i128>())
}

/// A linear output: a residual, a product of activations with an exponent and a fraction, a bias.
pub fn linear(sum: &BigInt, scale: Scale, exponent: u8, fraction: u8, to: u8, onto: i32) -> i32 {
	let power = i32::from(to) + i32::from(exponent) - i32::from(fraction) - i32::from(scale.shift);
	let product = times_two_to(&(sum * scale.mantissa), power);
	let bias = times_two_to(&big(scale.bias), i32::from(to) - 16);
	clamped_32(product + bias + onto)
}

/// A number of an embedding's row: limited to 64 bits.
pub fn number(stored: i64, scale: Scale, to: u8) -> i64 {
	let exact = times_two_to(
		&big(stored * i64::from(scale.mantissa)),
		i32::from(to) - i32::from(scale.shift),
	);
	clamped(exact, i64::MIN, i64::MAX)
}

/// The least exponent with which the largest magnitude is an activation.
pub fn exponent(numbers: &[i32]) -> u8 {
	let largest = numbers.iter().map(|number| number.unsigned_abs()).max().unwrap_or(0);
	(0..)
		.find(|exponent| rounded(&big(largest), &two_to((*exponent).into())) <= big(32_639))
		.expect("some power is large enough")
}

/// An activation with an exponent.
pub fn quantised(number: i32, exponent: u8) -> i16 {
	clamped_activation(rounded(&big(number), &two_to(exponent.into())))
}

/// What a vector is normalised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
	pub mean: BigInt,
	pub bits: u32,
	pub inverse: BigInt,
}

impl Statistics {
	pub fn of(centred: bool, numbers: &[i32], fraction: u8, epsilon: u32) -> Self {
		let count = big(numbers.len());
		let sum: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
		let mean = if centred { rounded(&big(sum), &count) } else { big(0) };
		let largest = numbers.iter().map(|number| (number - &mean).magnitude().clone()).max();
		let largest = big(largest.unwrap_or_default());
		// Epsilon in squares of the vector's unit has to be below the square of the largest that so many bits hold.
		let epsilon_fits = |bits: u32| big(epsilon) * two_to(2 * u32::from(fraction)) < two_to(2 * bits + 40);
		let bits = (bits(&largest)..)
			.find(|bits| epsilon_fits(*bits))
			.expect("some number of bits is enough");
		let statistics = Self {
			mean,
			bits,
			inverse: big(0),
		};
		let squares = numbers
			.iter()
			.map(|number| statistics.distance(*number).pow(2))
			.sum::<BigInt>();
		let mean_square = floor(&squares, &count);
		let epsilon = times_two_to(&big(epsilon), 2 * (i32::from(fraction) + 24 - bits as i32) - 40);
		let variance = (mean_square + epsilon).max(big(1));
		let root = (variance << 14_u32).sqrt();
		let inverse = floor(&two_to(61), &root);
		Self { inverse, ..statistics }
	}

	/// The distance to the mean, brought to 24 bits.
	fn distance(&self, number: i32) -> BigInt {
		times_two_to(&(number - &self.mean), 24 - self.bits as i32)
	}

	/// A normalised number with 20 bits of fraction.
	pub fn normal(&self, number: i32) -> BigInt {
		times_two_to(&(self.distance(number) * &self.inverse), -34)
	}
}

/// A normalised number with gain and bias.
pub fn gained(normal: &BigInt, gain: i32, bias: i32, to: u8) -> i32 {
	let to = i32::from(to);
	clamped_32(times_two_to(&(normal * gain), to - 36) + times_two_to(&big(bias), to - 16))
}

/// A vector of length 1.
pub fn unit(numbers: &[i32]) -> Vec<i16> {
	let largest = numbers.iter().map(|number| number.unsigned_abs()).max().unwrap_or(0);
	let power = 24 - bits(&big(largest)) as i32;
	let distances: Vec<_> = numbers
		.iter()
		.map(|number| times_two_to(&big(*number), power))
		.collect();
	let root = distances.iter().map(|distance| distance.pow(2)).sum::<BigInt>().sqrt();
	let inverse = if root == big(0) {
		big(0)
	} else {
		floor(&two_to(54), &root)
	};
	distances
		.iter()
		.map(|distance| clamped(times_two_to(&(distance * &inverse), -39), -32_767, 32_767) as i16)
		.collect()
}

/// A pair turned by an angle.
pub fn turned(pair: [i32; 2], cosine: i16, sine: i16, shift: u8) -> [i16; 2] {
	let [x, y] = pair.map(big);
	let power = -15 - i32::from(shift);
	let [first, second] = [&x * cosine - &y * sine, &y * cosine + &x * sine];
	[first, second].map(|turned| clamped_activation(times_two_to(&turned, power)))
}

/// The score of a key.
pub fn score(query: &[i16], key: &[i16], mantissa: u16, shift: u8) -> i32 {
	let query: Vec<_> = query.iter().map(|number| i64::from(*number)).collect();
	clamped_32(times_two_to(&(dot(&query, key) * mantissa), -i32::from(shift)))
}

/// What a head gives, of pairs of a weight and a value.
pub fn mixed(weighted: &[(u16, i16)], value_shift: u8) -> i32 {
	let values: i128 = weighted
		.iter()
		.map(|(weight, value)| i128::from(*weight) * i128::from(*value))
		.sum();
	let weights: i128 = weighted.iter().map(|(weight, _)| i128::from(*weight)).sum();
	clamped_32(rounded(&big(values), &big(weights)) << value_shift)
}

/// The mean over positions.
pub fn pooled(sum: i64, positions: u32) -> i32 {
	clamped_32(rounded(&big(sum), &big(positions)))
}

/// What comes out of the middle of a feed-forward block.
pub fn product(activated: i32, up: Option<i32>, to: u8) -> i32 {
	let to = i32::from(to);
	clamped_32(match up {
		Some(up) => times_two_to(&(big(activated) * up), to - 32),
		None => times_two_to(&big(activated), to - 16),
	})
}

/// A table between its entries, `position` by 2^`bits` from the first of them.
fn between<T: Copy + Into<u32>>(table: &[T], position: u64, bits: u32) -> BigInt {
	let step = 1_u64 << bits;
	let (index, part) = ((position / step) as usize, position % step);
	let entry = |index: usize| big(table[index].into());
	if part == 0 {
		return entry(index);
	}
	let (low, high) = (entry(index), entry(index + 1));
	// The weighted mean of the two entries, as one fraction.
	rounded(&(low * (step - part) + high * part), &big(step))
}

/// 32,767 * 2^-`exponent`.
pub fn exp2(exponent: &BigInt) -> u16 {
	let exponent = exponent.max(&big(0)).clone();
	let whole = floor(&exponent, &two_to(16));
	// The power is below 2^15, so that 17 halvings round it to 0.
	if whole > big(16) {
		return 0;
	}
	let part = exponent - &whole * two_to(16);
	let power = between(&values::EXP2, part.try_into().expect("16 bits"), 8);
	rounded(&power, &two_to(whole.try_into().expect("at most 16")))
		.try_into()
		.expect("at most 32,767")
}

/// log2 of a positive number.
pub fn log2(number: u64) -> BigInt {
	let whole = bits(&big(number)) - 1;
	let rest = big(number) - two_to(whole);
	let part = floor(&(rest * two_to(24)), &two_to(whole));
	big(whole) * two_to(16) + between(&values::LOG2, part.try_into().expect("24 bits"), 16)
}

/// log2 of an exponential clock.
pub fn clock(random: u32) -> BigInt {
	let odd = |number: u32| 2 * u64::from(number) + 1;
	if random < 1 << 31 {
		return log2(odd(random)) - 33 * two_to(16) + between(&values::RACE, random.into(), 23);
	}
	let halvings: BigInt = 33 * two_to(16) - log2(odd(u32::MAX - random));
	log2(halvings.try_into().expect("at most 33")) - 16 * two_to(16) - 34_653
}

/// The activation functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
	Silu,
	Gelu,
	GeluTanh,
}

pub fn activated(function: Function, number: i32) -> i32 {
	let (table, bits) = match function {
		Function::Silu => (&values::SILU, 10),
		Function::Gelu => (&values::GELU, 9),
		Function::GeluTanh => (&values::GELU_TANH, 9),
	};
	let magnitude = u64::from(number.unsigned_abs());
	let taken = if magnitude < 1024 << bits {
		between(table, magnitude, bits)
	} else {
		big(0)
	};
	clamped_32(number.max(0) - taken)
}
