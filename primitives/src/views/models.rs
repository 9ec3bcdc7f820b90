// SPDX-License-Identifier: Apache-2.0

//! Models and their versions as clients see them.

use crate::{
	BlockNumber,
	ids::{DatasetId, ModelId, VersionId},
	lineage::{Consent, Flag},
	models::{Publication, Status},
	pots::Share,
};
use alloc::vec::Vec;
use atelier_referee::hash::Digest;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelView<AccountId> {
	pub model: ModelId,
	pub owner: AccountId,
	pub slug: Vec<u8>,
	/// To whom it was offered.
	pub offered: Option<AccountId>,
	/// The number that its next version gets.
	pub next: u32,
	/// How many versions have a record.
	pub versions: u32,
	/// Bytes that its owner's deposit pays for.
	pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct VersionView<Balance> {
	pub version: VersionId,
	pub model: ModelId,
	pub number: u32,
	pub publication: Publication<Balance>,
	pub committed: BlockNumber,
	pub published: BlockNumber,
	pub status: Status,
	pub consent: Consent,
	pub flag: Flag,
	/// What it owes beside the shares that it states.
	pub dues: Vec<Share>,
	/// What else refers to it, so that its record stays.
	pub dependants: u32,
}

/// All that a version was made from, however far above.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineageView {
	pub flag: Flag,
	/// By ascending number; their parents say how they hang together.
	pub ancestors: Vec<AncestorView>,
	pub sources: Vec<(DatasetId, Flag)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AncestorView {
	pub version: VersionId,
	pub model: ModelId,
	pub status: Status,
	pub consent: Consent,
	/// What its own withdrawal stops.
	pub flag: Flag,
	pub parents: Vec<(VersionId, Permill)>,
	pub datasets: Vec<(DatasetId, Permill)>,
}

/// Which models have the same weights.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContestView {
	pub root: Digest,
	pub decided: Option<ModelId>,
	/// How many models have them.
	pub models: u32,
	/// The first of them, at most as many as a page has.
	pub claims: Vec<ClaimView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimView {
	pub model: ModelId,
	/// Its first version with these weights.
	pub first: VersionId,
	/// When its maker promised to publish them.
	pub committed: BlockNumber,
}

/// A claim that a version copies another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SimilarityView<AccountId, Balance> {
	pub original: VersionId,
	pub copy: VersionId,
	pub claimant: AccountId,
	pub bond: Balance,
	pub stage: SimilarityStage,
	/// The last block in which the stage can go on; then anyone ends the claim.
	pub until: BlockNumber,
	/// The chunks that were drawn.
	pub positions: Vec<u64>,
}

/// How far a claim of similarity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SimilarityStage {
	/// Waits for randomness that nobody knew when it was made.
	Waiting,
	/// Waits for its claimant to open the chunks.
	Drawn,
	/// Waits for the copy's owner to open the copy's chunks.
	Unserved,
	/// The copy's owner opened them; waits for the claimant again.
	Served,
}
