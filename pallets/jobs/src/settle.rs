// SPDX-License-Identifier: Apache-2.0

//! Settling vouchers: the one step that the chain takes for any number of answers.
//!
//! Only the worker settles. What is settled is what it claims, and what it can be convicted for; and a voucher shows only
//! that the payer signed it. A payer could sign a root with receipts that it invented.
//!
//! No money moves for what a voucher adds: the deposit is on hold already, and stays on hold until that is final. So each
//! access to state is one of these, and in a batch those that are not the session's own happen once:
//!
//! | item | read | written | why |
//! | --- | --- | --- | --- |
//! | the session | own | own | the last root, deposit, rates; the new settlement is kept inside of it, so that it costs no item |
//! | the first block's hash | once | | vouchers of other chains are worth nothing here |
//! | the worker | once | once | its exposure grows; how long its work was frozen |
//! | whose worker the sender is | once | | only the worker settles; all of a batch is one worker's |
//! | auditors' weight, number of the seed | once | | what decides who audits is fixed before anybody knows the seed |
//! | the audit window | once | | |
//! | a bucket of the agenda | once for each block of finality | the same | only if the session is not noted for an earlier look, or is not noted at all |
//! | the block's settled roots | once | once | receipts stay provable when the session is gone |
//! | events | once | once | |
//!
//! Not read: the payer's account, the worker's account and keys, the version, the quote. What they said when the session was opened is in the session.
//!
//! Where the agenda is behind, or as many settlements wait as may, [`Pallet::settle`] first pays what has become final: the
//! session is read and written anyway. So those who go on settling do not need the agenda. It is weighed if it happens. A
//! batch pays nothing: room for it would have to be set aside in the block before anybody knows whether it is needed, and a
//! block would hold half as many batches.

use crate::{
	checks::{on, Check},
	Config, Error, Event, HostHash, Pallet, Phase, SessionOf, Sessions, Settlement, Signed, WeightInfo,
};
use atelier_primitives::{
	ids::{SessionId, WorkerId},
	work::{audits::Audits, voucher::Voucher, workers::Workers},
};
use atelier_referee::hash::Digest;
use frame_support::{defensive, ensure, weights::Weight, BoundedVec};
use sp_runtime::{traits::Verify, DispatchError};

/// What one can weigh at most: with settlements that are paid first.
pub(crate) fn most<T: Config>(signed: &Signed<T::Signature>) -> Weight {
	weight::<T>(signed).saturating_add(T::WeightInfo::pay_sessions(1))
}

fn weight<T: Config>(signed: &Signed<T::Signature>) -> Weight {
	T::WeightInfo::settle(signed.extension.nodes.len() as u32)
}

/// What a batch weighs: its vouchers, and the nodes of all their extensions, which are hashed as those of one.
pub(crate) fn batch_weight<T: Config, Size>(batch: &BoundedVec<Signed<T::Signature>, Size>) -> Weight {
	let nodes = batch.iter().map(|signed| signed.extension.nodes.len() as u32);
	let nodes = nodes.fold(0, u32::saturating_add);
	let hashing = T::WeightInfo::settle(nodes).saturating_sub(T::WeightInfo::settle(0));
	T::WeightInfo::settle_batch(batch.len() as u32).saturating_add(hashing)
}

/// Who settles, and for which worker: the first for which it may. So a batch is all of one worker, and is weighed so.
struct Settler<T: Config> {
	who: T::AccountId,
	worker: Option<WorkerId>,
}

impl<T: Config> Settler<T> {
	fn new(who: T::AccountId) -> Self {
		Self { who, worker: None }
	}

	/// Whether it is the worker's account. The key that signs quotes is not enough: whoever settles claims what the worker is
	/// slashed for, and so could whoever steals that key, which answers everybody.
	fn settles_for(&mut self, worker: WorkerId) -> bool {
		if self.worker.is_none() {
			let speaks = T::Workers::of(&self.who) == Some(worker);
			let signs = || !on(Check::Account) && T::Workers::signer(worker).as_ref() == Some(&self.who);
			self.worker = (speaks || signs()).then_some(worker);
		}
		self.worker == Some(worker)
	}
}

impl<T: Config> Pallet<T> {
	/// Returns what it did weigh.
	pub(crate) fn do_settle(who: T::AccountId, signed: &Signed<T::Signature>) -> Result<Weight, DispatchError> {
		let id = signed.voucher.session;
		let mut session = Self::settled_by(&mut Settler::new(who), id)?;
		// Otherwise the agenda soon pays it with what becomes final meanwhile.
		let behind = session.due <= Self::now() || session.pending.is_full();
		let paid = behind && Self::conclude_settlements(id, &mut session);
		Self::settle_one(&Self::genesis(), id, session, signed)?;
		Ok(match paid {
			true => most::<T>(signed),
			false => weight::<T>(signed),
		})
	}

