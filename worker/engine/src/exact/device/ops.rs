// SPDX-License-Identifier: Apache-2.0

//! What the operators of a device have in common: where they compute, by which products, and the tables.

use super::{
	arith::{self, Computed, left, long, right, round_shift, round_shift_by, sat32, scale},
	fused::Fused,
	selftest::Check,
};
use atelier_referee::tables::{Activation, exp2_negative};
use std::fmt;
use tch::{Device, Kind, Tensor};

/// How products of matrices are computed. Each is exact by a bound, if the library keeps its promise; the self-test asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
	/// Kernels of our own for products and activations, as exact as `Bytes`; what is between them is libtorch's.
	Fused,
	/// Bytes by bytes into 32 bits: an activation, or a word of a matrix, is two of them. 32,768 products of 7 by 7 bits take
	/// 29 bits.
	Bytes,
	/// Floats of 64 bits. 32,768 products of 15 by 15 bits take 45 bits of the 53 that they hold without rounding, whatever
	/// the order of the sum.
	Doubles,
}

impl Way {
	/// Those of a device, the fastest first.
	///
	/// Kernels of our own are only asked with `ATELIER_GPU_KERNELS=1`: they have not run on a GPU yet, and one that wrote where it
	/// should not would take everything with it that the process has on the GPU.
	pub fn of(device: Device) -> &'static [Self] {
		let wanted = std::env::var("ATELIER_GPU_KERNELS").is_ok_and(|wanted| wanted == "1");
		match device {
			// libtorch's product of bytes is slow on CPUs.
			Device::Cpu => &[Self::Doubles, Self::Bytes],
			_ if wanted => &[Self::Fused, Self::Bytes, Self::Doubles],
			_ => &[Self::Bytes, Self::Doubles],
		}
	}
}

impl fmt::Display for Way {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Fused => "kernels for GPUs",
			Self::Bytes => "libtorch, products of bytes",
			Self::Doubles => "libtorch, products of doubles",
		})
	}
}

/// The operators on one device.
pub struct Ops {
	pub device: Device,
	pub way: Way,
	/// Elements of one intermediate tensor: what is larger goes in parts.
	pub elements: i64,
	pub(super) powers: Tensor,
	pub(super) exp2: Tensor,
	/// Of the way that has them.
	pub(super) fused: Option<Fused>,
	/// For tests: an operator with a mistake.
	#[cfg(test)]
	pub broken: Option<Check>,
}

/// A table of an activation function, and the bits between two of its entries.
pub struct Taken {
	pub entries: Tensor,
	pub bits: i64,
}

/// What max(x, 0) loses at each entry of an activation function's table, and the bits between two of them.
pub fn taken(activation: Activation) -> (Vec<i64>, i64) {
	let bits = match activation {
		Activation::Silu => 10,
		Activation::Gelu | Activation::GeluTanh => 9,
	};
	// The last is 0, as what is beyond it.
	let at = |index: i64| (index << bits) - i64::from(activation.apply((index << bits) as i32));
	((0..=1_024).map(at).collect(), bits)
}

impl Ops {
	pub fn new(device: Device, way: Way) -> Computed<Self> {
		// The entry after the last is the half of the first.
		let exp2: Vec<i64> = (0..=256).map(|index| exp2_negative(index << 8).into()).collect();
		Ok(Self {
			device,
			way,
			// 4 MiB of each intermediate tensor on a CPU, which keeps them near its caches, and 32 MiB on a GPU.
			elements: match device {
				Device::Cpu => 1 << 19,
				_ => 1 << 22,
			},
			powers: arith::powers(device)?,
			exp2: Tensor::f_from_slice(&exp2)?.f_to_device(device)?,
			fused: (way == Way::Fused).then(|| Fused::new(device)).transpose()?,
			#[cfg(test)]
			broken: None,
		})
	}

	/// Integers of the host.
	pub fn numbers(&self, numbers: &[i64]) -> Computed {
		Tensor::f_from_slice(numbers)?.f_to_device(self.device)
	}

	/// The table of an activation function.
	pub fn taken(&self, activation: Activation) -> Computed<Taken> {
		let (entries, bits) = taken(activation);
		Ok(Taken {
			entries: self.numbers(&entries)?,
			bits,
		})
	}

	/// `tables::exp2_negative` of numbers that are not negative.
	pub fn exp2(&self, exponent: &Tensor) -> Computed {
		// From 17 halvings on nothing is left.
		let exponent = exponent.f_clamp_max(40 << 16)?;
		let value = between(&self.exp2, &exponent.f_bitwise_and(0xffff)?, 8)?;
		round_shift(&value, &right(&exponent, 16)?)
	}

	/// What stands between the two products of a feed-forward block, of 32-bit numbers in Q16: rows of gates and, if the block
	/// is gated, as many ups after them.
	pub fn feed_forward(&self, wide: &Tensor, hidden: i64, gated: bool, taken: &Taken, to: u8) -> Computed {
		if let Some(fused) = &self.fused {
			return fused.feed_forward(wide, hidden, gated, taken, to);
		}
		let product = self.by_rows(wide, |wide| {
			let gate = long(&wide.f_narrow(1, 0, hidden)?)?;
			let magnitude = gate.f_abs()?.f_clamp_max(1_024 << taken.bits)?;
			let activated = gate
				.f_clamp_min(0)?
				.f_sub(&between(&taken.entries, &magnitude, taken.bits)?)?;
			let product = match gated {
				// Of 31 by 31 bits, to the right by at least 8.
				true => round_shift_by(
					&activated.f_mul(&long(&wide.f_narrow(1, hidden, hidden)?)?)?,
					32 - i64::from(to),
				)?,
				false => scale(&activated, &self.numbers(&[16 - i64::from(to)])?)?,
			};
			sat32(&product)?.f_to_kind(Kind::Int)
		})?;
		self.spoilt(Check::FeedForward, product)
	}

	/// Applies an operator of rows to so many of them at once that intermediate tensors are not too large.
	pub fn by_rows(&self, x: &Tensor, operator: impl Fn(&Tensor) -> Computed) -> Computed {
		let &[rows, columns] = x.size().as_slice() else {
			return Err(tch::TchError::Shape("no rows".into()));
		};
		let some = (self.elements / columns.max(1)).max(1);
		if rows <= some {
			return operator(x);
		}
		let parts = (0..rows)
			.step_by(some as usize)
			.map(|first| operator(&x.f_narrow(0, first, some.min(rows - first))?));
		Tensor::f_cat(&parts.collect::<Computed<Vec<_>>>()?, 0)
	}

	/// What an operator gave; with a mistake if a test asks for it.
	pub fn spoilt(&self, check: Check, x: Tensor) -> Computed {
		#[cfg(test)]
		if self.broken == Some(check) {
			return x.f_add_scalar(1)?.f_to_kind(x.kind());
		}
		let _ = check;
		Ok(x)
	}
}

/// The value between two entries of a table. A position is at most that of the last entry.
fn between(table: &Tensor, position: &Tensor, bits: i64) -> Computed {
	let index = right(position, bits)?;
	let last = table.numel() as i64 - 1;
	let low = table.f_take(&index)?;
	let high = table.f_take(&index.f_add_scalar(1)?.f_clamp_max(last)?)?;
	let part = position.f_bitwise_and((1 << bits) - 1)?;
	low.f_add(&round_shift_by(&high.f_sub(&low)?.f_mul(&part)?, bits)?)
}

/// 256 times the upper limbs and the lower ones.
pub fn join(high: &Tensor, low: &Tensor) -> Computed {
	left(&long(high)?, 8)?.f_add(&long(low)?)
}
