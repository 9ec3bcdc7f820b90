// SPDX-License-Identifier: Apache-2.0

//! Kernels of our own for the operators of a layer: a product with everything that follows it, activations of numbers, norms,
//! rotations, attention, and what is between the products of a feed-forward block.
//!
//! They are written in Triton (`worker/engine/gpu/kernels.py`) and compiled to PTX by `scripts/build-ptx`; the PTX is checked in,
//! with the hash of the source that it was made of. The interpreter of Triton compares them with the referee's values on any
//! machine (docs/gpu.md). On a GPU they are used only if the self-test finds them right there.

mod driver;

use super::{
	arith::Computed,
	attention::{Heads, Look},
	norm::{Gains, Rule},
	ops::Taken,
};
use atelier_referee::ops::norm::Norm;
use driver::{Argument, Gpu, Kernel};
use tch::{Kind, TchError, Tensor};

/// Up to so many tokens the kernels for few are used: they read weights once and waste little.
const FEW: i64 = 32;

/// Numbers that a block of the feed-forward kernel computes.
const PART: i64 = 1_024;

/// A compiled kernel.
pub(super) struct Compiled {
	pub name: &'static str,
	/// Its name in the source and in the PTX.
	pub entry: &'static str,
	/// The least compute capability, and the highest.
	pub capabilities: (u32, u32),
	pub warps: u32,
	pub shared: u32,
	/// Rows and tokens of a block.
	pub rows: i64,
	pub tokens: i64,
	pub ptx: &'static str,
}

include!("../../../../gpu/compiled.rs");

/// The kernels on one GPU.
pub struct Fused {
	gpu: Gpu,
	device: tch::Device,
	kernels: Vec<(&'static Compiled, Kernel)>,
}

/// What a product reads.
pub struct Product<'a> {
	/// High and low bytes of activations, by tokens, by columns.
	pub activations: &'a Tensor,
	pub exponents: &'a Tensor,
	/// Bytes, or high and low bytes of words.
	pub matrix: &'a [Tensor],
	pub mantissas: &'a Tensor,
	pub shifts: &'a Tensor,
	pub biases: &'a Tensor,
	pub rows: i64,
	/// Bits of fraction of the input less those of the product.
	pub base: i64,
	pub onto: Option<&'a Tensor>,
}

impl Fused {
	pub fn new(device: tch::Device) -> Computed<Self> {
		let tch::Device::Cuda(number) = device else {
			return Err(wrong("kernels for GPUs do not run on a CPU"));
		};
		let number = u16::try_from(number).map_err(|_| wrong("no GPU has such a number"))?;
		let gpu = Gpu::open(number).map_err(TchError::Torch)?;
		let mut kernels: Vec<(&Compiled, Kernel)> = Vec::new();
		for compiled in COMPILED.iter().filter(|compiled| compiled.fits(gpu.capability)) {
			let kernel = gpu
				.kernel(compiled.ptx, compiled.entry, compiled.warps, compiled.shared)
				.map_err(TchError::Torch)?;
			kernels.push((compiled, kernel));
		}
		Ok(Self { gpu, device, kernels })
	}

	/// Products of every token, as 32-bit numbers.
	pub fn product(&self, product: &Product<'_>) -> Computed {
		let &[2, tokens, columns] = product.activations.size().as_slice() else {
			return Err(wrong("activations have two bytes"));
		};
		let few = tokens <= FEW;
		let (name, low) = match (product.matrix.len(), few) {
			(1, true) => ("product_bytes_few", product.matrix.first()),
			(1, false) => ("product_bytes_many", product.matrix.first()),
			(2, true) => ("product_words_few", product.matrix.get(1)),
			(2, false) => ("product_words_many", product.matrix.get(1)),
			_ => (" ", None),
		};
		let (Some(high), Some(low)) = (product.matrix.first(), low) else {
			return Err(wrong("a matrix has one or two bytes a number"));
		};
		let [high_rows, _] = self.sized(high, Kind::Int8, columns)?;
		let stored = [product.mantissas, product.shifts, product.biases];
		let stored = stored.map(|tensor| self.whole(tensor, Kind::Int64, high_rows));
		let [mantissas, shifts, biases] = stored;
		if product.rows > high_rows {
			return Err(wrong("a matrix has fewer rows than it should"));
		}
		let out = Tensor::f_empty([tokens, product.rows], (Kind::Int, self.device))?;
		let onto = product.onto.map(Tensor::f_contiguous).transpose()?;
		let onto_address = match &onto {
			Some(onto) => self.whole(onto, Kind::Int, tokens * product.rows)?,
			None => 0,
		};
		let arguments = [
			Argument::Pointer(self.whole(product.activations, Kind::Int8, 2 * tokens * columns)?),
			Argument::Pointer(self.whole(high, Kind::Int8, high_rows * columns)?),
			Argument::Pointer(self.whole(low, Kind::Int8, high_rows * columns)?),
			Argument::Pointer(mantissas?),
			Argument::Pointer(shifts?),
			Argument::Pointer(biases?),
			Argument::Pointer(self.whole(product.exponents, Kind::Int64, tokens)?),
			Argument::Pointer(onto_address),
			Argument::Pointer(self.whole(&out, Kind::Int, tokens * product.rows)?),
			number(tokens)?,
			number(product.rows)?,
			number(columns)?,
			number(product.base)?,
			number(onto.is_some().into())?,
		];
		let (compiled, kernel) = self.named(name)?;
		let blocks = [blocks(product.rows, compiled.rows)?, blocks(tokens, compiled.tokens)?];
		self.start(kernel, blocks, &arguments)?;
		Ok(out)
	}