	pub(crate) fn do_settle_batch<Size>(who: T::AccountId, batch: &BoundedVec<Signed<T::Signature>, Size>) {
		let genesis = Self::genesis();
		let mut settler = Settler::new(who);
		for signed in batch {
			let id = signed.voucher.session;
			let settled =
				Self::settled_by(&mut settler, id).and_then(|session| Self::settle_one(&genesis, id, session, signed));
			if let Err(why) = settled {
				let (session, why) = (id, why.into());
				Self::deposit_event(Event::SettlementSkipped { session, why });
			}
		}
	}

	/// Whether a voucher is good for its session, and the cheapest reason first if it is not.
	fn check_voucher(genesis: &Digest, session: &SessionOf<T>, signed: &Signed<T::Signature>) -> Result<(), Error<T>> {
		let voucher = &signed.voucher;
		ensure!(
			voucher.sequence > session.sequence || !on(Check::Sequence),
			Error::<T>::OldSequence
		);
		ensure!(voucher.receipts.units > session.root.units, Error::<T>::NothingNew);
		ensure!(!session.pending.is_full(), Error::<T>::TooManyPending);
		// Vouchers that name nothing of it are like vouchers that all name the same.
		let (nowhere, nobody) = (Digest::default(), WorkerId::default());
		let named = Voucher {
			session: if on(Check::Session) {
				voucher.session
			} else {
				Default::default()
			},
			..*voucher
		};
		let message = named.message(
			if on(Check::Genesis) { genesis } else { &nowhere },
			if on(Check::Worker) { session.worker } else { nobody },
		);
		ensure!(
			signed.signature.verify(&message[..], &session.voucher_key) || !on(Check::Signature),
			Error::<T>::BadSignature
		);
		let extended = signed.extension.verify::<HostHash>(&session.root, &voucher.receipts);
		ensure!(extended.is_ok() || !on(Check::Extension), Error::<T>::NotAnExtension);
		Ok(())
	}

	/// A session, if whoever settles may do so in it now.
	fn settled_by(settler: &mut Settler<T>, id: SessionId) -> Result<SessionOf<T>, Error<T>> {
		let session = Sessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?;
		ensure!(
			settler.settles_for(session.worker) || !on(Check::Settler),
			Error::<T>::NotTheWorker
		);
		ensure!(
			session.phase != Phase::Ended && Self::now() <= Self::last_block(&session),
			Error::<T>::SessionEnded
		);
		Ok(session)
	}

	/// Changes nothing where it fails.
	fn settle_one(
		genesis: &Digest,
		id: SessionId,
		mut session: SessionOf<T>,
		signed: &Signed<T::Signature>,
	) -> Result<(), Error<T>> {
		Self::add(genesis, id, &mut session, signed)?;
		let wanted = Self::session_wanted(&session);
		Self::remind_session(id, &mut session, wanted);
		Sessions::<T>::insert(id, session);
		Ok(())
	}

	/// Adds to a session what a voucher adds. Changes nothing where it fails.
	fn add(
		genesis: &Digest,
		id: SessionId,
		session: &mut SessionOf<T>,
		signed: &Signed<T::Signature>,
	) -> Result<(), Error<T>> {
		let (voucher, now) = (&signed.voucher, Self::now());
		let total = session
			.rates
			.price(voucher.receipts.units)
			.ok_or(Error::<T>::AboveDeposit)?;
		ensure!(
			total <= session.deposit || !on(Check::Deposit),
			Error::<T>::AboveDeposit
		);
		Self::check_voucher(genesis, session, signed)?;
		let parts = session
			.rates
			.between(session.root.units, voucher.receipts.units)
			.ok_or(Error::<T>::AboveDeposit)?;
		let price = parts.sum().ok_or(Error::<T>::AboveDeposit)?;
		let number = session.next;
		let next = number.checked_add(1).ok_or(Error::<T>::NoMoreNumbers)?;
		let until = now.checked_add(T::Audits::window()).ok_or(Error::<T>::NoMoreNumbers)?;
		let settlement = Settlement {
			number,
			earlier: session.root,
			later: voucher.receipts,
			price,
			at: now,
			until,
			paused: Self::paused(session.worker),
			drawing: T::Audits::drawing(session.worker, price, 0),
		};
		ensure!(!session.pending.is_full(), Error::<T>::TooManyPending);
		if on(Check::Exposure) {
			T::Workers::engage(session.worker, price)?;
		}
		if session.pending.try_push(settlement).is_err() {
			defensive!("there is room for one more");
		}

		session.next = next;
		session.sequence = voucher.sequence;
		session.root = voucher.receipts;
		let index = Self::append(id, number, &voucher.receipts);
		Self::deposit_event(Event::SessionSettled {
			session: id,
			number,
			root: voucher.receipts,
			price,
			until,
			index,
		});
		Ok(())
	}
}
