// SPDX-License-Identifier: Apache-2.0

//! Disputes that the chain cannot decide: about answers in floats, where right is what others get too, within a tolerance.
//!
//! Trusted, not proved: a committee is asked, and a majority of it could be wrong or bought. So work of this tier has a cap on
//! its value, and a lost inquiry costs the worker the work and not its bond.
//!
//! 1. The accuser wagers a bond. Who votes is drawn like auditors, by randomness that nobody knows yet.
//! 2. Drawn auditors commit to a vote, then reveal it; they are paid for each seat, out of the bond of who asked: asking costs
//!    that, whatever the answer. A claim is asked about once.
//! 3. The majority of revealed seats decides, if at least half of the expected seats were revealed.
//! 4. Once, whoever does not agree can appeal to a committee three times as large, with a bond six times as large.

use crate::{
	checks::{on, Check},
	types::{HostHash, Inquiry, Opinion, Shown, Vote},
	BalanceOf, Clock, Config, Error, Event, HoldReason, Inquired, Inquiries, InquiryOf, NextDispute, Pallet, PendingOf,
	Votes,
};
use atelier_primitives::{
	ids::DisputeId,
	work::{
		audits::{Works, ONE_AUDIT},
		draw::{self, Drawn, Lot},
		workers::Accused,
		Work,
	},
};
use atelier_referee::hash::Digest;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use sp_runtime::{
	traits::{CheckedMul, Saturating, Zero},
	DispatchResult, Permill,
};

/// How many times as large the second committee is.
const APPEAL: u32 = 3;

/// Most auditors of a committee, whatever seats they have.
pub const MOST_VOTERS: u32 = 256;

impl<T: Config> Pallet<T> {
	/// The seats that a committee is expected to have.
	fn seats(round: u8) -> u32 {
		let factor = if round == 0 { 1 } else { APPEAL };
		T::CommitteeSize::get().max(1).saturating_mul(factor)
	}

	pub(crate) fn ask(who: T::AccountId, work: Work, pending: &PendingOf<T>, shown: &Shown) -> DispatchResult {
		let claim = shown.claim.leaf::<HostHash>();
		ensure!(!Inquired::<T>::contains_key(work, claim), Error::<T>::AlreadyAsked);
		let id = NextDispute::<T>::get();
		let next = id.next().ok_or(Error::<T>::Overflow)?;
		let bond = T::InquiryBond::get();
		let expected = u64::from(Self::seats(0)).saturating_mul(ONE_AUDIT);
		let inquiry = Inquiry {
			work,
			worker: pending.worker,
			accuser: who.clone(),
			bond,
			appeal: None,
			claim,
			drawing: Self::drawing_of(expected),
			at: Self::now(),
			voters: 0,
			right: 0,
			wrong: 0,
			before: None,
			decided: None,
		};
		T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
		NextDispute::<T>::put(next);
		Inquiries::<T>::insert(id, inquiry);
		Inquired::<T>::insert(work, claim, ());
		T::Workers::accuse(pending.worker);
		Self::deposit_event(Event::InquiryBegan {
			dispute: id,
			work,
			worker: pending.worker,
			accuser: who,
		});
		Ok(())
	}

	/// An inquiry that votes, and its seed.
	fn voting(id: DisputeId) -> Result<(InquiryOf<T>, crate::SeedOf<T>), Error<T>> {
		let inquiry = Inquiries::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		ensure!(inquiry.decided.is_none(), Error::<T>::WrongStage);
		let seed = Self::seed(&inquiry.drawing, inquiry.at).ok_or(Error::<T>::SeedUnknown)?;
		Ok((inquiry, seed))
	}

