// SPDX-License-Identifier: Apache-2.0

//! Some positions on their way through the layers. What is done for each position alone is shared out by positions, a product
//! by rows of its matrix, attention by positions and heads.

use crate::{
	Path,
	activations::{Activations, Encoding, encode},
	attention::{AT_ONCE, POSITIONS, Pages, Query, Room, mix},
	cache::{Cache, Page, Places, write},
	feed_forward,
	linear::{base, product},
	lines::{Numbers, ROWS, WordLine},
	model::{Layer, Model},
	norm::{Gains, Rule},
	pack::Packed,
	quantise::{quantise, store},
	rotary::turn,
	tables::Taken,
};
use atelier_referee::{
	arith::sat32,
	ops::{linear::Point, norm::Norm},
};
use rayon::prelude::*;
use std::{ops::Range, sync::Arc};

/// Bits of fraction of what is not between the blocks.
const FRACTION: u8 = atelier_referee::forward::FRACTION;

/// Rows of a strip that a tile multiplies at once, in blocks.
const GRAIN: usize = 3;

/// Strips of a product for each thread, so that none waits long for another.
const STRIPS: usize = 4;

/// Positions that one thread takes at least, where each is a matter of microseconds.
const FEW: usize = 4;

/// Positions whose attention one thread takes at once.
const TILE: usize = AT_ONCE;

/// Scores below which attention of a position is not shared out by heads.
const MANY: usize = 16_384;

/// Consecutive positions of one sequence.
#[derive(Clone, Debug)]
pub struct Group {
	/// The number of its cache among those of the pass.
	pub cache: usize,
	/// The first position.
	pub position: usize,
	/// Its vectors in the pass.
	pub rows: Range<usize>,
}

/// Some positions of some sequences.
pub struct Pass<'a> {
	model: &'a Model,
	path: Path,
	threads: usize,
	places: Places,
	/// Numbers of a vector, filled up to whole lines.
	stride: usize,
	/// The vectors between the blocks.
	pub numbers: Vec<i32>,
	/// Turned queries in limbs, of all positions.
	queries: Vec<u64>,
	input: Activations,
	bases: Vec<i32>,
	/// What a product gave: block by block, in it row by row.
	lines: Vec<Numbers>,
	mixed: Vec<i32>,
}

/// Room for one position.
#[derive(Default)]
struct Vectors {
	one: Vec<i32>,
	other: Vec<i32>,
	third: Vec<i32>,
	activations: Vec<i16>,
}

/// A vector of a product's result.
fn gather(lines: &[Numbers], first: usize, tokens: usize, token: usize, out: &mut [i32]) {
	let mut of_token = lines.iter().skip(first * tokens + token).step_by(tokens.max(1));
	let (whole, rest) = out.as_chunks_mut::<ROWS>();
	for (to, from) in whole.iter_mut().zip(of_token.by_ref()) {
		*to = from.0;
	}
	for (to, from) in rest.iter_mut().zip(of_token.flat_map(|from| from.0)) {
		*to = from;
	}
}

fn room<T: Clone + Default>(of: &mut Vec<T>, count: usize) -> &mut [T] {
	of.resize(count, T::default());
	of
}

impl<'a> Pass<'a> {
	/// Before the first layer.
	pub fn new(model: &'a Model, threads: usize, layers: usize) -> Self {
		Self {
			model,
			path: model.kernels.path(),
			threads,
			places: Places::new(&model.shape, layers),
			stride: (model.shape.width as usize).next_multiple_of(ROWS),
			numbers: Vec::new(),
			queries: Vec::new(),
			input: Activations::default(),
			bases: Vec::new(),
			lines: Vec::new(),
			mixed: Vec::new(),
		}
	}

