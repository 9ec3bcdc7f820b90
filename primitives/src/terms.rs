// SPDX-License-Identifier: Apache-2.0

//! Under which terms a dataset or a version may be used: what of a licence the chain can evaluate.
//!
//! Terms never change. Those of a derivative are never wider than those of what it was made from, so whoever wants to use
//! a version needs only look at its own.

use crate::BlockNumber;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::Permill;

/// What an answer, or a model, is wanted for.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[repr(u8)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
	/// Somebody's own affairs.
	Personal = 0,
	Education = 1,
	Research = 2,
	/// Finding out how good or how safe a model is.
	Evaluation = 3,
	/// The affairs of a company or of anybody else who acts in a market.
	Business = 4,
	/// Of a state and its offices.
	Government = 5,
	/// Decisions about somebody's health.
	Health = 6,
	/// Decisions about somebody's money, insurance or work.
	Finance = 7,
	/// Answers from which another model learns.
	Distillation = 8,
}

impl Purpose {
	pub const ALL: [Self; 9] = [
		Self::Personal,
		Self::Education,
		Self::Research,
		Self::Evaluation,
		Self::Business,
		Self::Government,
		Self::Health,
		Self::Finance,
		Self::Distillation,
	];

	const fn bit(self) -> u16 {
		1 << self as u8
	}
}

/// A set of purposes.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Purposes(u16);

impl Purposes {
	/// Also those that will be named later.
	pub const ANY: Self = Self(u16::MAX);
	pub const NONE: Self = Self(0);

	pub fn has(self, purpose: Purpose) -> bool {
		self.0 & purpose.bit() != 0
	}

	#[must_use]
	pub fn with(self, purpose: Purpose) -> Self {
		Self(self.0 | purpose.bit())
	}

	/// Whether all of these are among the others.
	pub fn within(self, others: Self) -> bool {
		self.0 & !others.0 == 0
	}
}

/// What an owner's withdrawal stops, in all that was made from it.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Withdrawal {
	/// Nothing new is made or trained from it.
	StopsDerivation,
	/// Nor does anything that was made from it answer.
	StopsServing,
}

/// What the chain holds users to.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
	/// Whether anything may be made from it.
	pub derive: bool,
	/// Whether it may be used for profit.
	pub commercial: bool,
	/// The least share of its fee that a derivative owes.
	pub min_share: Permill,
	/// The last block in which it may be used.
	pub expiry: Option<BlockNumber>,
	pub purposes: Purposes,
	pub withdrawal: Withdrawal,
}

/// How somebody wants to use something.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Use {
	pub purpose: Purpose,
	/// For profit.
	pub commercial: bool,
}

/// Which of the terms forbid it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Forbidden {
	/// Nothing may be made from it.
	Derivation,
	/// It is not for profit.
	CommercialUse,
	/// Not for that purpose.
	Purpose,
	/// The terms have ended, or would end before those of the derivative.
	Expired,
	/// It is owed a larger share.
	ShareTooSmall,
}

impl Terms {
	/// Whether it may be used so in this block.
	pub fn allow(&self, wanted: Use, now: BlockNumber) -> Result<(), Forbidden> {
		self.last(now)?;
		if wanted.commercial && !self.commercial {
			return Err(Forbidden::CommercialUse);
		}
		if !self.purposes.has(wanted.purpose) {
			return Err(Forbidden::Purpose);
		}
		Ok(())
	}

	/// Whether something with the terms of `derivative`, which gives it this share, may be made from it in this block.
	pub fn allow_derivative(&self, derivative: &Self, share: Permill, now: BlockNumber) -> Result<(), Forbidden> {
		self.last(now)?;
		if !self.derive {
			return Err(Forbidden::Derivation);
		}
		if derivative.commercial && !self.commercial {
			return Err(Forbidden::CommercialUse);
		}
		if !derivative.purposes.within(self.purposes) {
			return Err(Forbidden::Purpose);
		}
		match (self.expiry, derivative.expiry) {
			(Some(_), None) => return Err(Forbidden::Expired),
			(Some(end), Some(later)) if later > end => return Err(Forbidden::Expired),
			_ => {}
		}
		if share < self.min_share {
			return Err(Forbidden::ShareTooSmall);
		}
		Ok(())
	}

