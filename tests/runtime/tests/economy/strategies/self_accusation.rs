// SPDX-License-Identifier: Apache-2.0

//! A worker answers everything wrong, and has an accomplice prove it at once, for the prover's part of the slash.
//!
//! The accomplice accuses and the worker gives in; or an auditor of the coalition complains and the worker is silent, which
//! costs less. Compared with honest work as cheating is. The defence is that a part of a slash is nobody's reward.

use super::scene::{Scene, pass_slashes};
use crate::{
	governed,
	market::Deal,
	measure::{Mean, Row, tried, undone},
	people::{Person, gained, tokens, wealth},
	time::{until_drawn, until_tick},
};
use atelier_primitives::{ids::DisputeId, work::Work};
use atelier_runtime::parameters::disputes::DutyPeriod;
use atelier_runtime_tests::R;
use frame_support::traits::Get;
use pallet_disputes::{Call, Clock, NextDispute};
use pallet_workers::{
	Deterrence,
	checks::{Check, without},
};
use sp_runtime::Permill;

const SOLD: u64 = 20;

fn give_in(scene: &Scene, deal: &Deal, work: Work, accomplice: &Person) {
	let dispute: DisputeId = NextDispute::<R>::get();
	let shown = Box::new(deal.shown(0));
	accomplice.does(Call::challenge { work, shown, lot: None });
	scene.worker.does(Call::concede { dispute });
}

fn keep_silent(scene: &Scene, work: Work) {
	until_drawn(work);
	let own = &scene.auditors[0];
	let duty = own.not_served(&own.hand(work));
	until_tick(Clock::<R>::get() + DutyPeriod::get());
	// The chain may have done it by itself.
	let _ = own.person.tries(Call::expire_duty { duty });
}

fn tried_with(scene: &Scene, silent: bool, whole: bool) -> Mean {
	let gain = governed::gain();
	undone(|| {
		let mut deal = scene.session(SOLD, scene.cover());
		(0..SOLD).for_each(|_| deal.answer(true));
		let (work, _) = deal.settle();
		let units = deal.answers.iter().map(|answer| answer.1).sum();
		let forgone = tokens(deal.rates.of(units).expect("money").worker);
		let worth = gain * tokens(deal.price(units));
		let accomplice = Person::new("accomplice", 0);
		let coalition = || [&scene.worker, &accomplice, &scene.auditors[0].person];
		if whole {
			let rules = governed::rules();
			governed::set_rules(Deterrence {
				prover: Permill::one(),
				..rules
			});
		}
		tried(1, || {
			let before = wealth(coalition());
			match silent {
				true => keep_silent(scene, work),
				false => give_in(scene, &deal, work, &accomplice),
			}
			pass_slashes([&scene.worker]);
			deal.conclude();
			worth + gained(coalition(), before) - forgone
		})
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		let row = |silent, setting: &str| Row {
			strategy: "self-accusation",
			setting: setting.into(),
			gain: tried_with(scene, silent, false),
			without: vec![(
				"what of a slash is nobody's reward (`prover` 100%, its bound off)",
				without(Check::ProverShare, || tried_with(scene, silent, true)),
			)],
		};
		vec![
			row(false, "all of what is covered, wrong; accused by an accomplice"),
			row(true, "the same; an auditor of its own is not served"),
		]
	})
}