	pub(crate) fn do_commit_vote(who: T::AccountId, id: DisputeId, lot: Lot, ballot: Digest) -> DispatchResult {
		let (inquiry, seed) = Self::voting(id)?;
		let voter = T::Workers::of(&who).ok_or(Error::<T>::NotAuditor)?;
		ensure!(voter != inquiry.worker && who != inquiry.accuser, Error::<T>::OwnWork);
		let standing = T::Workers::standing(voter, inquiry.at).ok_or(Error::<T>::NotAuditor)?;
		ensure!(Clock::<T>::get() <= seed.commit, Error::<T>::TooLateToCommit);
		let round = inquiry.round();
		let key = (id, round, voter);
		ensure!(!Votes::<T>::contains_key(key), Error::<T>::AlreadyVoted);
		let what = Drawn::Committee { dispute: id, round };
		let hand = Self::drawn(&what, &inquiry.drawing, &seed, &standing, &lot).ok_or(Error::<T>::NotTheLot)?;
		ensure!(hand.count > 0 || !on(Check::Drawn), Error::<T>::NotDrawn);
		let seats = hand.count.max(1);
		let voters = inquiry.voters.saturating_add(1);
		ensure!(voters <= MOST_VOTERS, Error::<T>::CommitteeFull);
		Inquiries::<T>::insert(id, Inquiry { voters, ..inquiry });
		Votes::<T>::insert(key, Vote { seats, ballot });
		Self::deposit_event(Event::VoteCommitted {
			dispute: id,
			voter,
			seats,
		});
		Ok(())
	}

	pub(crate) fn do_reveal_vote(who: T::AccountId, id: DisputeId, wrong: bool, salt: Digest) -> DispatchResult {
		let (inquiry, seed) = Self::voting(id)?;
		let voter = T::Workers::of(&who).ok_or(Error::<T>::NotAuditor)?;
		let round = inquiry.round();
		let vote = Votes::<T>::get((id, round, voter)).ok_or(Error::<T>::NotCommitted)?;
		let now = Clock::<T>::get();
		ensure!(now > seed.commit || !on(Check::Ballots), Error::<T>::TooEarlyToReveal);
		ensure!(now <= seed.reveal, Error::<T>::TooLateToReveal);
		let ballot = draw::ballot::<HostHash>(voter, id, round, wrong, &salt);
		ensure!(ballot == vote.ballot, Error::<T>::NotTheSealed);
		let wanted = seed.fee.checked_mul(&vote.seats.into()).ok_or(Error::<T>::Overflow)?;
		Votes::<T>::remove((id, round, voter));
		let (right_seats, wrong_seats) = if wrong { (0, vote.seats) } else { (vote.seats, 0) };
		let inquiry = Inquiry {
			right: inquiry.right.saturating_add(right_seats),
			wrong: inquiry.wrong.saturating_add(wrong_seats),
			..inquiry
		};
		Inquiries::<T>::insert(id, inquiry);
		let paid = Self::pay_from_bond(id, &who, wanted);
		Self::deposit_event(Event::Voted {
			dispute: id,
			voter,
			wrong,
			seats: vote.seats,
			paid,
		});
		Ok(())
	}

	/// Pays a voter out of the bond of who asked this committee, as long as it lasts.
	fn pay_from_bond(id: DisputeId, who: &T::AccountId, wanted: BalanceOf<T>) -> BalanceOf<T> {
		Inquiries::<T>::mutate(id, |inquiry| {
			let Some(inquiry) = inquiry else { return Zero::zero() };
			let (payer, left) = match &mut inquiry.appeal {
				Some((payer, left)) => (&*payer, left),
				None => (&inquiry.accuser, &mut inquiry.bond),
			};
			let amount = wanted.min(*left);
			let paid = with_storage_layer(|| {
				T::Currency::transfer_on_hold(
					&HoldReason::Bond.into(),
					payer,
					who,
					amount,
					Precision::Exact,
					Restriction::Free,
					Fortitude::Force,
				)
			});
			let paid = paid.unwrap_or_default();
			*left = left.saturating_sub(paid);
			paid
		})
	}

	/// What the votes come to.
	fn opinion(inquiry: &InquiryOf<T>) -> Opinion {
		let cast = inquiry.right.saturating_add(inquiry.wrong);
		if cast.saturating_mul(2) < Self::seats(inquiry.round()) {
			return Opinion::None;
		}
		match inquiry.wrong.cmp(&inquiry.right) {
			core::cmp::Ordering::Greater => Opinion::Wrong,
			core::cmp::Ordering::Less => Opinion::Right,
			core::cmp::Ordering::Equal => Opinion::None,
		}
	}

