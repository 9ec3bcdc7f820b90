// SPDX-License-Identifier: Apache-2.0

//! What could be settled, by what it would bring and by how long it waits.

use super::{Phase, Record};
use crate::{
	Balance, Book, Error,
	store::{Draft, Key, Read, tag},
};
use atelier_primitives::{BlockNumber, ids::SessionId};
use codec::{Decode, Encode};

/// A session with something signed that is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Due {
	pub session: SessionId,
	/// What the payer would pay.
	pub value: Balance,
	/// The block in which the first voucher came that is not settled.
	pub since: BlockNumber,
}

fn due(record: &Record) -> Option<Due> {
	let newest = record.newest.as_ref()?;
	let (units, settled) = (newest.voucher.receipts.units, record.settled.units);
	if units <= settled || record.phase == Phase::Ended || newest.signature.is_none() {
		return None;
	}
	let parts = record.terms.rates.between(settled, units);
	Some(Due {
		session: record.session,
		value: parts.and_then(|parts| parts.sum()).unwrap_or(Balance::MAX),
		since: record.since.unwrap_or(newest.at),
	})
}

/// Moves a session to where it belongs.
pub(super) fn update(draft: &mut Draft<'_, '_>, before: Option<&Record>, after: Option<&Record>) {
	let (before, after) = (before.and_then(due), after.and_then(due));
	if before == after {
		return;
	}
	if let Some(due) = before {
		draft.remove(Key::DueValue(due.value, due.session));
		draft.remove(Key::DueAge(due.since, due.session));
	}
	if let Some(due) = after {
		draft.put(Key::DueValue(due.value, due.session), &due);
		draft.put(Key::DueAge(due.since, due.session), &due);
	}
}

impl Book {
	/// The sessions that would bring most.
	pub fn due_by_value(&self, most: usize) -> Result<Vec<Due>, Error> {
		let records = |view: &crate::store::View| view.scan_back(&[tag::DUE_VALUE], most);
		self.store
			.read(|view| records(view)?.iter().map(crate::store::Record::decode).collect())
	}

	/// The sessions that wait longest.
	pub fn due_by_age(&self, most: usize) -> Result<Vec<Due>, Error> {
		let records = |view: &crate::store::View| view.scan(&[tag::DUE_AGE], None, most);
		self.store
			.read(|view| records(view)?.iter().map(crate::store::Record::decode).collect())
	}
}
