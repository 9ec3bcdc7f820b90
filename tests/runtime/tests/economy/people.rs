// SPDX-License-Identifier: Apache-2.0

//! Who takes part, what they have, and what their transactions cost.

use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Endpoint, Keys},
};
use atelier_referee::commit::Bounded;
use atelier_runtime::{
	AccountId, Balance, Balances, RuntimeCall, RuntimeOrigin, TransactionPayment, economics::ATL, fees::DivideFees,
};
use atelier_runtime_tests::{Account, R, account};
use codec::Encode;
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{
		OnUnbalanced,
		fungible::{Balanced, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use sp_core::{Pair as _, sr25519::Pair};
use sp_runtime::{DispatchError, traits::Dispatchable};

/// Who pays for everything that is there before a trial begins.
const BANK: Account = Account::Alice;
/// What everybody has besides bonds.
const POCKET: Balance = 5_000 * ATL;
/// Bytes of a transaction beside its call: length, address, signature, era, nonce, tip, and the rest.
const ENVELOPE: usize = 110;

/// Somebody with a key.
#[derive(Clone)]
pub struct Person {
	pub pair: Pair,
	pub account: AccountId,
}

impl Person {
	/// Somebody new, with money.
	pub fn new(name: &str, number: usize) -> Self {
		let seed = sp_io::hashing::blake2_256(&(b"economy", name, number as u32).encode());
		let pair = Pair::from_seed(&seed);
		let account = AccountId::from(pair.public());
		let person = Self { pair, account };
		person.gets(POCKET);
		person
	}

	pub fn gets(&self, amount: Balance) {
		Balances::transfer(&account(BANK), &self.account, amount, Preservation::Preserve).expect("the bank is rich");
	}

	/// All that it has, wherever it is held.
	pub fn wealth(&self) -> Balance {
		Balances::total_balance(&self.account)
	}

	/// Its worker, registered with a bond.
	pub fn works(&self, bond: Balance, auditing: bool) -> WorkerId {
		self.gets(bond);
		let keys = Keys {
			signer: self.account.clone(),
			vrf: self.pair.public().0,
			endpoint: Endpoint {
				id: [1; 32],
				addresses: Bounded::new(),
			},
		};
		let register = pallet_workers::Call::register {
			keys: Box::new(keys),
			hardware: Default::default(),
			bond,
			auditing,
		};
		self.does(register);
		self.does(pallet_workers::Call::heartbeat {});
		self.worker()
	}

	pub fn worker(&self) -> WorkerId {
		pallet_workers::Pallet::<R>::worker_of(self.account.clone()).expect("it is registered")
	}

	/// Sends a transaction that must succeed.
	#[track_caller]
	pub fn does(&self, call: impl Into<RuntimeCall>) -> Sent {
		self.tries(call).expect("it is in order")
	}

	/// Sends a transaction. Its fee is paid in any case, as the chain charges it.
	pub fn tries(&self, call: impl Into<RuntimeCall>) -> Result<Sent, DispatchError> {
		let call = call.into();
		let info = call.get_dispatch_info();
		let bytes = (call.encoded_size() + ENVELOPE) as u32;
		let (post, done) = match call.dispatch(RuntimeOrigin::signed(self.account.clone())) {
			Ok(post) => (post, Ok(())),
			Err(failed) => (failed.post_info, Err(failed.error)),
		};
		let fee = TransactionPayment::compute_actual_fee(bytes, &info, &post, 0);
		let paid = <Balances as Balanced<_>>::withdraw(
			&self.account,
			fee,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		);
		DivideFees::on_unbalanceds([paid.expect("everybody can pay fees")].into_iter());
		done.map(|()| Sent { bytes, fee })
	}
}

/// What a transaction took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
	pub bytes: u32,
	pub fee: Balance,
}

/// All that some people have together.
pub fn wealth<'a>(people: impl IntoIterator<Item = &'a Person>) -> Balance {
	people.into_iter().map(Person::wealth).sum()
}

/// What some people have more than they had, in tokens.
pub fn gained<'a>(people: impl IntoIterator<Item = &'a Person>, before: Balance) -> f64 {
	tokens(wealth(people)) - tokens(before)
}

pub fn tokens(amount: Balance) -> f64 {
	amount as f64 / ATL as f64
}