	/// Bytes of activations, by tokens, by columns that are filled; and exponents.
	pub fn quantised(&self, numbers: &Tensor, columns: i64) -> Computed<[Tensor; 2]> {
		let numbers = numbers.f_contiguous()?;
		let &[tokens, width] = numbers.size().as_slice() else {
			return Err(wrong("no rows"));
		};
		let limbs = Tensor::f_empty([2, tokens, columns.max(width)], (Kind::Int8, self.device))?;
		let exponents = Tensor::f_empty([tokens, 1], (Kind::Int64, self.device))?;
		let arguments = [
			Argument::Pointer(self.whole(&numbers, Kind::Int, tokens * width)?),
			Argument::Pointer(self.whole(&limbs, Kind::Int8, 2 * tokens * columns.max(width))?),
			Argument::Pointer(self.whole(&exponents, Kind::Int64, tokens)?),
			number(tokens)?,
			number(width)?,
			number(columns.max(width))?,
		];
		let (_, kernel) = self.named("quantise")?;
		self.start(kernel, [blocks(tokens, 1)?, 1], &arguments)?;
		Ok([limbs, exponents])
	}

	/// Rows of 32-bit numbers, normalised.
	pub fn norm(&self, rule: Rule, x: &Tensor, gains: &Gains, to: u8) -> Computed {
		let x = x.f_contiguous()?;
		let &[rows, width] = x.size().as_slice() else {
			return Err(wrong("no rows"));
		};
		let out = Tensor::f_empty([rows, width], (Kind::Int, self.device))?;
		let arguments = [
			Argument::Pointer(self.whole(&x, Kind::Int, rows * width)?),
			Argument::Pointer(self.whole(&gains.gains, Kind::Int64, width)?),
			Argument::Pointer(self.whole(&gains.biases, Kind::Int64, width)?),
			Argument::Pointer(self.whole(&out, Kind::Int, rows * width)?),
			number(width)?,
			number((rule.norm == Norm::Layer).into())?,
			number(rule.fraction.into())?,
			number(rule.least_bits())?,
			Argument::Long(rule.epsilon.into()),
			number(to.into())?,
		];
		let (_, kernel) = self.named("norm")?;
		self.start(kernel, [blocks(rows, 1)?, 1], &arguments)?;
		Ok(out)
	}

	/// What the heads give for the rows of a look.
	pub fn mixed(&self, heads: &Heads, queries: &Tensor, cache: [&Tensor; 2], look: &Look, exp2: &Tensor) -> Computed {
		let &[_, _, width] = queries.size().as_slice() else {
			return Err(wrong("no heads"));
		};
		let rows = look.sequences * look.rows;
		let queries = queries.f_narrow(0, look.first, rows)?.f_contiguous()?;
		let out = Tensor::f_empty([rows, heads.count * width], (Kind::Int, self.device))?;
		let numbers = rows * heads.count * width;
		let longest = look.slots.size().last().copied().unwrap_or(0);
		let [keys, values] = cache.map(|all| {
			let slots = all.size().first().copied().unwrap_or(0);
			self.whole(all, Kind::Int16, slots * heads.key_heads * width)
		});
		let pointer = |all: &Tensor, count: i64| self.whole(all, Kind::Int64, count).map(Argument::Pointer);
		let of_heads = |all: &Tensor| pointer(all, heads.count);
		let of_rows = |all: &Tensor| pointer(all, rows);
		let arguments = [
			Argument::Pointer(self.whole(&queries, Kind::Int16, numbers)?),
			Argument::Pointer(keys?),
			Argument::Pointer(values?),
			Argument::Pointer(self.whole(&look.slots, Kind::Int64, look.sequences * longest)?),
			of_rows(&look.from)?,
			of_rows(&look.to)?,
			of_heads(&heads.mantissas)?,
			of_heads(&heads.scores)?,
			of_heads(&heads.values)?,
			Argument::Pointer(self.whole(exp2, Kind::Int64, 257)?),
			Argument::Pointer(self.whole(&out, Kind::Int, numbers)?),
			number(heads.count)?,
			number(heads.key_heads)?,
			number(width)?,
			number(longest)?,
			number(look.rows)?,
		];
		let (_, kernel) = self.named(if width <= 128 { "mixed_128" } else { "mixed_256" })?;
		self.start(kernel, [blocks(rows, 1)?, blocks(heads.count, 1)?], &arguments)?;
		Ok(out)
	}

