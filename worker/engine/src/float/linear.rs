// SPDX-License-Identifier: Apache-2.0

//! Matrix products. Those with the same input are one: each reads its weights once, and a few large products are faster
//! than many small ones.

use super::weights::Source;
use crate::Error;
use tch::{TchError, Tensor};

pub struct Linear {
	weight: Tensor,
	bias: Option<Tensor>,
}

impl Linear {
	/// Of `root.name` for each name, with so many outputs.
	pub fn read(
		weights: &mut impl Source,
		root: &str,
		names: &[(&str, u32)],
		inputs: u32,
		bias: bool,
	) -> Result<Self, Error> {
		let all = |part: &str| -> Vec<_> {
			let name = |(name, outputs): &(&str, u32)| (format!("{root}.{name}.{part}"), *outputs as usize);
			names.iter().map(name).collect()
		};
		Ok(Self {
			weight: weights.stacked(&all("weight"), Some(inputs as usize))?,
			bias: match bias {
				true => Some(weights.stacked(&all("bias"), None)?),
				false => None,
			},
		})
	}

	pub fn of(weight: Tensor) -> Self {
		Self { weight, bias: None }
	}

	pub fn apply(&self, x: &Tensor) -> Result<Tensor, TchError> {
		x.f_linear(&self.weight, self.bias.as_ref())
	}
}
