// SPDX-License-Identifier: Apache-2.0

//! Sessions, and both sides' receipts of them.

use super::*;
use crate::{HostHash, Opening, SessionOf, Signed};
use atelier_primitives::{
	ids::{SessionId, WorkerId},
	work::voucher::{Quote, Voucher},
};
use atelier_referee::commit::mountain::{Receipt, Receipts};
use sp_runtime::{DispatchResult, MultiSignature};

/// What so many units cost the payer: worker, version, levy, treasury.
pub fn price(units: u64) -> Balance {
	let priced = Balance::from(units) * (PRICE + FEE);
	priced + priced * 2 / 100 + priced * 5 / 100
}

/// A quote of a worker for a payer.
pub fn quote(worker: WorkerId, payer: u8, number: u64) -> Quote<AccountId, Balance> {
	Quote {
		worker,
		version: V,
		payer: acc(payer),
		price: PRICE,
		capacity: 1_000_000,
		window: 1_000,
		reservation: 0,
		until: now() + 10,
		number,
	}
}

pub fn opening(deposit: Balance, life: u32, key: u8) -> Opening<AccountId, Balance> {
	Opening {
		deposit,
		expiry: now() + life,
		wanted: WANTED,
		voucher_key: acc(key),
		sealed: false,
	}
}

/// Opens a session of a payer with a worker, with 100,000 and for 200 blocks; the payer's own key signs vouchers.
pub fn open(payer: u8, worker: WorkerId) -> SessionId {
	let number = crate::NextSession::<Test>::get().0;
	open_with(payer, quote(worker, payer, number), opening(100_000, 200, payer)).unwrap();
	SessionId(number)
}

/// Opens with a quote that the worker signs.
pub fn open_with(payer: u8, quote: Quote<AccountId, Balance>, opening: Opening<AccountId, Balance>) -> DispatchResult {
	let signer = WORKER + quote.worker.0 as u8;
	let signature = sign(signer, &quote.message(&genesis()));
	dispatch(
		payer,
		crate::Call::open {
			quote: Box::new(quote),
			signature,
			opening: Box::new(opening),
		},
	)
}

/// The same with worker 0, whose quotes another key signs.
pub fn open_signed_by(signer: u8) -> SessionId {
	let number = crate::NextSession::<Test>::get().0;
	let quote = Box::new(quote(W, PAYER, number));
	let signature = sign(signer, &quote.message(&genesis()));
	let opening = Box::new(opening(100_000, 200, PAYER));
	let call = crate::Call::open {
		quote,
		signature,
		opening,
	};
	dispatch(PAYER, call).unwrap();
	SessionId(number)
}

pub fn session(id: SessionId) -> SessionOf<Test> {
	crate::Sessions::<Test>::get(id).unwrap()
}

/// Both sides' receipts of a session.
#[derive(Clone)]
pub struct Served {
	pub session: SessionId,
	pub key: u8,
	pub receipts: Receipts,
	pub sequence: u64,
}

impl Served {
	pub fn new(session: SessionId, key: u8) -> Self {
		Self {
			session,
			key,
			receipts: Receipts::new(),
			sequence: 0,
		}
	}

	/// One more answer of so many units.
	pub fn answer(&mut self, units: u64) -> &mut Self {
		self.answer_as(units, 1)
	}

	/// The same, with another claim.
	pub fn answer_as(&mut self, units: u64, claim: u8) -> &mut Self {
		let receipt = Receipt {
			claim: [claim; 32],
			units,
		};
		self.receipts.append::<HostHash>(receipt).unwrap();
		self.sequence += 1;
		self
	}

	pub fn voucher(&self) -> Voucher {
		Voucher {
			session: self.session,
			sequence: self.sequence,
			receipts: self.receipts.root::<HostHash>().unwrap(),
		}
	}

	/// The newest voucher, signed, extending what was settled.
	pub fn signed(&self) -> Signed<MultiSignature> {
		let settled = crate::Sessions::<Test>::get(self.session).map_or(0, |session| session.root.receipts);
		self.signed_after(settled)
	}

	/// The same, extending so many receipts.
	pub fn signed_after(&self, settled: u64) -> Signed<MultiSignature> {
		let voucher = self.voucher();
		let worker = crate::Sessions::<Test>::get(self.session).map_or(W, |session| session.worker);
		Signed {
			voucher,
			signature: sign(self.key, &voucher.message(&genesis(), worker)),
			extension: self
				.receipts
				.prove_extension::<HostHash>(settled, self.receipts.count())
				.unwrap_or_else(|_| self.receipts.prove_extension::<HostHash>(0, 0).unwrap()),
		}
	}

	pub fn settle(&self) -> DispatchResult {
		settle(self.signed())
	}
}

/// By the account that speaks for the session's worker; or did, if it has left.
pub fn settle(signed: Signed<MultiSignature>) -> DispatchResult {
	let worker = crate::Sessions::<Test>::get(signed.voucher.session).map_or(W, |session| session.worker);
	let account = Fakes::get(worker).map_or_else(|| acc(WORKER + worker.0 as u8), |fake| fake.account);
	let call = crate::Call::settle {
		signed: Box::new(signed),
	};
	dispatch_by(account, call)
}

pub fn settle_as(who: u8, signed: Signed<MultiSignature>) -> DispatchResult {
	dispatch(
		who,
		crate::Call::settle {
			signed: Box::new(signed),
		},
	)
}
