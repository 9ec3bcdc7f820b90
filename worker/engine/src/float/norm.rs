// SPDX-License-Identifier: Apache-2.0

//! Vectors of one size, whatever came before.

use super::weights::Source;
use crate::Error;
use tch::{Kind, TchError, Tensor};

/// Mean square 1, then scaled.
pub struct RmsNorm {
	gain: Tensor,
	width: i64,
	epsilon: f64,
}

/// Mean 0 and variance 1, then scaled and shifted.
pub struct LayerNorm {
	gain: Tensor,
	bias: Tensor,
	width: i64,
	epsilon: f64,
}

impl RmsNorm {
	pub fn read(weights: &mut impl Source, name: &str, width: u32, epsilon: f64) -> Result<Self, Error> {
		Ok(Self {
			gain: weights.tensor(&format!("{name}.weight"), &[width as usize])?,
			width: width.into(),
			epsilon,
		})
	}

	pub fn apply(&self, x: &Tensor) -> Result<Tensor, TchError> {
		let kind = x.f_kind()?;
		if kind == Kind::Float {
			return x.f_rms_norm([self.width], Some(&self.gain), self.epsilon);
		}
		// As the reference implementation does: the mean in f32, the gain in the model's own format.
		let wide = x.f_to_kind(Kind::Float)?;
		wide.f_rms_norm([self.width], None::<&Tensor>, self.epsilon)?
			.f_to_kind(kind)?
			.f_mul(&self.gain)
	}
}

impl LayerNorm {
	pub fn read(weights: &mut impl Source, name: &str, width: u32, epsilon: f64) -> Result<Self, Error> {
		Ok(Self {
			gain: weights.tensor(&format!("{name}.weight"), &[width as usize])?,
			bias: weights.tensor(&format!("{name}.bias"), &[width as usize])?,
			width: width.into(),
			epsilon,
		})
	}

	pub fn apply(&self, x: &Tensor) -> Result<Tensor, TchError> {
		x.f_layer_norm([self.width], Some(&self.gain), Some(&self.bias), self.epsilon, false)
	}
}
