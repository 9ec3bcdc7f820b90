// SPDX-License-Identifier: Apache-2.0

//! What a worker owes to the auditors that are drawn for its work: what they need to look.
//!
//! An auditor that is not served says so, with a bond. The worker puts what is asked for on the chain in time, and gets the
//! bond for its trouble; or it is a fault, and the work is not paid. Tokens and states are served as many leaves at once as
//! fit into a transaction, from the one on that the auditor names. Of the weights some leaves are drawn: the worker has
//! committed to all of them before it could know which. Each auditor asks once for each kind of thing in a piece of work, but
//! for leaves that follow those that were served.
//!
//! A worker that is away serves nobody, and several may have asked: it is convicted of that once. While the verdict waits, and
//! for good once it was slashed, the others end without another slash, and their bonds return. A verdict that is undone
//! excuses nothing else: what was asked for meanwhile, or before, can be asked for again.

use crate::{
	checks::{on, Check},
	types::{Duty, HostHash, Leaves, Owed, Served, Shown, Unserved},
	Clock, Config, Due, Duties, DutyOf, Error, Event, HoldReason, Matter, NextDuty, OpenDuties, Pallet, PendingOf,
	SeedState, Seeds,
};
use alloc::vec::Vec;
use atelier_primitives::{
	models::Versions,
	work::{
		audits::Works,
		draw::{self, Lot},
		workers::{Accused, Fault},
		Tier, Work,
	},
};
use atelier_referee::{
	commit::{Commitment, Ranges, MAX_RANGES},
	hash::{Blake2b256, Digest},
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, Get},
};
use sp_runtime::{DispatchResult, Permill};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_not_served(
		who: T::AccountId,
		work: Work,
		lot: Lot,
		number: u32,
		what: Unserved,
	) -> DispatchResult {
		let pending = Self::open(work)?;
		let (auditor, output, count, _) = Self::auditor(&who, work, &pending, &lot)?;
		ensure!(number < count, Error::<T>::NotDrawn);
		ensure!(pending.tier == Tier::Exact, Error::<T>::NotAudited);
		let (from, to) = pending.claims.units();
		let unit = draw::unit::<HostHash>(&output, number, from, to);
		let id = NextDuty::<T>::get();
		let key = (work, auditor, what.kind());
		// Leaves that follow can be asked for when those before were served.
		let asked = OpenDuties::<T>::get(key);
		let again = what.follows() && asked.is_some_and(|duty| !Duties::<T>::contains_key(duty));
		ensure!(asked.is_none() || again, Error::<T>::AlreadyAsked);
		let owed = match &what {
			Unserved::Receipt => Owed::Receipt { unit },
			Unserved::Weights => {
				let (_, weights) = T::Versions::rules(pending.version).ok_or(Error::<T>::UnknownVersion)?;
				Self::drawn_leaves(id, weights)
			}
			Unserved::Input(shown, first) => {
				Self::range(Self::covering(work, &pending, shown, unit)?.request.input, *first)?
			}
			Unserved::Answer(shown, first) => {
				Self::range(Self::covering(work, &pending, shown, unit)?.claim.answer, *first)?
			}
			Unserved::States(shown, first) => {
				Self::range(Self::covering(work, &pending, shown, unit)?.claim.state, *first)?
			}
		};
		let next = id.checked_add(1).ok_or(Error::<T>::Overflow)?;
		let bond = T::DutyBond::get();
		T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
		let until = Clock::<T>::get().saturating_add(T::DutyPeriod::get());
		NextDuty::<T>::put(next);
		OpenDuties::<T>::insert(key, id);
		let worker = pending.worker;
		let duty = Duty {
			work,
			worker,
			auditor: who,
			by: auditor,
			kind: what.kind(),
			bond,
			owed,
			until,
		};
		Duties::<T>::insert(id, duty);
		T::Workers::accuse(worker);
		let _ = Self::note(until, Due::Duty(id));
		Self::deposit_event(Event::NotServed {
			duty: id,
			work,
			worker,
			owed,
			until,
		});
		Ok(())
	}

	/// What was shown, if it covers the drawn unit, and is not wrong by itself: nobody could serve what cannot be.
	fn covering<'a>(work: Work, pending: &PendingOf<T>, shown: &'a Shown, unit: u64) -> Result<&'a Shown, Error<T>> {
		let interval = Self::located(pending, shown)?;
		ensure!(interval.contains(unit), Error::<T>::NotTheDrawnClaim);
		let model = Self::model(pending.version).ok_or(Error::<T>::UnknownVersion)?;
		ensure!(
			!Self::evident(work, pending, shown, Some(&model)),
			Error::<T>::ClaimIsWrongByItself
		);
		Ok(shown)
	}

	/// As many leaves as a transaction holds.
	fn range(of: Commitment, first: u64) -> Result<Owed, Error<T>> {
		ensure!(first < of.count, Error::<T>::NoSuchLeaf);
		let end = first.saturating_add(MAX_RANGES as u64).min(of.count);
		Ok(Owed::Range { of, first, end })
	}

	/// Leaves that nobody chooses: by the last seed, which came after whatever the worker committed to.
	fn drawn_leaves(id: u64, of: Commitment) -> Owed {
		let last = Seeds::<T>::get(SeedState::<T>::get().count);
		let seed = last.map_or_else(Digest::default, |seed| seed.value);
		let seed = HostHash::hash(&(b"atelier/duty", seed, id).encode());
		Owed::Drawn { of, seed }
	}

	pub(crate) fn do_serve(who: T::AccountId, id: u64, served: Served) -> DispatchResult {
		let duty = Duties::<T>::get(id).ok_or(Error::<T>::UnknownDuty)?;
		ensure!(
			T::Workers::account(duty.worker).as_ref() == Some(&who),
			Error::<T>::NotParty
		);
		ensure!(Clock::<T>::get() <= duty.until, Error::<T>::TimeIsOver);
		// Also while a verdict waits: governance may undo it, and the time goes on.
		ensure!(T::Works::pending(duty.work).is_some(), Error::<T>::UnknownWork);
		match (&duty.owed, served) {
			(Owed::Receipt { unit }, Served::Receipt(shown)) => {
				let pending = T::Works::pending(duty.work).ok_or(Error::<T>::UnknownWork)?;
				let interval = Self::located(&pending, &shown)?;
				ensure!(interval.contains(*unit), Error::<T>::NotTheDrawnClaim);
			}
			(Owed::Drawn { of, seed }, Served::Leaves(leaves)) => {
				Self::check_leaves(of, draw::leaves::<HostHash>(seed, of.count), &leaves)?;
			}
			(Owed::Range { of, first, end }, Served::Leaves(leaves)) => Self::check_leaves(of, *first..*end, &leaves)?,
			_ => return Err(Error::<T>::NotWhatIsOwed.into()),
		}
		Self::made(Matter::Owed(duty.worker));
		// Nobody is paid for serving what nobody is paid for.
		let paid = !Self::is_moot(&duty);
		Self::end_duty(id, &duty);
		match paid {
			true => Self::forfeit(&duty.auditor, duty.bond, Permill::one(), Some(who)),
			false => Self::release(&duty.auditor, duty.bond),
		}
		Self::deposit_event(Event::Served { duty: id });
		Ok(())
	}

	fn check_leaves(of: &Commitment, owed: impl IntoIterator<Item = u64>, shown: &Leaves) -> Result<(), Error<T>> {
		let ranges = Ranges::covering(owed).map_err(|_| Error::<T>::NotTheLeaves)?;
		let leaves: Vec<&[u8]> = shown.leaves.iter().map(|leaf| &**leaf).collect();
		shown
			.proof
			.verify::<HostHash>(of, &ranges, &leaves)
			.map_err(|_| Error::<T>::NotTheLeaves)
	}

	/// Ends a duty that was not done in time, or has nothing left to be done for.
	pub(crate) fn do_expire_duty(id: u64) -> DispatchResult {
		let duty = Duties::<T>::get(id).ok_or(Error::<T>::UnknownDuty)?;
		let moot = Self::is_moot(&duty);
		ensure!(moot || Clock::<T>::get() > duty.until, Error::<T>::TimeIsNotOver);
		Self::end_duty(id, &duty);
		Self::release(&duty.auditor, duty.bond);
		if moot && on(Check::AskedAgain) {
			// Not forgiven: should governance undo the verdict, the auditor asks again.
			OpenDuties::<T>::remove((duty.work, duty.by, duty.kind));
		}
		if !moot && on(Check::Duties) {
			T::Workers::convict(duty.worker, Fault::NotServed, Some(duty.auditor));
			T::Works::overturn(duty.work);
			Self::deposit_event(Event::Withheld {
				duty: id,
				work: duty.work,
				worker: duty.worker,
			});
		}
		Ok(())
	}

	/// Whether nothing is left to be served for: the work is not paid.
	pub(crate) fn is_moot(duty: &DutyOf<T>) -> bool {
		(T::Workers::convicted(duty.worker) && on(Check::OneSilence)) || T::Works::pending(duty.work).is_none()
	}

	/// What was asked for stays noted: it is asked for once.
	fn end_duty(id: u64, duty: &DutyOf<T>) {
		Duties::<T>::remove(id);
		T::Workers::acquit(duty.worker);
	}
}
