// SPDX-License-Identifier: Apache-2.0

//! How sessions are opened, fed and closed.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Error, Event, HoldReason, NextSession, OpeningOf, Pallet, Phase, QuoteOf, Quotes, Session,
	SessionOf, Sessions, SessionsBy, SessionsOf, Spender, Using, ITEM_BYTES,
};
use atelier_primitives::{
	ids::{SessionId, VersionId},
	work::{
		price::{fee_per_unit, Rates},
		workers::Workers,
		Tier,
	},
	BlockNumber,
};
use atelier_referee::{commit::mountain::Root, hash::Digest};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Consideration, Footprint, Get},
	weights::Weight,
	BoundedVec,
};
use sp_runtime::{
	traits::{CheckedAdd, Verify, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// The chain, by the hash of its first block.
	pub(crate) fn genesis() -> Digest {
		let hash = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		let mut genesis = Digest::default();
		genesis.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		genesis
	}

	fn session_footprint() -> Footprint {
		// The record, the quote, and the two lists in which it is.
		let lists = T::AccountId::max_encoded_len().saturating_add(64);
		let bytes = SessionOf::<T>::max_encoded_len().saturating_add(lists) as u64;
		Footprint {
			count: 4,
			size: ITEM_BYTES.saturating_mul(4).saturating_add(bytes),
		}
	}

	fn challenge_period() -> BlockNumber {
		T::ChallengePeriod::get().max(T::LeastChallenge::get())
	}

	/// What a quote must be for a session to be opened with it now.
	fn check_quote(payer: &T::AccountId, quote: &QuoteOf<T>, signature: &T::Signature) -> Result<(), Error<T>> {
		let now = Self::now();
		ensure!(
			quote.payer == *payer || !on(Check::QuotePayer),
			Error::<T>::NotForThisPayer
		);
		ensure!(now <= quote.until, Error::<T>::QuoteExpired);
		// Every session lives for a challenge period at least, and its quote cannot be used again before it is gone.
		ensure!(
			quote.until <= now.saturating_add(Self::challenge_period()),
			Error::<T>::QuoteTooLong
		);
		ensure!(
			!Quotes::<T>::contains_key(quote.worker, quote.number) || !on(Check::QuoteOnce),
			Error::<T>::QuoteUsed
		);
		let signer = T::Workers::signer(quote.worker).ok_or(Error::<T>::UnknownWorker)?;
		let message = quote.message(&Self::genesis());
		ensure!(signature.verify(&message[..], &signer), Error::<T>::BadSignature);
		Ok(())
	}

	/// How much may be deposited.
	fn check_deposit(
		deposit: BalanceOf<T>,
		capacity: BalanceOf<T>,
		worker: atelier_primitives::ids::WorkerId,
		tier: Tier,
	) -> Result<(), Error<T>> {
		ensure!(
			deposit >= T::MinEscrow::get() && !deposit.is_zero(),
			Error::<T>::EscrowTooSmall
		);
		ensure!(deposit <= capacity, Error::<T>::AboveCapacity);
		ensure!(deposit <= T::Workers::cover(worker), Error::<T>::AboveCover);
		ensure!(
			tier == Tier::Exact || deposit <= T::FloatCap::get(),
			Error::<T>::AboveFloatCap
		);
		Ok(())
	}

	/// The first and the last block of what follows an expiry.
	fn ends(expiry: BlockNumber, challenge: BlockNumber) -> Result<BlockNumber, Error<T>> {
		expiry.checked_add(challenge).ok_or(Error::<T>::NoMoreNumbers)
	}

	pub(crate) fn use_version(version: VersionId) -> Result<(), Error<T>> {
		Using::<T>::try_mutate(version, |count| {
			*count = count.checked_add(1).ok_or(Error::<T>::NoMoreNumbers)?;
			Ok(())
		})
	}

	pub(crate) fn leave_version(version: VersionId) {
		Using::<T>::mutate_exists(version, |count| {
			*count = count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
		});
	}

	/// Opens a session with the money of `payer`. Returns what looking at the version did weigh.
	pub(crate) fn do_open(
		payer: T::AccountId,
		spender: Option<T::AccountId>,
		quote: QuoteOf<T>,
		signature: T::Signature,
		opening: OpeningOf<T>,
	) -> Result<Weight, DispatchError> {
		let (now, challenge) = (Self::now(), Self::challenge_period());
		ensure!(opening.expiry > now, Error::<T>::ExpiryPassed);
		ensure!(
			opening.expiry <= now.saturating_add(T::MaxLife::get()),
			Error::<T>::LifeTooLong
		);
		let ends = Self::ends(opening.expiry, challenge)?;
		Self::check_quote(&payer, &quote, &signature)?;
		let (permitted, walked) = Self::permitted(quote.version, opening.wanted);
		let (allowed, tier) = permitted?;
		T::Workers::fit(quote.worker, quote.version, tier).map_err(Error::<T>::from)?;
		Self::check_deposit(opening.deposit, quote.capacity, quote.worker, tier)?;
		let account = T::Workers::account(quote.worker).ok_or(Error::<T>::UnknownWorker)?;
		let id = NextSession::<T>::get();
		let next = id.next().ok_or(Error::<T>::NoMoreNumbers)?;

		let opener = spender.clone().unwrap_or_else(|| payer.clone());
		let spender = match spender {
			Some(spender) => {
				// A reservation is gone for good, so a key could hand out all by reservations if they did not count.
				let spent = opening
					.deposit
					.checked_add(&quote.reservation)
					.ok_or(Error::<T>::CapPassed)?;
				let number = Self::spend(&payer, &spender, spent)?;
				Some(Spender {
					key: spender,
					grant: number,
					besides: Zero::zero(),
				})
			}
			None => None,
		};
		let ticket = T::Consideration::new(&opener, Self::session_footprint())?;
		Self::hold(HoldReason::Escrow, &payer, opening.deposit)?;
		if !quote.reservation.is_zero() && payer != account {
			T::Currency::transfer(&payer, &account, quote.reservation, Preservation::Preserve)?;
		}
		Self::use_version(quote.version)?;
		NextSession::<T>::put(next);
		Quotes::<T>::insert(quote.worker, quote.number, id);
		SessionsOf::<T>::insert(&payer, id, ());
		SessionsBy::<T>::insert(quote.worker, id, ());
		Self::deposit_event(Event::SessionOpened {
			session: id,
			payer: payer.clone(),
			spender: spender.as_ref().map(|spender| spender.key.clone()),
			worker: quote.worker,
			version: quote.version,
			deposit: opening.deposit,
			expiry: opening.expiry,
		});
		let mut session = Session {
			payer,
			spender,
			worker: quote.worker,
			version: quote.version,
			tier,
			voucher_key: opening.voucher_key,
			rates: Rates {
				worker: quote.price,
				version: fee_per_unit(&allowed.fee),
				levy: T::Levy::get(),
				treasury: T::TreasuryShare::get(),
			},
			sealed: opening.sealed,
			quote: quote.number,
			capacity: quote.capacity,
			window: quote.window,
			deposit: opening.deposit,
			escrow: opening.deposit,
			sequence: 0,
			root: Root::empty::<crate::HostHash>(),
			next: 0,
			opened: now,
			challenge,
			phase: Phase::Open { expiry: opening.expiry },
			ends,
			paused: Self::session_paused(quote.worker),
			due: 0,
			later: 0,
			pending: BoundedVec::new(),
			ticket,
		};
		Self::remind_session(id, &mut session, ends.saturating_add(1));
		Sessions::<T>::insert(id, session);
		Ok(walked)
	}

	/// The payer's side: itself, or the key that opened it.
	fn pays(who: &T::AccountId, session: &SessionOf<T>) -> bool {
		let key = session.spender.as_ref().is_some_and(|spender| spender.key == *who);
		key || session.payer == *who
	}

	pub(crate) fn do_top_up(who: T::AccountId, id: SessionId, amount: BalanceOf<T>) -> DispatchResult {
		let mut session = Sessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?;
		ensure!(Self::pays(&who, &session), Error::<T>::NotAParty);
		ensure!(Self::serves(&session), Error::<T>::NotOpen);
		let deposit = session.deposit.checked_add(&amount).ok_or(Error::<T>::AboveCapacity)?;
		let escrow = session.escrow.checked_add(&amount).ok_or(Error::<T>::AboveCapacity)?;
		Self::check_deposit(deposit, session.capacity, session.worker, session.tier)?;
		match session.spender.as_mut() {
			Some(spender) if spender.key == who => {
				let number = Self::spend(&session.payer, &who, amount)?;
				// What an old grant opened, a new one does not feed: what returns could not be told apart.
				ensure!(number == spender.grant, Error::<T>::NotGranted);
			}
			Some(spender) => {
				spender.besides = spender.besides.checked_add(&amount).ok_or(Error::<T>::AboveCapacity)?;
			}
			None => {}
		}
		Self::hold(HoldReason::Escrow, &session.payer, amount)?;
		session.deposit = deposit;
		session.escrow = escrow;
		Sessions::<T>::insert(id, session);
		Self::deposit_event(Event::SessionToppedUp { session: id, amount });
		Ok(())
	}

	pub(crate) fn do_close(who: T::AccountId, id: SessionId) -> DispatchResult {
		let mut session = Sessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?;
		let works = T::Workers::account(session.worker).is_some_and(|account| account == who);
		ensure!(works || Self::pays(&who, &session), Error::<T>::NotAParty);
		ensure!(Self::serves(&session), Error::<T>::NotOpen);
		let period = match on(Check::Challenge) {
			true => session.challenge,
			false => 0,
		};
		let until = Self::ends(Self::now(), period)?;
		session.phase = Phase::Closing;
		session.ends = until;
		session.paused = Self::session_paused(session.worker);
		Self::remind_session(id, &mut session, until.saturating_add(1));
		Sessions::<T>::insert(id, session);
		Self::deposit_event(Event::SessionClosed { session: id, until });
		Ok(())
	}
}
