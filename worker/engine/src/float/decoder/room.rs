// SPDX-License-Identifier: Apache-2.0

//! How the memory that a model is given is divided: weights, what is between the layers of a step, and pages.

use crate::{
	Error,
	float::{
		Plan,
		attention::together,
		cache::{Cache, PAGE},
	},
	load::config::DecoderConfig,
};
use tch::Device;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
	pub pages: u32,
	/// Of everything.
	pub bytes: u64,
}

impl Room {
	pub fn of(config: &DecoderConfig, weights: u64, plan: &Plan, device: Device) -> Result<Self, Error> {
		let page = Cache::page_bytes(config, plan.float);
		let fixed = weights
			.saturating_add(between(config, plan))
			.saturating_add(together(device));
		let left = plan.memory.saturating_sub(fixed);
		// More than all sequences could fill would only be zeroed in vain.
		let most = u64::from(config.positions).div_ceil(PAGE.into()) * plan.limits.running.max(1) as u64;
		let pages = (left / page.max(1)).min(most);
		if pages == 0 {
			return Err(Error::ModelTooLarge {
				needs: fixed.saturating_add(page),
				budget: plan.memory,
			});
		}
		Ok(Self {
			pages: u32::try_from(pages).unwrap_or(u32::MAX),
			bytes: fixed.saturating_add(pages * page),
		})
	}
}

/// At most: of each token of a step its vector and norm, all projections before and after rotation, the inner layer and
/// its products; of each answer its logits, as they are computed, in f32 and as integers; a mask of a step by all positions;
/// and the rotations of all positions.
fn between(config: &DecoderConfig, plan: &Plan) -> u64 {
	let heads = (u64::from(config.heads) + 2 * u64::from(config.key_heads)) * u64::from(config.head_size);
	let token = 6 * u64::from(config.hidden) + 3 * heads + 5 * u64::from(config.inner);
	let tokens = plan.limits.step_tokens as u64 + plan.limits.running as u64;
	let logits = plan.limits.running as u64 * u64::from(config.vocabulary) * 3;
	let mask = plan.limits.step_tokens as u64 * u64::from(config.positions);
	let rotations = u64::from(config.positions) * u64::from(config.head_size);
	(tokens * token + logits + mask + rotations).saturating_mul(4)
}