	/// Begins with these tokens at these positions.
	pub fn embed(&mut self, tokens: &[(u32, usize)]) {
		let (model, path) = (self.model, self.path);
		let shape = &model.shape;
		let width = shape.width as usize;
		let stride = self.stride;
		let fraction = shape.residual_fraction;
		self.queries.resize(tokens.len() * shape.query_width() as usize / 2, 0);
		self.numbers.clear();
		self.numbers.resize(tokens.len() * stride, 0);
		self.numbers
			.par_chunks_mut(stride)
			.zip(tokens)
			.with_min_len(FEW)
			.for_each_init(Vectors::default, |vectors, (numbers, (token, position))| {
				let token = *token as usize;
				let of_token = model.embedding.row(token, model.embedding.record(token), fraction);
				match &model.positions {
					Some(positions) => {
						let of_position = positions.row(*position, positions.record(*position), fraction);
						for ((to, token), position) in numbers.iter_mut().zip(of_token).zip(of_position) {
							*to = sat32(token.saturating_add(position));
						}
					}
					None => {
						for (to, token) in numbers.iter_mut().zip(of_token) {
							*to = sat32(token);
						}
					}
				}
				if !model.norms_before() {
					let Some(numbers) = numbers.get_mut(..width) else {
						return;
					};
					let shifted = room(&mut vectors.one, width);
					let normed = room(&mut vectors.other, width);
					rule(model).apply(path, numbers, &model.first_norm, fraction, shifted, normed);
					numbers.copy_from_slice(normed);
				}
			});
	}

	/// The vector of a position.
	pub fn vector(&self, row: usize) -> &[i32] {
		let start = row * self.stride;
		let end = start + self.model.shape.width as usize;
		self.numbers.get(start..end).unwrap_or_default()
	}

	/// Keeps only these vectors, in this order, which rises.
	pub fn keep(&mut self, rows: &[usize]) {
		for (to, from) in rows.iter().enumerate() {
			let start = from * self.stride;
			if to < *from && start + self.stride <= self.numbers.len() {
				self.numbers.copy_within(start..start + self.stride, to * self.stride);
			}
		}
		self.numbers.truncate(rows.len() * self.stride);
	}

	/// The first half of a layer for some vectors: keys and values go to the caches, queries are kept. `groups` are in the order
	/// of caches, and cover the rows.
	pub fn project(&mut self, number: usize, at: usize, groups: &[Group], caches: &mut [Cache]) {
		let Some(layer) = self.model.layers.get(number) else {
			return;
		};
		let rows = rows(groups);
		self.input(&layer.project, &layer.attention_norm, rows.clone());
		self.multiply(&layer.project, None);

		let (model, path, places) = (self.model, self.path, self.places);
		let units = model.shape.query_width() as usize / 2;
		let tokens = rows.len();
		let mut queries = self
			.queries
			.get_mut(rows.start * units..rows.end * units)
			.unwrap_or_default();
		let mut tasks = Vec::new();
		let mut waiting = groups.iter().peekable();
		for (number, cache) in caches.iter_mut().enumerate() {
			let Some(group) = waiting.next_if(|group| group.cache == number) else {
				continue;
			};
			let mut row = group.rows.start - rows.start;
			let mut position = group.position;
			let mut left = group.rows.len();
			for page in cache.pages.iter_mut().skip(position / POSITIONS) {
				let slot = position % POSITIONS;
				let count = left.min(POSITIONS - slot);
				if count == 0 {
					break;
				}
				let some = queries.split_off_mut(..count * units).unwrap_or_default();
				if let Some(page) = Arc::get_mut(page) {
					tasks.push((page, slot, position, row, some));
				}
				row += count;
				position += count;
				left -= count;
			}
		}
		let lines = &self.lines;
		tasks
			.into_par_iter()
			.for_each_init(Vectors::default, |vectors, (page, slot, position, row, queries)| {
				for (more, queries) in queries.chunks_mut(units).enumerate() {
					let of = Projected {
						model,
						layer,
						path,
						lines,
						tokens,
						row: row + more,
						position: position + more,
					};
					of.queries(vectors, queries);
					of.keys_and_values(vectors, slot + more, places, at, page.lines_mut());
				}
			});
	}

