// SPDX-License-Identifier: Apache-2.0

//! What stands between the two products of a feed-forward block, for sixteen numbers at a time.

use crate::{
	lines::Numbers,
	path::versions,
	round::{sat32, shift_right},
	tables::Taken,
};
use atelier_referee::arith::scale;

versions! {
	/// The activation function's values, times the second product if there is one, with `to` bits of fraction. Lines of a token
	/// are `stride` apart.
	pub fn product(gate: &[Numbers], up: Option<&[Numbers]>, stride: usize, taken: &Taken, to: u8, out: &mut [i32]) {
		let to = i32::from(to.min(24));
		let bits = taken.bits;
		for (number, out) in out.chunks_mut(16).enumerate() {
			let Some(gate) = gate.get(number * stride) else {
				return;
			};
			match up {
				Some(up) => {
					let Some(up) = up.get(number * stride) else {
						return;
					};
					// 8 to 32.
					let right = (32 - to) as u32;
					for ((out, gate), up) in out.iter_mut().zip(&gate.0).zip(&up.0) {
						let product = i64::from(taken.apply(*gate, bits)) * i64::from(*up);
						*out = sat32(shift_right(product, right));
					}
				}
				None => {
					for (out, gate) in out.iter_mut().zip(&gate.0) {
						*out = sat32(scale(i64::from(taken.apply(*gate, bits)), 16 - to));
					}
				}
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Path;
	use atelier_referee::{ops::feed_forward, samples::Random, tables::Activation};

	#[test]
	fn the_same_as_the_referees() {
		let mut random = Random(5);
		for case in 0..3_000 {
			let (bits, up_bits) = (random.between(32, 63), random.between(32, 63));
			let count = random.between(1, 50) as usize;
			let stride = random.between(1, 3) as usize;
			let lines = |bits: i64, random: &mut Random| -> Vec<Numbers> {
				let number = |random: &mut Random| match case % 4 {
					0 => random.pick([i32::MIN, i32::MAX, 0, 1 << 19, -(1 << 20)]),
					_ => (random.bits() as i64 >> bits) as i32,
				};
				(0..count.div_ceil(16) * stride)
					.map(|_| Numbers(core::array::from_fn(|_| number(random))))
					.collect()
			};
			let (gate, up) = (lines(bits, &mut random), lines(up_bits, &mut random));
			let activation = random.pick([Activation::Silu, Activation::Gelu, Activation::GeluTanh]);
			let gated = random.one_in(2);
			let to = random.between(4, 24) as u8;
			for path in Path::available() {
				let mut out = vec![0; count];
				product(
					path,
					&gate,
					gated.then_some(&up),
					stride,
					Taken::of(activation),
					to,
					&mut out,
				);
				for (place, out) in out.iter().enumerate() {
					let at = |lines: &[Numbers]| lines[place / 16 * stride].0[place % 16];
					let activated = activation.apply(at(&gate));
					assert_eq!(*out, feed_forward::product(activated, gated.then(|| at(&up)), to));
				}
			}
		}
	}
}
