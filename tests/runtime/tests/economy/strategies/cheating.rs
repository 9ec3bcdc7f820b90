// SPDX-License-Identifier: Apache-2.0

//! A worker answers a part of all prompts wrong, and colludes with some auditors.
//!
//! It sells as much as its bond covers. Honest auditors look at what they draw. Where one would find something wrong the
//! worker is silent, which costs less than to be proved wrong; and an auditor of its own complains first, so that the
//! prover's part stays with it. Its auditors are paid for reports on what they need not look at.
//!
//! What is gained is compared with honest work: what all of the coalition have more at the end than an honest worker would,
//! and for each unit of value that was wrong what the chain takes such a lie for (`gain` of `workers.DeterrenceRules`).

use super::scene::{AUDITORS, Scene, pass_slashes};
use crate::{
	audits::{Auditor, Hand, drawn, finds},
	governed,
	market::Deal,
	measure::{Mean, Row, trials, tried, undone},
	people::{Person, gained, tokens, wealth},
	time::{until_drawn, until_final, until_tick},
};
use atelier_primitives::work::Work;
use atelier_runtime::{
	Balance,
	economics::ATL,
	parameters::{disputes::DutyPeriod, workers::NewcomerUntil},
};
use atelier_runtime_tests::R;
use frame_support::traits::Get;
use pallet_disputes::Call;
use sp_runtime::{FixedU128, Permill};

/// How many answers it sells.
const SOLD: u64 = 100;

/// What is tried.
#[derive(Clone, Copy)]
struct Setting {
	/// How many of a hundred answers are wrong.
	wrong: u64,
	/// How many of the auditors are its own.
	colluding: usize,
	/// For how much it sells. None: for all that its bond covers.
	value: Option<Balance>,
	/// Whether it lets itself be proved wrong.
	proved: bool,
	/// Whether it has worked for long: then it is audited half as often.
	known: bool,
}

/// A settlement that waits for auditors.
struct Sale<'a> {
	scene: &'a Scene,
	setting: Setting,
	deal: Deal,
	work: Work,
	/// Units of its lies.
	wrong: u64,
	/// What its lies are worth, and what an honest worker would have been paid, in tokens.
	worth: f64,
	forgone: f64,
}

impl<'a> Sale<'a> {
	fn new(scene: &'a Scene, setting: Setting, gain: f64) -> Self {
		let value = setting.value.unwrap_or_else(|| scene.cover());
		if setting.known {
			// As after work of which the treasury got enough.
			pallet_workers::Reputations::<R>::mutate(scene.worker.worker(), |reputation| {
				reputation.treasury = NewcomerUntil::get();
			});
		}
		let mut deal = scene.session(SOLD, value);
		for number in 0..SOLD {
			// Those that are wrong are spread evenly.
			let before = number * setting.wrong / SOLD;
			deal.answer((number + 1) * setting.wrong / SOLD > before);
		}
		let units = |wrong: bool| -> u64 {
			let of = deal.answers.iter().filter(|answer| answer.2 || !wrong);
			of.map(|answer| answer.1).sum()
		};
		let wrong = units(true);
		let worth = gain * tokens(deal.price(wrong));
		let forgone = tokens(deal.rates.of(units(false)).expect("money").worker);
		let (work, _) = deal.settle();
		Self {
			scene,
			setting,
			deal,
			work,
			wrong,
			worth,
			forgone,
		}
	}

	fn colluding(&self) -> &[Auditor] {
		&self.scene.auditors[..self.setting.colluding]
	}

	fn coalition(&self) -> Vec<&Person> {
		let auditors = self.colluding().iter().map(|auditor| &auditor.person);
		auditors.chain([&self.scene.worker]).collect()
	}

	/// The honest auditor that finds something wrong.
	fn found(&self) -> Option<(&Auditor, Hand, usize)> {
		self.scene.auditors[self.setting.colluding..]
			.iter()
			.find_map(|auditor| {
				let hand = auditor.hand(self.work);
				let index = drawn(&hand, &self.deal)[finds(&hand, &self.deal)?];
				Some((auditor, hand, index))
			})
	}

