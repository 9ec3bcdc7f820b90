// SPDX-License-Identifier: Apache-2.0

//! A rival fills the capacity of a worker with jobs for all that its bond covers, which come to nothing: it does not hand over
//! the input, or takes the job back at once, again and again.
//!
//! Whatever the worker loses is taken for a gain of the rival's: its fees, and what it could have earned meanwhile. It takes a
//! job in the next block and waits for its input for a minute.

use super::scene::Scene;
use crate::{
	governed,
	market::{offer, submit},
	measure::{Mean, Row, undone},
	people::{Person, gained, tokens, wealth},
	time::sleep,
};
use atelier_runtime::{System, time::MINUTES};
use atelier_runtime_tests::next_block;
use pallet_jobs::Call;
use sp_runtime::Permill;

#[derive(Clone, Copy)]
enum How {
	/// The worker waits for the input, and says that it is missing.
	Withheld,
	/// The payer takes the job back before the worker can take it on.
	TakenBack,
}

fn tried_so(scene: &Scene, how: How) -> Mean {
	undone(|| {
		let rival = Person::new("rival", 0);
		let value = scene.cover();
		rival.gets(2 * value);
		let (before, workers) = (wealth([&rival]), scene.worker.wealth());
		let began = System::block_number();
		let job = submit(scene.version, &rival, value);
		next_block();
		match how {
			How::Withheld => {
				scene.worker.does(Call::accept { job });
				sleep(MINUTES);
				scene.worker.does(Call::input_missing { job });
			}
			How::TakenBack => {
				rival.does(Call::cancel { job });
			}
		}
		let forgone = scene.earned_in_a_block() * f64::from(System::block_number() - began);
		let harm = tokens(workers) - tokens(scene.worker.wealth()) + forgone;
		Mean::exactly(gained([&rival], before) + harm)
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		let price = crate::market::price_for(scene.version, 1, scene.cover());
		offer(scene.version, &scene.worker, price);
		let row = |how, strategy, setting: &str| Row {
			strategy,
			setting: setting.into(),
			gain: tried_so(scene, how),
			without: vec![(
				"`jobs.TreasuryShare`",
				undone(|| {
					governed::treasury_share(Permill::zero());
					tried_so(scene, how)
				}),
			)],
		};
		vec![
			row(
				How::Withheld,
				"withheld input",
				"a job for all that a bond covers, whose input never comes",
			),
			row(
				How::TakenBack,
				"filling capacity",
				"such jobs, taken back after a block",
			),
		]
	})
}
