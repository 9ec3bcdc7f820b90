// SPDX-License-Identifier: Apache-2.0

//! What things on the chain are called. Numbers are given in order and never again.

use codec::{CompactAs, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! ids {
	($($(#[$doc:meta])* $name:ident($number:ty);)*) => {$(
		$(#[$doc])*
		#[derive(
			Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, CompactAs, Encode, Decode,
			DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		#[serde(transparent)]
		pub struct $name(pub $number);

		impl $name {
			/// The one after it, while there are numbers.
			pub fn next(self) -> Option<Self> {
				self.0.checked_add(1).map(Self)
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				self.0.fmt(f)
			}
		}
	)*};
}

ids! {
	/// A model: what its versions have in common.
	ModelId(u32);
	/// A version of any model.
	VersionId(u32);
	DatasetId(u32);
	/// A claim that a version copies another.
	SimilarityId(u32);
	/// What attestations of one sort say.
	SchemaId(u32);
	AttestationId(u64);
	/// A worker, whatever keys it has: a new key moves nothing but the key.
	WorkerId(u32);
	/// A one-shot job.
	JobId(u64);
	/// A metered session. Never used again, so that no old voucher fits a new one.
	SessionId(u64);
	/// A dispute about a piece of work.
	DisputeId(u64);
	/// A round of a training run.
	RoundId(u64);
}

/// What something is attested of.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Subject<AccountId> {
	Dataset(DatasetId),
	Version(VersionId),
	Account(AccountId),
	Job(JobId),
	Round(RoundId),
}

/// Who knows which subjects there are.
pub trait Subjects<AccountId> {
	fn exists(subject: &Subject<AccountId>) -> bool;
}
