// SPDX-License-Identifier: Apache-2.0

//! Auditors split their bond among as many identities as they can, and guess.
//!
//! A report is slashed by a part of its auditor's bond, and who shows that it is a guess gets a part of that. Where bonds are
//! so small that this is less than the fee of showing it, nobody does.

use super::{
	lazy_audits::guessed,
	scene::{Scene, on_a_chain},
};
use crate::{
	audits::Auditor,
	governed, market,
	measure::{Mean, Row, trials, tried},
	people::Person,
};
use atelier_primitives::work::workers::Workers as WorkersOf;
use atelier_runtime::{AccountId, Balance, Workers, economics::ATL, parameters::workers::MinBond};
use atelier_runtime_tests::next_block;
use frame_support::traits::Get;

const SOLD: u64 = 20;
/// The bond of the smallest identities, where there is no least one.
const SMALL: Balance = ATL / 5;
const MANY: usize = 40;

/// An auditor with this bond. The chain asks for a token at least, whatever the parameter says: where it shall be less, the
/// rest is taken away.
fn small(name: &str, number: usize, bond: Balance) -> Auditor {
	let registered = bond.max(ATL);
	let auditor = Auditor::new(name, number, registered);
	<Workers as WorkersOf<AccountId, Balance>>::fine(auditor.worker, registered - bond);
	auditor
}

/// A third of all auditors' bonds is split into `parts` of `each`.
fn tried_with(each: Balance, parts: usize) -> Mean {
	let fund = 1_000 * ATL;
	let version = market::publish();
	// What the others have is twice as much.
	let _honest: Vec<_> = (0..4)
		.map(|number| small("auditor", number, each * parts as Balance / 2))
		.collect();
	let many: Vec<_> = (0..parts).map(|number| small("identity", number, each)).collect();
	let (worker, payer) = (Person::new("worker", 0), Person::new("payer", 0));
	worker.works(100 * ATL, false);
	payer.gets(fund);
	payer.does(pallet_disputes::Call::endow { amount: fund });
	next_block();
	let scene = Scene {
		version,
		auditors: Vec::new(),
		worker,
		payer,
	};
	let (deal, work) = scene.honest_work(SOLD);
	tried(trials().min(20), || guessed(&scene.worker, &many, &deal, work))
}

pub fn rows() -> Vec<Row> {
	let gain = on_a_chain(|| tried_with(MinBond::get(), 2));
	let small = on_a_chain(|| {
		governed::least_bond(0);
		tried_with(SMALL, MANY)
	});
	vec![Row {
		strategy: "many identities",
		setting: "1/3 of auditors' bond in the smallest parts, which guess".into(),
		gain,
		without: vec![("`workers.MinBond` (40 identities of 0.2 ATL)", small)],
	}]
}