	/// The second half of a layer: what leaves it.
	pub fn attend(&mut self, number: usize, at: usize, groups: &[Group], caches: &[Cache]) {
		let Some(layer) = self.model.layers.get(number) else {
			return;
		};
		let (model, path) = (self.model, self.path);
		let shape = &model.shape;
		let rows = rows(groups);
		self.mix(layer, at, groups, caches);

		let queries = shape.query_width() as usize;
		self.prepare(&layer.output, rows.len());
		self.mixed
			.par_chunks(queries)
			.zip(self.input.units.par_chunks_mut(self.input.stride))
			.zip(self.input.points.par_iter_mut())
			.with_min_len(FEW)
			.for_each_init(Vectors::default, |vectors, ((numbers, units), point)| {
				*point = quantised(path, self.input.encoding, numbers, FRACTION, vectors, units);
			});
		self.multiply(&layer.output, Some(rows.clone()));
		self.update((!model.norms_before()).then_some(&layer.attention_norm), rows.clone());

		self.input(&layer.expand, &layer.hidden_norm, rows.clone());
		self.multiply(&layer.expand, None);
		self.prepare(&layer.down, rows.len());
		let tokens = rows.len();
		let hidden = shape.hidden as usize;
		let taken = Taken::of(shape.activation);
		let second = layer.expand.firsts.get(1).copied();
		let lines = &self.lines;
		let encoding = self.input.encoding;
		self.input
			.units
			.par_chunks_mut(self.input.stride)
			.zip(self.input.points.par_iter_mut())
			.enumerate()
			.with_min_len(FEW)
			.for_each_init(Vectors::default, |vectors, (token, (units, point))| {
				let gate = lines.get(token..).unwrap_or_default();
				let up = second.map(|first| lines.get(first * tokens + token..).unwrap_or_default());
				let mut product = core::mem::take(&mut vectors.one);
				feed_forward::product(
					path,
					gate,
					up,
					tokens,
					taken,
					shape.hidden_fraction,
					room(&mut product, hidden),
				);
				*point = quantised(path, encoding, &product, shape.hidden_fraction, vectors, units);
				vectors.one = product;
			});
		self.multiply(&layer.down, Some(rows.clone()));
		self.update((!model.norms_before()).then_some(&layer.hidden_norm), rows);
	}

	/// Values of the vocabulary for some vectors, one after another.
	pub fn logits(&mut self, rows: Range<usize>) -> Vec<i32> {
		let model = self.model;
		let packed = model.logits();
		self.input(packed, &model.last_norm, rows.clone());
		self.multiply(packed, None);
		let count = model.shape.vocabulary as usize;
		let mut logits = vec![0; rows.len() * count];
		let lines = &self.lines;
		logits
			.par_chunks_mut(count)
			.enumerate()
			.for_each(|(token, logits)| gather(lines, 0, rows.len(), token, logits));
		logits
	}

	/// Room for the input of a product.
	fn prepare(&mut self, packed: &Packed, tokens: usize) {
		self.input.reset(packed.encoding(self.path), packed.columns, tokens);
	}

	/// The input of a product inside a layer: normalised, or normalised before.
	fn input(&mut self, packed: &Packed, gains: &Gains, rows: Range<usize>) {
		let (model, path) = (self.model, self.path);
		let width = model.shape.width as usize;
		self.prepare(packed, rows.len());
		let encoding = self.input.encoding;
		let numbers = self
			.numbers
			.get(rows.start * self.stride..rows.end * self.stride)
			.unwrap_or_default();
		numbers
			.par_chunks(self.stride)
			.zip(self.input.units.par_chunks_mut(self.input.stride))
			.zip(self.input.points.par_iter_mut())
			.with_min_len(FEW)
			.for_each_init(Vectors::default, |vectors, ((numbers, units), point)| {
				let numbers = numbers.get(..width).unwrap_or_default();
				*point = match model.norms_before() {
					true => {
						let mut normed = core::mem::take(&mut vectors.one);
						let shifted = room(&mut vectors.other, width);
						rule(model).apply(path, numbers, gains, FRACTION, shifted, room(&mut normed, width));
						let point = quantised(path, encoding, &normed, FRACTION, vectors, units);
						vectors.one = normed;
						point
					}
					false => quantised(path, encoding, numbers, model.shape.residual_fraction, vectors, units),
				};
			});
	}

	/// Multiplies the input. `onto`: the vectors that it is added to.
	fn multiply(&mut self, packed: &Packed, onto: Option<Range<usize>>) {
		let tokens = self.input.points.len();
		self.bases.clear();
		self.bases
			.extend(self.input.points.iter().map(|point| base(*point, packed.to)));
		// It never shrinks, so that nothing is filled with zeros again and again.
		let count = packed.blocks.len() * tokens;
		if self.lines.len() < count {
			self.lines.resize(count, Numbers::ZERO);
		}
		let strips = packed.blocks.len().div_ceil(GRAIN);
		let grain = GRAIN * (strips / (self.threads * STRIPS)).max(1);
		let stride = self.stride;
		let onto = onto.map(|rows| {
			let numbers = self.numbers.get(rows.start * stride..rows.end * stride);
			(numbers.unwrap_or_default(), stride)
		});
		let (path, input, bases) = (self.path, &self.input, &self.bases);
		self.lines
			.get_mut(..count)
			.unwrap_or_default()
			.par_chunks_mut((grain * tokens).max(1))
			.enumerate()
			.for_each(|(number, out)| product(path, packed, number * grain, input, bases, onto, out));
	}

