// SPDX-License-Identifier: Apache-2.0

//! Whether a device computes what the referee computes: each operator is asked with random operands and with operands at
//! their limits, and every value compared. A way of multiplying that is wrong about anything is not used on that device.
//!
//! Libraries have had wrong products of bytes, and nobody promises what shifts and divisions of negative numbers give on a
//! GPU: so nothing is believed.

use super::{
	arith::Computed,
	attention::{Heads, Look},
	linear::Matrix,
	model::host,
	norm::{Gains, Rule},
	ops::{Ops, Way},
};
use atelier_kernels::operands::{Kind, Random, Single};
use atelier_referee::{
	arith::sat32,
	ops::{
		attention::{Head, WeightedSum, weight},
		feed_forward,
		linear::{Point, dot, finish},
		norm::{Gain, Length, Norm, Statistics},
		pooling,
		quantise::{exponent, quantise, store},
		rotary::Angle,
	},
	tables::Activation,
};
use std::fmt;
use tch::{Device, Tensor};

/// An operator that a device is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// Numbers of rows, with shifts of every size.
	Embedded,
	/// Matrices of bytes, of small and of large words.
	Products,
	Attention,
	Norms,
	Quantised,
	Turned,
	FeedForward,
	/// Means and lengths.
	Pooled,
}

impl Check {
	pub const ALL: [Self; 8] = [
		Self::Embedded,
		Self::Products,
		Self::Attention,
		Self::Norms,
		Self::Quantised,
		Self::Turned,
		Self::FeedForward,
		Self::Pooled,
	];
}

/// Why a way is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
	/// A value is not the referee's.
	Value(Check),
	/// The device cannot do it at all.
	Failed { check: Check, reason: String },
}

/// What the self-test says about a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
	pub way: Way,
	pub wrong: Option<Wrong>,
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match &self.wrong {
			None => write!(f, "{}: right", self.way),
			Some(Wrong::Value(check)) => write!(f, "{}: wrong about {check:?}, not used", self.way),
			Some(Wrong::Failed { check, reason }) => {
				write!(f, "{}: no {check:?} ({reason}), not used", self.way)
			}
		}
	}
}

/// The first way that is right about everything, and what was found. None: the device computes no exact values.
pub fn select(device: Device, ways: &[Way]) -> (Option<Ops>, Vec<Verdict>) {
	let mut verdicts = Vec::new();
	for &way in ways {
		let _no_gradients = tch::no_grad_guard();
		match Ops::new(device, way) {
			Ok(ops) => {
				let wrong = asked(&ops);
				let right = wrong.is_none();
				verdicts.push(Verdict { way, wrong });
				if right {
					return (Some(ops), verdicts);
				}
			}
			Err(error) => verdicts.push(Verdict {
				way,
				wrong: Some(failed(Check::Embedded, &error)),
			}),
		}
	}
	(None, verdicts)
}

/// What some operators are wrong about.
pub fn asked(ops: &Ops) -> Option<Wrong> {
	Check::ALL.into_iter().find_map(|check| match holds(ops, check) {
		Ok(true) => None,
		Ok(false) => Some(Wrong::Value(check)),
		Err(error) => Some(failed(check, &error)),
	})
}

fn failed(check: Check, error: &tch::TchError) -> Wrong {
	let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
	Wrong::Failed { check, reason }
}

