// SPDX-License-Identifier: Apache-2.0

//! By which URIs documents speak of what is on the chain.
//!
//! `urn:atelier:GENESIS` is a chain, by the hash of its first block in hexadecimal. What is on it follows:
//! `:version:7`, `:dataset:3`, `:attestation:12`, `:account:5F..`, and `:licence` of a package, and so on. What differs from
//! block to block ends in `:at:BLOCK`, the hash of the block in which it was read. `urn:atelier:package:HASH` is a package by
//! its BLAKE3 hash, on any chain.

use crate::Error;
use atelier_primitives::{
	BlockNumber,
	ids::{AttestationId, DatasetId, VersionId},
};
use atelier_referee::hash::Digest;
use time::OffsetDateTime;

/// SS58 has at most 51 letters for what accounts there are.
const MAX_ACCOUNT: usize = 128;

pub(super) struct Names {
	chain: String,
	block: String,
}

impl Names {
	pub fn new(genesis: &Digest, block: &Digest) -> Self {
		Self {
			chain: format!("urn:atelier:{}", hex::encode(genesis)),
			block: hex::encode(block),
		}
	}

	pub fn chain(&self) -> String {
		self.chain.clone()
	}

	pub fn version(&self, id: VersionId) -> String {
		format!("{}:version:{id}", self.chain)
	}

	pub fn dataset(&self, id: DatasetId) -> String {
		format!("{}:dataset:{id}", self.chain)
	}

	pub fn attestation(&self, id: AttestationId) -> String {
		self.at(&format!("{}:attestation:{id}", self.chain))
	}

	/// An account, by how it is written.
	pub fn account(&self, written: &str) -> Result<String, Error> {
		let plain = written.bytes().all(|byte| byte.is_ascii_alphanumeric());
		if !plain || !(1..=MAX_ACCOUNT).contains(&written.len()) {
			return Err(Error::BrokenAccount {
				written: written.chars().take(MAX_ACCOUNT).collect(),
				limit: MAX_ACCOUNT,
			});
		}
		Ok(format!("{}:account:{written}", self.chain))
	}

	/// What something is in this block.
	pub fn at(&self, name: &str) -> String {
		format!("{name}:at:{}", self.block)
	}
}

/// From where a package is had: whoever serves what has this hash.
pub(super) fn package(blake3: &Digest) -> String {
	format!("urn:atelier:package:{}", hex::encode(blake3))
}

/// A hash as tools of the chain write it.
pub(super) fn hash(digest: &Digest) -> String {
	format!("0x{}", hex::encode(digest))
}

/// The time of a block as SPDX writes it.
pub(super) fn time(block: BlockNumber, milliseconds: u64) -> Result<String, Error> {
	let impossible = || Error::ImpossibleTime { block, milliseconds };
	let seconds = i64::try_from(milliseconds / 1_000).map_err(|_| impossible())?;
	let time = OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| impossible())?;
	let (year, month, day) = time.to_calendar_date();
	let (hour, minute, second) = time.to_hms();
	if !(0..=9_999).contains(&year) {
		return Err(impossible());
	}
	let month = u8::from(month);
	Ok(format!(
		"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
	))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn time_is_written_to_the_second() {
		assert_eq!(time(0, 0).unwrap(), "1970-01-01T00:00:00Z");
		// 2024-02-29 was a leap day.
		assert_eq!(time(0, 1_709_251_199_999).unwrap(), "2024-02-29T23:59:59Z");
		assert_eq!(time(0, 253_402_300_799_999).unwrap(), "9999-12-31T23:59:59Z");
	}

	#[test]
	fn no_time_beyond_four_digits_of_years() {
		for milliseconds in [253_402_300_800_000, u64::MAX] {
			let refused = time(3, milliseconds);
			assert!(matches!(refused, Err(Error::ImpossibleTime { block: 3, .. })));
		}
	}

	#[test]
	fn an_account_is_letters_and_digits() {
		let names = Names::new(&[1; 32], &[2; 32]);
		assert!(names.account("5GrwvaEF").unwrap().ends_with(":account:5GrwvaEF"));
		for broken in ["", "a b", "a:b", "é", "a\n", &"x".repeat(129)] {
			assert!(
				matches!(names.account(broken), Err(Error::BrokenAccount { .. })),
				"{broken:?}"
			);
		}
	}
}
