// SPDX-License-Identifier: Apache-2.0

//! A worker's vouchers: each is in the book before the worker serves on its strength.

use super::{Newest, Phase, load, receipts::Stored, save};
use crate::{
	Account, Book, Error, Signature,
	checks::{Check, on},
	store::Pending,
};
use atelier_primitives::{BlockNumber, ids::SessionId, work::voucher::Voucher};

/// Whoever can say whether a signature is one.
pub trait Verifier {
	/// Whether this key made this signature of this message.
	fn verifies(&self, key: &Account, message: &[u8], signature: &Signature) -> bool;
}

impl<F: Fn(&Account, &[u8], &Signature) -> bool> Verifier for F {
	fn verifies(&self, key: &Account, message: &[u8], signature: &Signature) -> bool {
		self(key, message, signature)
	}
}

impl Book {
	/// Takes a voucher that came in a block. It must be signed by the session's key, with a larger sequence and more receipts than
	/// the one before, and its root must be that of the book's own first receipts. When this is done, it is on the disk. The same
	/// once more changes nothing.
	pub fn voucher(
		&self,
		session: SessionId,
		voucher: Voucher,
		signature: Signature,
		at: BlockNumber,
		verifier: &impl Verifier,
	) -> Pending<()> {
		let key = match self.signed_by(session, &voucher, &signature, verifier) {
			Ok(key) => key,
			Err(error) => return Pending::known(Err(error)),
		};
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			if record.terms.voucher_key != key {
				return Err(Error::WrongSignature);
			}
			if record.newest.as_ref().is_some_and(|newest| newest.voucher == voucher) {
				return Ok(());
			}
			if record.phase == Phase::Ended {
				return Err(Error::Ended(session));
			}
			let (found, newest) = (voucher.sequence, record.sequence());
			if on(Check::Sequence) && found <= newest {
				return Err(Error::SequenceNotLarger { found, newest });
			}
			let (found, newest) = (voucher.receipts.receipts, record.signed().0);
			if on(Check::More) && found <= newest {
				return Err(Error::ReceiptsNotMore { found, newest });
			}
			if on(Check::Root) && !Stored::of(draft, &record).has(&voucher.receipts)? {
				return Err(Error::OtherRoot { receipts: found });
			}
			record.terms.affords(voucher.receipts.units)?;
			if record.signed().1 <= record.settled.units {
				record.since = Some(at);
			}
			record.newest = Some(Newest {
				voucher,
				signature: Some(signature),
				at,
			});
			save(draft, &record)
		})
	}

	/// The key that signed a voucher, which is the session's.
	fn signed_by(
		&self,
		session: SessionId,
		voucher: &Voucher,
		signature: &Signature,
		verifier: &impl Verifier,
	) -> Result<Account, Error> {
		let worker = self.worker()?;
		if voucher.session != session {
			return Err(Error::VoucherOfOtherSession);
		}
		// Here and not in the write: a signature takes longer to check than all of the rest.
		let key = self.store.read(|view| load(view, session))?.terms.voucher_key;
		let message = voucher.message(&self.genesis, worker);
		if on(Check::Signature) && !verifier.verifies(&key, &message, signature) {
			return Err(Error::WrongSignature);
		}
		Ok(key)
	}
}
