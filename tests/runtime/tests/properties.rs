// SPDX-License-Identifier: Apache-2.0

//! Random histories of a whole chain: whatever anyone sends in whatever order, every pallet's invariants hold, sessions
//! go on, and not one unit of money appears or vanishes.

use atelier_runtime::{
	Runtime, RuntimeCall, RuntimeOrigin, Session, economics::ATL, genesis::LOCAL, governance::Origin,
};
use atelier_runtime_tests::{Account, Chain, account, check_state, dispatch, next_block, run_blocks, signed};
use frame_support::traits::{Bounded, schedule::DispatchTime};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use proptest::prelude::*;
use sp_runtime::MultiAddress;

const PEOPLE: [Account; 6] = [
	Account::Alice,
	Account::Bob,
	Account::Charlie,
	Account::Dave,
	Account::Eve,
	Account::Ferdie,
];

#[derive(Clone, Debug)]
enum Op {
	Transfer {
		from: usize,
		to: u8,
		amount: u128,
	},
	Propose {
		who: usize,
		track: usize,
	},
	Deposit {
		who: usize,
		referendum: u32,
	},
	VoteTokens {
		who: usize,
		referendum: u32,
		aye: bool,
		amount: u128,
	},
	VoteSeat {
		who: usize,
		referendum: u32,
		aye: bool,
	},
	Unlock {
		who: usize,
	},
	Note {
		who: usize,
		length: usize,
	},
	Proxy {
		from: usize,
		to: usize,
	},
	Multisig {
		who: usize,
	},
	AddValidator {
		who: usize,
	},
	RemoveValidator {
		who: usize,
	},
	PurgeKeys {
		who: usize,
	},
	SafeMode {
		enter: bool,
	},
	Blocks {
		count: u32,
	},
}

fn op() -> impl Strategy<Value = Op> {
	let who = 0..PEOPLE.len();
	let amount = prop_oneof![0..5 * ATL, Just(u128::MAX), Just(ATL / 100), 0..200_000_000 * ATL];
	prop_oneof![
		(who.clone(), 0..4u8, amount.clone()).prop_map(|(from, to, amount)| Op::Transfer { from, to, amount }),
		(who.clone(), 0..6usize).prop_map(|(who, track)| Op::Propose { who, track }),
		(who.clone(), 0..4u32).prop_map(|(who, referendum)| Op::Deposit { who, referendum }),
		(who.clone(), 0..4u32, any::<bool>(), amount).prop_map(|(who, referendum, aye, amount)| Op::VoteTokens {
			who,
			referendum,
			aye,
			amount
		}),
		(who.clone(), 0..4u32, any::<bool>()).prop_map(|(who, referendum, aye)| Op::VoteSeat { who, referendum, aye }),
		who.clone().prop_map(|who| Op::Unlock { who }),
		(who.clone(), 0..2_000usize).prop_map(|(who, length)| Op::Note { who, length }),
		(who.clone(), who.clone()).prop_map(|(from, to)| Op::Proxy { from, to }),
		who.clone().prop_map(|who| Op::Multisig { who }),
		who.clone().prop_map(|who| Op::AddValidator { who }),
		who.clone().prop_map(|who| Op::RemoveValidator { who }),
		who.prop_map(|who| Op::PurgeKeys { who }),
		any::<bool>().prop_map(|enter| Op::SafeMode { enter }),
		(1..12u32).prop_map(|count| Op::Blocks { count }),
	]
}

fn remark() -> Bounded<RuntimeCall, sp_runtime::traits::BlakeTwo256> {
	let call = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
	Bounded::Inline(codec::Encode::encode(&call).try_into().expect("short"))
}

