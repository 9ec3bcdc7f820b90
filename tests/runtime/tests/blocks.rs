// SPDX-License-Identifier: Apache-2.0

//! Signed transactions in blocks: what they cost to the unit, and that no block grows beyond its limits.

use atelier_runtime::{
	Authorship, Balances, Executive, RuntimeCall, System, Treasury, UncheckedExtrinsic,
	configs::{MAXIMUM_BLOCK_LENGTH, MAXIMUM_BLOCK_WEIGHT},
	economics::ATL,
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, account, transactions::extension};
use codec::{Decode, Encode};
use frame_support::assert_ok;
use sp_runtime::{
	MultiAddress,
	generic::SignedPayload,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Signs as a wallet does. The payload is built for nonce `nonce`; `tamper` changes the call after signing.
fn transaction(signer: Account, call: RuntimeCall, nonce: u32, tamper: Option<RuntimeCall>) -> UncheckedExtrinsic {
	let extension = extension(nonce);
	let payload = SignedPayload::new(call.clone(), extension.clone()).expect("everything it signs is known on chain");
	let signature = payload.using_encoded(|bytes| signer.sign(bytes));
	let address = MultiAddress::Id(account(signer));
	UncheckedExtrinsic::new_signed(tamper.unwrap_or(call), address, signature.into(), extension)
}

fn transfer(value: u128) -> RuntimeCall {
	RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
		dest: MultiAddress::Id(account(Account::Eve)),
		value,
	})
}

fn remark(bytes: usize) -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark { remark: vec![0; bytes] })
}

const EXHAUSTED: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);

#[test]
fn a_transfer_moves_its_amount_and_its_fee_goes_to_treasury_and_author() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let free = |who: &_| Balances::free_balance(who);
		let (bob, eve) = (account(Account::Bob), account(Account::Eve));
		let author = Authorship::author().expect("the block has an author");
		let before = (free(&bob), free(&eve), free(&author), free(&Treasury::account_id()));
		assert_ok!(Executive::apply_extrinsic(transaction(Account::Bob, transfer(ATL), 0, None)).expect("valid"));
		let fee = before.0 - ATL - free(&bob);
		assert!(fee > 0);
		assert_eq!(free(&eve), before.1 + ATL);
		assert_eq!(free(&Treasury::account_id()) - before.3, fee / 2);
		assert_eq!(free(&author) - before.2, fee - fee / 2);
	});
}

#[test]
fn a_failed_call_costs_its_fee_and_nothing_else() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let before = Balances::free_balance(account(Account::Eve));
		let result = Executive::apply_extrinsic(transaction(Account::Bob, transfer(u128::MAX), 0, None));
		assert!(result.expect("it is valid and pays").is_err());
		assert_eq!(Balances::free_balance(account(Account::Eve)), before);
		assert_eq!(System::account_nonce(account(Account::Bob)), 1);
	});
}

#[test]
fn a_changed_call_a_used_nonce_and_an_empty_account_are_refused_without_a_trace() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let invalid = |reason| Err(TransactionValidityError::Invalid(reason));
		let tampered = transaction(Account::Bob, transfer(1), 0, Some(transfer(ATL)));
		assert_eq!(
			Executive::apply_extrinsic(tampered),
			invalid(InvalidTransaction::BadProof)
		);
		assert_ok!(Executive::apply_extrinsic(transaction(Account::Bob, transfer(1), 0, None)).expect("valid"));
		let again = transaction(Account::Bob, transfer(1), 0, None);
		assert_eq!(Executive::apply_extrinsic(again), invalid(InvalidTransaction::Stale));
		let poor = transaction(Account::One, transfer(1), 0, None);
		assert_eq!(Executive::apply_extrinsic(poor), invalid(InvalidTransaction::Payment));
	});
}

#[test]
fn a_block_does_not_grow_beyond_its_length() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let mebibyte = 1024 * 1024;
		let mut length = 0;
		for nonce in 0.. {
			match Executive::apply_extrinsic(transaction(Account::Bob, remark(mebibyte), nonce, None)) {
				Ok(result) => assert_eq!(result, Ok(())),
				Err(refused) => {
					assert_eq!(refused, EXHAUSTED);
					break;
				}
			}
			length += mebibyte;
		}
		let normal = MAXIMUM_BLOCK_LENGTH as usize / 4 * 3;
		assert!(
			length <= normal && length + 2 * mebibyte > normal,
			"{length} of {normal}"
		);
	});
}

#[test]
fn a_block_does_not_grow_beyond_its_weight() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let mut nonce = 0;
		let refused = loop {
			match Executive::apply_extrinsic(transaction(Account::Bob, transfer(1), nonce, None)) {
				Ok(result) => assert_eq!(result, Ok(())),
				Err(refused) => break refused,
			}
			nonce += 1;
			assert!(nonce < 20_000, "the block never fills");
		};
		assert_eq!(refused, EXHAUSTED);
		let used = System::block_weight().total().ref_time();
		assert!(used <= MAXIMUM_BLOCK_WEIGHT.ref_time());
		assert!(
			used > MAXIMUM_BLOCK_WEIGHT.ref_time() / 10 * 7,
			"users get three quarters: {used}"
		);
	});
}

#[test]
fn bytes_that_are_no_transaction_do_not_decode() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let good = transaction(Account::Bob, transfer(1), 0, None).encode();
		for cut in 0..good.len() {
			assert!(
				UncheckedExtrinsic::decode(&mut &good[..cut]).is_err(),
				"{cut} of {} bytes",
				good.len()
			);
		}
		// Every single changed bit: an error of decoding or of checking, never a panic, never accepted.
		for bit in 0..good.len() * 8 {
			let mut bad = good.clone();
			bad[bit / 8] ^= 1 << (bit % 8);
			let Ok(decoded) = UncheckedExtrinsic::decode(&mut &bad[..]) else {
				continue;
			};
			assert!(
				Executive::apply_extrinsic(decoded).is_err(),
				"bit {bit} changes nothing"
			);
		}
	});
}
