// SPDX-License-Identifier: Apache-2.0

//! Auditors report, and are paid, without looking.
//!
//! The worker whose work it is has the numbers, and shows that a proof is a guess whenever its part of the slash is more than
//! the fee of showing it. Once for each report.

use super::scene::{AUDITORS, Scene, pass_slashes};
use crate::{
	audits::Auditor,
	governed,
	market::Deal,
	measure::{Mean, Row, trials, tried, undone},
	people::{Person, gained, wealth},
	time::{until_drawn, until_final, until_tick},
};
use atelier_primitives::work::Work;
use atelier_referee::hash::Digest;
use atelier_runtime::Balance;
use atelier_runtime_tests::R;
use sp_runtime::Permill;

const SOLD: u64 = 20;

/// What a report by guesses brings to auditors.
pub fn guessed(worker: &Person, lazy: &[Auditor], deal: &Deal, work: Work) -> f64 {
	reported(worker, lazy, deal, work, |auditor, hand| auditor.guesses(hand))
}

/// What reports with these proofs bring to auditors.
pub fn reported(
	worker: &Person,
	lazy: &[Auditor],
	deal: &Deal,
	work: Work,
	proofs: impl Fn(&Auditor, &crate::audits::Hand) -> Vec<Digest>,
) -> f64 {
	let people = || lazy.iter().map(|auditor| &auditor.person);
	let before = wealth(people());
	until_drawn(work);
	let reports: Vec<_> = lazy
		.iter()
		.map(|auditor| (auditor, auditor.hand(work)))
		.filter(|(_, hand)| !hand.units.is_empty())
		.map(|(auditor, hand)| (auditor, proofs(auditor, &hand), hand))
		.collect();
	for (auditor, proofs, hand) in &reports {
		auditor.commit(hand, proofs).expect("the time to commit is not over");
	}
	if let Some((.., hand)) = reports.first() {
		until_tick(hand.seed.commit);
	}
	for (auditor, proofs, hand) in &reports {
		auditor.reveal(hand, proofs).expect("it is what was sealed");
		expose(worker, auditor, deal, hand, proofs);
	}
	pass_slashes(people());
	until_final(work);
	deal.conclude();
	gained(people(), before)
}

/// The worker shows that a report is false, if that pays.
pub fn expose(worker: &Person, auditor: &Auditor, deal: &Deal, hand: &crate::audits::Hand, proofs: &[Digest]) {
	let part = governed::rules().provers_part();
	let slash: Permill = <R as pallet_workers::Config>::LazyAuditSlash::get();
	let reward: Balance = part.mul_floor(slash.mul_floor(auditor.bond()));
	let shows = || worker.tries(auditor.exposing(hand, deal, proofs, 0));
	if undone(shows).is_ok_and(|sent| sent.fee < reward) {
		shows().expect("it was just now");
	}
}

fn tried_by(scene: &Scene, lazy: usize) -> Mean {
	undone(|| {
		let (deal, work) = scene.honest_work(SOLD);
		tried(trials(), || {
			guessed(&scene.worker, &scene.auditors[..lazy], &deal, work)
		})
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		let row = |lazy: usize, part: &str| Row {
			strategy: "lazy audit",
			setting: format!("{part} of auditors guess, an honest worker"),
			gain: tried_by(scene, lazy),
			without: vec![(
				"`workers.LazyAuditSlash`",
				undone(|| {
					governed::lazy_audit_slash(Permill::zero());
					tried_by(scene, lazy)
				}),
			)],
		};
		vec![row(AUDITORS / 6, "1/6"), row(AUDITORS / 3, "1/3")]
	})
}
