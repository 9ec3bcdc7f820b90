// SPDX-License-Identifier: Apache-2.0

//! What stands under a key: the record, and a sum over both. The database checks its own sums only when a file is opened; a bit
//! that flips later, or a record at another's place, is found here.

use crate::{
	Error,
	checks::{Check, on},
};

const SUM: usize = 8;

/// A record as it is written.
pub(crate) fn write(key: &[u8], mut record: Vec<u8>) -> Vec<u8> {
	let sum = sum(key, &record);
	record.extend_from_slice(&sum);
	record
}

/// The record of what was read.
pub(crate) fn read(key: &[u8], mut value: Vec<u8>) -> Result<Vec<u8>, Error> {
	let length = value.len().checked_sub(SUM).ok_or_else(|| damaged(key))?;
	let (record, found) = value.split_at_checked(length).ok_or_else(|| damaged(key))?;
	if on(Check::Sums) && sum(key, record) != found {
		return Err(damaged(key));
	}
	value.truncate(length);
	Ok(value)
}

/// No such record was ever written.
pub(crate) fn damaged(key: &[u8]) -> Error {
	let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
	Error::Damaged(format!("the record under {key} is not what was written"))
}

fn sum(key: &[u8], record: &[u8]) -> [u8; SUM] {
	// All keys of a kind are of one length, and the kind is their first byte: nothing else has these bytes.
	let mut hasher = blake3::Hasher::new();
	hasher.update(key).update(record);
	let mut sum = [0; SUM];
	hasher.finalize_xof().fill(&mut sum);
	sum
}
