// SPDX-License-Identifier: Apache-2.0

//! Tracks of the contributors' chamber: one seat, one vote.

use super::{percent, Demands};
use crate::{
	economics::ATL, governance::Origin, parameters::contributor_tracks as periods, Balance, BlockNumber, OriginCaller,
};
use alloc::borrow::Cow;
use frame_support::traits::Get;
use pallet_ranked_collective::Rank;
use pallet_referenda::{Curve, Track, TracksInfo};
use sp_runtime::traits::Convert;

pub struct ContributorTracks;

/// Whitelists calls. Support is counted over all seats of rank 1 and above.
const VOICE: Demands = Demands {
	name: "voice",
	max_deciding: 10,
	decision_deposit: 10 * ATL,
	min_approval: Curve::make_linear(28, 28, percent(60), percent(100)),
	min_support: Curve::make_linear(28, 28, percent(10), percent(50)),
};
const MEMBERSHIP: Demands = Demands {
	name: "membership",
	max_deciding: 25,
	decision_deposit: 10 * ATL,
	min_approval: Curve::make_linear(28, 28, percent(50), percent(100)),
	min_support: Curve::make_linear(28, 28, percent(5), percent(50)),
};
/// Safe mode stops everyone's business, so two thirds of the seats that may vote must want it, at any time.
const EMERGENCY: Demands = Demands {
	name: "emergency",
	max_deciding: 3,
	decision_deposit: 10 * ATL,
	min_approval: Curve::make_linear(28, 28, percent(75), percent(100)),
	min_support: Curve::make_linear(28, 28, percent(66), percent(66)),
};

impl TracksInfo<Balance, BlockNumber> for ContributorTracks {
	type Id = u16;
	type RuntimeOrigin = OriginCaller;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
		[
			VOICE.over(0, periods::VoiceTrack::get()),
			MEMBERSHIP.over(1, periods::MembershipTrack::get()),
			EMERGENCY.over(2, periods::EmergencyTrack::get()),
		]
		.into_iter()
	}

	fn track_for(origin: &OriginCaller) -> Result<u16, ()> {
		match origin {
			OriginCaller::Origins(Origin::ContributorsVoice) => Ok(0),
			OriginCaller::Origins(Origin::ContributorsMembership) => Ok(1),
			OriginCaller::Origins(Origin::EmergencyStop) => Ok(2),
			_ => Err(()),
		}
	}
}

/// The rank from which a seat votes on a track.
pub struct MinRankOfTrack;

impl Convert<u16, Rank> for MinRankOfTrack {
	fn convert(track: u16) -> Rank {
		match track {
			0 => 1,
			1 => 2,
			_ => 3,
		}
	}
}
