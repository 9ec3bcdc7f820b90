// SPDX-License-Identifier: Apache-2.0

//! Calls of the three registries, as short as tests want them.

use atelier_primitives::{
	attestations::{Data, ORIGIN, Statement},
	datasets::{Access, Description, Facts},
	ids::{AttestationId, DatasetId, ModelId, SchemaId, Subject, VersionId},
	licence::Licence,
	lineage::Flag,
	models::{Class, Fee, Publication, SPEC},
	pots::{Pot, Pots},
	terms::{Purpose, Purposes, Terms, Use, Withdrawal},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind},
	model::{CHUNK, Layout, Order, Shape},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use atelier_runtime::{Balance, Balances, Models, Provenance, Rewards, RuntimeCall, System};
use atelier_runtime_tests::{Account, R, account, dispatch, run_blocks, signed};
use frame_support::traits::{
	fungible::Balanced,
	tokens::{Fortitude, Precision, Preservation},
};
use sp_runtime::{DispatchResult, Permill};

pub const SALT: [u8; 32] = [9; 32];

/// What the chain asks of data and versions; a withdrawal stops answers.
pub const OPEN: Terms = Terms {
	derive: true,
	commercial: true,
	min_share: Permill::zero(),
	expiry: None,
	purposes: Purposes::ANY,
	withdrawal: Withdrawal::StopsServing,
};

/// The same, but a withdrawal stops derivation only.
pub const SERVES_ON: Terms = Terms {
	withdrawal: Withdrawal::StopsDerivation,
	..OPEN
};

pub const USE: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};

pub type Pub = Publication<Balance>;

/// A version with these weights, made from nothing.
pub fn publication(weights: u16, terms: Terms) -> Pub {
	let mut root = [0; 32];
	root[..2].copy_from_slice(&weights.to_le_bytes());
	Publication {
		weights: Commitment {
			kind: Kind::Weights,
			count: 10,
			root,
		},
		bytes: 10_000,
		package: root,
		manifest: [2; 32],
		class: Class::Float { profile: [3; 32] },
		parents: Bounded::new(),
		datasets: Bounded::new(),
		terms,
		licence: b"Apache-2.0".to_vec().try_into().expect("short"),
		licence_text: [4; 32],
		fee: Fee {
			per_input: 1,
			per_output: 2,
		},
		safety: None,
	}
}

/// Exact weights of a tiny decoder.
pub const TINY: Shape = Shape {
	answers: atelier_referee::model::Use::Tokens,
	layers: 1,
	width: 64,
	heads: 2,
	key_heads: 1,
	head_width: 32,
	rotary_width: 32,
	hidden: 128,
	vocabulary: 256,
	positions: 256,
	window: 0,
	norm: Norm::Rms,
	order: Order::Before,
	gains: false,
	head_norm: false,
	activation: Activation::Silu,
	gated: true,
	tied: false,
	matrices: Format::Byte,
	embeddings: Format::Byte,
	residual_fraction: 12,
	hidden_fraction: 12,
	epsilon: 10_995_116,
};

/// An exact version of that shape.
pub fn exact(weights: u16, terms: Terms) -> Pub {
	of_shape(publication(weights, terms), SPEC, TINY)
}

/// The same weights as exact ones of a shape.
pub fn of_shape(publication: Pub, spec: u16, shape: Shape) -> Pub {
	let weights = Commitment {
		count: Layout::new(shape).chunks(),
		..publication.weights
	};
	let texts = Commitment {
		kind: Kind::Vocabulary,
		count: shape.vocabulary.into(),
		root: [6; 32],
	};
	Publication {
		weights,
		bytes: weights.count * CHUNK,
		class: Class::Exact {
			spec,
			shape,
			vocabulary: (shape.answers == atelier_referee::model::Use::Tokens).then_some(texts),
		},
		..publication
	}
}

