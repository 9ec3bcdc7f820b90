// SPDX-License-Identifier: Apache-2.0

//! Matrices on a device, activations, and their products.

use super::{
	arith::{Computed, bit_length, limbs, long, round_shift, sat16, sat32, scale},
	fused::Product,
	model::host,
	ops::{Ops, Way, join},
	selftest::Check,
};
use atelier_referee::{
	arith,
	model::Rows,
	ops::linear::{BIAS_FRACTION, Format},
};
use tch::{Kind, Tensor};

/// Rows and columns are filled with zeros to a multiple of this: products of bytes on GPUs want 8, and are fastest with 16.
const FILL: i64 = 16;

/// Products of bytes on GPUs want more than 16 rows.
const LEAST_ROWS: i64 = 32;

/// The largest exponent of activations: of a number of 32 bits.
const LARGEST_EXPONENT: i64 = 17;

/// Where sums of 64 bits are cut before something is added: beyond it the result is a limit all the same.
const FAR: i64 = 1 << 62;

/// Bytes that are copied to the device at once.
const SOME_BYTES: usize = 16 << 20;

/// Matrices with one input, one below the other.
pub struct Matrix {
	/// The stored numbers: bytes, or of words the upper and the lower ones.
	limbs: Vec<Tensor>,
	rows: i64,
	/// Of each row, in one row.
	mantissas: Tensor,
	shifts: Tensor,
	biases: Tensor,
	/// The least shift.
	least: i64,
	/// Bits of fraction of the product.
	to: i64,
}

/// Activations, as two bytes each.
pub struct Input {
	/// High and low, by rows, by columns that are filled.
	limbs: Tensor,
	/// Of each row, in one column.
	exponents: Tensor,
	fraction: i64,
}

