// SPDX-License-Identifier: Apache-2.0

//! Datasets, schemas and attestations as clients see them.

use crate::{
	BlockNumber,
	attestations::{About, Definition, Statement},
	datasets::Facts,
	ids::{AttestationId, DatasetId, SchemaId},
	lineage::Consent,
};
use alloc::vec::Vec;
use atelier_referee::hash::Digest;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct DatasetView<AccountId> {
	pub id: DatasetId,
	pub owner: AccountId,
	/// Who may take it over.
	pub offered: Option<AccountId>,
	pub facts: Facts<Vec<u8>>,
	pub consent: Consent,
	/// The block of its registration.
	pub registered: BlockNumber,
	/// Whose content was registered before by somebody: the first who did.
	pub earlier: Option<DatasetId>,
	/// How many versions state it as what they were made from.
	pub used: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct SchemaView<AccountId> {
	pub id: SchemaId,
	/// By which it can be found too.
	pub hash: Digest,
	pub definition: Definition<Vec<u8>>,
	/// Whether any attestation of it may be taken back.
	pub revocable: bool,
	/// None: the chain began with it.
	pub registrant: Option<AccountId>,
	pub registered: BlockNumber,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct AttestationView<AccountId> {
	pub id: AttestationId,
	pub attester: AccountId,
	pub about: About<AccountId>,
	pub statement: Statement<Vec<u8>>,
	/// The block in which it was made.
	pub made: BlockNumber,
	/// The block in which it was taken back, from which on it does not hold.
	pub revoked: Option<BlockNumber>,
	/// How many others refer to it.
	pub references: u32,
}

impl<AccountId> AttestationView<AccountId> {
	/// Whether it holds in that block.
	pub fn holds(&self, now: BlockNumber) -> bool {
		holds(self.made, self.statement.expiry, self.revoked, now)
	}
}

/// Whether an attestation holds in the block `now`.
pub fn holds(made: BlockNumber, expiry: Option<BlockNumber>, revoked: Option<BlockNumber>, now: BlockNumber) -> bool {
	made <= now && expiry.is_none_or(|last| now <= last) && revoked.is_none_or(|at| now < at)
}
