// SPDX-License-Identifier: Apache-2.0

//! How the memory that a model is given is divided: weights, what is between the layers of a step, and pages.

use super::{attention::Look, cache::Cache, model::Model, ops::Ops};
use crate::{Error, serve::Limits};
use atelier_referee::model::{Shape, Use};

/// Intermediate tensors of 64 bits that one operator has at once, at most.
const AT_ONCE: u64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
	/// None of a model that embeds.
	pub pages: u32,
	/// Tokens of a step.
	pub tokens: usize,
	/// Of everything.
	pub bytes: u64,
}

impl Room {
	pub fn of(ops: &Ops, shape: &Shape, memory: u64, limits: &Limits) -> Result<Self, Error> {
		let tokens = match shape.answers {
			Use::Tokens => limits.step_tokens.saturating_add(limits.running),
			// One text may be as long as the model takes.
			Use::Embedding => limits.step_tokens.max(shape.positions as usize),
		};
		let fixed = Model::bytes(shape).saturating_add(between(ops, shape, tokens as u64, limits));
		let page = match shape.answers {
			Use::Tokens => Cache::page_bytes(shape),
			Use::Embedding => 0,
		};
		let left = memory.saturating_sub(fixed);
		// More than all sequences could fill would be of no use.
		let most = u64::from(shape.positions).div_ceil(super::cache::PAGE.into()) * limits.running.max(1) as u64;
		let pages = left.checked_div(page).unwrap_or(0).min(most);
		if memory < fixed || page > 0 && pages == 0 {
			return Err(Error::ModelTooLarge {
				needs: fixed.saturating_add(page),
				budget: memory,
			});
		}
		Ok(Self {
			pages: u32::try_from(pages).unwrap_or(u32::MAX),
			tokens,
			bytes: fixed.saturating_add(pages * page),
		})
	}
}

/// At most: of each token of a step its vectors and what the products of a layer gave, in 32 bits and, where they are
/// quantised, in 64; of each answer its logits; and what one operator needs.
fn between(ops: &Ops, shape: &Shape, tokens: u64, limits: &Limits) -> u64 {
	let hidden = u64::from(shape.hidden);
	let heads = u64::from(shape.query_width()) + 2 * u64::from(shape.key_width());
	let largest = hidden.max(shape.query_width().into()).max(shape.width.into());
	let token = 4 * (4 * u64::from(shape.width) + 3 * heads + 3 * hidden) + 5 * 8 * largest;
	let logits = limits.running as u64 * u64::from(shape.vocabulary) * 2 * 4;
	let served = u64::from(shape.heads) / u64::from(shape.key_heads).max(1);
	let least = Look::least_elements(shape.positions.into(), shape.head_width.into(), served);
	// A product takes at least 32 rows at once.
	let rows = 32 * u64::from(shape.vocabulary.max(2 * shape.hidden));
	let one = ops.elements.unsigned_abs().max(least).max(rows);
	let looks = 8 * tokens.saturating_mul(shape.positions.into());
	(tokens.saturating_mul(token))
		.saturating_add(logits)
		.saturating_add(looks)
		.saturating_add(one.saturating_mul(8 * AT_ONCE))
}
