// SPDX-License-Identifier: Apache-2.0

//! What looking costs: honest workers sell sessions of all sizes, auditors audit all that they draw, and everything is summed
//! that auditors are paid and that goes to the chain with their reports.

use crate::{
	audits::Auditor,
	market::{self, Deal, Terms, price_for},
	measure::{reseed, undone},
	people::{Person, tokens},
	strategies::on_a_chain,
	time::{until_drawn, until_tick},
};
use atelier_primitives::work::Work;
use atelier_runtime::{
	Balance, Disputes,
	economics::ATL,
	parameters::workers::{MinBond, NewcomerUntil},
};
use atelier_runtime_tests::{R, next_block};
use frame_support::traits::{Get, fungible::InspectHold};
use std::fmt::Write;

/// Answers of each session.
const ANSWERS: u64 = 10;
/// What sessions cost, in thousandths of a token: from a short chat to what a whole bond covers.
const SIZES: [u128; 10] = [10, 50, 200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 56_240];
/// How often each.
const TIMES: u64 = 10;

#[derive(Debug)]
pub struct Spent {
	pub workers: &'static str,
	/// In tokens: what payers paid, what auditors got, what their transactions cost them.
	pub value: f64,
	pub paid: f64,
	pub fees: f64,
	pub audits: u64,
	pub reports: u64,
	pub commit: u64,
	pub reveal: u64,
}

impl Spent {
	/// What was paid to auditors, whatever becomes of their fees to the chain, of the value.
	pub fn of_value(&self) -> f64 {
		self.paid / self.value
	}
}

fn audited(auditors: &[Auditor], work: Work, deal: &Deal, spent: &mut Spent) {
	until_drawn(work);
	let hands: Vec<_> = auditors
		.iter()
		.map(|auditor| (auditor, auditor.hand(work)))
		.filter(|(_, hand)| !hand.units.is_empty())
		.map(|(auditor, hand)| (auditor, auditor.proofs(&hand, deal), hand))
		.collect();
	for (auditor, proofs, hand) in &hands {
		let sent = auditor.commit(hand, proofs).expect("in time");
		spent.commit += u64::from(sent.bytes);
		spent.fees += tokens(sent.fee);
		spent.reports += 1;
		spent.audits += hand.units.len() as u64;
	}
	if let Some((.., hand)) = hands.first() {
		until_tick(hand.seed.commit);
	}
	let fund = || {
		let reason = pallet_disputes::HoldReason::Fund.into();
		atelier_runtime::Balances::balance_on_hold(&reason, &Disputes::account())
	};
	let before = fund();
	for (auditor, proofs, hand) in &hands {
		let sent = auditor.reveal(hand, proofs).expect("it is what was sealed");
		spent.reveal += u64::from(sent.bytes);
		spent.fees += tokens(sent.fee);
	}
	spent.paid += tokens(before - fund());
}

fn traffic(workers: &'static str, newcomer: bool) -> Spent {
	let fund = 1_000 * ATL;
	let version = market::publish();
	let auditors: Vec<_> = (0..6)
		.map(|number| Auditor::new("auditor", number, MinBond::get()))
		.collect();
	let (worker, payer) = (Person::new("worker", 0), Person::new("payer", 0));
	let id = worker.works(MinBond::get(), false);
	payer.gets(fund);
	payer.does(pallet_disputes::Call::endow { amount: fund });
	if !newcomer {
		// As after work of which the treasury got enough.
		pallet_workers::Reputations::<R>::mutate(id, |reputation| reputation.treasury = NewcomerUntil::get());
	}
	next_block();
	let mut spent = Spent {
		workers,
		value: 0.0,
		paid: 0.0,
		fees: 0.0,
		audits: 0,
		reports: 0,
		commit: 0,
		reveal: 0,
	};
	for (number, size) in SIZES.into_iter().enumerate() {
		let value: Balance = size * ATL / 1_000;
		undone(|| {
			let terms = Terms {
				price: price_for(version, ANSWERS, value),
				deposit: value,
				window: 1_000,
				reservation: 0,
			};
			payer.gets(value);
			let mut deal = Deal::open(version, &payer, &worker, terms);
			(0..ANSWERS).for_each(|_| deal.answer(false));
			let (work, _) = deal.settle();
			for time in 0..TIMES {
				undone(|| {
					reseed(number as u64 * TIMES + time);
					spent.value += tokens(value);
					audited(&auditors, work, &deal, &mut spent);
				});
			}
		});
	}
	spent
}

pub fn measured() -> Vec<Spent> {
	vec![
		on_a_chain(|| traffic("known", false)),
		on_a_chain(|| traffic("newcomers", true)),
	]
}

pub fn table(rows: &[Spent]) -> String {
	let mut table = String::from(
		"| workers | value, ATL | audits | paid to auditors, of the value | their fees, of the value | bytes of an audit | bytes for each ATL of value | of which sealed, revealed |\n\
		 | --- | --- | --- | --- | --- | --- | --- | --- |\n",
	);
	for spent in rows {
		let bytes = spent.commit + spent.reveal;
		let _ = writeln!(
			table,
			"| {} | {:.0} | {} | {:.2}% | {:.2}% | {:.0} | {:.0} | {:.0}, {:.0} |",
			spent.workers,
			spent.value,
			spent.audits,
			100.0 * spent.of_value(),
			100.0 * spent.fees / spent.value,
			bytes as f64 / spent.audits as f64,
			bytes as f64 / spent.value,
			spent.commit as f64 / spent.value,
			spent.reveal as f64 / spent.value,
		);
	}
	table
}
