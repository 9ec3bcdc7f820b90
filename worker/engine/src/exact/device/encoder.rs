// SPDX-License-Identifier: Apache-2.0

//! Exact models that answer with a vector, on a device: texts of different lengths at once.

use super::{
	arith::Computed,
	attention,
	model::{Model, host},
	room::Room,
};
use crate::{
	Error,
	backend::{Admission, Admit, Backend, Facts, Memory, Numbers, Outcome, Part, Sequence},
	float::device::Doing,
};
use tch::Tensor;

pub struct DeviceEncoder {
	facts: Facts,
	model: Model,
	room: Room,
}

impl DeviceEncoder {
	pub fn new(model: Model, room: Room) -> Self {
		Self {
			facts: super::facts(&model.shape),
			model,
			room,
		}
	}

	/// The vectors of texts that were checked.
	fn compute(&self, texts: &[&[u32]]) -> Computed<Vec<Vec<i32>>> {
		let _no_gradients = tch::no_grad_guard();
		let (model, ops) = (&self.model, &self.model.ops);
		let lengths: Vec<i64> = texts.iter().map(|text| text.len() as i64).collect();
		let positions: Vec<i64> = lengths.iter().flat_map(|length| 0..*length).collect();
		let places = model.places(&positions)?;
		let looks = attention::whole(ops, &lengths)?;
		let mut x = model.embed(&texts.concat(), &places)?;
		for layer in 0..model.layers() {
			x = model.layer(layer, &x, &places, &looks, |keys, values| Ok([keys, values]))?;
		}
		let pooled = looks
			.iter()
			.map(|look| ops.pooled(&x.f_narrow(0, look.first, look.rows)?));
		let units = ops.unit(&Tensor::f_cat(&pooled.collect::<Computed<Vec<_>>>()?, 0)?)?;
		let width = (self.facts.width as usize).max(1);
		Ok(host(&units)?.chunks(width).map(<[i32]>::to_vec).collect())
	}

	fn embed_some(&self, inputs: &[&[u32]]) -> Result<Vec<Vec<i32>>, Error> {
		self.compute(inputs).doing("embedding texts exactly")
	}
}

impl Backend for DeviceEncoder {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		Memory {
			page_tokens: 1,
			pages: 0,
			free: 0,
			bytes: self.room.bytes,
		}
	}

	fn admit(&mut self, _: &Admit<'_>) -> Result<Admission, Error> {
		Err(Error::WrongUse)
	}

	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		Ok(parts.iter().map(|_| Err(Error::WrongUse)).collect())
	}

	fn release(&mut self, _: Sequence) {}

	/// The numbers of a vector of length 1 have 15 bits of fraction.
	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		let checked: Vec<_> = inputs.iter().map(|input| self.facts.check(input, 0)).collect();
		let good = inputs.iter().zip(&checked).filter(|(_, checked)| checked.is_ok());
		let mut batches: Vec<Vec<&[u32]>> = Vec::new();
		let mut left = 0;
		for (input, _) in good {
			match batches.last_mut().filter(|_| input.len() <= left) {
				Some(batch) => {
					batch.push(input);
					left -= input.len();
				}
				None => {
					batches.push(vec![input]);
					left = self.room.tokens.saturating_sub(input.len());
				}
			}
		}
		let mut vectors = Vec::new();
		for batch in batches {
			match self.embed_some(&batch) {
				Ok(all) => vectors.extend(all.into_iter().map(Ok)),
				// One that is too much for the device hurts no other.
				Err(_) => vectors.extend(
					batch
						.iter()
						.map(|input| self.embed_some(&[input]).map(|mut one| one.pop().unwrap_or_default())),
				),
			}
		}
		let mut vectors = vectors.into_iter();
		let each = checked
			.into_iter()
			.map(|checked| checked.and_then(|()| vectors.next().unwrap_or(Err(Error::EmptyInput)).map(Numbers::Exact)));
		each.collect()
	}
}
