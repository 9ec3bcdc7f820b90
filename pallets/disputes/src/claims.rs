// SPDX-License-Identifier: Apache-2.0

//! Which claims are part of a piece of work, and which are wrong without any computation.

use crate::{
	checks::{on, Check},
	Config, Error, HostHash, Model, Pallet, PendingOf, Place, Shown,
};
use atelier_primitives::{
	ids::VersionId,
	models::{Class, Versions, SPEC},
	work::{audits::Claims, named, named_version, price::units, Work},
};
use atelier_referee::{
	claim::Origin,
	commit::{
		mountain::{Interval, Receipt},
		Commitment, Kind,
	},
	dispute::Case,
	hash::Digest,
	trace::{Counts, Graph},
};
use frame_support::ensure;
use sp_runtime::traits::{UniqueSaturatedInto, Zero};

impl<T: Config> Pallet<T> {
	/// The chain, as claims name it.
	pub(crate) fn genesis() -> Digest {
		let hash = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		let mut genesis = Digest::default();
		genesis.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		genesis
	}

	/// The exact model of a version. None: it is not exact.
	pub(crate) fn model(version: VersionId) -> Option<Model> {
		match T::Versions::rules(version)? {
			// By another arithmetic than this referee's nothing can be judged.
			(
				Class::Exact {
					spec,
					shape,
					vocabulary,
				},
				weights,
			) if spec == SPEC => Some(Model {
				spec,
				shape,
				weights,
				vocabulary,
			}),
			_ => None,
		}
	}

	/// The units that a claim covers, if it is part of the work and the request is its own.
	pub(crate) fn located(pending: &PendingOf<T>, shown: &Shown) -> Result<Interval, Error<T>> {
		let leaf = shown.claim.leaf::<HostHash>();
		ensure!(
			shown.claim.request == shown.request.root::<HostHash>(),
			Error::<T>::NotTheRequest
		);
		match (&pending.claims, &shown.place) {
			(Claims::One { claim, units }, Place::Job) => {
				ensure!(*claim == leaf || !on(Check::InWork), Error::<T>::NotInWork);
				Ok(Interval { from: 0, to: *units })
			}
			(
				Claims::Since { earlier, later },
				Place::Receipt {
					index,
					units,
					inclusion,
				},
			) => {
				// What was settled before is final, or another piece of work.
				ensure!(*index >= earlier.receipts || !on(Check::InWork), Error::<T>::NotInWork);
				let receipt = Receipt {
					claim: leaf,
					units: *units,
				};
				let found = inclusion.verify::<HostHash>(later, *index, &receipt);
				if !on(Check::InWork) {
					return Ok(Interval { from: 0, to: *units });
				}
				found.map_err(|_| Error::<T>::NotInWork)
			}
			_ => Err(Error::<T>::NotInWork),
		}
	}

	/// Whether a claim that is part of the work is wrong whatever was computed: it is about something else than what the
	/// payer pays for, or there is no answer like it.
	pub(crate) fn evident(work: Work, pending: &PendingOf<T>, shown: &Shown, model: Option<&Model>) -> bool {
		let Shown { claim, request, place } = shown;
		let origin = match (work, place) {
			(Work::Settlement { session, .. }, Place::Receipt { index, .. }) => Origin::Session {
				session: session.0,
				index: *index,
			},
			(Work::Job(job), _) => Origin::Job(job.0),
			// Located before.
			(Work::Settlement { .. }, Place::Job) => return false,
		};
		let priced = match place {
			Place::Receipt { units, .. } => *units,
			Place::Job => pending.claims.units().1,
		};
		let bound = claim.genesis == Self::genesis()
			&& claim.origin == origin
			&& claim.worker == named(pending.worker)
			&& claim.version == named_version(pending.version)
			&& units(claim.input_count, claim.output_count) == priced
			&& pending.request.is_none_or(|asked| asked == claim.request);
		if !bound {
			return on(Check::Binding);
		}
		let Some(model) = model else { return false };
		let counts = Counts {
			input: claim.input_count,
			output: claim.output_count,
		};
		// A trace of as many leaves as there must be: whatever is wrong now is wrong with the claim.
		let Ok(graph) = Graph::new(model.shape, counts) else {
			return true;
		};
		let trace = Commitment {
			kind: Kind::Trace,
			count: graph.leaves(),
			root: Digest::default(),
		};
		Case::of::<HostHash>(claim, request, model.registered(), trace).is_err()
	}

	/// The running block.
	pub(crate) fn now() -> u32 {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}
}
