// SPDX-License-Identifier: Apache-2.0

//! A worker's answers: each is in the book before the requester has the end of it.

use super::{Phase, Record, Terms, load, receipts, receipts::Stored, save};
use crate::{
	Book, Error,
	answer::{Answered, Packed, States},
	checks::{Check, on},
	store::{Draft, Pending},
};
use atelier_primitives::{
	ids::SessionId,
	work::{named, named_version},
};
use atelier_referee::{
	claim::Origin,
	commit::mountain::{Nodes, Root},
	hash::{Digest, Portable},
};

/// What was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
	pub index: u64,
	/// The root over all receipts with this one.
	pub root: Root,
}

/// What every claim of a session says.
pub(crate) fn fits(genesis: &Digest, session: SessionId, terms: &Terms, answered: &Answered) -> Result<u64, Error> {
	let claim = &answered.claim;
	let Origin::Session { session: of, index } = claim.origin else {
		return Err(Error::ClaimOfOtherOrigin);
	};
	if on(Check::Claim) {
		if claim.genesis != *genesis {
			return Err(Error::ClaimOfOtherChain);
		}
		if of != session.0 {
			return Err(Error::ClaimOfOtherOrigin);
		}
		if claim.worker != named(terms.worker) {
			return Err(Error::ClaimOfOtherWorker);
		}
		if claim.version != named_version(terms.version) {
			return Err(Error::ClaimOfOtherVersion);
		}
	}
	Ok(index)
}

/// Adds an answer that has been looked at. The same once more changes nothing.
pub(crate) fn add(
	draft: &mut Draft<'_, '_>,
	record: &mut Record,
	index: u64,
	answered: &Answered,
	packed: &Packed,
	may: impl FnOnce(&Record, u64) -> Result<(), Error>,
) -> Result<Appended, Error> {
	let receipt = answered.receipt();
	if (record.released..record.receipts).contains(&index) {
		let known = crate::answer::claim(draft, answered.claim.origin)?;
		if known.is_some_and(|(claim, _)| claim == answered.claim) {
			let root = Stored::of(draft, record).root_of_first::<Portable>(index.saturating_add(1))?;
			return Ok(Appended { index, root });
		}
	}
	if index != record.receipts {
		return Err(Error::WrongIndex {
			found: index,
			next: record.receipts,
		});
	}
	let units = record.units.checked_add(receipt.units);
	let units = units.ok_or(Error::DepositExceeded { units: u64::MAX })?;
	may(record, units)?;
	let completed = Stored::of(draft, record).with(&receipt)?;
	receipts::keep(draft, record.session, index, &completed);
	packed.write(draft);
	record.receipts = record.receipts.saturating_add(1);
	record.units = units;
	save(draft, record)?;
	let root = Stored::of(draft, record).root()?;
	Ok(Appended { index, root })
}

impl Book {
	/// Adds an answer to a session. When this is done, it is on the disk: only then may the requester have the end of the answer.
	/// The claim has the index that is next ([`Error::WrongIndex`] says which), and nothing in it is believed.
	pub fn append(&self, session: SessionId, answered: Answered) -> Pending<Appended> {
		let packed = self.worker().and_then(|_| {
			if matches!(answered.contents.states, States::Unknown) {
				return Err(Error::NotCommitted("what is known of the states"));
			}
			answered.check()?;
			Packed::new(&answered)
		});
		let packed = match packed {
			Ok(packed) => packed,
			Err(error) => return Pending::known(Err(error)),
		};
		let genesis = self.genesis;
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let index = fits(&genesis, session, &record.terms, &answered)?;
			add(draft, &mut record, index, &answered, &packed, |record, units| {
				if record.phase != Phase::Open {
					return Err(Error::Closing(session));
				}
				let unsigned = record.unsigned().saturating_add(answered.units());
				if on(Check::Window) && unsigned > record.terms.window {
					return Err(Error::WindowExceeded {
						unsigned,
						window: record.terms.window,
					});
				}
				record.terms.affords(units)
			})
		})
	}

	/// The claim that was made at a place of a session, whole.
	pub fn answer(&self, session: SessionId, index: u64) -> Result<Answered, Error> {
		let origin = Origin::Session {
			session: session.0,
			index,
		};
		let answer = crate::answer::whole(&self.store, origin)?;
		answer.map_or_else(|| Err(self.no_answer(session, index)), Ok)
	}

	pub(super) fn no_answer(&self, session: SessionId, index: u64) -> Error {
		let record = self.store.read(|view| load(view, session));
		match record {
			Err(error) => error,
			Ok(record) if index < record.released => Error::Released(index),
			Ok(record) if index >= record.receipts => Error::UnknownReceipt(index),
			Ok(_) => Error::Damaged(format!("answer {index} of session {session} is missing")),
		}
	}
}
