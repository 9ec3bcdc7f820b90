// SPDX-License-Identifier: Apache-2.0

//! What is read from tables.

use super::{
	cases::{cases, edges, edgy},
	definitions::{self, Function},
	exact::big,
};
use atelier_referee::{
	samples::Random,
	tables::{Activation, exp2_negative, log2, race},
};

const TESTS: u64 = 4;

#[test]
fn powers_are_read_between_the_entries() {
	let check = |exponent: i64| {
		assert_eq!(exp2_negative(exponent), definitions::exp2(&big(exponent)), "{exponent}");
	};
	edges(i64::MIN, i64::MAX).into_iter().for_each(check);
	// All entries of all halvings, and what is beside them.
	for entry in 0..=20 * 256 {
		(-1..=1).for_each(|beside| check(entry * 256 + beside));
	}
	let mut random = Random(31);
	for _ in 0..cases(TESTS) {
		check(random.between(0, 18 << 16));
		check(edgy(&mut random, -(1 << 62), 1 << 62));
	}
}

#[test]
fn logarithms_are_read_between_the_entries() {
	let check = |number: u64| assert_eq!(big(log2(number)), definitions::log2(number), "{number}");
	let powers = (0..64).map(|power| 1_u64 << power);
	powers
		.flat_map(|power| [(power - 1).max(1), power, power + 1, power | power >> 1])
		.for_each(check);
	check(u64::MAX);
	let mut random = Random(32);
	for _ in 0..cases(TESTS) {
		check((random.bits() >> random.between(0, 63)).max(1));
	}
}

#[test]
fn clocks_are_read_between_the_entries() {
	let check = |random: u32| {
		let clock = atelier_referee::ops::sampling::clock(random);
		assert_eq!(big(clock), definitions::clock(random), "{random}");
		let v = (f64::from(random) + 0.5) / 4_294_967_296.0;
		let real = (-(-v).ln_1p()).log2() * 65_536.0;
		// Two tables, and a logarithm of a number that is itself rounded to 16 bits of fraction.
		assert!(
			(clock as f64 - real).abs() < 4.0,
			"{random}: {clock} is not near {real}"
		);
	};
	for random in edges(0, u32::MAX.into()) {
		check(random as u32);
	}
	(0..=256).for_each(|entry| check((entry << 23_u32).min(u32::MAX - 1) + 1));
	let mut random = Random(33);
	for _ in 0..cases(TESTS) {
		check(edgy(&mut random, 0, u32::MAX.into()) as u32);
	}
	assert_eq!(race(1 << 31), race(u32::MAX));
}

#[test]
fn activation_functions_are_read_between_the_entries() {
	const ALL: [(Activation, Function); 3] = [
		(Activation::Silu, Function::Silu),
		(Activation::Gelu, Function::Gelu),
		(Activation::GeluTanh, Function::GeluTanh),
	];
	let check = |number: i32| {
		for (activation, function) in ALL {
			let expected = definitions::activated(function, number);
			assert_eq!(activation.apply(number), expected, "{activation:?} of {number}");
		}
	};
	for number in edges(i32::MIN.into(), i32::MAX.into()) {
		check(number as i32);
	}
	// All entries of both widths, what is beside them and half way to the next.
	for entry in -2_050..=2_050 {
		[-1, 0, 1, 255, 256, 257, 511]
			.into_iter()
			.for_each(|beside| check(entry * 512 + beside));
	}
	let mut random = Random(34);
	for _ in 0..cases(TESTS) {
		check(random.between(-17 << 16, 17 << 16) as i32);
		check(edgy(&mut random, i32::MIN.into(), i32::MAX.into()) as i32);
	}
}
