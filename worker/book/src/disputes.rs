// SPDX-License-Identifier: Apache-2.0

//! The disputes that a worker is in, as the accused or as the accuser: whose turn it is, and to what it has committed itself.
//! After a restart every duty is still met, and nothing is posted that contradicts what was.

use crate::{
	Book, Error,
	checks::{Check, on},
	store::{Key, Pending, Read, tag},
};
use atelier_primitives::{ids::DisputeId, work::Work};
use atelier_referee::{claim::Origin, commit::Commitment, dispute::Party};
use codec::{Decode, Encode};

/// Most disputes that are remembered at once.
pub const MAX_DISPUTES: usize = 1_024;
/// Most bytes that a party notes about one.
pub const MAX_NOTES: usize = 1 << 16;

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Dispute {
	pub dispute: DisputeId,
	pub work: Work,
	/// The claim that it is about, by its place.
	pub claim: Origin,
	/// Which party the book's owner is: the holder of the trace is the accused worker.
	pub side: Party,
	/// Who must do something until which tick of the court's clock.
	pub turn: Option<(Party, u32)>,
	/// The trace that the worker has committed to. It is known before it is posted.
	pub trace: Option<Commitment>,
	/// What else the party wants to know after a restart.
	pub notes: Vec<u8>,
}

impl Book {
	/// A dispute as it is now. What was committed to stays what it is.
	pub fn dispute(&self, dispute: Dispute) -> Pending<()> {
		let length = dispute.notes.len();
		if let Err(error) = self.worker().and_then(|_| {
			if length > MAX_NOTES {
				return Err(Error::TooLong {
					found: length as u64,
					most: MAX_NOTES as u64,
				});
			}
			Ok(())
		}) {
			return Pending::known(Err(error));
		}
		self.store.write(move |draft| {
			let id = dispute.dispute;
			let known = draft.get::<Dispute>(Key::Dispute(id))?;
			let dispute = match known {
				None => {
					let others = draft.scan(&[tag::DISPUTE], None, MAX_DISPUTES)?.len();
					if others >= MAX_DISPUTES {
						return Err(Error::TooLong {
							found: others as u64,
							most: MAX_DISPUTES as u64,
						});
					}
					dispute
				}
				Some(known) => {
					if (known.work, known.claim, known.side) != (dispute.work, dispute.claim, dispute.side) {
						return Err(Error::OtherDispute(id));
					}
					let other = known.trace.is_some() && dispute.trace.is_some() && known.trace != dispute.trace;
					if on(Check::OneTrace) && other {
						return Err(Error::OtherTrace(id));
					}
					Dispute {
						trace: dispute.trace.or(known.trace),
						..dispute
					}
				}
			};
			draft.put(Key::Dispute(id), &dispute);
			Ok(())
		})
	}

	/// The disputes after one.
	pub fn disputes(&self, after: Option<DisputeId>, most: usize) -> Result<Vec<Dispute>, Error> {
		let after = after.map(|dispute| Key::Dispute(dispute).bytes());
		self.store.read(|view| {
			let records = view.scan(&[tag::DISPUTE], after.as_deref(), most)?;
			records.iter().map(crate::store::Record::decode).collect()
		})
	}

	/// A final block says that it has ended; or the chain went back, and it never was.
	pub fn forget_dispute(&self, dispute: DisputeId) -> Pending<()> {
		self.store.write(move |draft| {
			draft.remove(Key::Dispute(dispute));
			Ok(())
		})
	}
}

/// A dispute in which the worker needs what it has of some work.
pub(crate) fn about(read: &impl Read, work: Work) -> Result<Option<DisputeId>, Error> {
	for record in read.scan(&[tag::DISPUTE], None, MAX_DISPUTES)? {
		let dispute: Dispute = record.decode()?;
		if dispute.work == work {
			return Ok(Some(dispute.dispute));
		}
	}
	Ok(None)
}
