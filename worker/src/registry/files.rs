// SPDX-License-Identifier: Apache-2.0

//! Files of which the chain keeps the hash, and hashes as people write them.

use anyhow::Result;
use atelier_models::files::bytes;
use atelier_referee::hash::{Blake2b256, Digest, Portable};
use std::path::Path;

/// BLAKE2b-256 of a file.
pub fn hash(path: &Path) -> Result<Digest> {
	Ok(Portable::hash(&bytes(path)?))
}

/// A hash of a command line: 64 hexadecimal digits, perhaps after 0x.
pub fn digest(text: &str) -> Result<Digest, String> {
	let mut digest = Digest::default();
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut digest)
		.map_err(|_| "64 hexadecimal digits".to_string())?;
	Ok(digest)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn hashes_have_64_digits() {
		let digits = "0123456789abcdef".repeat(4);
		assert_eq!(digest(&digits), digest(&format!("0x{digits}")));
		assert_eq!(hex::encode(digest(&digits).unwrap()), digits);
		for written in ["", "0x", "12", &digits[1..], &format!("{digits}00"), &"g".repeat(64)] {
			assert!(digest(written).is_err(), "{written}");
		}
	}

	#[test]
	fn a_file_that_is_not_there_is_named() {
		let error = hash(Path::new("/nowhere/at/all")).unwrap_err();
		assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
	}
}
