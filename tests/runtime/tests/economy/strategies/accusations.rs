// SPDX-License-Identifier: Apache-2.0

//! Somebody accuses honest workers, hoping that one is away for the time in which it must answer: silence is as good as a
//! proof, and the accuser gets the prover's part. One after the other, or many at once.
//!
//! A worker is taken to be away for one accusation in a hundred. Both cases are tried, and weighed by that.

use super::scene::{Scene, pass_slashes};
use crate::{
	governed,
	market::{ANSWERS, Deal},
	measure::{Mean, Row, undone},
	people::{Person, gained, tokens, wealth},
	time::until_tick,
};
use atelier_primitives::{ids::DisputeId, work::Work};
use atelier_runtime::Disputes;
use atelier_runtime_tests::R;
use pallet_disputes::{Call, Clock, NextDispute};

/// One accusation in so many meets a worker that is away.
const AWAY: f64 = 0.01;

/// What so many accusations at once bring, and what their worker loses.
fn accused(scene: &Scene, deal: &Deal, work: Work, count: usize, away: bool) -> (f64, f64) {
	let accuser = Person::new("accuser", 0);
	let (before, victims) = (wealth([&accuser]), wealth([&scene.worker]));
	let all: Vec<DisputeId> = (0..count)
		.map(|index| {
			let dispute = NextDispute::<R>::get();
			let shown = Box::new(deal.shown(index));
			accuser.does(Call::challenge { work, shown, lot: None });
			dispute
		})
		.collect();
	// Until none is left.
	for _ in 0..2 * count + 2 {
		for dispute in &all {
			if !away {
				let trace = ANSWERS.honest.committed.trace.commitment();
				let _ = scene.worker.tries(Call::post_trace {
					dispute: *dispute,
					trace,
				});
			}
		}
		let turns = all.iter().filter_map(|dispute| Disputes::dispute(*dispute)?.turn);
		let Some(tick) = turns.map(|turn| turn.1).min() else {
			break;
		};
		until_tick(tick.max(Clock::<R>::get()));
		for dispute in &all {
			let _ = scene.payer.tries(Call::expire { dispute: *dispute });
		}
	}
	assert!(
		all.iter().all(|dispute| Disputes::dispute(*dispute).is_none()),
		"all have ended"
	);
	pass_slashes([&scene.worker]);
	deal.conclude();
	(
		gained([&accuser], before),
		tokens(victims) - tokens(scene.worker.wealth()),
	)
}

fn tried_so(scene: &Scene, count: usize) -> (Mean, f64) {
	undone(|| {
		let (deal, work) = scene.honest_work(count as u64);
		let answered = undone(|| accused(scene, &deal, work, count, false));
		let silent = undone(|| accused(scene, &deal, work, count, true));
		let mean = AWAY * silent.0 + (1.0 - AWAY) * answered.0;
		let units = deal.answers.iter().map(|answer| answer.1).sum();
		let pay = tokens(deal.rates.of(units).expect("money").worker);
		(Mean::exactly(mean), answered.1 + pay)
	})
}

fn row(scene: &Scene, strategy: &'static str, count: usize) -> Row {
	let (gain, harm) = tried_so(scene, count);
	let free = undone(|| {
		governed::challenge_bond(0);
		tried_so(scene, count).0
	});
	let many = if count == 1 { "one accusation" } else { "ten at once" };
	Row {
		strategy,
		setting: format!("{many}; the accused, if there, gets {:.1} ATL", -harm),
		gain,
		without: vec![("`disputes.ChallengeBond`, `BondPerMillionLeaves`", free)],
	}
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		vec![
			row(scene, "false accusation", 1),
			row(scene, "parallel accusations", 10),
		]
	})
}
