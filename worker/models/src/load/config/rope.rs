// SPDX-License-Identifier: Apache-2.0

//! Positions as rotations: how fast each pair of dimensions turns.

use super::fields::Fields;
use crate::Error;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
	pub theta: f64,
	pub scaling: Scaling,
}

/// How a model that was trained on short texts is made to read long ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scaling {
	None,
	/// All turn slower by this factor.
	Linear {
		factor: f64,
	},
	/// Only the slow ones turn slower, those in between by a part of the factor.
	Llama3 {
		factor: f64,
		low: f64,
		high: f64,
		/// Positions of the training.
		original: f64,
	},
}

const KNOWN: &str = "default, linear or llama3";

impl Rope {
	/// Older files have `rope_theta` and `rope_scaling`, newer ones everything in `rope_parameters`.
	pub(super) fn of(fields: &Fields<'_>) -> Result<Self, Error> {
		let nothing = Value::Null;
		let (field, raw) = match (fields.get("rope_parameters"), fields.get("rope_scaling")) {
			(Some(raw), _) => ("rope_parameters", raw),
			(None, Some(raw)) => ("rope_scaling", raw),
			(None, None) => ("rope_scaling", &nothing),
		};
		let inner = Fields(raw);
		inner.only("partial_rotary_factor", "1.0")?;
		let theta = inner.number_if_there("rope_theta")?;
		let theta = theta.or(fields.number_if_there("rope_theta")?).unwrap_or(10_000.0);
		let kind = inner.text("rope_type").or_else(|| inner.text("type"));
		let scaling = match kind.as_deref() {
			None if raw.as_object().is_some_and(|raw| !raw.contains_key("rope_theta")) => {
				return Err(Error::UnsupportedField {
					field,
					found: raw.to_string(),
					known: KNOWN,
				});
			}
			None | Some("default") => Scaling::None,
			Some("linear") => Scaling::Linear {
				factor: inner.number("factor")?,
			},
			Some("llama3") => Scaling::llama3(&inner)?,
			Some(other) => {
				return Err(Error::UnsupportedField {
					field,
					found: other.into(),
					known: KNOWN,
				});
			}
		};
		Ok(Self { theta, scaling })
	}

	/// Radians by which each pair of dimensions of a head turns from one position to the next, in f32 and in the order of
	/// operations of the reference implementation.
	pub fn frequencies(&self, head_size: u32) -> Vec<f32> {
		(0..head_size)
			.step_by(2)
			.map(|dimension| {
				let power = dimension as f32 / head_size as f32;
				// The same on every machine, which the system's function is not.
				let frequency = 1.0 / libm::powf(self.theta as f32, power);
				self.scaling.apply(frequency)
			})
			.collect()
	}
}

impl Scaling {
	fn llama3(fields: &Fields<'_>) -> Result<Self, Error> {
		let (low, high) = (fields.number("low_freq_factor")?, fields.number("high_freq_factor")?);
		// What is in between is divided by their difference.
		if high <= low {
			return Err(fields.impossible("high_freq_factor"));
		}
		Ok(Self::Llama3 {
			factor: fields.number("factor")?,
			low,
			high,
			original: fields.number("original_max_position_embeddings")?,
		})
	}

	fn apply(self, frequency: f32) -> f32 {
		match self {
			Self::None => frequency,
			Self::Linear { factor } => frequency / factor as f32,
			Self::Llama3 {
				factor,
				low,
				high,
				original,
			} => {
				let (factor, low, high, original) = (factor as f32, low as f32, high as f32, original as f32);
				let wavelength = 2.0 * std::f32::consts::PI / frequency;
				if wavelength > original / low {
					frequency / factor
				} else if wavelength < original / high {
					frequency
				} else {
					let smooth = (original / wavelength - low) / (high - low);
					(1.0 - smooth) * frequency / factor + smooth * frequency
				}
			}
		}
	}
}
