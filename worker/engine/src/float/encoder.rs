// SPDX-License-Identifier: Apache-2.0

//! Encoders: BERT and its relatives, which turn a text into one vector of length 1.
//!
//! Layer norm follows each addition. Texts of about the same length are computed together, padded to the longest of them.

use super::{
	Plan,
	decoder::model::floats,
	device::Doing,
	linear::Linear,
	norm::LayerNorm,
	weights::{Source, Weights},
};
use crate::{
	Error,
	backend::{Admission, Admit, Answers, Backend, Class, Facts, Memory, Numbers, Outcome, Part, Sequence},
	load::{Folder, config::EncoderConfig, pooling::Pooling},
};
use tch::{Device, Kind, TchError, Tensor};

/// An encoder, computed in floats.
pub struct FloatEncoder {
	facts: Facts,
	config: EncoderConfig,
	pooling: Pooling,
	words: Tensor,
	/// Of each position, with that of the first kind of token.
	positions: Tensor,
	norm: LayerNorm,
	layers: Vec<Layer>,
	device: Device,
	/// Tokens that are computed together.
	step_tokens: usize,
	bytes: u64,
}

struct Layer {
	/// Query, key and value.
	project: Linear,
	output: Linear,
	attention_norm: LayerNorm,
	widen: Linear,
	narrow: Linear,
	norm: LayerNorm,
	heads: i64,
	head_size: i64,
}

impl FloatEncoder {
	pub fn load(folder: &Folder, config: EncoderConfig, plan: &Plan) -> Result<Self, Error> {
		let device = plan.device.torch()?;
		let checkpoint = folder.checkpoint()?;
		let bytes = checkpoint.bytes_as(plan.float).saturating_add(between(&config, plan));
		if bytes > plan.memory {
			return Err(Error::ModelTooLarge {
				needs: bytes,
				budget: plan.memory,
			});
		}
		let mut weights = Weights::new(checkpoint, device, plan.float);
		let hidden = config.hidden as usize;
		let mut table = |name: &str, rows: u32| {
			weights.tensor(
				&format!("embeddings.{name}_embeddings.weight"),
				&[rows as usize, hidden],
			)
		};
		let words = table("word", config.vocabulary)?;
		let (positions, kinds) = (
			table("position", config.positions)?,
			table("token_type", config.token_types)?,
		);
		let positions = kinds.f_narrow(0, 0, 1).and_then(|kind| positions.f_add(&kind));
		let positions = positions.doing("loading weights")?;
		let norm = LayerNorm::read(&mut weights, "embeddings.LayerNorm", config.hidden, config.epsilon)?;
		let layers = (0..config.layers).map(|layer| Layer::read(&mut weights, &config, layer));
		let layers = layers.collect::<Result<_, _>>()?;
		// Positions are numbered here; the pooler is a layer of the training.
		weights.finish(|name| name == "embeddings.position_ids" || name.starts_with("pooler."))?;
		Ok(Self {
			facts: Facts {
				vocabulary: config.vocabulary,
				positions: config.positions,
				width: config.hidden,
				answers: Answers::Embedding,
				class: Class::Float(plan.float),
			},
			pooling: folder.pooling()?,
			words,
			positions,
			norm,
			layers,
			device,
			step_tokens: plan.limits.step_tokens.max(1),
			bytes,
			config,
		})
	}

	/// The vectors of texts, which are padded to the length of the longest.
	fn together(&self, inputs: &[&[u32]]) -> Result<Vec<f32>, TchError> {
		let _no_gradients = tch::no_grad_guard();
		let longest = inputs.iter().map(|input| input.len()).max().unwrap_or(0);
		let padded = inputs.iter().flat_map(|input| {
			let own = input.iter().map(|token| i64::from(*token));
			own.chain(std::iter::repeat(0)).take(longest)
		});
		let ids = Tensor::f_from_slice(&padded.collect::<Vec<_>>())?.f_to_device(self.device)?;
		let lengths: Vec<_> = inputs.iter().map(|input| input.len() as i64).collect();
		let lengths = Tensor::f_from_slice(&lengths)?
			.f_to_device(self.device)?
			.f_unsqueeze(1)?;
		let (texts, longest) = (inputs.len() as i64, longest as i64);
		let places = Tensor::f_arange(longest, (Kind::Int64, self.device))?;
		let seen = places.f_unsqueeze(0)?.f_lt_tensor(&lengths)?;
		let mask = match inputs.iter().all(|input| input.len() as i64 == longest) {
			true => None,
			false => Some(
				seen.f_unsqueeze(1)?
					.f_unsqueeze(1)?
					.f_expand([texts, self.config.heads.into(), longest, longest], false)?,
			),
		};
		let words = self.words.f_index_select(0, &ids)?;
		let words = words.f_view([texts, longest, self.config.hidden.into()])?;
		let mut x = self
			.norm
			.apply(&words.f_add(&self.positions.f_narrow(0, 0, longest)?)?)?;
		for layer in &self.layers {
			x = layer.apply(&x, mask.as_ref())?;
		}
		let x = x.f_to_kind(Kind::Float)?;
		let pooled = match self.pooling {
			// The sum has the mean's direction.
			Pooling::Mean => {
				let seen = seen.f_unsqueeze(2)?;
				x.f_masked_fill(&seen.f_logical_not()?, 0.0)?.f_sum_dim_intlist(
					[1_i64].as_slice(),
					false,
					Kind::Float,
				)?
			}
			Pooling::First => x.f_select(1, 0)?,
		};
		let length = pooled
			.f_square()?
			.f_sum_dim_intlist([1_i64].as_slice(), true, Kind::Float)?
			.f_sqrt()?;
		floats(&pooled.f_div(&length.f_clamp_min(1e-12)?)?)
	}