	/// Counts the votes, or ends what nobody has appealed.
	pub(crate) fn do_conclude_inquiry(id: DisputeId) -> DispatchResult {
		let inquiry = Inquiries::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		let now = Clock::<T>::get();
		if let Some((opinion, until)) = inquiry.decided {
			ensure!(now > until, Error::<T>::TimeIsNotOver);
			Self::end_inquiry(id, inquiry, opinion);
			return Ok(());
		}
		let opinion = if Self::seedless(&inquiry.drawing, inquiry.at) {
			// Nobody could be drawn.
			Opinion::None
		} else {
			let (_, seed) = Self::voting(id)?;
			ensure!(now > seed.reveal, Error::<T>::TimeIsNotOver);
			Self::opinion(&inquiry)
		};
		// Votes that nobody revealed.
		let _ = Votes::<T>::clear_prefix((id, inquiry.round()), MOST_VOTERS, None);
		if inquiry.before.is_some() {
			Self::end_inquiry(id, inquiry, opinion);
			return Ok(());
		}
		let until = now.saturating_add(T::AppealPeriod::get());
		let decided = Some((opinion, until));
		Inquiries::<T>::insert(id, Inquiry { decided, ..inquiry });
		Self::deposit_event(Event::InquiryDecided {
			dispute: id,
			opinion,
			until,
		});
		Ok(())
	}

	/// Forgets that a claim was asked about, once its work is final.
	pub(crate) fn do_clear_inquiry(work: Work, claim: Digest) -> DispatchResult {
		ensure!(T::Works::pending(work).is_none(), Error::<T>::WorkIsNotFinal);
		Inquired::<T>::remove(work, claim);
		Ok(())
	}

	pub(crate) fn do_appeal(who: T::AccountId, id: DisputeId) -> DispatchResult {
		let inquiry = Inquiries::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		let Some((opinion, until)) = inquiry.decided else {
			return Err(Error::<T>::WrongStage.into());
		};
		ensure!(Clock::<T>::get() <= until, Error::<T>::TimeIsOver);
		let times = APPEAL.saturating_mul(2);
		let bond = T::InquiryBond::get()
			.checked_mul(&times.into())
			.ok_or(Error::<T>::Overflow)?;
		T::Currency::hold(&HoldReason::Bond.into(), &who, bond)?;
		let expected = u64::from(Self::seats(1)).saturating_mul(ONE_AUDIT);
		let inquiry = Inquiry {
			appeal: Some((who.clone(), bond)),
			drawing: Self::drawing_of(expected),
			at: Self::now(),
			voters: 0,
			right: 0,
			wrong: 0,
			before: Some(opinion),
			decided: None,
			..inquiry
		};
		Inquiries::<T>::insert(id, inquiry);
		Self::deposit_event(Event::Appealed { dispute: id, by: who });
		Ok(())
	}

	fn end_inquiry(id: DisputeId, inquiry: InquiryOf<T>, opinion: Opinion) {
		Inquiries::<T>::remove(id);
		T::Workers::acquit(inquiry.worker);
		if opinion == Opinion::Right {
			let to = T::Workers::account(inquiry.worker);
			Self::forfeit(&inquiry.accuser, inquiry.bond, T::AccusedPart::get(), to);
		} else {
			Self::release(&inquiry.accuser, inquiry.bond);
		}
		if let Some((by, bond)) = inquiry.appeal {
			// A second committee that thinks what the first one thought was asked for nothing.
			if inquiry.before == Some(opinion) {
				Self::forfeit(&by, bond, Permill::zero(), None);
			} else {
				Self::release(&by, bond);
			}
		}
		if opinion == Opinion::Wrong {
			T::Works::overturn(inquiry.work);
		}
		Self::deposit_event(Event::InquiryEnded { dispute: id, opinion });
	}
}
