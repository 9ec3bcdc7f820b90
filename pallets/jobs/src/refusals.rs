// SPDX-License-Identifier: Apache-2.0

//! What other pallets refuse, as this one says it.

use crate::{BalanceOf, Config, Error, Pallet};
use atelier_primitives::{
	ids::VersionId,
	models::{Allowed, Class, Refused, Versions},
	terms::Use,
	work::{workers::Unfit, Tier},
};
use frame_support::weights::Weight;

impl<T> From<Unfit> for Error<T> {
	fn from(why: Unfit) -> Self {
		match why {
			Unfit::Unknown => Self::UnknownWorker,
			Unfit::NoOffer => Self::NoOffer,
			Unfit::NotLive => Self::NotLive,
			Unfit::Leaving => Self::Leaving,
			Unfit::Convicted => Self::Convicted,
			Unfit::ExposureFull => Self::ExposureFull,
			Unfit::WeightsUnattested => Self::WeightsUnattested,
			Unfit::OfferExhausted => Self::OfferExhausted,
		}
	}
}

impl<T> From<Refused> for Error<T> {
	fn from(why: Refused) -> Self {
		match why {
			Refused::Unknown => Self::UnknownVersion,
			Refused::Withdrawn => Self::VersionWithdrawn,
			Refused::Overruled => Self::VersionOverruled,
			Refused::Consent => Self::ConsentWithdrawn,
			Refused::Terms(_) => Self::TermsForbidIt,
		}
	}
}

/// A version that may be used, and by what its answers are judged.
pub(crate) type Permitted<T> = (Allowed<<T as frame_system::Config>::AccountId, BalanceOf<T>>, Tier);

impl<T: Config> Pallet<T> {
	/// Whether a version may be used so now, and what finding out did weigh.
	pub(crate) fn permitted(version: VersionId, wanted: Use) -> (Result<Permitted<T>, Error<T>>, Weight) {
		let (allowed, walked) = T::Versions::allow(version, wanted, Self::now());
		let permitted = allowed.map_err(Error::from).map(|allowed| {
			let tier = match allowed.class {
				Class::Exact { .. } => Tier::Exact,
				Class::Float { .. } => Tier::Float,
			};
			(allowed, tier)
		});
		(permitted, walked)
	}
}