impl Matrix {
	/// Matrices that have the same columns and the same format, and whose numbers are within it.
	pub fn new(ops: &Ops, matrices: &[Rows<'_>], columns: i64, to: u8) -> Computed<Self> {
		let format = matrices.first().map_or(Format::Byte, |rows| rows.format());
		let rows: i64 = matrices.iter().map(|rows| rows.len() as i64).sum();
		let (high, wide) = (filled(rows), filled(columns));
		let zeros = || Tensor::f_zeros([high, wide], (Kind::Int8, ops.device));
		let stored = match format {
			Format::Byte => vec![zeros()?],
			Format::Word => vec![zeros()?, zeros()?],
		};
		let mut records = Vec::new();
		let all: Vec<_> = matrices
			.iter()
			.flat_map(|rows| (0..rows.len()).map(|row| rows.get(row)))
			.collect();
		let some = (SOME_BYTES / (wide as usize * format.width()).max(1)).max(1);
		for (number, part) in all.chunks(some).enumerate() {
			let numbers = part.iter().flat_map(|(numbers, _)| {
				let filling = wide - columns;
				let numbers = (0..columns as usize).map(|column| format.number(numbers, column));
				numbers.chain((0..filling).map(|_| 0))
			});
			let first = (number * some) as i64;
			let size = [part.len() as i64, wide];
			let place = |limb: &Tensor| limb.f_narrow(0, first, size[0]);
			match stored.as_slice() {
				[bytes] => {
					let numbers: Vec<i8> = numbers.map(|number| number as i8).collect();
					place(bytes)?.f_copy_(&Tensor::f_from_slice(&numbers)?.f_view(size)?)?;
				}
				[high, low] => {
					let numbers: Vec<i16> = numbers.collect();
					let numbers = Tensor::f_from_slice(&numbers)?.f_view(size)?;
					let [highs, lows] = limbs(&long(&numbers)?)?;
					place(high)?.f_copy_(&highs)?;
					place(low)?.f_copy_(&lows)?;
				}
				_ => {}
			}
			records.extend(part.iter().map(|(_, record)| *record));
		}
		let of_rows = |number: &dyn Fn(usize) -> i64| {
			let numbers: Vec<i64> = (0..high as usize).map(number).collect();
			ops.numbers(&numbers)?.f_view([1, high])
		};
		let least = records.iter().map(|record| i64::from(record.shift)).min().unwrap_or(0);
		let record = |row: usize| records.get(row).copied().unwrap_or_default();
		let by = i32::from(BIAS_FRACTION) - i32::from(to);
		Ok(Self {
			limbs: stored,
			rows,
			mantissas: of_rows(&|row| record(row).mantissa.into())?,
			shifts: of_rows(&|row| records.get(row).map_or(least, |record| record.shift.into()))?,
			biases: of_rows(&|row| arith::scale(record(row).bias.into(), by))?,
			least,
			to: to.into(),
		})
	}

	/// Bytes on the device of one of so many rows and columns.
	pub fn bytes(format: Format, rows: u64, columns: u64) -> u64 {
		let fill = |count: u64| count.next_multiple_of(FILL as u64);
		let row = fill(columns)
			.saturating_mul(format.width() as u64)
			.saturating_add(3 * 8);
		fill(rows).saturating_mul(row)
	}

	/// The numbers of some rows with so many bits of fraction, as 64 bits.
	pub fn number_of(&self, ops: &Ops, rows: &Tensor, columns: i64, to: u8) -> Computed {
		let rows_of = |limb: &Tensor| limb.f_index_select(0, rows)?.f_narrow(1, 0, columns);
		let numbers = match self.limbs.as_slice() {
			[high, low] => join(&rows_of(high)?, &rows_of(low)?)?,
			[bytes] => long(&rows_of(bytes)?)?,
			_ => return Err(tch::TchError::Shape("no limbs".into())),
		};
		let of = |tensor: &Tensor| tensor.f_index_select(1, rows)?.f_view([-1, 1]);
		let shifts = of(&self.shifts)?.f_sub_scalar(i64::from(to))?;
		let numbers = scale(&numbers.f_mul(&of(&self.mantissas)?)?, &shifts)?;
		ops.spoilt(Check::Embedded, numbers)
	}
}

impl Input {
	/// Exponents and activations, on the host.
	pub fn host(&self, columns: i64) -> Computed<(Vec<i32>, Vec<i32>)> {
		let limb = |number: i64| self.limbs.f_select(0, number)?.f_narrow(1, 0, columns);
		let activations = join(&limb(0)?, &limb(1)?)?;
		Ok((host(&self.exponents)?, host(&activations)?))
	}
}

impl Ops {
	/// Rows of 32-bit numbers as the input of a product.
	pub fn quantised(&self, x: &Tensor, fraction: u8) -> Computed<Input> {
		let columns = x.size().last().copied().unwrap_or(0);
		if let Some(fused) = &self.fused {
			let [limbs, exponents] = fused.quantised(x, filled(columns))?;
			return Ok(Input {
				limbs,
				exponents,
				fraction: fraction.into(),
			});
		}
		let x = long(x)?;
		let largest = x.f_abs()?.f_amax(-1, true)?;
		let least = bit_length(&largest, &self.powers)?.f_sub_scalar(15)?.f_clamp_min(0)?;
		let over = round_shift(&largest, &least)?.f_gt(arith::ACTIVATION_LIMIT)?;
		let exponents = least.f_add(&over.f_to_kind(Kind::Int64)?)?;
		let activations = self.spoilt(Check::Quantised, sat16(&round_shift(&x, &exponents)?)?)?;
		let stacked = Tensor::f_stack(&limbs(&activations)?, 0)?;
		Ok(Input {
			limbs: stacked.f_constant_pad_nd([0, filled(columns) - columns])?,
			exponents,
			fraction: fraction.into(),
		})
	}

	/// Products of every row of the input, as 32-bit numbers, added to as many numbers if there are some.
	pub fn product(&self, matrix: &Matrix, input: &Input, onto: Option<&Tensor>) -> Computed {
		if let Some(fused) = &self.fused {
			return fused.product(&Product {
				activations: &input.limbs,
				exponents: &input.exponents,
				matrix: &matrix.limbs,
				mantissas: &matrix.mantissas,
				shifts: &matrix.shifts,
				biases: &matrix.biases,
				rows: matrix.rows,
				base: input.fraction - matrix.to,
				onto,
			});
		}
		let rows = input.exponents.size().first().copied().unwrap_or(0);
		let some = (self.elements / filled(matrix.rows).max(1)).max(LEAST_ROWS);
		let parts = (0..rows).step_by(some as usize).map(|first| {
			let count = some.min(rows - first);
			let input = Input {
				limbs: input.limbs.f_narrow(1, first, count)?,
				exponents: input.exponents.f_narrow(0, first, count)?,
				fraction: input.fraction,
			};
			let onto = onto.map(|onto| onto.f_narrow(0, first, count)).transpose()?;
			self.some_rows(matrix, &input, onto.as_ref())
		});
		let product = Tensor::f_cat(&parts.collect::<Computed<Vec<_>>>()?, 0)?;
		self.spoilt(Check::Products, product)
	}