	/// The result of a product becomes the vectors, normalised if norms stand after the blocks.
	fn update(&mut self, gains: Option<&Gains>, rows: Range<usize>) {
		let (model, path, stride) = (self.model, self.path, self.stride);
		let width = model.shape.width as usize;
		let lines = &self.lines;
		let numbers = self
			.numbers
			.get_mut(rows.start * stride..rows.end * stride)
			.unwrap_or_default();
		numbers
			.par_chunks_mut(stride)
			.enumerate()
			.with_min_len(FEW)
			.for_each_init(Vectors::default, |vectors, (token, numbers)| {
				let Some(numbers) = numbers.get_mut(..width) else {
					return;
				};
				match gains {
					None => gather(lines, 0, rows.len(), token, numbers),
					Some(gains) => {
						let sum = room(&mut vectors.one, width);
						gather(lines, 0, rows.len(), token, sum);
						let shifted = room(&mut vectors.other, width);
						rule(model).apply(path, sum, gains, model.shape.residual_fraction, shifted, numbers);
					}
				}
			});
	}

	/// Attention of all heads at all positions.
	fn mix(&mut self, layer: &Layer, at: usize, groups: &[Group], caches: &[Cache]) {
		let (model, path, places) = (self.model, self.path, self.places);
		let shape = &model.shape;
		let rows = rows(groups);
		let width = usize::from(shape.head_width);
		let key_heads = usize::from(shape.key_heads);
		let served = usize::from(shape.heads) / key_heads.max(1);
		let queries = shape.query_width() as usize;
		self.mixed.resize(rows.len() * queries, 0);
		let mut mixed = self.mixed.as_mut_slice();
		let mut tasks = Vec::new();
		for group in groups {
			let Some(cache) = caches.get(group.cache) else {
				continue;
			};
			let mut first = 0;
			while first < group.rows.len() {
				let count = TILE.min(group.rows.len() - first);
				let position = group.position + first;
				let row = group.rows.start + first;
				let parts = match count == 1 && (position + 1) * usize::from(shape.heads) > MANY {
					true => (2 * self.threads).min(key_heads),
					false => 1,
				};
				let per = key_heads.div_ceil(parts.max(1)).max(1);
				for head in (0..key_heads).step_by(per) {
					let heads = head..(head + per).min(key_heads);
					let some = mixed
						.split_off_mut(..count * heads.len() * served * width)
						.unwrap_or_default();
					tasks.push((cache, position, row, heads, some));
				}
				first += count;
			}
		}
		let all = &self.queries;
		tasks
			.into_par_iter()
			.for_each_init(Room::default, |room, (cache, position, row, heads, out)| {
				let in_task = heads.len() * served;
				let mut out: Vec<_> = out.chunks_mut(width).map(Some).collect();
				let count = out.len() / in_task.max(1);
				let seen = |token: usize| shape.seen((position + token) as u32, cache.length as u32);
				// The first token sees the furthest back, the last one the furthest on.
				let page = seen(0).start as usize / POSITIONS;
				let end = (seen(count.saturating_sub(1)).end as usize).div_ceil(POSITIONS);
				let pages = cache.pages.get(page..end).unwrap_or_default();
				for key_head in heads.clone() {
					let (keys, values) = places.of(at, key_head);
					let keys: Vec<_> = pages.iter().map(|page| part(page, &keys)).collect();
					let values: Vec<_> = pages.iter().map(|page| part(page, &values)).collect();
					let mut some = Vec::with_capacity(count * served);
					for token in 0..count {
						for number in 0..served {
							let head = key_head * served + number;
							let in_out = token * in_task + (key_head - heads.start) * served + number;
							let start = ((row + token) * queries + head * width) / 2;
							let (Some(out), Some(record)) =
								(out.get_mut(in_out).and_then(Option::take), layer.heads.get(head))
							else {
								return;
							};
							let seen = seen(token);
							let first = page * POSITIONS;
							some.push(Query {
								head: *record,
								units: all.get(start..start + width / 2).unwrap_or_default(),
								seen: seen.start as usize - first..seen.end as usize - first,
								out,
							});
						}
					}
					let pages = Pages {
						keys: &keys,
						values: &values,
					};
					mix(path, pages, &mut some, room);
				}
			});
	}
}

