// SPDX-License-Identifier: Apache-2.0

//! Who reaches what. A call as Root takes both chambers, and each check has its positive control.

use atelier_runtime::{
	ContributorsReferenda, Referenda, Runtime, RuntimeCall, RuntimeOrigin,
	economics::ATL,
	genesis::LOCAL,
	governance::Origin,
	parameters::{RuntimeParameters, economics, token_tracks},
};
use atelier_runtime_tests::{Account, Chain, account, dispatch, events, run_blocks, signed};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::GetDispatchInfo,
	traits::{Bounded, Get, schedule::DispatchTime},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use sp_runtime::{
	DispatchError::BadOrigin,
	traits::{BlakeTwo256, Hash},
};

/// A call that only Root may make and that leaves a trace.
fn root_call() -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::set_storage {
		items: vec![(b"mark".to_vec(), b"root was here".to_vec())],
	})
}

fn mark() -> bool {
	sp_io::storage::get(b"mark").is_some()
}

fn hash_of(call: &RuntimeCall) -> sp_core::H256 {
	BlakeTwo256::hash(&call.encode())
}

fn whitelisting(call: &RuntimeCall) -> RuntimeCall {
	RuntimeCall::Whitelist(pallet_whitelist::Call::whitelist_call {
		call_hash: hash_of(call),
	})
}

fn dispatching(call: RuntimeCall) -> RuntimeCall {
	RuntimeCall::Whitelist(pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(call) })
}

fn inline(call: &RuntimeCall) -> Bounded<RuntimeCall, BlakeTwo256> {
	let encoded = call.encode();
	let bounded = encoded.clone().try_into().map(Bounded::Inline);
	bounded.unwrap_or_else(|_| {
		let len = encoded.len() as u32;
		let noted = dispatch(
			RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes: encoded.clone() }),
			signed(Account::Alice),
		);
		assert_ok!(noted);
		Bounded::Lookup {
			hash: BlakeTwo256::hash(&encoded),
			len,
		}
	})
}

/// The contributors put `call` on the whitelist: propose, deposit, vote, wait.
fn contributors_whitelist(call: &RuntimeCall) {
	let index = pallet_referenda::ReferendumCount::<Runtime, pallet_referenda::Instance2>::get();
	assert_ok!(ContributorsReferenda::submit(
		signed(Account::Alice),
		Box::new(Origin::ContributorsVoice.into()),
		inline(&whitelisting(call)),
		DispatchTime::After(0),
	));
	assert_ok!(ContributorsReferenda::place_decision_deposit(
		signed(Account::Alice),
		index
	));
	for voter in [Account::Alice, Account::Bob, Account::Charlie] {
		let vote = RuntimeCall::ContributorsCollective(pallet_ranked_collective::Call::vote { poll: index, aye: true });
		assert_ok!(dispatch(vote, signed(voter)));
	}
	run_blocks(8);
}

/// The token holders decide on `call` with the upgrade track's origin.
fn token_holders_decide(call: RuntimeCall, aye: bool) {
	let index = pallet_referenda::ReferendumCount::<Runtime>::get();
	assert_ok!(Referenda::submit(
		signed(Account::Bob),
		Box::new(Origin::WhitelistedCaller.into()),
		inline(&call),
		DispatchTime::After(0),
	));
	assert_ok!(Referenda::place_decision_deposit(signed(Account::Bob), index));
	for voter in [Account::Alice, Account::Bob, Account::Charlie, Account::Dave] {
		let vote = AccountVote::Standard {
			vote: Vote {
				aye,
				conviction: Conviction::Locked1x,
			},
			balance: 90_000_000 * ATL,
		};
		let call = RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::vote {
			poll_index: index,
			vote,
		});
		assert_ok!(dispatch(call, signed(voter)));
	}
	run_blocks(8);
}

#[test]
fn both_chambers_together_reach_root() {
	Chain::from_preset(LOCAL).run(|| {
		contributors_whitelist(&root_call());
		token_holders_decide(dispatching(root_call()), true);
		assert!(mark(), "{:?}", events());
		sp_io::storage::clear(b"mark");
	});
}

#[test]
fn token_holders_alone_do_not() {
	Chain::from_preset(LOCAL).run(|| {
		token_holders_decide(dispatching(root_call()), true);
		assert!(!mark());
	});
}

#[test]
fn contributors_alone_do_not() {
	Chain::from_preset(LOCAL).run(|| {
		contributors_whitelist(&root_call());
		assert!(!mark());
		let call = dispatching(root_call());
		assert_noop!(dispatch(call, Origin::ContributorsVoice.into()), BadOrigin);
	});
}

#[test]
fn a_lost_vote_enacts_nothing() {
	Chain::from_preset(LOCAL).run(|| {
		contributors_whitelist(&root_call());
		token_holders_decide(dispatching(root_call()), false);
		run_blocks(60);
		assert!(!mark());
	});
}

#[test]
fn no_track_speaks_as_root() {
	Chain::from_preset(LOCAL).run(|| {
		let submitted = Referenda::submit(
			signed(Account::Alice),
			Box::new(frame_system::RawOrigin::Root.into()),
			inline(&root_call()),
			DispatchTime::After(0),
		);
		assert_eq!(submitted, Err(pallet_referenda::Error::<Runtime>::NoTrack.into()));
	});
}

