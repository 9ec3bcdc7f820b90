// SPDX-License-Identifier: Apache-2.0

//! The origins that a referendum can speak with. None of them is Root: Root is reached only by a call that the
//! contributors whitelisted and the token holders dispatch.

pub use pallet_origins::*;

#[allow(clippy::expect_used)] // FRAME's expansion; see the pallets.
#[frame_support::pallet]
pub mod pallet_origins {
	use frame_support::pallet_prelude::*;

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[derive(PartialEq, Eq, Clone, MaxEncodedLen, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
	#[pallet::origin]
	pub enum Origin {
		/// Token holders: may dispatch what the contributors whitelisted, as Root.
		WhitelistedCaller,
		/// Token holders: spends from the treasury.
		Treasurer,
		/// Token holders: tunes parameters.
		ParametersAdmin,
		/// Token holders: decides contested registrations.
		RegistryModerator,
		/// Token holders: pauses disputes.
		DisputePauser,
		/// Contributors: whitelist a call.
		ContributorsVoice,
		/// Contributors: who belongs to them, and at which rank.
		ContributorsMembership,
		/// Contributors of higher rank: safe mode.
		EmergencyStop,
	}

	/// An `EnsureOrigin` for one of the origins above.
	macro_rules! ensure {
		($($(#[$doc:meta])* $name:ident)*) => { $(
			$(#[$doc])*
			pub struct $name;
			impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for $name
			where
				for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
			{
				type Success = ();

				fn try_origin(o: O) -> Result<(), O> {
					if matches!(o.caller().try_into(), Ok(Origin::$name)) {
						Ok(())
					} else {
						Err(o)
					}
				}

				#[cfg(feature = "runtime-benchmarks")]
				fn try_successful_origin() -> Result<O, ()> {
					Ok(O::from(Origin::$name))
				}
			}
		)* };
	}

	use frame_support::traits::OriginTrait;
	ensure! {
		WhitelistedCaller
		Treasurer
		ParametersAdmin
		RegistryModerator
		DisputePauser
		ContributorsVoice
		ContributorsMembership
		EmergencyStop
	}
}