	/// Whether the terms have not ended.
	fn last(&self, now: BlockNumber) -> Result<(), Forbidden> {
		match self.expiry {
			Some(end) if now > end => Err(Forbidden::Expired),
			_ => Ok(()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const OPEN: Terms = Terms {
		derive: true,
		commercial: true,
		min_share: Permill::zero(),
		expiry: None,
		purposes: Purposes::ANY,
		withdrawal: Withdrawal::StopsDerivation,
	};

	mod allow {
		use super::*;

		const RESEARCH: Use = Use {
			purpose: Purpose::Research,
			commercial: false,
		};

		#[test]
		fn what_is_open_is_for_everybody() {
			for purpose in Purpose::ALL {
				for commercial in [false, true] {
					assert_eq!(OPEN.allow(Use { purpose, commercial }, u32::MAX), Ok(()));
				}
			}
		}

		#[test]
		fn until_the_last_block() {
			let terms = Terms {
				expiry: Some(9),
				..OPEN
			};
			assert_eq!(terms.allow(RESEARCH, 9), Ok(()));
			assert_eq!(terms.allow(RESEARCH, 10), Err(Forbidden::Expired));
		}

		#[test]
		fn only_named_purposes() {
			for named in Purpose::ALL {
				let terms = Terms {
					purposes: Purposes::NONE.with(named),
					..OPEN
				};
				for purpose in Purpose::ALL {
					let allowed = terms.allow(
						Use {
							purpose,
							commercial: false,
						},
						0,
					);
					assert_eq!(allowed.is_ok(), purpose == named);
				}
			}
		}

		#[test]
		fn no_profit_where_it_is_excluded() {
			let terms = Terms {
				commercial: false,
				..OPEN
			};
			assert_eq!(terms.allow(RESEARCH, 0), Ok(()));
			let profit = Use {
				commercial: true,
				..RESEARCH
			};
			assert_eq!(terms.allow(profit, 0), Err(Forbidden::CommercialUse));
		}
	}

	mod allow_derivative {
		use super::*;

		fn wider(parent: Terms, child: Terms, share: u32) -> Result<(), Forbidden> {
			parent.allow_derivative(&child, Permill::from_percent(share), 5)
		}

		#[test]
		fn each_term_binds() {
			let parent = Terms {
				commercial: false,
				min_share: Permill::from_percent(10),
				expiry: Some(9),
				purposes: Purposes::NONE.with(Purpose::Research),
				..OPEN
			};
			let child = parent;
			assert_eq!(wider(parent, child, 10), Ok(()));
			assert_eq!(wider(parent, child, 9), Err(Forbidden::ShareTooSmall));
			let closed = Terms {
				derive: false,
				..parent
			};
			assert_eq!(wider(closed, child, 10), Err(Forbidden::Derivation));
			let sold = Terms {
				commercial: true,
				..child
			};
			assert_eq!(wider(parent, sold, 10), Err(Forbidden::CommercialUse));
			let other = Terms {
				purposes: Purposes::ANY,
				..child
			};
			assert_eq!(wider(parent, other, 10), Err(Forbidden::Purpose));
			for expiry in [None, Some(10)] {
				assert_eq!(wider(parent, Terms { expiry, ..child }, 10), Err(Forbidden::Expired));
			}
			let ended = Terms {
				expiry: Some(4),
				..parent
			};
			assert_eq!(
				wider(
					ended,
					Terms {
						expiry: Some(4),
						..child
					},
					10
				),
				Err(Forbidden::Expired)
			);
		}

		#[test]
		fn a_derivative_of_a_derivative_is_no_wider_than_the_first() {
			let choices = [OPEN.purposes, Purposes::NONE.with(Purpose::Health), Purposes::NONE];
			let all = choices.iter().flat_map(|purposes| {
				[None, Some(7), Some(9)].into_iter().flat_map(move |expiry| {
					[true, false].map(|commercial| Terms {
						purposes: *purposes,
						expiry,
						commercial,
						..OPEN
					})
				})
			});
			let all: Vec<_> = all.collect();
			for first in &all {
				for second in all.iter().filter(|second| wider(*first, **second, 0).is_ok()) {
					for third in all.iter().filter(|third| wider(*second, **third, 0).is_ok()) {
						assert_eq!(wider(*first, *third, 0), Ok(()));
					}
				}
			}
		}
	}
}