/// The call that an operation sends and the origin that sends it. Most are refused for some reason: that is the point.
fn call(op: &Op) -> Option<(RuntimeCall, RuntimeOrigin)> {
	let by = |index: usize| signed(PEOPLE[index]);
	let lookup = |index: usize| MultiAddress::Id(account(PEOPLE[index]));
	Some(match *op {
		Op::Transfer { from, to, amount } => {
			// Some receivers do not exist before, so accounts are made and die.
			let dest = MultiAddress::Id(sp_runtime::AccountId32::new([to; 32]));
			(
				RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death { dest, value: amount }),
				by(from),
			)
		}
		Op::Propose { who, track } => {
			let origin = [
				Origin::WhitelistedCaller,
				Origin::Treasurer,
				Origin::ParametersAdmin,
				Origin::RegistryModerator,
				Origin::DisputePauser,
				Origin::ContributorsVoice,
			][track]
				.clone();
			let proposal_origin = Box::new(origin.into());
			let enactment_moment = DispatchTime::After(0);
			if track == 5 {
				let call = pallet_referenda::Call::submit {
					proposal_origin,
					proposal: remark(),
					enactment_moment,
				};
				(RuntimeCall::ContributorsReferenda(call), by(who))
			} else {
				let call = pallet_referenda::Call::submit {
					proposal_origin,
					proposal: remark(),
					enactment_moment,
				};
				(RuntimeCall::Referenda(call), by(who))
			}
		}
		Op::Deposit { who, referendum: index } => (
			RuntimeCall::Referenda(pallet_referenda::Call::place_decision_deposit { index }),
			by(who),
		),
		Op::VoteTokens {
			who,
			referendum,
			aye,
			amount,
		} => {
			let vote = AccountVote::Standard {
				vote: Vote {
					aye,
					conviction: Conviction::Locked2x,
				},
				balance: amount,
			};
			let call = pallet_conviction_voting::Call::vote {
				poll_index: referendum,
				vote,
			};
			(RuntimeCall::ConvictionVoting(call), by(who))
		}
		Op::VoteSeat {
			who,
			referendum: poll,
			aye,
		} => (
			RuntimeCall::ContributorsCollective(pallet_ranked_collective::Call::vote { poll, aye }),
			by(who),
		),
		Op::Unlock { who } => {
			let call = pallet_conviction_voting::Call::unlock {
				class: 0,
				target: lookup(who),
			};
			(RuntimeCall::ConvictionVoting(call), by(who))
		}
		Op::Note { who, length } => (
			RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes: vec![7; length] }),
			by(who),
		),
		Op::Proxy { from, to } => {
			let proxy_type = atelier_runtime::configs::ProxyKind::Governance;
			let call = pallet_proxy::Call::add_proxy {
				delegate: lookup(to),
				proxy_type,
				delay: 0,
			};
			(RuntimeCall::Proxy(call), by(from))
		}
		Op::Multisig { who } => {
			let mut others: Vec<_> = (0..3)
				.filter(|index| *index != who)
				.map(|index| account(PEOPLE[index]))
				.collect();
			others.sort();
			let call = pallet_multisig::Call::approve_as_multi {
				threshold: 2,
				other_signatories: others,
				maybe_timepoint: None,
				call_hash: [who as u8; 32],
				max_weight: Default::default(),
			};
			(RuntimeCall::Multisig(call), by(who))
		}
		Op::AddValidator { who } => {
			let call = pallet_validators::Call::add_validator {
				validator: account(PEOPLE[who]),
			};
			(RuntimeCall::Validators(call), RuntimeOrigin::root())
		}
		Op::RemoveValidator { who } => {
			let call = pallet_validators::Call::remove_validator {
				validator: account(PEOPLE[who]),
			};
			(RuntimeCall::Validators(call), RuntimeOrigin::root())
		}
		Op::PurgeKeys { who } => (RuntimeCall::Validators(pallet_validators::Call::purge_keys {}), by(who)),
		Op::SafeMode { enter: true } => (
			RuntimeCall::SafeMode(pallet_safe_mode::Call::force_enter {}),
			Origin::EmergencyStop.into(),
		),
		Op::SafeMode { enter: false } => (
			RuntimeCall::SafeMode(pallet_safe_mode::Call::force_exit {}),
			Origin::EmergencyStop.into(),
		),
		Op::Blocks { .. } => return None,
	})
}

fn short_epochs(genesis: &mut serde_json::Value) {
	genesis["launch"]["epochSlots"] = 10.into();
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases()))]
	#[test]
	fn every_history_keeps_the_invariants(history in prop::collection::vec(op(), 1..50)) {
		Chain::from_preset_with(LOCAL, short_epochs).run(|| {
			for op in &history {
				match (op, call(op)) {
					(Op::Blocks { count }, _) => run_blocks(*count),
					(_, Some((call, origin))) => {
						let _most_are_refused = dispatch(call, origin);
					},
					_ => {},
				}
				check_state();
				assert!(!Session::validators().is_empty());
			}
			next_block();
			assert!(!pallet_session::QueuedKeys::<Runtime>::get().is_empty());
		});
	}
}

/// 40 histories, or as many as `ATELIER_CASES` says (`make test-long`).
fn cases() -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(40)
}
