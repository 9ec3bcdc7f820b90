// SPDX-License-Identifier: Apache-2.0

//! A worker with a large bond answers everything wrong, and fills all blocks until nobody can say anything about it any more.
//!
//! The court's clock counts only blocks with room, so that the audit window does not end meanwhile: when the attacker stops,
//! auditors look. Filling is paid as a transaction of that weight is; the fee rises while blocks are full.

use super::scene::{Scene, pass_slashes};
use crate::{
	governed,
	measure::{Mean, Row, undone},
	people::{Person, gained, tokens, wealth},
	time::{until_drawn, until_final, until_tick},
	world::window,
};
use atelier_primitives::work::{Work, audits::Works};
use atelier_runtime::{
	AccountId, Balance, Balances, Disputes, Jobs, System, TransactionPayment, configs::BlockLimits, economics::ATL,
	fees::DivideFees, parameters::disputes::DutyPeriod,
};
use atelier_runtime_tests::{R, next_block};
use frame_support::{
	dispatch::DispatchClass,
	traits::{
		Get, OnUnbalanced,
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
	},
	weights::WeightToFee,
};
use pallet_disputes::{
	Call, Clock,
	checks::{Check, without},
};
use sp_runtime::FixedPointNumber;

const SOLD: u64 = 20;
/// The bond of the attacker.
const BOND: Balance = 30_000 * ATL;

/// Fills what is left of the running block, and pays for it.
fn stuff(by: &Person) {
	let most = BlockLimits::get().max_block;
	let left = most.saturating_sub(System::block_weight().total());
	System::register_extra_weight_unchecked(left, DispatchClass::Operational);
	let fee = <R as pallet_transaction_payment::Config>::WeightToFee::weight_to_fee(&left);
	let fee = TransactionPayment::next_fee_multiplier().saturating_mul_int(fee);
	let paid = <Balances as Balanced<_>>::withdraw(
		&by.account,
		fee,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	);
	DivideFees::on_unbalanceds([paid.expect("it is rich")].into_iter());
}

fn waits(work: Work) -> bool {
	let pending = <Jobs as Works<AccountId, Balance>>::pending(work);
	pending.is_some_and(|pending| pending.until >= System::block_number())
}

fn tried_so(scene: &Scene) -> Mean {
	let gain = governed::gain();
	undone(|| {
		scene.worker.gets(2 * BOND);
		scene.worker.does(pallet_workers::Call::bond_more { amount: BOND });
		let mut deal = scene.session(SOLD, scene.cover());
		(0..SOLD).for_each(|_| deal.answer(true));
		let (work, _) = deal.settle();
		let units = deal.answers.iter().map(|answer| answer.1).sum();
		let forgone = tokens(deal.rates.of(units).expect("money").worker);
		let worth = gain * tokens(deal.price(units));
		let before = wealth([&scene.worker]);
		// As many blocks as the window has.
		for _ in 0..=window() {
			stuff(&scene.worker);
			next_block();
		}
		if waits(work) {
			until_drawn(work);
			let auditor = &scene.auditors[0];
			let hand = auditor.hand(work);
			let duty = auditor.not_served(&hand);
			until_tick(Clock::<R>::get() + DutyPeriod::get());
			// The chain may have done it by itself.
			let _ = auditor.person.tries(Call::expire_duty { duty });
			pass_slashes([&scene.worker]);
		}
		until_final(work);
		deal.conclude();
		assert!(Disputes::audit(work).is_none(), "it has ended");
		Mean::exactly(worth + gained([&scene.worker], before) - forgone)
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		vec![Row {
			strategy: "block stuffing",
			setting: "30,000 ATL of bond; blocks are full for an audit window".into(),
			gain: tried_so(scene),
			without: vec![(
				"that the clock counts only blocks with room (`Capacity` off)",
				without(Check::Capacity, || tried_so(scene)),
			)],
		}]
	})
}