fn holds(ops: &Ops, check: Check) -> Computed<bool> {
	let mut random = Random(check as u64);
	let all = |count: usize, one: &mut dyn FnMut(usize) -> Computed<bool>| {
		(0..count).try_fold(true, |right, number| Ok(one(number)? && right))
	};
	match check {
		Check::Embedded => all(Kind::ALL.len(), &mut |kind| {
			let kind = Kind::ALL.get(kind).copied().unwrap_or(Kind::Words);
			embedded(ops, kind, &mut random)
		}),
		Check::Products => {
			// Of 28,672 terms and of the most that a shape may have.
			let sizes = [(50, 130, 6), (17, 2_100, 20), (3, 28_672, 2), (2, 32_768, 40)];
			all(Kind::ALL.len() * sizes.len(), &mut |number| {
				let kind = Kind::ALL.get(number / sizes.len()).copied().unwrap_or(Kind::Words);
				let size = sizes.get(number % sizes.len()).copied().unwrap_or_default();
				products(ops, kind, size, &mut random)
			})
		}
		Check::Attention => {
			let sizes = [(1, 2, false), (40, 64, false), (600, 20, true), (1_100, 256, true)];
			all(sizes.len(), &mut |number| {
				let size = sizes.get(number).copied().unwrap_or_default();
				attention(ops, size, &mut random)
			})
		}
		Check::Norms => all(60, &mut |number| norms(ops, number * 7 + 1, &mut random)),
		Check::Quantised => all(100, &mut |number| quantised(ops, number + 1, &mut random)),
		Check::Turned => all(40, &mut |number| turned(ops, number + 1, &mut random)),
		Check::FeedForward => all(24, &mut |number| feed_forwards(ops, number + 300, &mut random)),
		Check::Pooled => all(40, &mut |number| pooled(ops, number * 9 + 1, &mut random)),
	}
}

fn embedded(ops: &Ops, kind: Kind, random: &mut Random) -> Computed<bool> {
	let (rows, columns) = (60, 5);
	let single = Single::new(kind, rows, columns, random);
	let Some(matrix) = single.rows() else {
		return Ok(false);
	};
	let to = random.between(4, 24) as u8;
	let on_device = Matrix::new(ops, &[matrix], columns.into(), to)?;
	let all: Vec<i64> = (0..rows.into()).collect();
	let numbers = on_device.number_of(ops, &ops.numbers(&all)?, columns.into(), to)?;
	// One of 64 bits beside itself, saturated, tells them all apart from what only looks like them.
	let sum = super::arith::saturating_add(&numbers, &numbers.f_neg()?.f_clamp(-i64::MAX, i64::MAX)?)?;
	let found = host(&super::arith::sat32(&Tensor::f_cat(&[&numbers, &sum], 1)?)?)?;
	let expected = (0..rows as usize).flat_map(|row| {
		let (stored, record) = matrix.get(row);
		let number = move |column| record.number(matrix.format().number(stored, column), to);
		let sum = move |column| {
			let number: i64 = number(column);
			number.saturating_add(number.wrapping_neg().clamp(-i64::MAX, i64::MAX))
		};
		let columns = columns as usize;
		(0..columns)
			.map(number)
			.chain((0..columns).map(sum))
			.map(sat32)
			.collect::<Vec<_>>()
	});
	Ok(expected.eq(found))
}

fn products(ops: &Ops, kind: Kind, (rows, columns, tokens): (u32, u32, usize), random: &mut Random) -> Computed<bool> {
	let single = Single::new(kind, rows, columns, random);
	let Some(matrix) = single.rows() else {
		return Ok(false);
	};
	// Sums of words are so large that most shifts would leave nothing but limits of 32 bits.
	let large = matches!(kind, Kind::Words | Kind::ExtremeWords) && random.below(4) > 0;
	let (fraction, to) = match large {
		true => (24, random.between(4, 8) as u8),
		false => (random.between(4, 24) as u8, random.between(4, 24) as u8),
	};
	let most = if large { 3 } else { 16 };
	let on_device = Matrix::new(ops, &[matrix], columns.into(), to)?;
	// Numbers that become the activations that are wanted: the largest of a row decides its exponent.
	let inputs: Vec<Vec<i32>> = (0..tokens)
		.map(|_| {
			let extreme = kind.is_extreme() && random.below(4) > 0;
			let one = random.activation(true);
			let same = extreme && random.below(2) > 0;
			let by = random.between(0, most);
			(0..columns)
				.map(|_| if same { one } else { random.activation(extreme) })
				.map(|activation| i32::from(activation) << by)
				.collect()
		})
		.collect();
	let onto: Vec<i32> = (0..rows as usize * tokens).map(|_| random.number()).collect();
	let onto = (random.below(2) > 0).then_some(onto);
	let on = |numbers: &[i32], columns: u32| table(ops, numbers, i64::from(columns));
	let input = ops.quantised(&on(&inputs.concat(), columns)?, fraction)?;
	let onto_device = onto.as_ref().map(|onto| on(onto, rows)).transpose()?;
	let found = host(&ops.product(&on_device, &input, onto_device.as_ref())?)?;
	let expected = inputs.iter().enumerate().flat_map(|(token, numbers)| {
		let exponent = exponent(numbers.iter().copied());
		let activations: Vec<_> = numbers.iter().map(|number| quantise(*number, exponent)).collect();
		let onto = onto.as_ref();
		(0..rows as usize).map(move |row| {
			let (stored, record) = matrix.get(row);
			let sum = dot(matrix.format(), stored, &activations);
			let onto = onto.and_then(|onto| onto.get(token * rows as usize + row)).copied();
			finish(sum, record, Point { exponent, fraction }, to, onto.unwrap_or(0))
		})
	});
	Ok(expected.eq(found))
}

