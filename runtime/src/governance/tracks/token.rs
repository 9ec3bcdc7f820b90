// SPDX-License-Identifier: Apache-2.0

//! Tracks of the token holders' chamber.
//!
//! Approval is the weight of ayes among votes, support the part of all tokens that voted aye. Both thresholds fall while
//! a referendum runs, so a quick decision needs many voters and a slow one survives a low turnout.

use super::{percent, Demands};
use crate::{
	economics::ATL, governance::Origin, parameters::token_tracks as periods, Balance, BlockNumber, OriginCaller,
};
use alloc::borrow::Cow;
use frame_support::traits::Get;
use pallet_referenda::{Curve, Track, TracksInfo};

pub struct TokenTracks;

/// Dispatches whitelisted calls as Root. High approval; support from 20% down to 5%, since the contributors agreed before.
const UPGRADE: Demands = Demands {
	name: "upgrade",
	max_deciding: 5,
	decision_deposit: 10_000 * ATL,
	min_approval: Curve::make_reciprocal(16, 28, percent(80), percent(50), percent(100)),
	min_support: Curve::make_reciprocal(7, 28, percent(10), percent(5), percent(20)),
};
/// Spends the treasury's money: a majority of a fifth of all tokens at first, of a hundredth at the end.
const TREASURER: Demands = Demands {
	name: "treasurer",
	max_deciding: 10,
	decision_deposit: 1_000 * ATL,
	min_approval: Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100)),
	min_support: Curve::make_reciprocal(16, 28, percent(10), percent(1), percent(20)),
};
const PARAMETERS: Demands = Demands {
	name: "parameters",
	max_deciding: 10,
	decision_deposit: 1_000 * ATL,
	min_approval: Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100)),
	min_support: Curve::make_reciprocal(7, 28, percent(10), percent(1), percent(20)),
};
/// Many small decisions about single records.
const REGISTRY_MODERATION: Demands = Demands {
	name: "registry_moderation",
	max_deciding: 50,
	decision_deposit: 100 * ATL,
	min_approval: Curve::make_linear(17, 28, percent(50), percent(100)),
	min_support: Curve::make_reciprocal(12, 28, percent(2), percent(0), percent(20)),
};
/// Must be quick and hard: a pause stops everyone's clocks, and ends by itself.
const DISPUTE_PAUSER: Demands = Demands {
	name: "dispute_pauser",
	max_deciding: 5,
	decision_deposit: 5_000 * ATL,
	min_approval: Curve::make_reciprocal(4, 28, percent(80), percent(60), percent(100)),
	min_support: Curve::make_reciprocal(1, 28, percent(10), percent(5), percent(20)),
};

impl TracksInfo<Balance, BlockNumber> for TokenTracks {
	type Id = u16;
	type RuntimeOrigin = OriginCaller;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
		[
			UPGRADE.over(0, periods::UpgradeTrack::get()),
			TREASURER.over(1, periods::TreasurerTrack::get()),
			PARAMETERS.over(2, periods::ParametersTrack::get()),
			REGISTRY_MODERATION.over(3, periods::ModerationTrack::get()),
			DISPUTE_PAUSER.over(4, periods::PauserTrack::get()),
		]
		.into_iter()
	}

	fn track_for(origin: &OriginCaller) -> Result<u16, ()> {
		match origin {
			OriginCaller::Origins(Origin::WhitelistedCaller) => Ok(0),
			OriginCaller::Origins(Origin::Treasurer) => Ok(1),
			OriginCaller::Origins(Origin::ParametersAdmin) => Ok(2),
			OriginCaller::Origins(Origin::RegistryModerator) => Ok(3),
			OriginCaller::Origins(Origin::DisputePauser) => Ok(4),
			_ => Err(()),
		}
	}
}
