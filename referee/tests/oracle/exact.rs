// SPDX-License-Identifier: Apache-2.0

//! Arithmetic without limits, and the few rules that bring a result back into them.

use num_bigint::BigInt;

/// Any integer.
pub fn big(number: impl Into<BigInt>) -> BigInt {
	number.into()
}

/// 2^`power`.
pub fn two_to(power: u32) -> BigInt {
	big(1) << power
}

/// floor(`number` / `divisor`), of a positive divisor.
pub fn floor(number: &BigInt, divisor: &BigInt) -> BigInt {
	let towards_zero = number / divisor;
	if &towards_zero * divisor > *number {
		towards_zero - 1
	} else {
		towards_zero
	}
}

/// floor(`number` / `divisor` + 1/2), of a positive divisor.
pub fn rounded(number: &BigInt, divisor: &BigInt) -> BigInt {
	floor(&(number * 2 + divisor), &(divisor * 2))
}

/// `number` * 2^`power`, rounded.
pub fn times_two_to(number: &BigInt, power: i32) -> BigInt {
	if power >= 0 {
		number << power.unsigned_abs()
	} else {
		rounded(number, &two_to(power.unsigned_abs()))
	}
}

/// How many bits a number that is not negative takes.
pub fn bits(number: &BigInt) -> u32 {
	number.bits() as u32
}

/// The nearest number that is not outside of these.
pub fn clamped(number: BigInt, low: i64, high: i64) -> i64 {
	number
		.clamp(low.into(), high.into())
		.try_into()
		.expect("the limits have 64 bits")
}

/// The nearest number of 32 bits.
pub fn clamped_32(number: BigInt) -> i32 {
	clamped(number, i32::MIN.into(), i32::MAX.into()) as i32
}

/// The nearest activation.
pub fn clamped_activation(number: BigInt) -> i16 {
	clamped(number, -32_639, 32_639) as i16
}

#[test]
fn halves_are_rounded_up() {
	let halves: Vec<_> = [-3, -2, -1, 0, 1, 2, 3].map(|n| rounded(&big(n), &big(2))).to_vec();
	assert_eq!(halves, [-1, -1, 0, 0, 1, 1, 2].map(big));
	assert_eq!(
		[-5, -4, -1, 0, 4, 5].map(|n| floor(&big(n), &big(4))),
		[-2, -1, -1, 0, 1, 1].map(big)
	);
	assert_eq!([0, 1, 2, 255, 256].map(|n| bits(&big(n))), [0, 1, 2, 8, 9]);
}