	/// What stands between the two products of a feed-forward block.
	pub fn feed_forward(&self, wide: &Tensor, hidden: i64, gated: bool, taken: &Taken, to: u8) -> Computed {
		let wide = wide.f_contiguous()?;
		let &[rows, columns] = wide.size().as_slice() else {
			return Err(wrong("no rows"));
		};
		if columns != hidden * if gated { 2 } else { 1 } {
			return Err(wrong("gates and ups are not as many as they should be"));
		}
		let out = Tensor::f_empty([rows, hidden], (Kind::Int, self.device))?;
		let arguments = [
			Argument::Pointer(self.whole(&wide, Kind::Int, rows * columns)?),
			Argument::Pointer(self.whole(&taken.entries, Kind::Int64, 1_025)?),
			Argument::Pointer(self.whole(&out, Kind::Int, rows * hidden)?),
			number(hidden)?,
			number(columns)?,
			number(gated.into())?,
			number(taken.bits)?,
			number(to.into())?,
		];
		let (_, kernel) = self.named("feed_forward")?;
		self.start(kernel, [blocks(rows, 1)?, blocks(hidden, PART)?], &arguments)?;
		Ok(out)
	}

	/// Pairs of each head turned by cosines and sines, if there are any, and stored with the shifts of the heads.
	pub fn turned(&self, x: &Tensor, angles: Option<[&Tensor; 2]>, shifts: &Tensor) -> Computed {
		let &[rows, heads, width] = x.size().as_slice() else {
			return Err(wrong("no heads"));
		};
		let x = x.f_contiguous()?;
		let out = Tensor::f_empty([rows, heads, width], (Kind::Int16, self.device))?;
		let pairs = angles.map_or(0, |[cosines, _]| cosines.size().last().copied().unwrap_or(0));
		// Without pairs no angle is read.
		let [cosines, sines] = match angles.filter(|_| pairs > 0) {
			Some(angles) => angles.map(|angles| self.whole(angles, Kind::Int16, rows * pairs)),
			None => [Ok(0), Ok(0)],
		};
		if 2 * pairs > width {
			return Err(wrong("more is to be turned than a head has"));
		}
		let arguments = [
			Argument::Pointer(self.whole(&x, Kind::Int, rows * heads * width)?),
			Argument::Pointer(cosines?),
			Argument::Pointer(sines?),
			Argument::Pointer(self.whole(shifts, Kind::Int64, heads)?),
			Argument::Pointer(self.whole(&out, Kind::Int16, rows * heads * width)?),
			number(heads * width)?,
			number(heads)?,
			number(width)?,
			number(pairs)?,
		];
		let (_, kernel) = self.named("turned")?;
		self.start(kernel, [blocks(rows, 1)?, blocks(heads, 1)?], &arguments)?;
		Ok(out)
	}

	fn named(&self, name: &str) -> Computed<&(&'static Compiled, Kernel)> {
		let found = self.kernels.iter().find(|(compiled, _)| compiled.name == name);
		found.ok_or_else(|| wrong("this GPU has no such kernel"))
	}

	#[allow(unsafe_code, reason = "a kernel reads and writes through pointers")]
	fn start(&self, kernel: &Kernel, blocks: [u32; 2], arguments: &[Argument]) -> Computed<()> {
		// SAFETY: the callers pass what the kernel of this name takes, which a test compares with the PTX; every address came
		// from `whole`, which has checked that the tensor lies on this GPU, whole, with the numbers that the kernel reads or writes;
		// and the tensors outlive the call, after which libtorch's allocator gives their memory away only on the same stream.
		unsafe { self.gpu.launch(kernel, blocks, arguments) }.map_err(TchError::Torch)
	}

	/// The address of a tensor of this GPU that lies in one piece and has so many numbers of this kind.
	fn whole(&self, tensor: &Tensor, kind: Kind, numbers: i64) -> Computed<usize> {
		let right = tensor.device() == self.device
			&& tensor.kind() == kind
			&& tensor.is_contiguous()
			&& tensor.numel() as i64 == numbers;
		match right {
			true => Ok(tensor.data_ptr() as usize),
			false => Err(wrong("a kernel was given a tensor of another size, kind or device")),
		}
	}

	/// Rows and columns of a matrix that has so many columns.
	fn sized(&self, matrix: &Tensor, kind: Kind, columns: i64) -> Computed<[i64; 2]> {
		match matrix.size().as_slice() {
			&[rows, found] if found == columns && matrix.kind() == kind => Ok([rows, columns]),
			_ => Err(wrong("a matrix has other columns than its input")),
		}
	}
}

impl Compiled {
	fn fits(&self, capability: u32) -> bool {
		(self.capabilities.0..=self.capabilities.1).contains(&capability)
	}
}

fn blocks(count: i64, each: i64) -> Computed<u32> {
	let count = count.max(0).unsigned_abs().div_ceil(each.max(1).unsigned_abs());
	u32::try_from(count).map_err(|_| wrong("too many blocks"))
}

fn number(number: i64) -> Computed<Argument> {
	let number = i32::try_from(number).map_err(|_| wrong("a number of a kernel has more than 32 bits"))?;
	Ok(Argument::Number(number))
}

fn wrong(what: &str) -> TchError {
	TchError::Shape(what.into())
}

#[cfg(test)]
mod tests;
