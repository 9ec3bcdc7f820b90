// SPDX-License-Identifier: Apache-2.0

//! Digests as text: the `hex` crate's own way would switch on a feature that rebuilds half of the node.

use atelier_referee::hash::Digest;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn serialize<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
	to.serialize_str(&hex::encode(digest))
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
	let text = String::deserialize(from)?;
	let mut digest = Digest::default();
	hex::decode_to_slice(&text, &mut digest).map_err(D::Error::custom)?;
	Ok(digest)
}