/// Some lines of a page.
fn part<'p>(page: &'p Page, range: &Range<usize>) -> &'p [WordLine] {
	page.lines().get(range.clone()).unwrap_or_default()
}

/// The rows of all groups, which follow each other.
fn rows(groups: &[Group]) -> Range<usize> {
	let start = groups.first().map_or(0, |group| group.rows.start);
	start..groups.last().map_or(start, |group| group.rows.end)
}

/// The norm of vectors between the blocks.
fn rule(model: &Model) -> Rule {
	Rule {
		norm: model.shape.norm,
		fraction: model.shape.residual_fraction,
		epsilon: model.shape.epsilon,
	}
}

/// A vector as the input of a product.
fn quantised(
	path: Path,
	encoding: Encoding,
	numbers: &[i32],
	fraction: u8,
	vectors: &mut Vectors,
	units: &mut [u64],
) -> Point {
	let activations = room(&mut vectors.activations, numbers.len());
	let exponent = quantise(path, numbers, activations);
	encode(path, encoding, activations, units);
	Point { exponent, fraction }
}

/// What the first product of a layer gave for one position.
struct Projected<'a> {
	model: &'a Model,
	layer: &'a Layer,
	path: Path,
	lines: &'a [Numbers],
	tokens: usize,
	row: usize,
	position: usize,
}

impl Projected<'_> {
	/// One of query, key and value.
	fn gather(&self, number: usize, out: &mut [i32]) {
		let first = self.layer.project.firsts.get(number).copied().unwrap_or(0);
		gather(self.lines, first, self.tokens, self.row, out);
	}

	/// Normalises each head, if the shape says so.
	fn norm(&self, gains: &Gains, vectors: &mut Vectors) {
		let shape = &self.model.shape;
		if !shape.head_norm {
			return;
		}
		let width = usize::from(shape.head_width);
		let rule = Rule {
			norm: Norm::Rms,
			fraction: FRACTION,
			epsilon: shape.epsilon,
		};
		let (shifted, normed) = (room(&mut vectors.other, width), room(&mut vectors.third, width));
		for head in vectors.one.chunks_mut(width) {
			rule.apply(self.path, head, gains, FRACTION, shifted, normed);
			head.copy_from_slice(normed);
		}
	}

	/// Turned queries, as units.
	fn queries(&self, vectors: &mut Vectors, units: &mut [u64]) {
		let shape = &self.model.shape;
		let width = usize::from(shape.head_width);
		self.gather(0, room(&mut vectors.one, shape.query_width() as usize));
		self.norm(&self.layer.query_norm, vectors);
		let activations = room(&mut vectors.activations, width);
		let angles = self.model.angles(self.position);
		let heads = self.layer.heads.iter().zip(vectors.one.chunks(width));
		for ((head, numbers), units) in heads.zip(units.chunks_mut(width / 2)) {
			turn(self.path, numbers, angles, angles.len(), head.query_shift, activations);
			encode(self.path, Encoding::of_pairs(self.path), activations, units);
		}
	}

	/// Turned keys, and values, into a page.
	fn keys_and_values(&self, vectors: &mut Vectors, slot: usize, places: Places, at: usize, page: &mut [WordLine]) {
		let shape = &self.model.shape;
		let width = usize::from(shape.head_width);
		let served = usize::from(shape.heads) / usize::from(shape.key_heads).max(1);
		let angles = self.model.angles(self.position);
		for keys in [true, false] {
			self.gather(
				if keys { 1 } else { 2 },
				room(&mut vectors.one, shape.key_width() as usize),
			);
			if keys {
				self.norm(&self.layer.key_norm, vectors);
			}
			let activations = room(&mut vectors.activations, width);
			// Keys and values use the record of the first query head that they serve.
			let records = self.layer.heads.iter().step_by(served.max(1));
			for (number, (head, numbers)) in records.zip(vectors.one.chunks(width)).enumerate() {
				let (of_keys, of_values) = places.of(at, number);
				let lines = if keys { of_keys } else { of_values };
				if keys {
					turn(self.path, numbers, angles, angles.len(), head.key_shift, activations);
				} else {
					store(self.path, numbers, head.value_shift, activations);
				}
				write(page.get_mut(lines).unwrap_or_default(), activations, slot, keys);
			}
		}
	}
}
