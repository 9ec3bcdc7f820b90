// SPDX-License-Identifier: Apache-2.0

//! Keys and values of all sequences on a device, in pages that [`Pages`](crate::backend::pages::Pages) gives out.
//!
//! Unlike floats, what is masked out cannot spoil anything: every 16 bits are an activation.

use super::{arith::Computed, attention::Look, ops::Ops};
use crate::backend::pages::Span;
use atelier_referee::model::Shape;
use tch::{Kind, Tensor};

/// Tokens of a page.
pub const PAGE: u32 = 16;

pub struct Cache {
	/// Slots by heads by numbers.
	layers: Vec<[Tensor; 2]>,
}

impl Cache {
	pub fn new(ops: &Ops, shape: &Shape, pages: u32) -> Computed<Self> {
		let size = [
			i64::from(pages) * i64::from(PAGE),
			shape.key_heads.into(),
			shape.head_width.into(),
		];
		let zeros = || Tensor::f_zeros(size, (Kind::Int16, ops.device));
		let layers = (0..shape.layers).map(|_| Ok([zeros()?, zeros()?]));
		Ok(Self {
			layers: layers.collect::<Computed<_>>()?,
		})
	}

	/// Bytes of a page, in all layers.
	pub fn page_bytes(shape: &Shape) -> u64 {
		let numbers = u64::from(shape.layers) * 2 * u64::from(shape.key_width());
		numbers.saturating_mul(u64::from(PAGE) * size_of::<i16>() as u64)
	}

	/// Writes keys and values of some tokens to their slots; all of the layer.
	pub fn write(&self, layer: usize, slots: &Tensor, keys: &Tensor, values: &Tensor) -> Computed<[Tensor; 2]> {
		let [all_keys, all_values] = self
			.layers
			.get(layer)
			.ok_or_else(|| tch::TchError::Shape(format!("no layer {layer}")))?;
		Ok([
			all_keys.shallow_clone().f_index_copy_(0, slots, keys)?,
			all_values.shallow_clone().f_index_copy_(0, slots, values)?,
		])
	}
}

/// The slots of new tokens.
pub fn slots(ops: &Ops, spans: &[Span]) -> Computed {
	let slots: Vec<i64> = spans
		.iter()
		.flat_map(|span| span.slots(span.positions(), PAGE))
		.collect();
	ops.numbers(&slots)
}

/// What the rows of some spans look at: answers, which have one row each and come first, together; of the others each alone.
pub fn looks(ops: &Ops, shape: &Shape, spans: &[Span]) -> Computed<Vec<Look>> {
	let answers = spans.iter().take_while(|span| span.new == 1).count();
	let (next, rest) = spans.split_at(answers);
	let mut looks = Vec::new();
	let mut first = 0;
	if !next.is_empty() {
		looks.push(look(ops, shape, next, first)?);
		first += next.len() as i64;
	}
	for span in rest {
		looks.push(look(ops, shape, std::slice::from_ref(span), first)?);
		first += i64::from(span.new);
	}
	Ok(looks)
}

/// Of spans with as many rows each.
fn look(ops: &Ops, shape: &Shape, spans: &[Span], first: i64) -> Computed<Look> {
	let rows = spans.first().map_or(0, |span| span.new);
	// Nothing before what the first row sees is needed.
	let begin = |span: &Span| shape.seen(span.past, u32::MAX).start;
	let ends = |span: &Span| span.positions().end;
	let most = spans.iter().map(|span| ends(span) - begin(span)).max().unwrap_or(0);
	let (mut slots, mut from, mut to) = (Vec::new(), Vec::new(), Vec::new());
	for span in spans {
		let begin = begin(span);
		// What is missing to the longest is not seen.
		let places = span.slots(begin..ends(span), PAGE);
		slots.extend(places.chain(std::iter::repeat(0)).take(most as usize));
		for position in span.positions() {
			let seen = shape.seen(position, u32::MAX);
			from.push(i64::from(seen.start) - i64::from(begin));
			to.push(i64::from(seen.end) - i64::from(begin));
		}
	}
	let sequences = spans.len() as i64;
	let table = |numbers: &[i64], columns: u32| ops.numbers(numbers)?.f_view([sequences, i64::from(columns)]);
	Ok(Look {
		first,
		sequences,
		rows: rows.into(),
		slots: table(&slots, most)?,
		from: table(&from, rows)?,
		to: table(&to, rows)?,
	})
}
