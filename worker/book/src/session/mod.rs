// SPDX-License-Identifier: Apache-2.0

//! What is remembered of a session: its terms, its receipts, what was signed and what was settled of them.

mod append;
mod due;
mod proofs;
mod receipts;
mod release;
mod settle;
mod voucher;

pub use append::Appended;
pub use due::Due;
pub use proofs::{Covering, Shown};
pub use release::Freed;
pub use settle::{Settlement, Signed};
pub use voucher::Verifier;

pub(crate) use append::{add, fits};
pub(crate) use receipts::Stored;
pub(crate) use release::undisputed;

use crate::{
	Account, Balance, Error, Signature,
	checks::{Check, on},
	store::{Draft, Key, Pending, Read},
};
use atelier_primitives::{
	BlockNumber,
	ids::{SessionId, VersionId, WorkerId},
	views::jobs::SessionView,
	work::{Tier, price::Rates, voucher::Voucher},
};
use atelier_referee::{commit::mountain::Root, hash::Portable};
use codec::{Decode, Encode};

/// What the chain says of a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Terms {
	pub payer: Account,
	pub worker: WorkerId,
	pub version: VersionId,
	pub tier: Tier,
	pub voucher_key: Account,
	pub rates: Rates<Balance>,
	pub sealed: bool,
	/// Most units that the worker serves unsigned.
	pub window: u64,
	/// All that was ever deposited. It grows; where the chain goes back, it shrinks.
	pub deposit: Balance,
	pub opened: BlockNumber,
}

impl<AccountId: Into<Account> + Clone> From<&SessionView<AccountId, Balance>> for Terms {
	fn from(view: &SessionView<AccountId, Balance>) -> Self {
		Self {
			payer: view.payer.clone().into(),
			worker: view.worker,
			version: view.version,
			tier: view.tier,
			voucher_key: view.voucher_key.clone().into(),
			rates: view.rates,
			sealed: view.sealed,
			window: view.window,
			deposit: view.deposit,
			opened: view.opened,
		}
	}
}

impl Terms {
	/// Whether it is the same session. A fork of the chain may give its number to another one.
	fn same(&self, other: &Self) -> bool {
		let fixed = |terms: &Self| Self {
			deposit: 0,
			opened: 0,
			..terms.clone()
		};
		fixed(self) == fixed(other)
	}

	/// Whether so many units can be paid for.
	pub(crate) fn affords(&self, units: u64) -> Result<(), Error> {
		let price = self.rates.price(units);
		if on(Check::Deposit) && price.is_none_or(|price| price > self.deposit) {
			return Err(Error::DepositExceeded { units });
		}
		Ok(())
	}
}

/// A voucher with its signature. A requester may have put it into the book before it was signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Newest {
	pub(crate) voucher: Voucher,
	pub(crate) signature: Option<Signature>,
	/// The block in which it came.
	pub(crate) at: BlockNumber,
}

/// What stands under a session's key.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Record {
	pub(crate) session: SessionId,
	pub(crate) terms: Terms,
	pub(crate) receipts: u64,
	pub(crate) units: u64,
	pub(crate) newest: Option<Newest>,
	/// Since when something signed is not settled.
	pub(crate) since: Option<BlockNumber>,
	pub(crate) settled: Root,
	/// The number of the last settlement.
	pub(crate) last: Option<u32>,
	pub(crate) phase: Phase,
	/// So many of the first receipts have gone.
	pub(crate) released: u64,
}

/// How far a session is, as the book was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Phase {
	Open,
	/// It serves no more; what is signed can be settled.
	Closing,
	/// Nothing can be settled any more.
	Ended,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
	pub terms: Terms,
	pub phase: Phase,
	/// The root over all receipts.
	pub root: Root,
	/// Of the newest voucher. The next one is larger.
	pub sequence: u64,
	/// How many receipts, and units, are signed.
	pub signed: (u64, u64),
	/// The root of the last settlement, as final blocks say.
	pub settled: Root,
	/// Units that are served and not signed.
	pub unsigned: u64,
	/// Units that may still be served before something is signed: what is left of the window, or of the deposit. 0 if it is
	/// closing.
	pub left: u64,
	/// How many of the first receipts have gone.
	pub released: u64,
}

impl Record {
	pub(crate) fn new(session: SessionId, terms: Terms) -> Self {
		Self {
			session,
			terms,
			receipts: 0,
			units: 0,
			newest: None,
			since: None,
			settled: Root::empty::<Portable>(),
			last: None,
			phase: Phase::Open,
			released: 0,
		}
	}

