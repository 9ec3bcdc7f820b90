// SPDX-License-Identifier: Apache-2.0

//! A rival has itself drawn for jobs and does not take them, or begins and does not deliver, to make payers wait.
//!
//! Whatever a payer loses is taken for a gain of the rival's. The defence is a fine.

use super::scene::Scene;
use crate::{
	market::{offer, submit},
	measure::{Mean, Row, undone},
	people::{Person, gained, tokens, wealth},
	time::sleep,
};
use atelier_runtime::{Jobs, economics::ATL};
use atelier_runtime_tests::R;
use pallet_jobs::Call;

fn tried_so(scene: &Scene, begins: bool, fined: bool) -> Mean {
	undone(|| {
		let payer = Person::new("payer", 1);
		let (before, payers) = (wealth([&scene.worker]), payer.wealth());
		let job = submit(scene.version, &payer, ATL);
		if !fined {
			// The runtime asks for a little in any case; the job itself keeps by what it goes.
			pallet_jobs::Jobs::<R>::mutate(job, |job| {
				let rules = &mut job.as_mut().expect("it was submitted").rules;
				(rules.refusal, rules.failure) = (0, 0);
			});
		}
		if begins {
			scene.worker.does(Call::accept { job });
			scene.worker.does(Call::start { job });
		}
		let until = pallet_jobs::Jobs::<R>::get(job).expect("it is there").until();
		sleep(until + 1 - atelier_runtime::System::block_number());
		// The chain may have done it by itself.
		let _ = Jobs::conclude_job(frame_system::RawOrigin::Signed(payer.account.clone()).into(), job);
		assert!(!Jobs::job_exists(job), "it has ended");
		let harm = tokens(payers) - tokens(payer.wealth());
		Mean::exactly(gained([&scene.worker], before) + harm)
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		offer(scene.version, &scene.worker, 0);
		let row = |begins, setting: &str, fine| Row {
			strategy: "no-show",
			setting: setting.into(),
			gain: tried_so(scene, begins, true),
			without: vec![(fine, tried_so(scene, begins, false))],
		};
		vec![
			row(false, "drawn, and does not take the job", "`jobs.RefusalFine`"),
			row(true, "begins, and does not deliver", "`jobs.FailureFine`"),
		]
	})
}
