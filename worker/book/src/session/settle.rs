// SPDX-License-Identifier: Apache-2.0

//! What a worker settles, and what was settled.

use super::{Phase, Record, load, receipts::Stored, save};
use crate::{
	Book, Error, Signature,
	checks::{Check, on},
	store::{Key, Pending, Read},
};
use atelier_primitives::{BlockNumber, ids::SessionId, work::voucher::Voucher};
use atelier_referee::{
	commit::mountain::{Extension, Nodes, Root},
	hash::Portable,
};
use codec::{Decode, Encode};

/// A voucher with all that a settlement needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
	pub voucher: Voucher,
	pub signature: Signature,
	/// That its root has the receipts of the one settled last.
	pub extension: Extension,
}

/// What the chain settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Settlement {
	pub number: u32,
	pub earlier: Root,
	pub later: Root,
	/// The last block in which somebody could accuse, when the book heard of it last. It moves.
	pub until: BlockNumber,
	/// It was paid or returned: nobody asks for it any more.
	pub concluded: bool,
}

impl Book {
	/// What settles the newest voucher after the last settlement of final blocks. None: there is nothing to settle.
	pub fn settlement(&self, session: SessionId) -> Result<Option<Signed>, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			signed(view, &record, &record.settled)
		})
	}

	/// What settles the newest voucher after another settlement: of a block that is not final.
	pub fn settlement_after(&self, session: SessionId, settled: &Root) -> Result<Option<Signed>, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			if !Stored::of(view, &record).has(settled)? {
				return Err(Error::OtherRoot {
					receipts: settled.receipts,
				});
			}
			signed(view, &record, settled)
		})
	}

	/// A final block says that the chain settled this. Saying it again changes nothing but `until`.
	pub fn settled(&self, session: SessionId, number: u32, root: Root, until: BlockNumber) -> Pending<()> {
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let key = Key::Settlement(session, number);
			if let Some(known) = draft.get::<Settlement>(key)? {
				if known.later != root {
					return Err(Error::OtherSettlement { session, number });
				}
				draft.put(key, &Settlement { until, ..known });
				return Ok(());
			}
			// It has gone already.
			if record.last.is_some_and(|last| number <= last) {
				return Ok(());
			}
			if record.phase == Phase::Ended {
				return Err(Error::Ended(session));
			}
			let receipts = root.receipts;
			let more = receipts > record.settled.receipts;
			if on(Check::Settled) && !(more && Stored::of(draft, &record).has(&root)?) {
				return Err(Error::OtherRoot { receipts });
			}
			let settlement = Settlement {
				number,
				earlier: record.settled,
				later: root,
				until,
				concluded: false,
			};
			draft.put(key, &settlement);
			record.settled = root;
			record.last = Some(number);
			// When the first voucher after it came is not known any more.
			record.since = record.newest.as_ref().map(|newest| newest.at);
			save(draft, &record)
		})
	}

	/// A final block says that a settlement was paid or returned: nobody can ask for its receipts any more.
	pub fn concluded(&self, session: SessionId, number: u32) -> Pending<()> {
		self.store.write(move |draft| {
			let record = load(draft, session)?;
			let key = Key::Settlement(session, number);
			match draft.get::<Settlement>(key)? {
				Some(settlement) => {
					let concluded = true;
					draft.put(
						key,
						&Settlement {
							concluded,
							..settlement
						},
					);
					draft.put(Key::Idle(session), &session);
					Ok(())
				}
				None if record.last.is_some_and(|last| number <= last) => Ok(()),
				None => Err(Error::UnknownSettlement { session, number }),
			}
		})
	}

	/// A settlement whose receipts the book has.
	pub fn settlement_number(&self, session: SessionId, number: u32) -> Result<Settlement, Error> {
		let settlement = self.store.read(|view| view.get(Key::Settlement(session, number)))?;
		settlement.ok_or(Error::UnknownSettlement { session, number })
	}

	/// The settlements whose receipts the book has, the first ones first.
	pub fn settlements(&self, session: SessionId, most: usize) -> Result<Vec<Settlement>, Error> {
		let records = |view: &crate::store::View| view.scan(&Key::settlements(session), None, most);
		self.store
			.read(|view| records(view)?.iter().map(crate::store::Record::decode).collect())
	}
}

fn signed(read: &impl Read, record: &Record, settled: &Root) -> Result<Option<Signed>, Error> {
	let Some(newest) = &record.newest else { return Ok(None) };
	let later = newest.voucher.receipts;
	let Some(signature) = &newest.signature else {
		return Ok(None);
	};
	if later.units <= settled.units || later.receipts <= settled.receipts || record.phase == Phase::Ended {
		return Ok(None);
	}
	let extension = Stored::of(read, record).prove_extension::<Portable>(settled.receipts, later.receipts)?;
	Ok(Some(Signed {
		voucher: newest.voucher,
		signature: signature.clone(),
		extension,
	}))
}
