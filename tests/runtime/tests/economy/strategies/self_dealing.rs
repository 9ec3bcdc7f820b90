// SPDX-License-Identifier: Apache-2.0

//! A worker pays itself for work until it counts as known, to be drawn for more jobs than another newcomer.
//!
//! What its name is worth: of the jobs that the two of them get until the other is known too, it takes more than a half, and
//! earns a tenth of their price. The shares follow from the factors that the chain draws by.

use super::scene::Scene;
use crate::{
	measure::{Mean, Row, undone},
	people::{gained, tokens, wealth},
	time::until_final,
};
use atelier_runtime::{
	Balance, Workers,
	economics::ATL,
	parameters::{jobs::TreasuryShare, workers::NewcomerUntil},
};
use frame_support::traits::Get;
use pallet_workers::{
	Reputation,
	checks::{Check, without},
};
use sp_runtime::Permill;

/// What a worker earns of the price of a job.
const MARGIN: f64 = 0.1;
/// Answers of the session with itself.
const SOLD: u64 = 2;

/// For how much more it is drawn, in tokens, than without its name, until another newcomer has one.
fn drawn_more(own: u32) -> f64 {
	let share: Permill = TreasuryShare::get();
	let needed = tokens(NewcomerUntil::get()) / f64::from(share.deconstruct()) * 1e6;
	let step = |earned: u32| {
		let other = Reputation::<Balance>::default().factor(earned, 0);
		let part = f64::from(own) / f64::from(own + other);
		(part - 0.5) * needed / 1_000.0 / (1.0 - part)
	};
	(0..1_000).map(step).sum()
}

/// Sells itself so much.
fn tried_with(scene: &Scene, value: Balance) -> Mean {
	undone(|| {
		let coalition = || [&scene.worker, &scene.payer];
		// What it deposits is its own.
		let before = wealth(coalition()) + value;
		let mut deal = scene.session(SOLD, value);
		(0..SOLD).for_each(|_| deal.answer(false));
		let (work, _) = deal.settle();
		until_final(work);
		deal.conclude();
		let spent = gained(coalition(), before);
		let own = Workers::worker(scene.worker.worker())
			.expect("it stays")
			.reputation
			.factor;
		Mean::exactly(spent + MARGIN * drawn_more(own))
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		vec![Row {
			strategy: "self-dealing",
			setting: "pays itself 21.5 ATL, and is known".into(),
			gain: tried_with(scene, 43 * ATL / 2),
			without: vec![(
				"that only the treasury's part counts (`TreasuryOnly` off; it pays itself 0.05 ATL)",
				without(Check::TreasuryOnly, || tried_with(scene, ATL / 20)),
			)],
		}]
	})
}
