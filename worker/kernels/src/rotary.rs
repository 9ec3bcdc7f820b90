// SPDX-License-Identifier: Apache-2.0

//! Turned heads: `ops::rotary` of the referee for all pairs of a head.

use crate::{
	path::versions,
	round::{activation, most, shift_right},
};
use atelier_referee::ops::rotary::Angle;

versions! {
	/// Turns the pairs of a head by the angles of its position, and stores all of it with the head's shift.
	fn turned(
		first: &[i32],
		second: &[i32],
		angles: &[[u8; Angle::BYTES]],
		shift: u32,
		to_first: &mut [i16],
		to_second: &mut [i16],
	) {
		let pairs = first.iter().zip(second).zip(angles).zip(to_first.iter_mut().zip(to_second));
		for (((first, second), [c0, c1, s0, s1]), (to_first, to_second)) in pairs {
			let (x, y) = (i64::from(*first), i64::from(*second));
			let (cosine, sine) = (i64::from(i16::from_le_bytes([*c0, *c1])), i64::from(i16::from_le_bytes([*s0, *s1])));
			*to_first = activation(shift_right(x * cosine - y * sine, shift));
			*to_second = activation(shift_right(y * cosine + x * sine, shift));
		}
	}
}

/// Turns a head and stores it with its shift; `pairs` of it are turned.
pub fn turn(
	path: crate::Path,
	head: &[i32],
	angles: &[[u8; Angle::BYTES]],
	pairs: usize,
	shift: u8,
	activations: &mut [i16],
) {
	let (Some((first, others)), Some((to_first, to_others))) =
		(head.split_at_checked(pairs), activations.split_at_mut_checked(pairs))
	else {
		return;
	};
	let (Some((second, rest)), Some((to_second, to_rest))) =
		(others.split_at_checked(pairs), to_others.split_at_mut_checked(pairs))
	else {
		return;
	};
	// Angles have 15 bits of fraction; a turned number has 47 bits.
	let right = most(15 + u32::from(shift));
	turned(path, first, second, angles, right, to_first, to_second);
	crate::quantise::store(path, rest, shift, to_rest);
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Path;
	use atelier_referee::{ops::quantise::store, samples::Random};

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(4);
		for case in 0..3_000 {
			let bits = random.between(0, 63);
			let width = random.between(1, 40) as usize * 2;
			let pairs = random.between(0, width as i64 / 2) as usize;
			let head: Vec<i32> = (0..width)
				.map(|_| match case % 3 {
					0 => random.pick([i32::MIN, i32::MAX, 0]),
					_ => (random.bits() as i64 >> bits) as i32,
				})
				.collect();
			let angles: Vec<[u8; 4]> = (0..pairs).map(|_| (random.bits() as u32).to_le_bytes()).collect();
			let shift = random.bits() as u8 >> random.between(0, 7);
			for path in Path::available() {
				let mut turned = vec![0; width];
				turn(path, &head, &angles, pairs, shift, &mut turned);
				for (place, value) in turned.iter().enumerate() {
					let expected = if place < pairs {
						Angle::read(angles[place]).first(head[place], head[place + pairs], shift)
					} else if place < 2 * pairs {
						Angle::read(angles[place - pairs]).second(head[place - pairs], head[place], shift)
					} else {
						store(head[place], shift)
					};
					assert_eq!(*value, expected);
				}
			}
		}
	}
}
