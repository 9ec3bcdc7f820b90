// SPDX-License-Identifier: Apache-2.0

//! What the chain will hold for a model and a version, before they are there. It is given back with the records.
//!
//! These are the rules of `pallets/models`; a test with a real node compares them with what is held (node/tests/registries.rs).

use crate::{At, Balance, Error, Models, Publication};
use codec::Encode;
use std::collections::BTreeSet;

/// A byte of a record (docs/economics.md).
const BYTE: Balance = 1_000_000_000;
/// What an item of state counts beside its bytes.
const ITEM: u64 = 100;
/// A model without versions: two items, owner, slug, to whom it is offered, two counts, its bytes, its deposit, its number.
const MODEL: u64 = 2 * ITEM + 32 + 33 + 33 + 8 + 8 + 16 + 4;
/// A promise: three items, its blocks and place, its deposit, owner, hash, last block, the owner's count.
const PROMISE: u64 = 3 * ITEM + 20 + 16 + 32 + 32 + 4 + 4;
/// A version beside its publication and its lineage: seven items; model, number, blocks, what it follows; its state, its claim
/// to the weights, its number's entry with what is known of its consent.
const VERSION: u64 = 7 * ITEM + 16 + 5 + 18 + 12 + 17;
/// The length of a list of up to 256 things.
const LENGTH: u64 = 2;

fn price(bytes: u64) -> Balance {
	Balance::from(bytes).saturating_mul(BYTE)
}

/// For a model without versions.
pub fn model() -> Balance {
	price(MODEL)
}

/// For a promise, until it is kept.
pub fn promise() -> Balance {
	price(PROMISE)
}

/// For a version, at most: a few bytes less if nothing follows another, or little lies above it.
pub async fn version(at: &At, publication: &Publication) -> Result<Balance, Error> {
	let mut versions: BTreeSet<_> = publication.parents.iter().map(|(parent, _)| *parent).collect();
	let mut datasets: BTreeSet<_> = publication.datasets.iter().map(|(dataset, _)| *dataset).collect();
	for (parent, _) in &publication.parents {
		let above = Models(at).lineage(*parent).await?;
		let above = above.ok_or(Error::NoVersion { version: parent.0 })?;
		versions.extend(above.ancestors.iter().map(|ancestor| ancestor.version));
		datasets.extend(above.sources.iter().map(|(dataset, _)| *dataset));
	}
	let above = 4 * (versions.len() as u64).saturating_add(datasets.len() as u64);
	let stated = publication.encoded_size() as u64;
	Ok(price(
		VERSION
			.saturating_add(2 * LENGTH)
			.saturating_add(above)
			.saturating_add(stated),
	))
}
