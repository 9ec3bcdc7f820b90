// SPDX-License-Identifier: Apache-2.0

//! What lies above a version, and what withdrawals up there stop.
//!
//! The whole ancestry is written down once, when a version is published: it can never change. A withdrawal then writes one
//! number, whatever was made from what it withdraws; whoever asks compares that number and looks at the ancestry once.

use crate::{
	checks::{on, Check},
	Checked, Config, Lineage, Lineages, Pallet, States, Versions, WeightInfo, Withdrawals,
};
use alloc::collections::BTreeSet;
use atelier_primitives::{
	ids::{DatasetId, VersionId},
	lineage::{Datasets, Flag, OnWithdrawal},
};
use frame_support::weights::Weight;
use frame_support::BoundedVec;

/// What is found above a version while it is published.
#[derive(Default)]
pub struct Above {
	ancestors: BTreeSet<VersionId>,
	sources: BTreeSet<DatasetId>,
}

impl Above {
	/// A parent, and all that lies above it. At most 16 of them, each with a bounded lineage.
	pub fn parent(&mut self, parent: VersionId, lineage: &Lineage) {
		self.ancestors.insert(parent);
		self.ancestors.extend(lineage.ancestors.iter());
		self.sources.extend(lineage.sources.iter());
	}

	pub fn source(&mut self, dataset: DatasetId) {
		self.sources.insert(dataset);
	}

	/// None: more than a version may have above it.
	pub fn lineage(self) -> Option<Lineage> {
		Some(Lineage {
			ancestors: BoundedVec::try_from(self.ancestors.into_iter().collect::<alloc::vec::Vec<_>>()).ok()?,
			sources: BoundedVec::try_from(self.sources.into_iter().collect::<alloc::vec::Vec<_>>()).ok()?,
		})
	}
}

impl<T: Config> Pallet<T> {
	/// The worst that anything of a lineage stops. Ends with the first thing that stops everything.
	pub(crate) fn walk(lineage: &Lineage) -> Flag {
		let mut worst = Flag::Clear;
		let versions = lineage.ancestors.iter().map(|version| Self::own_flag(*version));
		let datasets = lineage.sources.iter().map(|dataset| T::Datasets::flag(*dataset));
		for flag in versions.chain(datasets) {
			worst = worst.max(flag);
			if worst == Flag::NoServing {
				break;
			}
		}
		worst
	}

	/// What a version's own withdrawal stops.
	pub(crate) fn own_flag(version: VersionId) -> Flag {
		States::<T>::get(version).map_or(Flag::Clear, |state| state.flag())
	}

	/// The flag as a walk in this block finds it, itself included.
	pub(crate) fn fresh_flag(version: VersionId) -> Flag {
		let lineage = Lineages::<T>::get(version).unwrap_or_default();
		Self::own_flag(version).max(Self::walk(&lineage))
	}

	/// The flag, if nothing was withdrawn since somebody looked.
	fn known_flag(version: VersionId) -> Option<Flag> {
		let (counter, flag) = Checked::<T>::get(version)?;
		(counter == Withdrawals::<T>::get() || !on(Check::Counter)).then_some(flag)
	}

	/// The flag. None: there is no such version.
	pub(crate) fn flag_of(version: VersionId) -> Option<Flag> {
		Versions::<T>::contains_key(version)
			.then(|| Self::known_flag(version).unwrap_or_else(|| Self::fresh_flag(version)))
	}

	/// The flag of a version that exists, remembered for whoever asks next, and what finding out did weigh.
	pub(crate) fn checked_flag(version: VersionId) -> (Flag, Weight) {
		if let Some(flag) = Self::known_flag(version) {
			return (flag, T::WeightInfo::allow_known());
		}
		let lineage = Lineages::<T>::get(version).unwrap_or_default();
		let flag = Self::own_flag(version).max(Self::walk(&lineage));
		Checked::<T>::insert(version, (Withdrawals::<T>::get(), flag));
		let weight = T::WeightInfo::allow_walk(lineage.ancestors.len() as u32, lineage.sources.len() as u32);
		(flag, weight)
	}

	/// From now on nobody trusts what was known before.
	pub(crate) fn count_withdrawal() {
		Withdrawals::<T>::mutate(|counter| *counter = counter.saturating_add(1));
	}
}

impl<T: Config> OnWithdrawal for Pallet<T> {
	fn withdrawn(_: DatasetId) {
		Self::count_withdrawal();
	}
}