	fn vectors(&self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		let width = (self.config.hidden as usize).max(1);
		match self.together(inputs).doing("computing embeddings") {
			Ok(all) => all.chunks_exact(width).map(checked).collect(),
			Err(error) if inputs.len() == 1 => vec![Err(error)],
			// Only those fail who must.
			Err(_) => inputs
				.iter()
				.flat_map(|input| self.vectors(std::slice::from_ref(input)))
				.collect(),
		}
	}
}

fn checked(vector: &[f32]) -> Result<Numbers, Error> {
	match vector.iter().all(|number| number.is_finite()) {
		true => Ok(Numbers::Float(vector.to_vec())),
		false => Err(Error::NotFiniteOutput),
	}
}

impl Backend for FloatEncoder {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		Memory {
			page_tokens: 1,
			pages: 0,
			free: 0,
			bytes: self.bytes,
		}
	}

	fn admit(&mut self, _: &Admit<'_>) -> Result<Admission, Error> {
		Err(Error::WrongUse)
	}

	fn step(&mut self, _: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		Err(Error::WrongUse)
	}

	fn release(&mut self, _: Sequence) {}

	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		let mut vectors: Vec<_> = inputs
			.iter()
			.map(|input| self.facts.check(input, 0).err().map(Err))
			.collect();
		let good = (0..).zip(inputs).zip(&vectors).filter(|(_, error)| error.is_none());
		let mut order: Vec<(usize, &[u32])> = good.map(|((place, input), _)| (place, *input)).collect();
		order.sort_by_key(|(_, input)| input.len());
		let mut rest = order.as_slice();
		while let Some((_, first)) = rest.first() {
			// Each is at least as long as the one before it.
			let mut longest = first.len();
			let fit = (1..).zip(rest).take_while(|(count, next): &(usize, &(usize, &[u32]))| {
				longest = longest.max(next.1.len());
				count * longest <= self.step_tokens
			});
			let (now, later) = rest.split_at(fit.count().max(1).min(rest.len()));
			let batch: Vec<_> = now.iter().map(|(_, input)| *input).collect();
			for ((place, _), vector) in now.iter().zip(self.vectors(&batch)) {
				if let Some(slot) = vectors.get_mut(*place) {
					*slot = Some(vector);
				}
			}
			rest = later;
		}
		vectors
			.into_iter()
			.map(|vector| vector.unwrap_or(Err(Error::NotFiniteOutput)))
			.collect()
	}
}

impl Layer {
	fn read(weights: &mut Weights, config: &EncoderConfig, layer: u32) -> Result<Self, Error> {
		let root = format!("encoder.layer.{layer}");
		let (hidden, inner) = (config.hidden, config.inner);
		let own = format!("{root}.attention.self");
		let projections = [("query", hidden), ("key", hidden), ("value", hidden)];
		let mut linear = |name: &str, outputs, inputs| Linear::read(weights, &root, &[(name, outputs)], inputs, true);
		let output = linear("attention.output.dense", hidden, hidden)?;
		let widen = linear("intermediate.dense", inner, hidden)?;
		let narrow = linear("output.dense", hidden, inner)?;
		let mut norm = |name: &str| LayerNorm::read(weights, &format!("{root}.{name}"), hidden, config.epsilon);
		Ok(Self {
			output,
			widen,
			narrow,
			attention_norm: norm("attention.output.LayerNorm")?,
			norm: norm("output.LayerNorm")?,
			project: Linear::read(weights, &own, &projections, hidden, true)?,
			heads: config.heads.into(),
			head_size: config.head_size().into(),
		})
	}

	fn apply(&self, x: &Tensor, mask: Option<&Tensor>) -> Result<Tensor, TchError> {
		let (texts, longest, _) = x.size3()?;
		let all = self
			.project
			.apply(x)?
			.f_view([texts, longest, 3, self.heads, self.head_size])?;
		let part = |number| all.f_select(2, number)?.f_transpose(1, 2);
		let seen =
			Tensor::f_scaled_dot_product_attention(&part(0)?, &part(1)?, &part(2)?, mask, 0.0, false, None, false)?;
		let seen = seen
			.f_transpose(1, 2)?
			.f_reshape([texts, longest, self.heads * self.head_size])?;
		let x = self.attention_norm.apply(&x.f_add(&self.output.apply(&seen)?)?)?;
		let inner = self.widen.apply(&x)?.f_gelu("none")?;
		self.norm.apply(&x.f_add(&self.narrow.apply(&inner)?)?)
	}
}

/// At most: of each token of a step its vectors, projections and inner layer; and a mask.
fn between(config: &EncoderConfig, plan: &Plan) -> u64 {
	let tokens = (plan.limits.step_tokens as u64).max(config.positions.into());
	let token = 8 * u64::from(config.hidden) + 3 * u64::from(config.inner);
	let mask = tokens * u64::from(config.positions) * u64::from(config.heads);
	(tokens * token + mask).saturating_mul(4)
}