/// The same, made from these, each with this share.
pub fn made_from(publication: Pub, parents: &[VersionId], datasets: &[DatasetId], share: Permill) -> Pub {
	let parents: Vec<_> = parents.iter().map(|id| (*id, share)).collect();
	let datasets: Vec<_> = datasets.iter().map(|id| (*id, share)).collect();
	Publication {
		parents: parents.try_into().expect("few"),
		datasets: datasets.try_into().expect("few"),
		..publication
	}
}

pub fn create_model(who: Account, slug: &str) -> ModelId {
	let model = pallet_models::NextModel::<R>::get();
	let call = pallet_models::Call::create_model { slug: slug.into() };
	dispatch(call, signed(who)).expect("the slug is free");
	model
}

pub fn commit(who: Account, publication: &Pub) -> DispatchResult {
	let promise = Models::promise(publication, &account(who), &SALT);
	dispatch(pallet_models::Call::commit_version { promise }, signed(who))
}

pub fn reveal(who: Account, model: ModelId, publication: Pub) -> DispatchResult {
	let call = pallet_models::Call::reveal_version {
		model,
		publication: Box::new(publication),
		salt: SALT,
	};
	dispatch(call, signed(who))
}

/// Promises, waits, and publishes.
pub fn publish(who: Account, model: ModelId, publication: Pub) -> VersionId {
	let version = pallet_models::NextVersion::<R>::get();
	commit(who, &publication).expect("it can be promised");
	run_blocks(2);
	reveal(who, model, publication).expect("it can be published");
	version
}

pub fn facts(root: u8, terms: Terms) -> pallet_provenance::DatasetFacts {
	Facts {
		root: [root; 32],
		bytes: 1_000,
		terms,
		access: Access::Public,
		licence: Licence {
			expression: b"CC-BY-4.0".to_vec().try_into().expect("short"),
			text: [9; 32],
		},
		description: Description::Croissant([8; 32]),
	}
}

pub fn register(who: Account, root: u8, terms: Terms) -> DatasetId {
	let dataset = pallet_provenance::NextDataset::<R>::get();
	let call = pallet_provenance::Call::register_dataset {
		facts: facts(root, terms),
	};
	dispatch(call, signed(who)).expect("it can be registered");
	dataset
}

pub fn withdraw_consent(who: Account, dataset: DatasetId) -> DispatchResult {
	dispatch(pallet_provenance::Call::withdraw_consent { dataset }, signed(who))
}

pub fn attest(who: Account, schema: SchemaId, subject: Subject<atelier_runtime::AccountId>) -> Option<AttestationId> {
	let attestation = pallet_provenance::NextAttestation::<R>::get();
	let statement = Statement {
		schema,
		revocable: true,
		expiry: None,
		reference: None,
		data: Data::Hash([7; 32]),
	};
	dispatch(pallet_provenance::Call::attest { subject, statement }, signed(who)).ok()?;
	Some(attestation)
}

pub fn attest_origin(who: Account, version: VersionId) -> Option<AttestationId> {
	attest(who, ORIGIN, Subject::Version(version))
}

/// As a job pays a fee.
pub fn pay(who: Account, pot: Pot, amount: Balance) -> bool {
	let money = <Balances as Balanced<_>>::withdraw(
		&account(who),
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	);
	let Ok(money) = money else { return false };
	match <Rewards as Pots>::credit(pot, money) {
		Ok(()) => true,
		Err(money) => {
			assert!(Balances::resolve(&account(who), money).is_ok());
			false
		}
	}
}

pub fn flag(version: VersionId) -> Option<Flag> {
	Models::flag(version)
}

pub fn free(who: Account) -> Balance {
	Balances::free_balance(account(who))
}

pub fn call(who: Account, call: impl Into<RuntimeCall>) -> DispatchResult {
	dispatch(call, signed(who))
}

pub fn now() -> u32 {
	System::block_number()
}

pub fn consent_of(dataset: DatasetId) -> Option<atelier_primitives::lineage::Consent> {
	Provenance::consent(dataset)
}