	fn some_rows(&self, matrix: &Matrix, input: &Input, onto: Option<&Tensor>) -> Computed {
		let sums = match self.way {
			Way::Bytes | Way::Fused => by_bytes(matrix, input)?,
			Way::Doubles => self.by_doubles(matrix, input)?,
		};
		// 45 bits by 15.
		let exact = sums.f_mul(&matrix.mantissas)?;
		let base = input.fraction - matrix.to;
		let shifts = matrix.shifts.f_add_scalar(base)?.f_sub(&input.exponents)?;
		let scaled = match matrix.least + base >= LARGEST_EXPONENT {
			true => round_shift(&exact, &shifts)?,
			false => scale(&exact, &shifts)?.f_clamp(-FAR, FAR)?,
		};
		// Biases have at most 39 bits, what is added 31.
		let sum = scaled.f_add(&matrix.biases)?.f_narrow(1, 0, matrix.rows)?;
		let sum = match onto {
			Some(onto) => sum.f_add(&long(onto)?)?,
			None => sum,
		};
		sat32(&sum)?.f_to_kind(Kind::Int)
	}

	fn by_doubles(&self, matrix: &Matrix, input: &Input) -> Computed {
		let double = |limbs: &[&Tensor]| match limbs {
			[high, low] => join(high, low)?.f_to_kind(Kind::Double),
			[bytes] => bytes.f_to_kind(Kind::Double),
			_ => Err(tch::TchError::Shape("no limbs".into())),
		};
		let activations = double(&[&input.limbs.f_select(0, 0)?, &input.limbs.f_select(0, 1)?])?;
		let [rows, columns] = matrix.size()?;
		let some = (self.elements / columns.max(1)).max(1);
		let parts = (0..rows).step_by(some as usize).map(|first| {
			let part = |limb: &Tensor| limb.f_narrow(0, first, some.min(rows - first));
			let limbs = matrix.limbs.iter().map(part).collect::<Computed<Vec<_>>>()?;
			let numbers = double(&limbs.iter().collect::<Vec<_>>())?;
			activations
				.f_matmul(&numbers.f_transpose(0, 1)?)?
				.f_to_kind(Kind::Int64)
		});
		Tensor::f_cat(&parts.collect::<Computed<Vec<_>>>()?, 1)
	}
}

/// Sums by products of bytes.
fn by_bytes(matrix: &Matrix, input: &Input) -> Computed {
	let &[_, rows, columns] = input.limbs.size().as_slice() else {
		return Err(tch::TchError::Shape("no limbs".into()));
	};
	let stacked = input.limbs.f_reshape([2 * rows, columns])?;
	let missing = (LEAST_ROWS - 2 * rows).max(0);
	let stacked = match missing {
		0 => stacked,
		_ => stacked.f_constant_pad_nd([0, 0, 0, missing])?,
	};
	let sums = |limb: &Tensor| {
		let products = stacked.f_internal_int_mm(&limb.f_transpose(0, 1)?)?;
		join(&products.f_narrow(0, 0, rows)?, &products.f_narrow(0, rows, rows)?)
	};
	match matrix.limbs.as_slice() {
		[bytes] => sums(bytes),
		[high, low] => join(&sums(high)?, &sums(low)?),
		_ => Err(tch::TchError::Shape("no limbs".into())),
	}
}

impl Matrix {
	/// Rows and columns with what is filled.
	fn size(&self) -> Computed<[i64; 2]> {
		let size = self.limbs.first().map(Tensor::size).unwrap_or_default();
		match size.as_slice() {
			&[rows, columns] => Ok([rows, columns]),
			_ => Err(tch::TchError::Shape("no limbs".into())),
		}
	}
}

fn filled(count: i64) -> i64 {
	count.div_euclid(FILL) * FILL + if count.rem_euclid(FILL) > 0 { FILL } else { 0 }
}
