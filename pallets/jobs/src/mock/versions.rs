// SPDX-License-Identifier: Apache-2.0

//! Versions: exact ones, and one in floats.

use super::*;
use atelier_primitives::{
	ids::VersionId,
	models::{Allowed, Class, Fee, Refused, Status, Versions, SPEC},
	terms::Use,
};
use atelier_referee::{
	commit::{Commitment, Kind},
	model::{Order as NormOrder, Shape, Use as Answers},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use frame_support::weights::Weight;

impl Versions<AccountId, Balance> for World {
	type Weight = Weight;

	fn allow(version: VersionId, _: Use, _: u32) -> (Result<Allowed<AccountId, Balance>, Refused>, Weight) {
		let allowed = match Barred::get().get(&version) {
			Some(why) => Err(*why),
			None => Ok(Allowed {
				owner: acc(POTS),
				class: class(version),
				weights: WEIGHTS,
				fee: Fee {
					per_input: FEE,
					per_output: FEE,
				},
				status: Status::Active,
			}),
		};
		(allowed, Weight::from_parts(7, 0))
	}

	fn most() -> Weight {
		Weight::from_parts(70, 0)
	}

	fn rules(version: VersionId) -> Option<(Class, Commitment)> {
		Some((class(version), WEIGHTS))
	}
}

const WEIGHTS: Commitment = Commitment {
	kind: Kind::Weights,
	count: 1,
	root: [1; 32],
};

fn class(version: VersionId) -> Class {
	if version == FLOAT {
		return Class::Float { profile: [1; 32] };
	}
	Class::Exact {
		spec: SPEC,
		shape: if version == EMBED { VECTOR } else { SHAPE },
		vocabulary: None,
	}
}

const VECTOR: Shape = Shape {
	answers: Answers::Embedding,
	..SHAPE
};

const SHAPE: Shape = Shape {
	answers: Answers::Tokens,
	layers: 2,
	width: 64,
	heads: 4,
	key_heads: 2,
	head_width: 16,
	rotary_width: 16,
	hidden: 128,
	vocabulary: 300,
	positions: 16,
	window: 0,
	norm: Norm::Rms,
	order: NormOrder::Before,
	gains: false,
	head_norm: false,
	activation: Activation::Silu,
	gated: true,
	tied: false,
	matrices: Format::Byte,
	embeddings: Format::Byte,
	residual_fraction: 12,
	hidden_fraction: 12,
	epsilon: 1_000,
};
