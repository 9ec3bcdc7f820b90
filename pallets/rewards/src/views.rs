// SPDX-License-Identifier: Apache-2.0

//! What clients ask.

use crate::{BalanceOf, Config, CurrentEra, Earned, EarnedFrom, KeptEras, Ledgers, Pallet, PassedOn, Queue, QueueEnds};
use alloc::vec::Vec;
use atelier_primitives::{
	pots::{Pot, Splits, MAX_SHARES},
	views::rewards::*,
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{One, Saturating, Zero},
	Permill,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn view_pot(pot: Pot) -> Option<PotView<T::AccountId, BalanceOf<T>>> {
		let split = T::Splits::split(pot)?;
		let ledger = Ledgers::<T>::get(pot).unwrap_or_default();
		let shares = split.shares.iter().take(MAX_SHARES as usize).map(|share| ShareView {
			pot: share.pot,
			part: share.part,
			passed: PassedOn::<T>::get(pot, share.pot),
		});
		Some(PotView {
			owner: split.owner,
			frozen: split.frozen,
			held: ledger.held,
			received: ledger.received,
			earned: ledger.earned,
			passed: ledger.passed,
			queued: ledger.queued.is_some(),
			shares: shares.collect(),
		})
	}

	pub(crate) fn view_pending(pot: Pot) -> Option<PendingView<T::AccountId, BalanceOf<T>>> {
		let split = T::Splits::split(pot)?;
		if split.frozen {
			return None;
		}
		let ledger = Ledgers::<T>::get(pot).unwrap_or_default();
		let division = Self::sound_division(pot, &split, &ledger).ok()?;
		Some(PendingView {
			owner: split.owner,
			earned: division.earned,
			passed: division.passed,
			stays: ledger.held.saturating_sub(division.divided),
		})
	}

	pub(crate) fn view_pending_for(owner: &T::AccountId, mut pots: Vec<Pot>) -> BalanceOf<T> {
		pots.truncate(MAX_PAGE as usize);
		pots.sort();
		pots.dedup();
		pots.into_iter()
			.filter_map(Self::view_pending)
			.filter(|pending| pending.owner == *owner)
			.fold(Zero::zero(), |sum: BalanceOf<T>, pending| {
				sum.saturating_add(pending.earned)
			})
	}

	pub(crate) fn view_explanation(
		who: T::AccountId,
		era: u32,
		from: Option<Pot>,
		limit: u32,
	) -> Option<ExplanationView<BalanceOf<T>>> {
		let eras = Self::view_eras();
		if era < eras.oldest || era > eras.current {
			return None;
		}
		let earned = Earned::<T>::get(era, &who);
		let prefix = (era, who.clone());
		let rest = match from {
			None => EarnedFrom::<T>::iter_prefix(prefix),
			Some(pot) => EarnedFrom::<T>::iter_prefix_from(prefix, EarnedFrom::<T>::hashed_key_for((era, who, pot))),
		};
		let (entries, next) = page(rest, limit);
		let sources = entries.into_iter().map(|(pot, source)| SourceView {
			pot,
			divided: source.divided,
			earned: source.earned,
			part: Permill::from_rational(source.earned, source.divided.max(One::one())),
		});
		Some(ExplanationView {
			earned,
			sources: sources.collect(),
			next,
		})
	}

	pub(crate) fn view_receivers(pot: Pot, from: Option<Pot>, limit: u32) -> ReceiversView<BalanceOf<T>> {
		let rest = match from {
			None => PassedOn::<T>::iter_prefix(pot),
			Some(from) => PassedOn::<T>::iter_prefix_from(pot, PassedOn::<T>::hashed_key_for(pot, from)),
		};
		let (entries, next) = page(rest, limit);
		ReceiversView {
			receivers: entries
				.into_iter()
				.map(|(pot, amount)| Passed { pot, amount })
				.collect(),
			next,
		}
	}

	pub(crate) fn view_queue() -> QueueView {
		let ends = QueueEnds::<T>::get();
		QueueView {
			length: ends.end.saturating_sub(ends.first),
			next: Queue::<T>::get(ends.first),
		}
	}

	pub(crate) fn view_eras() -> ErasView<BlockNumberFor<T>> {
		let era = CurrentEra::<T>::get();
		ErasView {
			current: era.index,
			began: era.began,
			length: T::EraLength::get().max(One::one()),
			oldest: KeptEras::<T>::get()
				.whole
				.max(era.index.saturating_sub(T::ErasKept::get())),
		}
	}
}

/// The next entries, at most [`MAX_PAGE`], and where the page after starts: at the last of these, which is not repeated.
fn page<Value>(mut rest: impl Iterator<Item = (Pot, Value)>, limit: u32) -> (Vec<(Pot, Value)>, Option<Pot>) {
	let limit = limit.clamp(1, MAX_PAGE) as usize;
	let entries: Vec<_> = rest.by_ref().take(limit).collect();
	let next = entries.last().map(|(pot, _)| *pot).filter(|_| rest.next().is_some());
	(entries, next)
}
