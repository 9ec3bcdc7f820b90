// SPDX-License-Identifier: Apache-2.0

//! Attention of several sequences to their own slots of a cache. All scores of a query first, then their maximum, then the
//! weights, then the sums and one division, as the spec has it: nothing is scaled again.

use super::{
	arith::{Computed, div_round, round_shift, sat32},
	ops::Ops,
	selftest::Check,
};
use atelier_referee::ops::attention::Head;
use tch::{Kind, Tensor};

/// From so many bits on every mean that is not 0 is at a limit of 32 bits.
const FAR: i64 = 32;

/// Below every score.
const UNSEEN: i64 = -(1 << 40);

/// What the heads of a layer score by, in the order of query heads.
pub struct Heads {
	pub mantissas: Tensor,
	pub scores: Tensor,
	/// At most 32: every mean that is not 0 is at a limit then.
	pub values: Tensor,
	/// Shifts of queries, and of the keys and values that serve them, which are those of the first head that they serve.
	pub query_shifts: Tensor,
	pub key_shifts: Tensor,
	pub value_shifts: Tensor,
	pub count: i64,
	pub key_heads: i64,
}

/// Rows of a step and the slots that they look at: sequences by rows of each.
pub struct Look {
	pub first: i64,
	pub sequences: i64,
	pub rows: i64,
	/// Sequences by slots.
	pub slots: Tensor,
	/// Sequences by rows: each sees the slots from one of them, by its place, to another.
	pub from: Tensor,
	pub to: Tensor,
}

impl Heads {
	pub fn new(ops: &Ops, heads: &[Head], key_heads: usize) -> Computed<Self> {
		let numbers = |of: fn(&Head) -> i64| ops.numbers(&heads.iter().map(of).collect::<Vec<_>>());
		let served = (heads.len() / key_heads.max(1)).max(1);
		let first: Vec<_> = heads.iter().step_by(served).copied().collect();
		let of_first = |of: fn(&Head) -> i64| ops.numbers(&first.iter().map(of).collect::<Vec<_>>());
		Ok(Self {
			mantissas: numbers(|head| head.score_mantissa.into())?,
			scores: numbers(|head| head.score_shift.into())?,
			values: numbers(|head| i64::from(head.value_shift).min(FAR))?,
			query_shifts: numbers(|head| head.query_shift.into())?,
			key_shifts: of_first(|head| head.key_shift.into())?,
			value_shifts: of_first(|head| head.value_shift.into())?,
			count: heads.len() as i64,
			key_heads: key_heads as i64,
		})
	}
}

impl Ops {
	/// What the heads give for queries, rows by heads by numbers, from keys and values, slots by heads by numbers: rows of
	/// 32-bit numbers. The looks follow each other in the rows.
	pub fn mixed(&self, heads: &Heads, queries: &Tensor, keys: &Tensor, values: &Tensor, looks: &[Look]) -> Computed {
		if let Some(fused) = &self.fused {
			let each = looks
				.iter()
				.map(|look| fused.mixed(heads, queries, [keys, values], look, &self.exp2));
			return Tensor::f_cat(&each.collect::<Computed<Vec<_>>>()?, 0);
		}
		let each = looks.iter().map(|look| self.look(heads, queries, [keys, values], look));
		let mixed = Tensor::f_cat(&each.collect::<Computed<Vec<_>>>()?, 0)?;
		self.spoilt(Check::Attention, mixed)
	}

	fn look(&self, heads: &Heads, queries: &Tensor, cache: [&Tensor; 2], look: &Look) -> Computed {
		let served = heads.count / heads.key_heads;
		let &[_, _, width] = queries.size().as_slice() else {
			return Err(tch::TchError::Shape("no heads".into()));
		};
		let slots = look.slots.size().last().copied().unwrap_or(0);
		let queries = queries.f_narrow(0, look.first, look.sequences * look.rows)?.f_view([
			look.sequences,
			look.rows,
			heads.key_heads,
			served,
			width,
		])?;
		// So many sequences, key heads and rows at once that neither keys nor scores are too large.
		let units = (self.elements / (slots * width.max(served)).max(1)).max(1);
		let some_heads = units.min(heads.key_heads);
		let some_sequences = (units / heads.key_heads).clamp(1, look.sequences);
		let scores = slots * served * some_heads * some_sequences;
		let some_rows = (self.elements / scores.max(1)).clamp(1, look.rows);
		let parts = |all: i64, some: i64| (0..all).step_by(some as usize).map(move |at| (at, some.min(all - at)));
		let mut sequences = Vec::new();
		for sequence in parts(look.sequences, some_sequences) {
			let places = look.slots.f_narrow(0, sequence.0, sequence.1)?.f_reshape([-1])?;
			let mut of_heads = Vec::new();
			for head in parts(heads.key_heads, some_heads) {
				let [keys, values] = cache.map(|all| {
					all.f_narrow(1, head.0, head.1)?
						.f_index_select(0, &places)?
						.f_to_kind(Kind::Double)?
						.f_view([sequence.1, slots, head.1, width])
				});
				let (keys, values) = (keys?.f_permute([0, 2, 3, 1])?, values?.f_permute([0, 2, 1, 3])?);
				let mut rows = Vec::new();
				for row in parts(look.rows, some_rows) {
					let queries = queries
						.f_narrow(0, sequence.0, sequence.1)?
						.f_narrow(1, row.0, row.1)?
						.f_narrow(2, head.0, head.1)?;
					let seen = |ends: &Tensor| {
						ends.f_narrow(0, sequence.0, sequence.1)?
							.f_narrow(1, row.0, row.1)?
							.f_view([sequence.1, 1, row.1, 1, 1])
					};
					let seen = [seen(&look.from)?, seen(&look.to)?];
					rows.push(self.some_mixed(heads, head, &queries, &keys, &values, &seen)?);
				}
				of_heads.push(Tensor::f_cat(&rows, 1)?);
			}
			sequences.push(Tensor::f_cat(&of_heads, 2)?);
		}
		Tensor::f_cat(&sequences, 0)?.f_reshape([look.sequences * look.rows, heads.count * width])
	}

