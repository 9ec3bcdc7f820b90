// SPDX-License-Identifier: Apache-2.0

//! The tracks of both chambers. What a track demands is code; how long it takes is a parameter.

pub mod contributors;
pub mod token;

use super::TrackPeriods;
use crate::{Balance, BlockNumber};
use alloc::borrow::Cow;
use pallet_referenda::{Curve, Track, TrackInfo};

/// What a track demands, whatever its periods.
struct Demands {
	name: &'static str,
	max_deciding: u32,
	decision_deposit: Balance,
	min_approval: Curve,
	min_support: Curve,
}

impl Demands {
	fn over<Id>(&self, id: Id, periods: TrackPeriods) -> Cow<'static, Track<Id, Balance, BlockNumber>>
	where
		Track<Id, Balance, BlockNumber>: Clone,
	{
		let periods = periods.sane();
		Cow::Owned(Track {
			id,
			info: TrackInfo {
				name: sp_runtime::str_array(self.name),
				max_deciding: self.max_deciding,
				decision_deposit: self.decision_deposit,
				prepare_period: periods.prepare,
				decision_period: periods.decision,
				confirm_period: periods.confirm,
				min_enactment_period: periods.enactment,
				min_approval: self.min_approval.clone(),
				min_support: self.min_support.clone(),
			},
		})
	}
}

const fn percent(x: i32) -> sp_runtime::FixedI64 {
	sp_runtime::FixedI64::from_rational(x as u128, 100)
}
