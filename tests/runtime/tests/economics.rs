// SPDX-License-Identifier: Apache-2.0

//! Where fees go, what dust becomes, what blocks earn.

use atelier_runtime::{
	Authorship, Balances, Runtime, RuntimeCall, TransactionPayment, Treasury, Validators,
	economics::{ATL, EXISTENTIAL_DEPOSIT, MILLI_ATL},
	fees::DivideFees,
	genesis::DEVELOPMENT,
	parameters::economics::BlockReward,
};
use atelier_runtime_tests::{Account, Chain, account, dispatch, next_block, signed};
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	traits::{
		Get, OnUnbalanced,
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
	},
};
use sp_runtime::MultiAddress;

fn treasury() -> u128 {
	Balances::free_balance(Treasury::account_id())
}

#[test]
fn half_of_a_fee_goes_to_the_treasury_and_the_rest_with_the_tip_to_the_author() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let author = Authorship::author().expect("the block has an author");
		let (treasury_before, author_before) = (treasury(), Balances::free_balance(&author));
		let withdraw = |amount| {
			let payer = account(Account::Bob);
			<Balances as Balanced<_>>::withdraw(
				&payer,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)
			.expect("Bob can pay")
		};
		// An odd fee: the unit that cannot be halved is the author's.
		let (fee, tip) = (withdraw(1_001), withdraw(77));
		DivideFees::on_unbalanceds([fee, tip].into_iter());
		assert_eq!(treasury() - treasury_before, 500);
		assert_eq!(Balances::free_balance(&author) - author_before, 501 + 77);
	});
}

#[test]
fn dust_goes_to_the_treasury() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let newcomer = sp_runtime::AccountId32::new([7; 32]);
		let transfer = |to: sp_runtime::AccountId32, value| {
			RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
				dest: MultiAddress::Id(to),
				value,
			})
		};
		assert_ok!(dispatch(
			transfer(newcomer.clone(), EXISTENTIAL_DEPOSIT + 5),
			signed(Account::Alice)
		));
		let before = treasury();
		let back = transfer(account(Account::Alice), 6);
		assert_ok!(dispatch(back, atelier_runtime::RuntimeOrigin::signed(newcomer.clone())));
		assert_eq!(Balances::free_balance(&newcomer), 0);
		assert_eq!(treasury() - before, EXISTENTIAL_DEPOSIT - 1);
	});
}

#[test]
fn every_block_pays_its_author_from_the_pot() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let reward: u128 = BlockReward::get();
		let (pot, author) = (
			Validators::reward_pot(),
			Balances::free_balance(account(Account::Alice)),
		);
		next_block();
		next_block();
		assert_eq!(pot - Validators::reward_pot(), 2 * reward);
		assert_eq!(Balances::free_balance(account(Account::Alice)) - author, 2 * reward);
	});
}

#[test]
fn a_transfer_costs_less_than_a_thousandth_of_a_token_and_more_than_nothing() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: MultiAddress::Id(account(Account::Bob)),
			value: ATL,
		});
		let fee: u128 = TransactionPayment::compute_fee(150, &call.get_dispatch_info(), 0);
		assert!(fee < MILLI_ATL && fee > MILLI_ATL / 100, "{fee}");
	});
}

#[test]
fn a_full_block_costs_a_noticeable_amount() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let whole = atelier_runtime::configs::MAXIMUM_BLOCK_WEIGHT;
		let price = pallet_transaction_payment::Pallet::<Runtime>::weight_to_fee(whole);
		assert!(price > ATL / 10, "{price}");
	});
}
