// SPDX-License-Identifier: Apache-2.0

//! The forward pass of a step: tokens of several sequences, one below the other.

use super::parts::Parts;
use crate::{
	Error,
	backend::{Numbers, Outcome, Part, Wanted, pages::Span},
	float::{attention::Attention, cache::Cache, rotary::Rotary, weights::Weights},
	load::config::DecoderConfig,
};
use std::ops::Range;
use tch::{Device, Kind, TchError, Tensor};

pub struct Model {
	config: DecoderConfig,
	rotary: Rotary,
	parts: Parts,
	options: (Kind, Device),
}

/// What a step computed, on the host.
pub struct Computed {
	/// Whether a token's vector is made of numbers.
	finite: Vec<bool>,
	/// For each part that wanted some, rows of logits.
	logits: Vec<Option<Vec<f32>>>,
	/// A row for each token.
	states: Option<Vec<f32>>,
	width: usize,
}

impl Model {
	pub fn read(weights: &mut Weights, config: DecoderConfig) -> Result<Self, Error> {
		let options = weights.options();
		Ok(Self {
			rotary: Rotary::new(&config.rope, config.head_size, config.positions, options)?,
			parts: Parts::read(weights, &config)?,
			config,
			options,
		})
	}

	pub fn config(&self) -> &DecoderConfig {
		&self.config
	}

	pub fn step(
		&self,
		cache: &Cache,
		tokens: &[u32],
		spans: &[Span],
		wanted: &[usize],
		states: bool,
	) -> Result<Computed, TchError> {
		let _no_gradients = tch::no_grad_guard();
		let device = self.options.1;
		let numbers = |numbers: Vec<i64>| Tensor::f_from_slice(&numbers)?.f_to_device(device);
		let ids = numbers(tokens.iter().map(|token| i64::from(*token)).collect())?;
		let positions = spans
			.iter()
			.flat_map(|span| span.past..span.past.saturating_add(span.new));
		let turn = self.rotary.at(&numbers(positions.map(i64::from).collect())?)?;
		let attention = Attention::plan(&self.config, spans, self.options)?;
		let mut x = self.parts.embedding.f_index_select(0, &ids)?;
		for (number, layer) in self.parts.layers.iter().enumerate() {
			x = layer.apply(&x, &turn, |queries, keys, values| {
				attention.apply(cache, number, queries, keys, values)
			})?;
		}
		let finite = x.f_isfinite()?.f_all_dim(-1, false)?;
		let normed = match states {
			true => Some(self.parts.norm.apply(&x)?),
			false => None,
		};
		Ok(Computed {
			finite: bools(&finite)?,
			logits: self.logits(&x, spans, wanted)?,
			states: normed.as_ref().map(floats).transpose()?,
			width: self.config.hidden as usize,
		})
	}

	/// Only of so many last tokens of each part as are wanted: the head is the largest matrix.
	fn logits(&self, x: &Tensor, spans: &[Span], wanted: &[usize]) -> Result<Vec<Option<Vec<f32>>>, TchError> {
		let mut end = 0_i64;
		let mut last = Vec::new();
		for (span, wanted) in spans.iter().zip(wanted) {
			end += i64::from(span.new);
			last.extend(end - *wanted as i64..end);
		}
		if last.is_empty() {
			return Ok(vec![None; spans.len()]);
		}
		let last = Tensor::f_from_slice(&last)?.f_to_device(self.options.1)?;
		let rows = self
			.parts
			.head
			.apply(&self.parts.norm.apply(&x.f_index_select(0, &last)?)?)?;
		let all = floats(&rows)?;
		let mut rest = all.as_slice();
		let rows = |wanted: &usize| {
			let (own, after) = rest.split_at_checked(wanted * self.config.vocabulary as usize)?;
			rest = after;
			(*wanted > 0).then(|| own.to_vec())
		};
		Ok(wanted.iter().map(rows).collect())
	}
}

impl Computed {
	/// What came out of a part, whose tokens have these rows.
	pub fn outcome(
		&mut self,
		number: usize,
		rows: Range<usize>,
		part: &Part<'_>,
		span: &Span,
	) -> Result<Outcome, Error> {
		let finite = self
			.finite
			.get(rows.clone())
			.is_some_and(|rows| rows.iter().all(|row| *row));
		let logits = self.logits.get_mut(number).and_then(Option::take);
		let logits = logits.map(|logits| fixed(&logits)).transpose()?;
		if !finite {
			return Err(Error::NotFiniteOutput);
		}
		let states = match (&self.states, part.states) {
			(Some(states), true) => {
				let own = states.get(rows.start * self.width..rows.end * self.width);
				own.map(|own| Numbers::Float(own.to_vec()))
			}
			_ => None,
		};
		Ok(match (part.wanted, logits) {
			(Wanted::Token(sampler), Some(logits)) => {
				// What comes after the last position.
				let position = span.past.saturating_add(span.new).saturating_sub(1);
				Outcome {
					token: Some(sampler.choose(&logits, position).token),
					logits: None,
					states,
				}
			}
			(_, logits) => Outcome {
				token: None,
				logits,
				states,
			},
		})
	}
}

/// Logits with 16 bits of fraction. What is beyond their range is as likely, or unlikely, as its end.
fn fixed(logits: &[f32]) -> Result<Vec<i32>, Error> {
	let one = |logit: &f32| match logit.is_finite() {
		// The conversion saturates.
		true => Ok((logit * 65_536.0).round_ties_even() as i32),
		false => Err(Error::NotFiniteOutput),
	};
	logits.iter().map(one).collect()
}

pub(in crate::float) fn floats(tensor: &Tensor) -> Result<Vec<f32>, TchError> {
	let tensor = tensor
		.f_to_kind(Kind::Float)?
		.f_to_device(Device::Cpu)?
		.f_contiguous()?;
	let mut values = vec![0.0; tensor.numel()];
	let count = values.len();
	tensor.f_copy_data(&mut values, count)?;
	Ok(values)
}

fn bools(tensor: &Tensor) -> Result<Vec<bool>, TchError> {
	let tensor = tensor.f_to_device(Device::Cpu)?.f_contiguous()?;
	let mut values = vec![false; tensor.numel()];
	let count = values.len();
	tensor.f_copy_data(&mut values, count)?;
	Ok(values)
}