	/// Of some key heads: queries are sequences, rows, key heads, heads that one serves, numbers; keys sequences, key heads,
	/// numbers, slots; values sequences, key heads, slots, numbers.
	fn some_mixed(
		&self,
		heads: &Heads,
		head: (i64, i64),
		queries: &Tensor,
		keys: &Tensor,
		values: &Tensor,
		seen: &[Tensor; 2],
	) -> Computed {
		let &[sequences, rows, key_heads, served, width] = queries.size().as_slice() else {
			return Err(tch::TchError::Shape("no heads".into()));
		};
		let slots = values.size().get(2).copied().unwrap_or(0);
		let of_heads = |all: &Tensor| {
			all.f_narrow(0, head.0 * served, head.1 * served)?
				.f_view([1, key_heads, 1, served, 1])
		};
		let together = [sequences, key_heads, rows * served];
		let [a, b, c] = together;
		let apart = |last: i64| [sequences, key_heads, rows, served, last];
		let queries = queries
			.f_permute([0, 2, 1, 3, 4])?
			.f_reshape([a, b, c, width])?
			.f_to_kind(Kind::Double)?;
		// In doubles: 256 products of 15 by 15 bits take 38 bits. With the mantissa, as integers, 53.
		let sums = queries.f_matmul(keys)?.f_view(apart(slots))?.f_to_kind(Kind::Int64)?;
		let scores = round_shift(&sums.f_mul(&of_heads(&heads.mantissas)?)?, &of_heads(&heads.scores)?)?;
		let places = Tensor::f_arange(slots, (Kind::Int64, self.device))?;
		let [from, to] = seen;
		let unseen = places.f_lt_tensor(from)?.f_logical_or(&places.f_ge_tensor(to)?)?;
		let scores = sat32(&scores)?.f_masked_fill(&unseen, UNSEEN)?;
		let largest = scores.f_amax(-1, true)?;
		// What is not seen is so far below that it weighs nothing.
		let weights = self.exp2(&largest.f_sub(&scores)?)?;
		let all = weights.f_sum_dim_intlist(-1, true, Kind::Int64)?;
		// In doubles: 131,072 products of 15 by 15 bits take 47 bits.
		let sums = weights
			.f_to_kind(Kind::Double)?
			.f_view([a, b, c, slots])?
			.f_matmul(values)?
			.f_view(apart(width))?
			.f_to_kind(Kind::Int64)?;
		let mean = div_round(&sums, &all)?;
		let mixed = sat32(&mean.f_bitwise_left_shift(&of_heads(&heads.values)?)?)?;
		mixed.f_permute([0, 2, 1, 3, 4])?.f_to_kind(Kind::Int)?.f_contiguous()
	}
}

impl Look {
	/// Elements of the largest intermediate tensor for one row and one key head, which is never divided.
	pub fn least_elements(positions: u64, width: u64, served: u64) -> u64 {
		positions.saturating_mul(width.max(served))
	}
}

/// Keys and values of rows that follow each other, where those of each text see each other.
pub fn whole(ops: &Ops, lengths: &[i64]) -> Computed<Vec<Look>> {
	let mut first = 0;
	let mut looks = Vec::new();
	for &rows in lengths {
		let slots: Vec<i64> = (first..first + rows).collect();
		let from = ops.numbers(&vec![0; rows as usize])?.f_view([1, rows])?;
		looks.push(Look {
			first,
			sequences: 1,
			rows,
			slots: ops.numbers(&slots)?.f_view([1, rows])?,
			to: from.f_add_scalar(rows)?,
			from,
		});
		first += rows;
	}
	Ok(looks)
}