	/// What becomes of it where auditors look, or do not.
	fn end(&self, looked_at: bool) -> f64 {
		let before = wealth(self.coalition());
		until_drawn(self.work);
		let hands: Vec<_> = self
			.colluding()
			.iter()
			.map(|auditor| (auditor, auditor.hand(self.work)))
			.collect();
		let (mut duties, mut disputes) = (Vec::new(), Vec::new());
		if let Some((auditor, hand, index)) = self.found().filter(|_| looked_at) {
			let own = hands.iter().find(|(_, hand)| !hand.units.is_empty());
			if self.setting.proved {
				let shown = Box::new(self.deal.shown(index));
				let challenge = Call::challenge {
					work: self.work,
					shown,
					lot: None,
				};
				// Its own is first, for the prover's part.
				for accuser in own.map(|(own, _)| *own).into_iter().chain([auditor]) {
					disputes.push(pallet_disputes::NextDispute::<R>::get());
					accuser.person.does(challenge.clone());
				}
			} else {
				duties.extend(own.map(|(own, hand)| own.not_served(hand)));
				duties.push(auditor.not_served(&hand));
			}
		}
		let proofs: Vec<_> = hands
			.iter()
			.map(|(auditor, hand)| auditor.proofs(hand, &self.deal))
			.collect();
		let drawn = hands
			.iter()
			.zip(&proofs)
			.filter(|((_, hand), _)| !hand.units.is_empty());
		for ((auditor, hand), proofs) in drawn.clone() {
			auditor.commit(hand, proofs).expect("the time to commit is not over");
		}
		if let Some((_, hand)) = hands.first() {
			until_tick(hand.seed.commit);
		}
		for ((auditor, hand), proofs) in drawn {
			// Of what was overturned meanwhile nothing can be reported.
			let _ = auditor.reveal(hand, proofs);
		}
		let clock = pallet_disputes::Clock::<R>::get();
		until_tick(clock + DutyPeriod::get());
		for duty in duties {
			// The chain may have done it by itself.
			let _ = self.scene.payer.tries(Call::expire_duty { duty });
		}
		for dispute in disputes {
			let _ = self.scene.payer.tries(Call::expire { dispute });
		}
		pass_slashes([&self.scene.worker]);
		until_final(self.work);
		self.deal.conclude();
		self.worth + gained(self.coalition(), before) - self.forgone
	}
}

fn sold(scene: &Scene, setting: Setting, gain: f64, looked_at: bool) -> Mean {
	undone(|| {
		let sale = Sale::new(scene, setting, gain);
		// Where little is wrong it is found by chance.
		let each = if tokens(sale.deal.price(sale.wrong)) < 2.0 {
			4
		} else {
			1
		};
		tried(if looked_at { each * trials() } else { 1 }, || sale.end(looked_at))
	})
}

fn row(scene: &Scene, setting: Setting) -> Row {
	let gain = governed::gain();
	let measured = sold(scene, setting, gain, true);
	// Auditors whom nobody pays do not look.
	let unpaid = undone(|| {
		governed::levy(Permill::zero());
		sold(scene, setting, gain, false)
	});
	let mut without = vec![("`jobs.Levy` (nobody audits unpaid)", unpaid)];
	if setting.wrong == SOLD && setting.value.is_none() && !setting.proved && !setting.known {
		let uncapped = undone(|| {
			let rules = governed::rules();
			governed::set_rules(pallet_workers::Deterrence {
				gain: FixedU128::from_u32(0),
				..rules
			});
			sold(scene, setting, gain, true)
		});
		without.push(("`gain` of `workers.DeterrenceRules`", uncapped));
	}
	let value = match setting.value {
		Some(value) => format!("{:.0} ATL", tokens(value)),
		None => "all that is covered".into(),
	};
	let ends = match (setting.proved, setting.known) {
		(true, _) => ", proved wrong instead of silent",
		(_, true) => ", known",
		_ => "",
	};
	let part = match setting.colluding * 6 / AUDITORS {
		0 => "none".to_owned(),
		1 => "1/6".to_owned(),
		_ => "1/3".to_owned(),
	};
	Row {
		strategy: "cheat",
		setting: format!("{}% of {value}; {part} of auditors{ends}", setting.wrong),
		gain: measured,
		without,
	}
}

fn rows(colluding: usize) -> Vec<Row> {
	let all = Setting {
		wrong: SOLD,
		colluding,
		value: None,
		proved: false,
		known: false,
	};
	let mut settings: Vec<_> = [1, 10, 50, SOLD].map(|wrong| Setting { wrong, ..all }).into();
	if colluding == AUDITORS / 3 {
		for known in [false, true] {
			settings.push(Setting {
				value: Some(ATL),
				known,
				..all
			});
		}
		settings.push(Setting { known: true, ..all });
		settings.push(Setting { proved: true, ..all });
	}
	Scene::play(|scene| settings.into_iter().map(|setting| row(scene, setting)).collect())
}

pub fn alone() -> Vec<Row> {
	rows(0)
}

pub fn with_a_sixth() -> Vec<Row> {
	rows(AUDITORS / 6)
}

pub fn with_a_third() -> Vec<Row> {
	rows(AUDITORS / 3)
}
