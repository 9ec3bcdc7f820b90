// SPDX-License-Identifier: Apache-2.0

//! The record of each head: shifts with which its queries, keys and values cannot saturate, from a bound that holds for every
//! input, and the scale of its scores.

use super::rows::{Rows, scale};
use atelier_referee::{arith::ACTIVATION_LIMIT, ops::attention::Head};

/// What comes into the products: gain times a vector whose mean square is 1, plus bias.
pub struct Input<'a> {
	pub gains: &'a [f64],
	pub biases: &'a [f64],
}

/// Queries, keys and values of a layer.
pub struct Projections<'a> {
	pub query: (&'a Rows, &'a [f64]),
	pub key: (&'a Rows, &'a [f64]),
	pub value: (&'a Rows, &'a [f64]),
	pub heads: usize,
	pub key_heads: usize,
	pub width: usize,
	/// Numbers of a head that are turned in pairs.
	pub rotary: usize,
}

/// The input is quantised too, which adds a little to its length.
const MARGIN: f64 = 1.01;

impl Input<'_> {
	/// The largest magnitude that an output value may have, and the length that the input gives it: for pairs.
	fn bound(&self, row: impl Iterator<Item = f64>, bias: f64) -> (f64, f64) {
		let count = self.gains.len() as f64;
		let (mut square, mut constant) = (0.0, bias);
		for ((weight, gain), offset) in row.zip(self.gains).zip(self.biases) {
			square += (weight * gain).powi(2);
			constant += weight * offset;
		}
		let length = (count * square).sqrt() * MARGIN;
		(length + constant.abs(), length)
	}

	/// The largest magnitude in a head, after its pairs were turned.
	fn head(&self, (rows, biases): (&Rows, &[f64]), head: usize, width: usize, rotary: usize) -> f64 {
		let at = |place: usize| {
			let row = head * width + place;
			self.bound(rows.row(row), biases.get(row).copied().unwrap_or(0.0)).0
		};
		let alone = |place: usize| at(place);
		(0..width)
			.map(|place| match place < rotary {
				true => {
					let pair = place % (rotary / 2);
					at(pair).hypot(at(pair + rotary / 2))
				}
				false => alone(place),
			})
			.fold(0.0, f64::max)
	}
}

/// The least shift with which a number of this magnitude, with 16 bits of fraction, is an activation.
fn shift(bound: f64) -> u8 {
	let mut number = bound * 65_536.0;
	let mut shift = 0;
	while number > ACTIVATION_LIMIT as f64 {
		number /= 2.0;
		shift += 1;
	}
	shift
}

/// The records of a layer's heads, in order.
pub fn records(input: &Input<'_>, layer: &Projections<'_>) -> Vec<Head> {
	let Projections {
		heads,
		key_heads,
		width,
		rotary,
		..
	} = *layer;
	let served = heads / key_heads;
	(0..heads)
		.map(|head| {
			let key_head = head / served;
			let query_shift = shift(input.head(layer.query, head, width, rotary));
			let key_shift = shift(input.head(layer.key, key_head, width, rotary));
			let value_shift = shift(input.head(layer.value, key_head, width, 0));
			// A score in bits with 16 bits of fraction, of a product with 32 - shifts of them.
			let unit = std::f64::consts::LOG2_E / (width as f64).sqrt();
			let (score_mantissa, score_shift) =
				scale(unit * 2_f64.powi(i32::from(query_shift) + i32::from(key_shift) - 16));
			Head {
				query_shift,
				key_shift,
				value_shift,
				score_shift: score_shift.max(0) as u8,
				score_mantissa,
			}
		})
		.collect()
}
