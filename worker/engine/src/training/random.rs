// SPDX-License-Identifier: Apache-2.0

//! Random numbers that anybody can compute again: the referee's counter-based generator (Philox 4x32-10), whose key is the
//! seed. A number depends on nothing but the seed and what it is for.
//!
//! The counter is (low word of `place`, high word of `place`, `part`, purpose). The referee's samplers use purpose 0.

use atelier_referee::ops::sampling::philox;

/// What numbers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
	/// The first values of weights: `part` is the number of the tensor among all names in the order of their bytes, `place`
	/// the number of the block of four values.
	Weights = 1,
	/// The first values of adapters, likewise.
	Adapters = 2,
	/// In which order windows are read: docs of [`order`](super::order).
	Order = 3,
	/// Where the first window of an epoch begins: `place` is the epoch.
	Shift = 4,
}

pub fn block(seed: u64, purpose: Purpose, part: u32, place: u64) -> [u32; 4] {
	philox(
		[place as u32, (place >> 32) as u32, part, purpose as u32],
		[seed as u32, (seed >> 32) as u32],
	)
}

/// Values of a normal distribution with this deviation, by Box and Muller: of words (a, b, c, d) of a block,
/// √(−2 ln u(a)) times cos and sin of 2π v(b), then the same of c and d, where u(w) = (w + ½) / 2³² and v(w) = w / 2³².
/// In f64, by functions that are the same on every machine, then rounded to f32.
pub fn normal(seed: u64, purpose: Purpose, part: u32, count: usize, deviation: f64) -> Vec<f32> {
	let blocks = (0..count.div_ceil(4) as u64).map(|place| block(seed, purpose, part, place));
	blocks
		.flat_map(|[a, b, c, d]| {
			let [a, b] = pair(a, b);
			let [c, d] = pair(c, d);
			[a, b, c, d]
		})
		.take(count)
		.map(|value| (value * deviation) as f32)
		.collect()
}

fn pair(radius: u32, angle: u32) -> [f64; 2] {
	let uniform = (f64::from(radius) + 0.5) / 4_294_967_296.0;
	let radius = libm::sqrt(-2.0 * libm::log(uniform));
	let angle = 2.0 * std::f64::consts::PI * (f64::from(angle) / 4_294_967_296.0);
	[radius * libm::cos(angle), radius * libm::sin(angle)]
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn values_are_normal() {
		let values = normal(7, Purpose::Weights, 3, 100_001, 2.0);
		assert_eq!(values.len(), 100_001);
		let moment = |power| values.iter().map(|v| f64::from(*v / 2.0).powi(power)).sum::<f64>() / 100_001.0;
		assert!(moment(1).abs() < 0.02 && (moment(2) - 1.0).abs() < 0.03 && (moment(4) - 3.0).abs() < 0.2);
	}

	#[test]
	fn a_value_depends_on_its_place_only() {
		let long = normal(7, Purpose::Weights, 3, 10, 1.0);
		assert_eq!(long[..5], normal(7, Purpose::Weights, 3, 5, 1.0));
		for other in [
			normal(8, Purpose::Weights, 3, 10, 1.0),
			normal(7, Purpose::Adapters, 3, 10, 1.0),
			normal(7, Purpose::Weights, 4, 10, 1.0),
		] {
			assert!(long.iter().zip(&other).all(|(a, b)| a != b));
		}
	}
}