fn attention(ops: &Ops, (slots, width, extreme): (usize, usize, bool), random: &mut Random) -> Computed<bool> {
	let (key_heads, served, rows) = (2, 3, 4);
	let heads = key_heads * served;
	let mut numbers = |count: usize| -> Vec<i16> { (0..count).map(|_| random.activation(extreme)).collect() };
	let (keys, values, queries) = (
		numbers(slots * key_heads * width),
		numbers(slots * key_heads * width),
		numbers(rows * heads * width),
	);
	let records: Vec<Head> = (0..heads)
		.map(|_| Head {
			query_shift: 0,
			key_shift: 0,
			value_shift: random.between(0, 40) as u8,
			score_shift: random.between(20, 80) as u8,
			score_mantissa: random.between(0, 32_767) as u16,
		})
		.collect();
	let on = |numbers: &[i16], heads: usize| {
		Tensor::f_from_slice(numbers)?
			.f_view([-1, heads as i64, width as i64])?
			.f_to_device(ops.device)
	};
	// Two sequences of two rows, whose slots lie in another order; the last of a sequence sees all, others see less.
	let orders: [Vec<i64>; 2] = [(0..slots as i64).collect(), (0..slots as i64).rev().collect()];
	let seen = |row: usize| slots * row / 10..slots - (rows - 1 - row) * slots / 20;
	let ends = |of: &dyn Fn(usize) -> usize| {
		let ends: Vec<i64> = (0..rows).map(|row| of(row) as i64).collect();
		ops.numbers(&ends)?.f_view([2, 2])
	};
	let look = Look {
		first: 0,
		sequences: 2,
		rows: 2,
		slots: ops.numbers(&orders.concat())?.f_view([2, slots as i64])?,
		from: ends(&|row| seen(row).start)?,
		to: ends(&|row| seen(row).end)?,
	};
	let on_device = Heads::new(ops, &records, key_heads)?;
	let found = host(&ops.mixed(
		&on_device,
		&on(&queries, heads)?,
		&on(&keys, key_heads)?,
		&on(&values, key_heads)?,
		&[look],
	)?)?;
	let of = |all: &[i16], row: usize, heads: usize, head: usize| -> Vec<i16> {
		let start = (row * heads + head) * width;
		all.get(start..start + width).unwrap_or_default().to_vec()
	};
	let mut expected = Vec::new();
	for row in 0..rows {
		let slots: Vec<usize> = orders
			.get(row / 2)
			.and_then(|order| order.get(seen(row)))
			.unwrap_or_default()
			.iter()
			.map(|slot| *slot as usize)
			.collect();
		for (number, head) in records.iter().enumerate() {
			let query = of(&queries, row, heads, number);
			let scores: Vec<_> = slots
				.iter()
				.map(|slot| head.score(&query, &of(&keys, *slot, key_heads, number / served)))
				.collect();
			let largest = scores.iter().copied().max().unwrap_or(0);
			let mut sums = vec![WeightedSum::default(); width];
			for (score, slot) in scores.iter().zip(&slots) {
				let weight = weight(largest, *score);
				for (sum, value) in sums.iter_mut().zip(of(&values, *slot, key_heads, number / served)) {
					sum.add(weight, value);
				}
			}
			expected.extend(sums.into_iter().map(|sum| head.output(sum)));
		}
	}
	Ok(expected == found)
}

