// SPDX-License-Identifier: Apache-2.0

//! What is stated of a dataset.

use crate::{licence::Licence, terms::Terms};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How somebody gets at the content.
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
pub enum Access {
	/// Anybody can fetch it.
	Public,
	/// The owner gives it to whom it likes.
	OnRequest,
	/// It stays where it is; who wants to learn from it sends the computation there.
	ComputeToData,
}

/// Where to read what is in it. The chain keeps BLAKE2b-256 of the file, not the file.
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
pub enum Description {
	None,
	/// A Croissant file (JSON-LD), perhaps with its vocabulary of responsible use.
	Croissant([u8; 32]),
	/// A document for people.
	Document([u8; 32]),
}

/// What an owner states when it registers a dataset. It never changes.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Facts<Bytes> {
	/// The hash that stands for the whole content.
	pub root: [u8; 32],
	/// How long the content is.
	pub bytes: u64,
	pub terms: Terms,
	pub access: Access,
	pub licence: Licence<Bytes>,
	pub description: Description,
}
