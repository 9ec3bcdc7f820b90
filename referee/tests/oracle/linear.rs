// SPDX-License-Identifier: Apache-2.0

//! Products, exponents, pooling and the middle of a feed-forward block.

use super::{
	cases::{cases, edges, edgy},
	definitions::{self, Scale},
	exact::big,
};
use atelier_referee::{
	ops::{
		feed_forward, linear,
		linear::{Format, Point, Row},
		pooling,
		quantise::{exponent, quantise, store},
	},
	samples::Random,
};

/// Tests that share the random cases.
const TESTS: u64 = 6;

/// The longest row: `hidden` is at most this.
const LONGEST: usize = 32_768;

/// The largest sum of products of so many words and activations.
const LARGEST_SUM: i64 = (LONGEST as i64) << 30;

fn row(scale: Scale) -> Row {
	let Scale { mantissa, shift, bias } = scale;
	Row { mantissa, shift, bias }
}

fn stored(format: Format, weights: &[i64]) -> Vec<u8> {
	weights
		.iter()
		.flat_map(|weight| match format {
			Format::Byte => (*weight as i8).to_le_bytes().to_vec(),
			Format::Word => (*weight as i16).to_le_bytes().to_vec(),
		})
		.collect()
}

fn limits(format: Format) -> (i64, i64) {
	match format {
		Format::Byte => (i8::MIN.into(), i8::MAX.into()),
		Format::Word => (i16::MIN.into(), i16::MAX.into()),
	}
}

/// Sum and finished value against the definition.
fn check(sum: i64, scale: Scale, point: Point, to: u8, onto: i32) {
	let Point { exponent, fraction } = point;
	assert_eq!(
		linear::finish(sum, row(scale), point, to, onto),
		definitions::linear(&big(sum), scale, exponent, fraction, to, onto),
		"{sum} {scale:?} {point:?} to {to} onto {onto}"
	);
}

fn any_scale(random: &mut Random) -> Scale {
	Scale {
		mantissa: edgy(random, 0, 32_767) as u16,
		shift: edgy(random, -128, 127) as i8,
		bias: edgy(random, i32::MIN.into(), i32::MAX.into()) as i32,
	}
}

/// A shift that brings the product of a sum and a mantissa near the limits of 32 bits.
fn fitting_shift(random: &mut Random, sum: i64, scale: Scale, point: Point, to: u8) -> i8 {
	let bits = 64
		- (i128::from(sum) * i128::from(scale.mantissa))
			.unsigned_abs()
			.leading_zeros() as i64
		+ 64;
	let other = i64::from(point.fraction) - i64::from(to) - i64::from(point.exponent);
	(bits - 31 - other + random.between(-3, 20)).clamp(-128, 127) as i8
}

#[test]
fn dots_are_sums_of_products() {
	let mut random = Random(1);
	for _ in 0..cases(TESTS) {
		let format = random.pick([Format::Byte, Format::Word]);
		let (low, high) = limits(format);
		let length = random.between(0, 40);
		let weights: Vec<_> = (0..length).map(|_| edgy(&mut random, low, high)).collect();
		let activations: Vec<_> = (0..length).map(|_| edgy(&mut random, -32_768, 32_767) as i16).collect();
		let bytes = stored(format, &weights);
		let sum = linear::dot(format, &bytes, &activations);
		assert_eq!(
			big(sum),
			definitions::dot(&weights, &activations),
			"{weights:?} {activations:?}"
		);
		for (column, weight) in weights.iter().enumerate() {
			assert_eq!(i64::from(format.number(&bytes, column)), *weight);
		}
		assert_eq!(format.number(&bytes, weights.len()), 0);
	}
}

#[test]
fn the_longest_rows_with_all_numbers_at_their_limits_are_exact() {
	for format in [Format::Byte, Format::Word] {
		let (low, high) = limits(format);
		for weight in [low, low + 1, -1, 0, 1, high] {
			for activation in [i16::MIN, -32_639, -1, 0, 1, 32_639, i16::MAX] {
				let (weights, activations) = ([weight].repeat(LONGEST), [activation].repeat(LONGEST));
				let sum = linear::dot(format, &stored(format, &weights), &activations);
				assert_eq!(big(sum), big(weight) * activation * LONGEST);
				for shift in i8::MIN..=i8::MAX {
					for bias in [i32::MIN, 0, i32::MAX] {
						let scale = Scale {
							mantissa: 32_767,
							shift,
							bias,
						};
						for (exponent, fraction, to) in [(0, 24, 4), (0, 16, 16), (17, 4, 24)] {
							check(sum, scale, Point { exponent, fraction }, to, -bias.saturating_add(1));
						}
					}
				}
			}
		}
	}
}

#[test]
fn products_are_finished_at_all_limits() {
	let mut sums = edges(-LARGEST_SUM, LARGEST_SUM);
	sums.retain(|sum| sum.unsigned_abs() < 4 || sum.unsigned_abs() > 1 << 29);
	let biases = [i32::MIN, -32_769, -32_768, -1, 0, 1, 32_768, i32::MAX];
	for sum in sums {
		for mantissa in [0, 1, 2, 16_384, 32_767] {
			for shift in [-128, -127, -64, -1, 0, 1, 15, 31, 45, 62, 63, 64, 127] {
				for (exponent, fraction, to) in [
					(0, 4, 4),
					(0, 16, 16),
					(17, 24, 24),
					(17, 4, 24),
					(0, 24, 4),
					(255, 4, 24),
				] {
					for bias in biases {
						let scale = Scale { mantissa, shift, bias };
						check(sum, scale, Point { exponent, fraction }, to, !bias);
					}
				}
			}
		}
	}
}

