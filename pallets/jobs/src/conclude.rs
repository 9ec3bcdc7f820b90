// SPDX-License-Identifier: Apache-2.0

//! What becomes of a session with time: settlements are paid, the rest goes back, the record goes.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Error, Event, HoldReason, Pallet, Phase, Quotes, SessionOf, Sessions, SessionsBy, SessionsOf,
	SettlementOf,
};
use atelier_primitives::{
	ids::SessionId,
	work::{
		price::Parts,
		workers::{Outcome, Workers},
	},
};
use frame_support::{defensive, ensure, traits::Consideration, BoundedVec};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

/// What was due in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
	Nothing,
	/// Settlements were final, and there is more to come.
	Paid,
	/// What nobody settled went back, or nothing is left.
	Ended,
}

impl<T: Config> Pallet<T> {
	/// What is due in a session.
	///
	/// It may leave a session of which nothing is left: [`Self::store_session`] removes that.
	pub(crate) fn advance(id: SessionId, session: &mut SessionOf<T>) -> Done {
		let paid = Self::conclude_settlements(id, session);
		let ended = session.phase != Phase::Ended && Self::now() > Self::last_block(session);
		if ended {
			let rest = session.escrow.saturating_sub(session.held());
			session.phase = Phase::Ended;
			Self::return_from(session, rest);
			Self::deposit_event(Event::SessionEnded {
				session: id,
				returned: rest,
			});
		}
		match (ended, paid) {
			_ if session.phase == Phase::Ended && session.pending.is_empty() => Done::Ended,
			(true, _) => Done::Ended,
			(false, true) => Done::Paid,
			(false, false) => Done::Nothing,
		}
	}

	/// Gives an amount of a session's escrow back to the payer.
	pub(crate) fn return_from(session: &mut SessionOf<T>, amount: BalanceOf<T>) {
		session.escrow = session.escrow.saturating_sub(amount);
		Self::give_back(HoldReason::Escrow, &session.payer, amount);
		Self::unspend(session, amount);
	}

	/// Pays settlements that nobody can accuse any more, or returns them if the worker's work was proved wrong; all of them
	/// in one payment. Whether there were any.
	pub(crate) fn conclude_settlements(id: SessionId, session: &mut SessionOf<T>) -> bool {
		let worker = session.worker;
		if session.pending.is_empty() || (T::Workers::accused(worker) && on(Check::Accused)) {
			return false;
		}
		let (now, paused) = (Self::now(), Self::paused(worker));
		let is_final =
			|settlement: &SettlementOf<T>| now > Self::settlement_until(paused, settlement) || !on(Check::Window);
		if !session.pending.iter().any(is_final) {
			return false;
		}
		let pending = core::mem::take(&mut session.pending).into_inner();
		let (done, waiting): (alloc::vec::Vec<_>, alloc::vec::Vec<_>) = pending.into_iter().partition(is_final);
		// No more than there were.
		session.pending = BoundedVec::truncate_from(waiting);
		let convicted = T::Workers::convicted(worker) && on(Check::Convicted);
		let (mut all, mut value) = (Parts::default(), BalanceOf::<T>::zero());
		for settlement in done {
			value = value.saturating_add(settlement.price);
			let number = settlement.number;
			if convicted {
				Self::deposit_event(Event::SettlementReturned {
					session: id,
					number,
					amount: settlement.price,
				});
				continue;
			}
			let Some(parts) = session.rates.between(settlement.earlier.units, settlement.later.units) else {
				defensive!("the price was computed when it was settled");
				continue;
			};
			all = sum(all, parts);
			Self::deposit_event(Event::SettlementPaid {
				session: id,
				number,
				worker,
				paid: parts.worker,
			});
		}
		T::Workers::discharge(worker, value);
		let total = all.sum().unwrap_or_default();
		if convicted {
			Self::return_from(session, value);
		} else if !total.is_zero() {
			session.escrow = session.escrow.saturating_sub(total);
			Self::pay(&session.payer, worker, session.version, &all);
			T::Workers::note(worker, Outcome::Paid { treasury: all.treasury });
		}
		true
	}

	/// Writes a session back, or removes what nothing is left of.
	pub(crate) fn store_session(id: SessionId, mut session: SessionOf<T>) {
		if session.phase != Phase::Ended || !session.pending.is_empty() {
			let wanted = Self::session_wanted(&session);
			Self::remind_session(id, &mut session, wanted);
			Sessions::<T>::insert(id, session);
			return;
		}
		let opener = match &session.spender {
			Some(spender) => &spender.key,
			None => &session.payer,
		};
		if session.ticket.drop(opener).is_err() {
			defensive!("the ticket's deposit is held since the session was opened");
		}
		Sessions::<T>::remove(id);
		SessionsOf::<T>::remove(&session.payer, id);
		SessionsBy::<T>::remove(session.worker, id);
		Quotes::<T>::remove(session.worker, session.quote);
		Self::leave_version(session.version);
		Self::deposit_event(Event::SessionRemoved { session: id });
	}

	pub(crate) fn do_conclude_session(id: SessionId) -> DispatchResult {
		let mut session = Sessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?;
		ensure!(Self::advance(id, &mut session) != Done::Nothing, Error::<T>::NothingDue);
		Self::store_session(id, session);
		Ok(())
	}
}

fn sum<Balance: sp_runtime::traits::AtLeast32BitUnsigned + Copy>(
	one: Parts<Balance>,
	other: Parts<Balance>,
) -> Parts<Balance> {
	Parts {
		worker: Saturating::saturating_add(one.worker, other.worker),
		version: Saturating::saturating_add(one.version, other.version),
		levy: Saturating::saturating_add(one.levy, other.levy),
		treasury: Saturating::saturating_add(one.treasury, other.treasury),
	}
}
