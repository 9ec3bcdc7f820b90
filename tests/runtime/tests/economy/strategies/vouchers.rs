// SPDX-License-Identifier: Apache-2.0

//! A payer takes answers and signs no voucher for them.
//!
//! A worker serves no more than the window of its quote unsigned, and asks for a reservation that is worth it. What the
//! answers are worth to the payer is their price.

use super::scene::Scene;
use crate::{
	market::{Deal, Terms, price_for, rates, units_each},
	measure::{Mean, Row, undone},
	people::{Person, gained, tokens, wealth},
	time::sleep,
};
use atelier_runtime::economics::ATL;
use atelier_runtime_tests::R;

/// Answers that the deposit is enough for.
const ANSWERS: u64 = 100;
/// Answers that the worker serves unsigned.
const WINDOW: u64 = 2;

/// What it brings where the worker serves so many answers unsigned.
fn tried_with(scene: &Scene, served: u64) -> Mean {
	undone(|| {
		let payer = Person::new("payer", 1);
		let deposit = ATL;
		let price = price_for(scene.version, ANSWERS, deposit);
		let window = WINDOW * units_each();
		let terms = Terms {
			price,
			deposit,
			window,
			reservation: rates(scene.version, price).price(window).expect("money"),
		};
		let before = wealth([&payer]);
		let deal = Deal::open(scene.version, &payer, &scene.worker, terms);
		let worth = tokens(deal.price(served * units_each()));
		let session = deal.session;
		payer.does(pallet_jobs::Call::close { session });
		let ends = pallet_jobs::Sessions::<R>::get(session).expect("it closes").ends;
		sleep(ends + 1 - atelier_runtime::System::block_number());
		deal.conclude();
		assert!(!pallet_jobs::Sessions::<R>::contains_key(session), "it has ended");
		Mean::exactly(gained([&payer], before) + worth)
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		vec![Row {
			strategy: "withhold vouchers",
			setting: "a session of 1 ATL; the reservation is worth the window".into(),
			gain: tried_with(scene, WINDOW),
			without: vec![(
				"the window: all that the deposit pays is served unsigned",
				tried_with(scene, ANSWERS),
			)],
		}]
	})
}
