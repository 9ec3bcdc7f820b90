// SPDX-License-Identifier: Apache-2.0

//! What is done for pay, and what the pallets that have to do with it ask of each other.
//!
//! | who | keeps | is asked through |
//! | --- | --- | --- |
//! | workers | bonds, offers, exposure, slashes | [`workers::Workers`] by jobs, [`workers::Accused`] by the court |
//! | jobs | escrow, claims, vouchers, payouts | [`audits::Works`] by the court |
//! | disputes | draws, reports, disputes, the auditors' fund | [`audits::Audits`] by jobs |

pub mod audits;
pub mod draw;
pub mod price;
pub mod voucher;
pub mod workers;

use crate::ids::{JobId, SessionId, VersionId, WorkerId};
use atelier_referee::hash::Digest;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A piece of work that is paid as one, once nobody can show any more that it is wrong.
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
pub enum Work {
	Job(JobId),
	/// What one settlement of a session added, by its number.
	Settlement {
		session: SessionId,
		number: u32,
	},
}

/// By what it is found out whether work is right.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
	/// The chain computes it.
	Exact,
	/// Others are asked, and believed.
	Float,
}

/// What a claim calls its worker: the same for all keys that the worker ever has.
pub fn named(worker: WorkerId) -> Digest {
	name(*b"atelier worker                  ", worker.0)
}

/// What claims and requests call a version.
pub fn named_version(version: VersionId) -> Digest {
	name(*b"atelier version                 ", version.0)
}

fn name(mut name: Digest, number: u32) -> Digest {
	let (_, last) = name.split_at_mut(28);
	last.copy_from_slice(&number.to_le_bytes());
	name
}