#[test]
fn no_governance_origin_makes_root_calls_itself() {
	Chain::from_preset(LOCAL).run(|| {
		for origin in [
			Origin::WhitelistedCaller,
			Origin::Treasurer,
			Origin::ParametersAdmin,
			Origin::RegistryModerator,
			Origin::DisputePauser,
			Origin::ContributorsVoice,
			Origin::ContributorsMembership,
			Origin::EmergencyStop,
		] {
			assert_noop!(dispatch(root_call(), origin.into()), BadOrigin);
		}
		// Positive control: the call works for who may make it.
		assert_ok!(dispatch(root_call(), RuntimeOrigin::root()));
		sp_io::storage::clear(b"mark");
	});
}

#[test]
fn only_contributors_propose_in_their_chamber() {
	Chain::from_preset(LOCAL).run(|| {
		let propose = |who| {
			ContributorsReferenda::submit(
				signed(who),
				Box::new(Origin::ContributorsVoice.into()),
				inline(&whitelisting(&root_call())),
				DispatchTime::After(0),
			)
		};
		assert_noop!(propose(Account::Eve), BadOrigin);
		assert_ok!(propose(Account::Dave));
	});
}

#[test]
fn a_seat_is_not_transferable() {
	Chain::from_preset(LOCAL).run(|| {
		let exchange = || {
			RuntimeCall::ContributorsCollective(pallet_ranked_collective::Call::exchange_member {
				who: account(Account::Alice).into(),
				new_who: account(Account::Eve).into(),
			})
		};
		for origin in [
			signed(Account::Alice),
			RuntimeOrigin::root(),
			Origin::ContributorsMembership.into(),
		] {
			assert_noop!(dispatch(exchange(), origin), BadOrigin);
		}
	});
}

#[test]
fn the_parameters_track_tunes_fees_but_not_the_rules_of_governance() {
	Chain::from_preset(LOCAL).run(|| {
		let set = |key_value| RuntimeCall::Parameters(pallet_parameters::Call::set_parameter { key_value });
		let fee = RuntimeParameters::Economics(economics::Parameters::FeeTreasuryShare(
			economics::FeeTreasuryShare,
			Some(sp_runtime::Permill::from_percent(10)),
		));
		let locking = RuntimeParameters::TokenTracks(token_tracks::Parameters::VoteLocking(
			token_tracks::VoteLocking,
			Some(1),
		));
		assert_ok!(dispatch(set(fee.clone()), Origin::ParametersAdmin.into()));
		let share: sp_runtime::Permill = economics::FeeTreasuryShare::get();
		assert_eq!(share, sp_runtime::Permill::from_percent(10));
		assert_noop!(dispatch(set(fee), signed(Account::Alice)), BadOrigin);
		assert_noop!(
			dispatch(set(locking.clone()), Origin::ParametersAdmin.into()),
			BadOrigin
		);
		assert_ok!(dispatch(set(locking), RuntimeOrigin::root()));
	});
}

#[test]
fn the_treasurers_spend_up_to_their_limit_and_the_payee_collects() {
	Chain::from_preset(LOCAL).run(|| {
		let spend = |amount| {
			RuntimeCall::Treasury(pallet_treasury::Call::spend {
				asset_kind: Box::new(()),
				amount,
				beneficiary: Box::new(account(Account::Eve)),
				valid_from: None,
			})
		};
		assert_noop!(
			dispatch(spend(1_000_001 * ATL), Origin::Treasurer.into()),
			pallet_treasury::Error::<Runtime>::InsufficientPermission
		);
		assert_ok!(dispatch(spend(1_000 * ATL), Origin::Treasurer.into()));
		let before = atelier_runtime::Balances::free_balance(account(Account::Eve));
		let payout = RuntimeCall::Treasury(pallet_treasury::Call::payout { index: 0 });
		assert_ok!(dispatch(payout, signed(Account::Eve)));
		assert_eq!(
			atelier_runtime::Balances::free_balance(account(Account::Eve)),
			before + 1_000 * ATL
		);
	});
}

#[test]
fn periods_of_zero_do_not_stop_the_chain() {
	Chain::from_preset(LOCAL).run(|| {
		let zero = atelier_runtime::governance::TrackPeriods::new(0, 0, 0, 0);
		let set = RuntimeParameters::TokenTracks(token_tracks::Parameters::UpgradeTrack(
			token_tracks::UpgradeTrack,
			Some(zero),
		));
		assert_ok!(dispatch(
			RuntimeCall::Parameters(pallet_parameters::Call::set_parameter { key_value: set }),
			RuntimeOrigin::root()
		));
		token_holders_decide(dispatching(root_call()), true);
		assert!(!mark(), "not whitelisted");
	});
}

#[test]
fn both_chambers_change_the_validator_set() {
	Chain::from_preset(LOCAL).run(|| {
		let call = RuntimeCall::Validators(pallet_validators::Call::remove_validator {
			validator: account(Account::Dave),
		});
		contributors_whitelist(&call);
		token_holders_decide(dispatching(call), true);
		assert!(
			!atelier_runtime::Validators::validators().contains(&account(Account::Dave)),
			"{:?}",
			events()
		);
	});
}

#[test]
fn no_call_weighs_more_than_a_block_admits() {
	Chain::from_preset(LOCAL).run(|| {
		let limit = atelier_runtime::configs::BlockLimits::get().max_block;
		for call in [root_call(), dispatching(root_call()), whitelisting(&root_call())] {
			assert!(call.get_dispatch_info().call_weight.all_lte(limit));
		}
	});
}