	pub(crate) fn signed(&self) -> (u64, u64) {
		self.newest.as_ref().map_or((0, 0), |newest| {
			let root = &newest.voucher.receipts;
			(root.receipts, root.units)
		})
	}

	pub(crate) fn sequence(&self) -> u64 {
		self.newest.as_ref().map_or(0, |newest| newest.voucher.sequence)
	}

	pub(crate) fn unsigned(&self) -> u64 {
		// What is settled was signed, though the book may have lost by what.
		let (_, signed) = self.signed();
		self.units.saturating_sub(signed.max(self.settled.units))
	}

	fn left(&self) -> u64 {
		if self.phase != Phase::Open {
			return 0;
		}
		let window = self.terms.window.saturating_sub(self.unsigned());
		// The most units that the deposit pays, by halving: a price is not simply a product.
		let (mut low, mut high) = (0, window);
		while low < high {
			let middle = high.saturating_sub(high.saturating_sub(low) / 2);
			if self.terms.affords(self.units.saturating_add(middle)).is_ok() {
				low = middle;
			} else {
				high = middle.saturating_sub(1);
			}
		}
		low
	}
}

pub(crate) fn load(read: &impl Read, session: SessionId) -> Result<Record, Error> {
	read.get(Key::Session(session))?.ok_or(Error::UnknownSession(session))
}

/// Writes a session, and where it stands among those to be settled.
pub(crate) fn save(draft: &mut Draft<'_, '_>, record: &Record) -> Result<(), Error> {
	let before = draft.get::<Record>(Key::Session(record.session))?;
	due::update(draft, before.as_ref(), Some(record));
	draft.put(Key::Session(record.session), record);
	Ok(())
}

impl crate::Book {
	/// A session begins, or its terms are what they are now: only the deposit and the block in which it was opened may be others
	/// than before. Serve only in sessions whose opening is final, or be ready to lose what is served: see [`Self::abandon`].
	pub fn begin(&self, session: SessionId, terms: Terms) -> Pending<()> {
		if let Err(error) = self.owns(&terms) {
			return Pending::known(Err(error));
		}
		self.store.write(move |draft| {
			let record = match draft.get::<Record>(Key::Session(session))? {
				None => Record::new(session, terms),
				Some(record) if record.terms == terms => return Ok(()),
				Some(record) if on(Check::Terms) && !record.terms.same(&terms) => {
					return Err(Error::OtherTerms(session));
				}
				Some(record) => Record { terms, ..record },
			};
			save(draft, &record)
		})
	}

	/// How a session stands.
	pub fn session(&self, session: SessionId) -> Result<Standing, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			let root = Stored::of(view, &record).root()?;
			Ok(Standing {
				root,
				sequence: record.sequence(),
				signed: record.signed(),
				settled: record.settled,
				unsigned: record.unsigned(),
				left: record.left(),
				released: record.released,
				phase: record.phase,
				terms: record.terms,
			})
		})
	}

	/// The sessions after one, in the order of their numbers.
	pub fn sessions(&self, after: Option<SessionId>, most: usize) -> Result<Vec<SessionId>, Error> {
		self.store.read(|view| {
			let after = after.map(|session| Key::Session(session).bytes());
			let records = view.scan(&[crate::store::tag::SESSION], after.as_deref(), most)?;
			records
				.iter()
				.map(|record| Ok(record.decode::<Record>()?.session))
				.collect()
		})
	}

	/// The chain says that a session is closing, or that it has come back from that where the chain went back.
	pub fn closing(&self, session: SessionId, closing: bool) -> Pending<()> {
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			record.phase = match (record.phase, closing) {
				(Phase::Ended, _) => Phase::Ended,
				(_, true) => Phase::Closing,
				(_, false) => Phase::Open,
			};
			save(draft, &record)
		})
	}

	/// A final block says that nothing of a session can be settled any more, and by which root it was settled last. What was not
	/// settled can go; so the book must have heard of all settlements before.
	pub fn ended(&self, session: SessionId, settled: Root) -> Pending<()> {
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			if on(Check::Ended) && record.settled != settled {
				return Err(Error::OtherRoot {
					receipts: settled.receipts,
				});
			}
			record.phase = Phase::Ended;
			draft.put(Key::Idle(session), &session);
			save(draft, &record)
		})
	}

	/// Whether a session with these terms can be this book's.
	fn owns(&self, terms: &Terms) -> Result<(), Error> {
		let owned = match self.role {
			crate::Role::Worker(worker) => terms.worker == worker,
			// A spending key opens sessions that others pay.
			crate::Role::Requester(_) => true,
		};
		if owned { Ok(()) } else { Err(Error::OtherOwner) }
	}
}