/// Some rows of numbers, each of its own size.
fn numbers(rows: usize, count: usize, random: &mut Random) -> Vec<Vec<i32>> {
	(0..rows)
		.map(|_| {
			let any = random.below(2) > 0;
			let bits = random.between(32, 63);
			(0..count)
				.map(|_| match any {
					true => random.number(),
					false => (random.bits() as i64 >> bits) as i32,
				})
				.collect()
		})
		.collect()
}

fn table(ops: &Ops, numbers: &[i32], columns: i64) -> Computed {
	Tensor::f_from_slice(numbers)?
		.f_view([-1, columns])?
		.f_to_device(ops.device)
}

fn norms(ops: &Ops, count: usize, random: &mut Random) -> Computed<bool> {
	let rows = numbers(4, count, random);
	let rule = Rule {
		norm: if random.below(2) > 0 { Norm::Rms } else { Norm::Layer },
		fraction: random.between(4, 24) as u8,
		epsilon: random.bits() as u32 >> random.below(32) | 1,
	};
	let to = random.between(4, 24) as u8;
	let records: Vec<[u8; Gain::BYTES]> = (0..count)
		.map(|_| {
			let (gain, bias) = (random.number(), random.number());
			Gain { gain, bias }.write()
		})
		.collect();
	let gains = Gains::new(ops, &records, count)?;
	let found = host(&ops.norm(rule, &table(ops, &rows.concat(), count as i64)?, &gains, to)?)?;
	let expected = rows.iter().flat_map(|row| {
		let statistics = Statistics::of(rule.norm, row, rule.fraction, rule.epsilon);
		let normed = row
			.iter()
			.zip(&records)
			.map(move |(number, record)| Gain::read(*record).apply(statistics.normal(*number), to));
		normed.collect::<Vec<_>>()
	});
	Ok(expected.eq(found))
}

fn quantised(ops: &Ops, count: usize, random: &mut Random) -> Computed<bool> {
	let rows = numbers(3, count, random);
	let input = ops.quantised(&table(ops, &rows.concat(), count as i64)?, 16)?;
	let (exponents, activations) = input.host(count as i64)?;
	let expected: Vec<_> = rows.iter().map(|row| exponent(row.iter().copied())).collect();
	let of_rows = rows.iter().zip(&expected);
	let right = of_rows.flat_map(|(row, exponent)| row.iter().map(|number| i32::from(quantise(*number, *exponent))));
	let exponents_right = expected.iter().map(|exponent| i32::from(*exponent)).eq(exponents);
	Ok(exponents_right && right.eq(activations))
}

fn turned(ops: &Ops, pairs: usize, random: &mut Random) -> Computed<bool> {
	let (rows, heads, rest) = (2, 3, random.below(3) as usize * 2);
	let width = 2 * pairs + rest;
	let all = numbers(rows * heads, width, random);
	let angles: Vec<Angle> = (0..rows * pairs)
		.map(|_| Angle::read((random.bits() as u32).to_le_bytes()))
		.collect();
	let shifts: Vec<u8> = (0..heads).map(|_| random.bits() as u8 >> random.below(8)).collect();
	let x = table(ops, &all.concat(), width as i64)?.f_view([rows as i64, heads as i64, width as i64])?;
	let angle = |of: fn(&Angle) -> i16| {
		let numbers: Vec<i16> = angles.iter().map(of).collect();
		Tensor::f_from_slice(&numbers)?
			.f_view([rows as i64, pairs as i64])?
			.f_to_device(ops.device)
	};
	let (cosines, sines) = (angle(|angle| angle.cosine)?, angle(|angle| angle.sine)?);
	let on_device = ops.numbers(&shifts.iter().map(|shift| i64::from(*shift)).collect::<Vec<_>>())?;
	let found = host(&ops.turned(&x, &cosines, &sines, &on_device)?)?;
	let plain = host(&ops.stored(&x, &on_device)?)?;
	let (mut expected, mut stored) = (Vec::new(), Vec::new());
	for (number, head) in all.iter().enumerate() {
		let angles = angles.get(number / heads * pairs..).unwrap_or_default();
		let shift = shifts.get(number % heads).copied().unwrap_or(0);
		let (one, other) = head.split_at_checked(pairs).unwrap_or_default();
		let both = one.iter().zip(other).zip(angles);
		let first = both
			.clone()
			.map(|((one, other), angle)| angle.first(*one, *other, shift));
		let second = both.map(|((one, other), angle)| angle.second(*one, *other, shift));
		let rest = head.iter().skip(2 * pairs).map(|number| store(*number, shift));
		expected.extend(first.chain(second).chain(rest).map(i32::from));
		stored.extend(head.iter().map(|number| i32::from(store(*number, shift))));
	}
	Ok(expected == found && stored == plain)
}

