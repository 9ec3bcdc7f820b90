// SPDX-License-Identifier: Apache-2.0

//! Positions as rotations: dimension i of a head's first half with dimension i of its second.

use super::device::Doing;
use crate::{Error, load::config::Rope};
use tch::{Device, Kind, TchError, Tensor};

/// Cosines and sines of every position, in f32.
pub struct Rotary {
	cosines: Tensor,
	sines: Tensor,
	kind: Kind,
}

/// Those of the tokens of one step, a row for each.
pub struct Turn {
	cosines: Tensor,
	sines: Tensor,
}

impl Rotary {
	pub fn new(rope: &Rope, head_size: u32, positions: u32, (kind, device): (Kind, Device)) -> Result<Self, Error> {
		let frequencies = rope.frequencies(head_size);
		let table = || -> Result<_, TchError> {
			let frequencies = Tensor::f_from_slice(&frequencies)?;
			let positions = Tensor::f_arange(i64::from(positions), (Kind::Float, Device::Cpu))?;
			let angles = positions.f_outer(&frequencies)?;
			Ok(Self {
				cosines: angles.f_cos()?.f_to_device(device)?,
				sines: angles.f_sin()?.f_to_device(device)?,
				kind,
			})
		};
		table().doing("computing rotations")
	}

	/// The rotations at these positions.
	pub fn at(&self, positions: &Tensor) -> Result<Turn, TchError> {
		let row = |table: &Tensor| table.f_index_select(0, positions)?.f_unsqueeze(1)?.f_to_kind(self.kind);
		Ok(Turn {
			cosines: row(&self.cosines)?,
			sines: row(&self.sines)?,
		})
	}
}

impl Turn {
	/// Of tokens by heads by dimensions.
	pub fn apply(&self, x: &Tensor) -> Result<Tensor, TchError> {
		let half = x.size().last().copied().unwrap_or(0) / 2;
		let (first, second) = (x.f_narrow(-1, 0, half)?, x.f_narrow(-1, half, half)?);
		let turned_first = first.f_mul(&self.cosines)?.f_sub(&second.f_mul(&self.sines)?)?;
		let turned_second = second.f_mul(&self.cosines)?.f_add(&first.f_mul(&self.sines)?)?;
		Tensor::f_cat(&[turned_first, turned_second], -1)
	}
}
