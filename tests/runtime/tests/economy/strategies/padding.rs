// SPDX-License-Identifier: Apache-2.0

//! A worker writes more units into a receipt than the answer has; its payer's program signs what it is given.
//!
//! The units of all receipts are summed in the root, and draws are about units: the padded receipt is found in proportion to
//! its padding. Its claim says how many tokens there were, so that it is wrong by itself.

use super::scene::{Scene, pass_slashes};
use crate::{
	audits::{drawn, finds},
	market::{ANSWERS, units_each},
	measure::{Mean, Row, trials, tried, undone},
	people::{gained, tokens, wealth},
	time::{until_drawn, until_final, until_tick},
};
use atelier_runtime::Disputes;
use atelier_runtime_tests::R;
use pallet_disputes::{
	Call, NextDispute,
	checks::{Check, without},
};

/// Answers as they should be, beside the padded one, and for how many the padded one counts.
const SOLD: u64 = 10;
const PADDED: u64 = 10;

/// Honest auditors accuse what is wrong by itself.
fn padded(scene: &Scene) -> Mean {
	undone(|| {
		let mut deal = scene.session(SOLD + PADDED, scene.cover());
		(0..SOLD).for_each(|_| deal.answer(false));
		deal.receipt(deal.claim(false), PADDED * units_each(), true);
		let (work, _) = deal.settle();
		let honest = tokens(deal.rates.of((SOLD + 1) * units_each()).expect("money").worker);
		tried(trials(), || {
			let before = wealth([&scene.worker]);
			until_drawn(work);
			let found = scene.auditors.iter().find_map(|auditor| {
				let hand = auditor.hand(work);
				let drawn = drawn(&hand, &deal);
				Some((auditor, drawn[finds(&hand, &deal)?]))
			});
			if let Some((auditor, index)) = found {
				let dispute = NextDispute::<R>::get();
				let shown = Box::new(deal.shown(index));
				auditor.person.does(Call::challenge { work, shown, lot: None });
				// Where it is not wrong by itself, the answer is right: its trace is shown, and nothing is found in it.
				let trace = ANSWERS.honest.committed.trace.commitment();
				let _ = scene.worker.tries(Call::post_trace { dispute, trace });
				if let Some((_, tick)) = Disputes::dispute(dispute).and_then(|view| view.turn) {
					until_tick(tick);
					let _ = scene.payer.tries(Call::expire { dispute });
				}
			}
			pass_slashes([&scene.worker]);
			until_final(work);
			deal.conclude();
			gained([&scene.worker], before) - honest
		})
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		vec![Row {
			strategy: "pad receipts",
			setting: "half of all units in one receipt for a short answer; no auditors collude".into(),
			gain: padded(scene),
			without: vec![(
				"that claims are bound to their price (`Binding` off)",
				without(Check::Binding, || padded(scene)),
			)],
		}]
	})
}
