// SPDX-License-Identifier: Apache-2.0

//! Safe mode: who can call it, what it stops, what it must not stop, and that it ends.

use atelier_runtime::{
	Runtime, RuntimeCall, RuntimeOrigin, SafeMode, economics::ATL, genesis::LOCAL, governance::Origin,
};
use atelier_runtime_tests::{Account, Chain, account, dispatch, run_blocks, signed};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError::BadOrigin, MultiAddress};

fn transfer() -> RuntimeCall {
	RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
		dest: MultiAddress::Id(account(Account::Bob)),
		value: ATL,
	})
}

fn filtered() -> sp_runtime::DispatchError {
	frame_system::Error::<Runtime>::CallFiltered.into()
}

fn enter() {
	let enter = RuntimeCall::SafeMode(pallet_safe_mode::Call::force_enter {});
	assert_ok!(dispatch(enter, Origin::EmergencyStop.into()));
	assert!(SafeMode::is_entered());
}

#[test]
fn stops_transfers_and_ends_by_itself() {
	Chain::from_preset(LOCAL).run(|| {
		assert_ok!(dispatch(transfer(), signed(Account::Alice)));
		enter();
		assert_noop!(dispatch(transfer(), signed(Account::Alice)), filtered());
		run_blocks(22);
		assert!(!SafeMode::is_entered());
		assert_ok!(dispatch(transfer(), signed(Account::Alice)));
	});
}

#[test]
fn wrappers_do_not_smuggle_a_transfer_through() {
	Chain::from_preset(LOCAL).run(|| {
		enter();
		let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all {
			calls: vec![transfer()],
		});
		assert_noop!(dispatch(batch, signed(Account::Alice)), filtered());
		let derivative = pallet_utility::Call::as_derivative {
			index: 0,
			call: Box::new(transfer()),
		};
		assert_noop!(
			dispatch(RuntimeCall::Utility(derivative), signed(Account::Alice)),
			filtered()
		);
	});
}

#[test]
fn leaves_governance_and_the_return_of_own_money_possible() {
	Chain::from_preset(LOCAL).run(|| {
		let note = |bytes: &[u8]| RuntimeCall::Preimage(pallet_preimage::Call::note_preimage { bytes: bytes.to_vec() });
		assert_ok!(dispatch(note(b"before"), signed(Account::Alice)));
		enter();
		assert_ok!(dispatch(note(b"in it"), signed(Account::Alice)));
		use sp_runtime::traits::Hash;
		let take_back = RuntimeCall::Preimage(pallet_preimage::Call::unnote_preimage {
			hash: sp_runtime::traits::BlakeTwo256::hash(b"before"),
		});
		assert_ok!(dispatch(take_back, signed(Account::Alice)));
		let unlock = pallet_conviction_voting::Call::unlock {
			class: 0,
			target: MultiAddress::Id(account(Account::Alice)),
		};
		assert_ok!(dispatch(RuntimeCall::ConvictionVoting(unlock), signed(Account::Alice)));
		let exit = RuntimeCall::SafeMode(pallet_safe_mode::Call::force_exit {});
		assert_ok!(dispatch(exit, Origin::EmergencyStop.into()));
	});
}

#[test]
fn nobody_can_buy_it_and_no_other_origin_can_call_it() {
	Chain::from_preset(LOCAL).run(|| {
		let buy = RuntimeCall::SafeMode(pallet_safe_mode::Call::enter {});
		assert_noop!(
			dispatch(buy, signed(Account::Alice)),
			pallet_safe_mode::Error::<Runtime>::NotConfigured
		);
		let force = || RuntimeCall::SafeMode(pallet_safe_mode::Call::force_enter {});
		for origin in [
			signed(Account::Alice),
			RuntimeOrigin::none(),
			Origin::ContributorsVoice.into(),
			Origin::Treasurer.into(),
			Origin::ParametersAdmin.into(),
		] {
			assert_noop!(dispatch(force(), origin), BadOrigin);
		}
		assert_ok!(dispatch(force(), RuntimeOrigin::root()));
	});
}
