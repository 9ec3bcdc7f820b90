// SPDX-License-Identifier: Apache-2.0

//! Leaves of an input, an answer or its states that do not hold what they should: nobody honest commits to such. They are
//! convicted without any trace, also by who was only shown the leaves' bytes.

use crate::{Error, Model, Proof, Served, answered::case_without_trace};
use atelier_referee::{
	claim::{STATES_OF_LEAF, State, TOKENS_OF_LEAF},
	commit::{Bounded, Kind, Ranges, Tree},
	dispute::{Case, Charge, Evidence, Opened, is_fraud},
	hash::Portable,
};

/// A leaf that is torn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
	pub charge: Charge,
	/// What proves it in one step; none if the leaf is too long to be opened. Then its worker loses the game, as it cannot open
	/// it either.
	pub proof: Option<Proof>,
}

/// The bytes of leaves as they were shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bare {
	pub input: Vec<Vec<u8>>,
	/// The tokens of the answer. A vector is compared with the trace instead.
	pub tokens: Vec<Vec<u8>>,
	pub states: Vec<Vec<u8>>,
}

impl Torn {
	/// The first torn leaf, of a claim to which all of these belong.
	pub fn find(model: &Model<'_>, served: &Served, bare: &Bare) -> Result<Option<Self>, Error> {
		let case = case_without_trace(model, &served.claim, &served.request)?;
		let counts = case.graph.counts();
		let token = size_of::<u32>();
		let kinds = [
			(
				Kind::State,
				&bare.states,
				case.graph.positions(),
				STATES_OF_LEAF,
				State::BYTES,
			),
			(Kind::Tokens, &bare.tokens, counts.output, TOKENS_OF_LEAF, token),
			(Kind::Input, &bare.input, counts.input, TOKENS_OF_LEAF, token),
		];
		for (kind, leaves, all, of_leaf, size) in kinds {
			if kind == Kind::Tokens && case.answer.kind != kind {
				continue;
			}
			let torn = leaves.iter().enumerate().find(|(number, leaf)| {
				let held = (all as usize)
					.saturating_sub(number.saturating_mul(of_leaf))
					.min(of_leaf);
				leaf.len() != held.saturating_mul(size)
			});
			if let Some((number, _)) = torn {
				return Self::of(&case, bare, kind, number, of_leaf).map(Some);
			}
		}
		Ok(None)
	}

	fn of(case: &Case, bare: &Bare, kind: Kind, leaf: usize, of_leaf: usize) -> Result<Self, Error> {
		let record = leaf.saturating_mul(of_leaf);
		// What is read first for each of these is the leaf itself, or the state of its position.
		let charge = match kind {
			Kind::Tokens => Charge::Token(record as u32),
			_ => Charge::State(record as u32),
		};
		let opened = |kind: Kind, leaf: usize| -> Result<Option<Opened>, Error> {
			let (leaves, commitment) = match kind {
				Kind::State => (&bare.states, case.state),
				Kind::Tokens => (&bare.tokens, case.answer),
				_ => (&bare.input, case.input),
			};
			let tree = Tree::from_leaves::<Portable>(kind, leaves)?;
			if tree.commitment() != commitment {
				return Err(Error::NotCommitted(kind));
			}
			let number = leaf as u64;
			let bytes = leaves.get(leaf).cloned().ok_or(Error::NoLeaf { kind, number })?;
			let Ok(bytes) = Bounded::try_from(bytes) else {
				return Ok(None);
			};
			let ranges = Ranges::one(number, number.saturating_add(1))?;
			let proof = tree.prove(&ranges)?;
			let leaves = Bounded::try_from(vec![bytes])?;
			Ok(Some(Opened { ranges, leaves, proof }))
		};
		let Some(torn) = opened(kind, leaf)? else {
			return Ok(Self { charge, proof: None });
		};
		let evidence = match kind {
			Kind::State => Evidence {
				state: Some(torn),
				..Evidence::default()
			},
			Kind::Tokens => Evidence {
				answer: Some(torn),
				..Evidence::default()
			},
			_ => Evidence {
				input: Some(torn),
				state: opened(Kind::State, record / STATES_OF_LEAF)?,
				..Evidence::default()
			},
		};
		let fraud = is_fraud::<Portable>(case, charge, &evidence).map_err(Error::Verdict)?;
		let proof = Proof { charge, evidence };
		match fraud {
			true => Ok(Self {
				charge,
				proof: Some(proof),
			}),
			false => Err(Error::NoProof),
		}
	}
}