fn feed_forwards(ops: &Ops, count: usize, random: &mut Random) -> Computed<bool> {
	let to = random.between(4, 24) as u8;
	for activation in [Activation::Silu, Activation::Gelu, Activation::GeluTanh] {
		let taken = ops.taken(activation)?;
		for gated in [true, false] {
			let rows = numbers(3, if gated { 2 * count } else { count }, random);
			let columns = rows.first().map_or(0, Vec::len) as i64;
			let wide = table(ops, &rows.concat(), columns)?;
			let found = host(&ops.feed_forward(&wide, count as i64, gated, &taken, to)?)?;
			let expected = rows.iter().flat_map(|row| {
				let (gates, ups) = row.split_at_checked(count).unwrap_or_default();
				let product = |(place, gate): (usize, &i32)| {
					let up = gated.then(|| ups.get(place).copied().unwrap_or(0));
					feed_forward::product(activation.apply(*gate), up, to)
				};
				gates.iter().enumerate().map(product).collect::<Vec<_>>()
			});
			if !expected.eq(found) {
				return Ok(false);
			}
		}
	}
	Ok(true)
}

fn pooled(ops: &Ops, count: usize, random: &mut Random) -> Computed<bool> {
	let positions = random.between(1, 9) as usize;
	let mut rows = numbers(positions, count, random);
	if random.below(5) == 0 {
		rows.iter_mut().flatten().for_each(|number| *number = 0);
	}
	let means = ops.pooled(&table(ops, &rows.concat(), count as i64)?)?;
	let found = host(&ops.unit(&means)?)?;
	let mean = |place: usize| {
		let sum = rows
			.iter()
			.map(|row| i64::from(row.get(place).copied().unwrap_or(0)))
			.sum();
		pooling::mean(sum, positions as u32)
	};
	let expected: Vec<_> = (0..count).map(mean).collect();
	let length = Length::of(&expected);
	let units = expected.iter().map(|number| i32::from(length.unit(*number)));
	Ok(host(&means)? == expected && units.eq(found))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::float::threads;

	#[test]
	fn every_way_of_this_cpu_is_right() {
		threads(Some(1));
		for way in Way::of(Device::Cpu) {
			let (ops, verdicts) = select(Device::Cpu, &[*way]);
			assert!(ops.is_some(), "{verdicts:?}");
			assert_eq!(verdicts, [Verdict { way: *way, wrong: None }]);
		}
	}

	/// The self-test notices a mistake in each operator, and says in which.
	#[test]
	fn a_mistake_in_any_operator_is_found() {
		threads(Some(1));
		for check in Check::ALL {
			let mut ops = Ops::new(Device::Cpu, Way::Doubles).unwrap();
			ops.broken = Some(check);
			let wrong = asked(&ops);
			// Products begin with what is quantised.
			let named = match check {
				Check::Quantised => Check::Products,
				check => check,
			};
			assert_eq!(wrong, Some(Wrong::Value(named)), "{check:?}");
		}
	}
}
