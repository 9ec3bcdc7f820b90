// SPDX-License-Identifier: Apache-2.0

//! What auditors and the court ask of a session: which answer covers a unit, and that it is among those of a settlement.

use super::{Record, load, receipts::Stored};
use crate::{Book, Error};
use atelier_primitives::ids::SessionId;
use atelier_referee::{
	claim::{Claim, Origin, Request},
	commit::mountain::{Inclusion, Interval, Nodes},
	hash::Portable,
};

/// Where a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covering {
	pub index: u64,
	pub interval: Interval,
}

/// A claim with what shows that it is one of a session's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
	pub index: u64,
	pub claim: Claim,
	pub request: Request,
	/// Below the root over so many receipts as were asked for.
	pub inclusion: Inclusion,
}

impl Book {
	/// The answer that covers a unit.
	pub fn covering(&self, session: SessionId, unit: u64) -> Result<Covering, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			let covering = Stored::of(view, &record).covering(unit)?;
			let (index, interval) = covering.ok_or(Error::UnknownUnit(unit))?;
			there(&record, index)?;
			Ok(Covering { index, interval })
		})
	}

	/// That an answer is among the first so many: those of a settlement, or of a voucher.
	pub fn inclusion(&self, session: SessionId, receipts: u64, index: u64) -> Result<Inclusion, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			if receipts > record.receipts || index >= receipts {
				return Err(Error::UnknownReceipt(index.max(receipts.saturating_sub(1))));
			}
			there(&record, index)?;
			Stored::of(view, &record).prove::<Portable>(receipts, index)
		})
	}

	/// The claim and the request of an answer, and that it is among the first so many.
	pub fn shown(&self, session: SessionId, receipts: u64, index: u64) -> Result<Shown, Error> {
		let inclusion = self.inclusion(session, receipts, index)?;
		let origin = Origin::Session {
			session: session.0,
			index,
		};
		let known = self.store.read(|view| crate::answer::claim(view, origin))?;
		let (claim, request) = known.ok_or_else(|| self.no_answer(session, index))?;
		Ok(Shown {
			index,
			claim,
			request,
			inclusion,
		})
	}
}

/// Whether a receipt has not gone.
fn there(record: &Record, index: u64) -> Result<(), Error> {
	if index < record.released {
		Err(Error::Released(index))
	} else {
		Ok(())
	}
}
