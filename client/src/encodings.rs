// SPDX-License-Identifier: Apache-2.0

//! What is written here again, because only pallets have it, is encoded as the metadata say, with the same names in the same
//! order.

use crate::{disputes::*, jobs::*};
use atelier_primitives::{
	ids::{SessionId, VersionId, WorkerId},
	terms::{Purpose, Use},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason},
	commit::{
		Bounded, Commitment, Kind, RangesProof,
		mountain::{Extension, Inclusion, Root},
	},
	ops::sampling::Sampler,
};
use codec::Encode;
use std::fmt::Debug;
use subxt::{
	Metadata,
	ext::scale_value::{Composite, Value, ValueDef, scale::decode_as_type},
};

const SOMEBODY: crate::AccountId = subxt::utils::AccountId32([1; 32]);
const TREE: Commitment = Commitment {
	kind: Kind::Input,
	count: 3,
	root: [2; 32],
};

/// Names of fields and variants in their order.
fn names<Context>(value: &Value<Context>, into: &mut Vec<String>) {
	let composite = match &value.value {
		ValueDef::Composite(composite) => composite,
		ValueDef::Variant(variant) => {
			into.push(variant.name.clone());
			&variant.values
		}
		_ => return,
	};
	match composite {
		Composite::Named(fields) => {
			for (name, value) in fields {
				into.push(name.clone());
				names(value, into);
			}
		}
		Composite::Unnamed(values) => values.iter().for_each(|value| names(value, into)),
	}
}

fn same(path: &str, ours: impl Encode + Debug) {
	let metadata = Metadata::decode_from(include_bytes!("../metadata/runtime.scale")).unwrap();
	let mut types = metadata.types().types.iter();
	let of = types
		.find(|of| of.ty.path.segments.join("::") == path)
		.unwrap_or_else(|| panic!("there is no {path}"));
	let encoded = ours.encode();
	let mut rest = &encoded[..];
	let value = decode_as_type(&mut rest, of.id, metadata.types()).unwrap_or_else(|error| panic!("{path}: {error}"));
	assert!(rest.is_empty(), "{path} has {} bytes too many", rest.len());
	let mut theirs = Vec::new();
	names(&value, &mut theirs);
	let written = format!("{ours:?}");
	let mut words = written.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
	for name in &theirs {
		assert!(
			words.any(|word| word == name),
			"{path}: {name} of {theirs:?} is not in {written}"
		);
	}
}

fn shown(place: Place) -> Shown {
	Shown {
		claim: Claim {
			genesis: [1; 32],
			origin: Origin::Job(3),
			worker: [2; 32],
			version: [3; 32],
			request: [4; 32],
			answer: TREE,
			state: TREE,
			input_count: 5,
			output_count: 6,
			stop: StopReason::Limit,
		},
		request: Request {
			genesis: [1; 32],
			version: [3; 32],
			input: TREE,
			input_count: 5,
			sampler: Sampler::Greedy,
			limit: 7,
			ends: Bounded::new(),
			stops: Bounded::new(),
			sealed: None,
			salt: [8; 32],
		},
		place,
	}
}

fn leaves() -> Leaves {
	Leaves {
		leaves: vec![vec![9; 3].try_into().unwrap()].try_into().unwrap(),
		proof: RangesProof {
			siblings: Bounded::new(),
		},
	}
}

#[test]
fn of_jobs() {
	let wanted = Use {
		purpose: Purpose::Business,
		commercial: true,
	};
	let opening = Opening {
		deposit: 1,
		expiry: 2,
		wanted,
		voucher_key: SOMEBODY,
		sealed: true,
	};
	same("pallet_jobs::types::Opening", opening);
	let voucher = Voucher {
		session: SessionId(3),
		sequence: 4,
		receipts: Root {
			receipts: 5,
			units: 6,
			digest: [7; 32],
		},
	};
	let signed = SignedVoucher {
		voucher,
		signature: crate::Signature::Sr25519([8; 64]),
		extension: Extension { nodes: Bounded::new() },
	};
	same("pallet_jobs::types::Signed", signed);
	let order = Order {
		version: VersionId(1),
		request: [2; 32],
		wanted,
		sealed: false,
		input: 3,
		output: 4,
		most: 5,
		worker: Some(WorkerId(6)),
		audits: 7,
		time: 8,
	};
	same("pallet_jobs::types::Order", order);
	let (bytes, hash) = (1, [2; 32]);
	same("pallet_jobs::types::Sealed", Sealed::Whole { bytes, hash });
	let (bytes, chunks) = (3, TREE);
	same("pallet_jobs::types::Sealed", Sealed::Chunks { bytes, chunks });
	for ending in [
		Ending::Cancelled,
		Ending::Unassigned,
		Ending::Unaccepted,
		Ending::Refused,
		Ending::Void,
		Ending::Failed,
		Ending::Paid,
		Ending::Overturned,
		Ending::Forbidden,
	] {
		same("pallet_jobs::types::Ending", ending);
	}
}

#[test]
fn of_disputes() {
	let receipt = Place::Receipt {
		index: 1,
		units: 2,
		inclusion: Inclusion {
			siblings: Bounded::new(),
		},
	};
	same("pallet_disputes::types::Shown", shown(receipt));
	let exhibit = Exhibit {
		proofs: vec![[1; 32]].try_into().unwrap(),
		number: 2,
		shown: shown(Place::Job),
		numbers: vec![3].try_into().unwrap(),
		state: leaves(),
	};
	same("pallet_disputes::types::Exhibit", exhibit);
	let boxed = || Box::new(shown(Place::Job));
	for unserved in [
		Unserved::Receipt,
		Unserved::Input(boxed(), 1),
		Unserved::Answer(boxed(), 2),
		Unserved::States(boxed(), 3),
		Unserved::Weights,
	] {
		same("pallet_disputes::types::Unserved", unserved);
	}
	let (of, first, end) = (TREE, 1, 2);
	for owed in [
		Owed::Receipt { unit: 1 },
		Owed::Drawn { of, seed: [2; 32] },
		Owed::Range { of, first, end },
	] {
		same("pallet_disputes::types::Owed", owed);
	}
	same("pallet_disputes::types::Served", Served::Receipt(boxed()));
	same("pallet_disputes::types::Served", Served::Leaves(Box::new(leaves())));
	for opinion in [Opinion::Right, Opinion::Wrong, Opinion::None] {
		same("pallet_disputes::types::Opinion", opinion);
	}
}
