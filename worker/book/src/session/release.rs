// SPDX-License-Identifier: Apache-2.0

//! What nobody can ask for any more goes, a little at a time. What remains of a session is enough to go on with it.

use super::{Phase, Record, Settlement, due, load, receipts};
use crate::{
	Book, Error,
	checks::{Check, on},
	disputes,
	store::{Draft, Key, Pending, Read, tag},
};
use atelier_primitives::{ids::SessionId, work::Work};
use atelier_referee::claim::Origin;

/// Most digests that remain of receipts that have gone: as many as a mountain range has peaks.
const MOST_PEAKS: usize = 64;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freed {
	pub receipts: u64,
	/// Whether more can go.
	pub more: bool,
}

impl Book {
	/// Sessions of which something can go.
	pub fn idle(&self, most: usize) -> Result<Vec<SessionId>, Error> {
		let records = |view: &crate::store::View| view.scan(&[tag::IDLE], None, most);
		self.store
			.read(|view| records(view)?.iter().map(crate::store::Record::decode).collect())
	}

	/// Forgets receipts of a session's first settlement, if it is concluded, with their answers: until `most` records have gone, or
	/// one answer if that has more. Of a session that has ended, everything, at last the session itself.
	pub fn release(&self, session: SessionId, most: u32) -> Pending<Freed> {
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let first = draft.scan(&Key::settlements(session), None, 1)?;
			let first: Option<Settlement> = first.first().map(crate::store::Record::decode).transpose()?;
			let end = match &first {
				Some(first) if first.concluded || !on(Check::Concluded) => first.later.receipts,
				None if record.phase == Phase::Ended || !on(Check::Concluded) => record.receipts,
				_ => {
					draft.remove(Key::Idle(session));
					return Ok(Freed::default());
				}
			};
			if let Some(first) = &first {
				let number = first.number;
				undisputed(draft, Work::Settlement { session, number })?;
			}
			let receipts = free(draft, &mut record, end, most)?;
			let done = record.released >= end;
			match &first {
				Some(first) if done => draft.remove(Key::Settlement(session, first.number)),
				// In a step of its own: then all digests but the last ones have gone.
				None if done && receipts == 0 => {
					end_of(draft, &record)?;
					return Ok(Freed { receipts, more: false });
				}
				_ => {}
			}
			draft.put(Key::Session(session), &record);
			Ok(Freed { receipts, more: true })
		})
	}

	/// The chain knows nothing of this session: a fork gave its number to another one. All of it can go then, what it earned with
	/// it. Refused if a final block settled anything.
	pub fn abandon(&self, session: SessionId) -> Pending<()> {
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			if record.last.is_some() {
				return Err(Error::WasSettled(session));
			}
			record.phase = Phase::Ended;
			draft.put(Key::Idle(session), &session);
			super::save(draft, &record)
		})
	}
}

/// Whether no dispute is about it.
pub(crate) fn undisputed(read: &impl Read, work: Work) -> Result<(), Error> {
	if !on(Check::Disputed) {
		return Ok(());
	}
	disputes::about(read, work)?.map_or(Ok(()), |dispute| Err(Error::Disputed(dispute)))
}

fn free(draft: &mut Draft<'_, '_>, record: &mut Record, end: u64, most: u32) -> Result<u64, Error> {
	let (first, mut gone) = (record.released, 0_u32);
	while record.released < end && gone < most {
		let origin = Origin::Session {
			session: record.session.0,
			index: record.released,
		};
		let answer = crate::answer::remove(draft, origin)?;
		receipts::forget(draft, record.session, record.released);
		// Each receipt takes a digest with it, and on average another.
		gone = gone.saturating_add(answer).saturating_add(2);
		record.released = record.released.saturating_add(1);
	}
	Ok(record.released.saturating_sub(first))
}

/// Nothing of it is needed any more.
fn end_of(draft: &mut Draft<'_, '_>, record: &Record) -> Result<(), Error> {
	let session = record.session;
	for prefix in [Key::nodes(session), Key::all_asked(session)] {
		for node in draft.scan(&prefix, None, MOST_PEAKS.saturating_add(crate::asking::MAX_ASKED))? {
			draft.remove_bytes(node.key);
		}
	}
	due::update(draft, Some(record), None);
	draft.remove(Key::Idle(session));
	draft.remove(Key::Session(session));
	Ok(())
}