#[test]
fn products_are_finished_at_all_exponents_and_fractions() {
	let mut random = Random(2);
	for exponent in 0..=17 {
		for fraction in 4..=24 {
			for to in 4..=24 {
				let point = Point { exponent, fraction };
				let sum = edgy(&mut random, -LARGEST_SUM, LARGEST_SUM);
				let mut scale = any_scale(&mut random);
				let onto = edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32;
				check(sum, scale, point, to, onto);
				scale.shift = fitting_shift(&mut random, sum, scale, point, to);
				check(sum, scale, point, to, onto);
			}
		}
	}
}

#[test]
fn products_are_finished() {
	let mut random = Random(3);
	for _ in 0..cases(TESTS) {
		let sum = edgy(&mut random, -LARGEST_SUM, LARGEST_SUM);
		let point = Point {
			exponent: edgy(&mut random, 0, 17) as u8,
			fraction: edgy(&mut random, 4, 24) as u8,
		};
		let to = edgy(&mut random, 4, 24) as u8;
		let mut scale = any_scale(&mut random);
		if !random.one_in(3) {
			scale.shift = fitting_shift(&mut random, sum, scale, point, to);
		}
		let onto = edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32;
		check(sum, scale, point, to, onto);
	}
}

#[test]
fn single_numbers_are_scaled() {
	let check = |stored: i16, scale: Scale, to: u8| {
		assert_eq!(
			row(scale).number(stored, to),
			definitions::number(stored.into(), scale, to),
			"{stored} {scale:?} to {to}"
		);
	};
	for stored in edges(-32_768, 32_767) {
		for mantissa in [0, 1, 2, 16_384, 32_767] {
			for shift in -128..=127 {
				for to in [4, 15, 16, 24] {
					check(
						stored as i16,
						Scale {
							mantissa,
							shift,
							bias: 0,
						},
						to,
					);
				}
			}
		}
	}
	let mut random = Random(4);
	for _ in 0..cases(TESTS) {
		let stored = edgy(&mut random, -32_768, 32_767) as i16;
		let to = edgy(&mut random, 4, 24) as u8;
		check(stored, any_scale(&mut random), to);
	}
}

#[test]
fn exponents_are_the_least_that_hold_the_largest_magnitude() {
	let check = |numbers: &[i32]| {
		let exponent = exponent(numbers.iter().copied());
		assert_eq!(exponent, definitions::exponent(numbers), "{numbers:?}");
		for number in numbers {
			for exponent in [exponent, 0, 1, 31, 32, 63, 64, 255] {
				let expected = definitions::quantised(*number, exponent);
				assert_eq!(quantise(*number, exponent), expected, "{number} {exponent}");
				assert_eq!(store(*number, exponent), expected);
			}
		}
	};
	check(&[]);
	for number in edges(i32::MIN.into(), i32::MAX.into()) {
		check(&[number as i32]);
	}
	// Around each number that is just too large for an exponent.
	for exponent in 0..17 {
		for off in -3..=3 {
			let number = (65_279_i64 << exponent >> 1) + off;
			let number = i32::try_from(number).expect("32 bits");
			check(&[number]);
			check(&[-number]);
		}
	}
	let mut random = Random(5);
	for _ in 0..cases(TESTS) / 4 {
		let most = random.between(0, i32::MAX.into());
		let length = random.between(1, 12);
		let numbers: Vec<_> = (0..length).map(|_| edgy(&mut random, -most - 1, most) as i32).collect();
		check(&numbers);
	}
}

#[test]
fn feed_forward_products_are_scaled() {
	let check = |activated: i32, up: Option<i32>, to: u8| {
		assert_eq!(
			feed_forward::product(activated, up, to),
			definitions::product(activated, up, to),
			"{activated} {up:?} to {to}"
		);
	};
	let all = edges(i32::MIN.into(), i32::MAX.into());
	for activated in &all {
		for to in 4..=24 {
			check(*activated as i32, None, to);
		}
		for up in &all {
			for to in [4, 16, 24] {
				check(*activated as i32, Some(*up as i32), to);
			}
		}
	}
	let mut random = Random(6);
	for _ in 0..cases(TESTS) {
		let [activated, up] = [(); 2].map(|()| edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32);
		let up = (!random.one_in(4)).then_some(up);
		check(activated, up, random.between(4, 24) as u8);
	}
}

#[test]
fn means_over_positions_are_rounded() {
	let mut random = Random(7);
	let check = |sum: i64, positions: u32| {
		assert_eq!(
			pooling::mean(sum, positions),
			definitions::pooled(sum, positions),
			"{sum} {positions}"
		);
	};
	for positions in [1, 2, 3, 65_535, 65_536, 131_071, 131_072_u32] {
		let most = i64::from(positions) << 31;
		for sum in edges(-most, most) {
			check(sum, positions);
		}
	}
	for _ in 0..cases(TESTS) {
		let positions = edgy(&mut random, 1, 131_072) as u32;
		let most = i64::from(positions) << 31;
		// Also in the middle between two means.
		let whole = edgy(&mut random, -most, most) / i64::from(positions);
		let half = whole * i64::from(positions) + i64::from(positions / 2) + random.between(-1, 1);
		check(half, positions);
		check(edgy(&mut random, -most, most), positions);
	}
}
