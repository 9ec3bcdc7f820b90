// SPDX-License-Identifier: Apache-2.0

//! Which weights can be had: two hosts have fetched them of late, and say so.
//!
//! Where only its worker has the weights of a version, nobody can compute after it. So exact work needs weights that two
//! workers, neither of them the version's owner, have attested to have fetched ([`Retrievals`]). Anybody shows the chain
//! which attestations these are ([`Pallet::show_weights`]); they count as long as they hold, are younger than
//! [`Config::RetrievalPeriod`], and their workers have something to lose. So finding out reads no more than two of each.
//!
//! What is shown is replaced only by what lasts longer, as it looks then: nobody shortens it. Who replaces it by what it
//! takes back at once has won a block: anybody shows the others again, and who it was has a bond.
//!
//! That two workers are two people the chain cannot know. Who plays both has two bonds on hold for it.

use crate::{
	checks::{on, Check},
	Config, Error, Event, Host, HostsOf, Pallet, Stakes, WorkerOf,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{AttestationId, VersionId},
	models::Versions,
	views::workers::{HostView, HostsView},
	work::{
		workers::{Retrieval, Retrievals, Unfit},
		Tier,
	},
	BlockNumber,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

/// How many are shown.
pub const HOSTS: usize = 2;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_show_weights(version: VersionId, [one, other]: [AttestationId; HOSTS]) -> DispatchResult {
		ensure!(T::Versions::rules(version).is_some(), Error::<T>::UnknownVersion);
		let hosts = [Self::host(version, one)?, Self::host(version, other)?];
		let [a, b] = hosts;
		ensure!(a.worker != b.worker || !on(Check::Independent), Error::<T>::SameHost);
		let [a, b] = [Self::counts_until(version, a)?, Self::counts_until(version, b)?];
		let until = Self::enough(&[a, b]).ok_or(Error::<T>::NotRetrieved)?;
		let known = HostsOf::<T>::get(version).and_then(|hosts| Self::enough(&Self::ends(version, hosts)));
		ensure!(
			known.is_none_or(|known| until > known) || !on(Check::LastsLonger),
			Error::<T>::LastsNoLonger
		);
		HostsOf::<T>::insert(version, hosts);
		Self::deposit_event(Event::WeightsShown { version, hosts, until });
		Ok(())
	}

	/// Who made an attestation, if its word counts for this version.
	fn host(version: VersionId, attestation: AttestationId) -> Result<Host, Error<T>> {
		let Retrieval { by, .. } = T::Retrievals::retrieval(version, attestation).ok_or(Error::NotRetrieved)?;
		let worker = WorkerOf::<T>::get(&by).ok_or(Error::HostNotWorker)?;
		let owns = T::Retrievals::owner(version) == Some(by);
		ensure!(!owns || !on(Check::Independent), Error::HostOwnsVersion);
		Ok(Host { attestation, worker })
	}

	/// The last block in which a host's word counts, as it looks now.
	fn counts_until(version: VersionId, Host { attestation, worker }: Host) -> Result<BlockNumber, Error<T>> {
		let said = T::Retrievals::retrieval(version, attestation).ok_or(Error::NotRetrieved)?;
		let stake = Stakes::<T>::get(worker).ok_or(Error::HostNotWorker)?;
		ensure!(Self::sound(&stake).is_ok(), Error::HostUnsound);
		let old = said.at.saturating_add(T::RetrievalPeriod::get());
		let until = said.until.map_or(old, |until| until.min(old));
		ensure!(Self::now() <= until, Error::RetrievalTooOld);
		Ok(until)
	}

	/// The same of those that count.
	fn ends(version: VersionId, hosts: [Host; HOSTS]) -> Vec<BlockNumber> {
		let ends = hosts.into_iter().map(|host| Self::counts_until(version, host));
		ends.filter_map(Result::ok).collect()
	}

	/// Until when there are as many as are needed.
	fn enough(ends: &[BlockNumber]) -> Option<BlockNumber> {
		let first = ends.iter().min().copied();
		match T::Hosts::get() {
			1 => ends.iter().max().copied(),
			// Where none is needed, those that are shown are both for the day when they are.
			_ => first.filter(|_| ends.len() >= HOSTS),
		}
	}

	/// Whether the weights of a version can be had.
	pub(crate) fn attested(version: VersionId) -> bool {
		let shown = || HostsOf::<T>::get(version).and_then(|hosts| Self::enough(&Self::ends(version, hosts)));
		T::Hosts::get() == 0 || shown().is_some()
	}

	/// Whether work on a version can be taken on: exact work needs weights that others can get.
	pub(crate) fn retrievable(version: VersionId, tier: Tier) -> Result<(), Unfit> {
		let attested = tier == Tier::Float || !on(Check::Retrieval) || Self::attested(version);
		ensure!(attested, Unfit::WeightsUnattested);
		Ok(())
	}

	pub(crate) fn view_hosts(version: VersionId) -> HostsView {
		let hosts = HostsOf::<T>::get(version).into_iter().flatten().map(|host| HostView {
			worker: host.worker,
			attestation: host.attestation,
			until: Self::counts_until(version, host).ok(),
		});
		HostsView {
			attested: Self::attested(version),
			hosts: hosts.collect(),
		}
	}
}
