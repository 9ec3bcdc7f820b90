// SPDX-License-Identifier: Apache-2.0

//! The record of each head: shifts with which its queries, keys and values cannot saturate, from a bound that holds for every
//! input, and the scale of its scores.

use crate::rows::{Rows, scale};
use atelier_referee::{arith::ACTIVATION_LIMIT, ops::attention::Head};

/// What comes into the products: gain times a vector whose mean square is 1, plus bias.
pub struct Input<'a> {
	pub gains: &'a [f64],
	pub biases: &'a [f64],
}

/// Queries, keys or values of a layer.
pub struct Projection<'a> {
	pub rows: &'a Rows,
	pub biases: &'a [f32],
	/// Gains with which each head is normalised before it is turned.
	pub norm: Option<&'a [f32]>,
}

/// What the heads of a layer are made of.
pub struct Projections<'a> {
	pub query: Projection<'a>,
	pub key: Projection<'a>,
	pub value: Projection<'a>,
	pub heads: usize,
	pub key_heads: usize,
	pub width: usize,
	/// Numbers of a head that are turned in pairs.
	pub rotary: usize,
}

/// The input is quantised too, which adds a little to its length.
const MARGIN: f64 = 1.01;

impl Input<'_> {
	/// The largest magnitude that an output value may have.
	fn bound(&self, row: impl Iterator<Item = f64>, bias: f64) -> f64 {
		let count = self.gains.len() as f64;
		let (mut square, mut constant) = (0.0, bias);
		for ((weight, gain), offset) in row.zip(self.gains).zip(self.biases) {
			square += (weight * gain) * (weight * gain);
			constant += weight * offset;
		}
		(count * square).sqrt() * MARGIN + constant.abs()
	}

	/// The largest magnitude in a head, after its pairs were turned.
	fn head(&self, projection: &Projection<'_>, head: usize, width: usize, rotary: usize) -> f64 {
		let at = |place: usize| match projection.norm {
			// The mean square of the head is 1 then.
			Some(gains) => {
				let gain = f64::from(gains.get(place).copied().unwrap_or(0.0));
				gain.abs() * (width as f64).sqrt() * MARGIN
			}
			None => {
				let row = head * width + place;
				let bias = projection.biases.get(row).copied().unwrap_or(0.0);
				self.bound(projection.rows.row(row), bias.into())
			}
		};
		(0..width)
			.map(|place| match place < rotary {
				true => {
					let pair = place % (rotary / 2);
					libm::hypot(at(pair), at(pair + rotary / 2))
				}
				false => at(place),
			})
			.fold(0.0, f64::max)
	}
}

/// The least shift with which a number of this magnitude, with 16 bits of fraction, is an activation.
fn shift(bound: f64) -> u8 {
	let mut number = bound * 65_536.0;
	let mut shift = 0;
	while number > ACTIVATION_LIMIT as f64 && shift < u8::MAX {
		number /= 2.0;
		shift += 1;
	}
	shift
}

/// The records of a layer's heads, in order.
pub fn records(input: &Input<'_>, layer: &Projections<'_>) -> Vec<u8> {
	let &Projections {
		heads,
		key_heads,
		width,
		rotary,
		..
	} = layer;
	let served = heads / key_heads.max(1);
	let of_keys: Vec<_> = (0..key_heads)
		.map(|head| {
			let key = shift(input.head(&layer.key, head, width, rotary));
			(key, shift(input.head(&layer.value, head, width, 0)))
		})
		.collect();
	(0..heads)
		.flat_map(|head| {
			let query_shift = shift(input.head(&layer.query, head, width, rotary));
			let (key_shift, value_shift) = of_keys.get(head / served.max(1)).copied().unwrap_or_default();
			// A score in bits with 16 bits of fraction, of a product with 32 - shifts of them.
			let unit = std::f64::consts::LOG2_E / (width as f64).sqrt();
			let exponent = i32::from(query_shift) + i32::from(key_shift) - 16;
			let (score_mantissa, score_shift) = scale(libm::ldexp(unit, exponent));
			let record = Head {
				query_shift,
				key_shift,
				value_shift,
				score_shift: score_shift.max(0) as u8,
				score_mantissa,
			};
			record.write()
		})
		.collect()
}
