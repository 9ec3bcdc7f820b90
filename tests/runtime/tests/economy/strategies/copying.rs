// SPDX-License-Identifier: Apache-2.0

//! An auditor seals what another has sealed, and reveals what the other has revealed, instead of looking.
//!
//! A seal names its auditor, so that the copy opens nothing. Where it did, the proofs would still be another's: who has the
//! numbers shows that.

use super::{
	lazy_audits::expose,
	scene::{AUDITORS, Scene, pass_slashes},
};
use crate::{
	governed,
	market::Deal,
	measure::{Mean, Row, trials, tried, undone},
	people::{gained, wealth},
	time::{until_drawn, until_final, until_tick},
};
use atelier_primitives::work::Work;
use pallet_disputes::checks::{Check, without};
use sp_runtime::Permill;

const SOLD: u64 = 20;

fn copied(scene: &Scene, deal: &Deal, work: Work) -> f64 {
	let (copies, looks) = (&scene.auditors[0], &scene.auditors[AUDITORS - 1]);
	let before = wealth([&copies.person]);
	until_drawn(work);
	let (hand, other) = (copies.hand(work), looks.hand(work));
	let proofs = looks.proofs(&other, deal);
	looks.commit(&other, &proofs).expect("the time to commit is not over");
	let sealed = pallet_disputes::Reports::<atelier_runtime::Runtime>::get(work, looks.worker).expect("it is sealed");
	let pallet_disputes::Said::Sealed(sealed) = sealed.said else {
		unreachable!("nothing was revealed");
	};
	copies.seal(work, sealed).expect("the time to commit is not over");
	until_tick(hand.seed.commit);
	looks.reveal(&other, &proofs).expect("it is what was sealed");
	let copy: Vec<_> = proofs.iter().cycle().take(hand.units.len()).copied().collect();
	if copies.reveal(&hand, &copy).is_ok() {
		expose(&scene.worker, copies, deal, &hand, &copy);
	}
	pass_slashes([&copies.person]);
	until_final(work);
	deal.conclude();
	gained([&copies.person], before)
}

fn tried_so(scene: &Scene) -> Mean {
	undone(|| {
		let (deal, work) = scene.honest_work(SOLD);
		tried(trials(), || copied(scene, &deal, work))
	})
}

pub fn rows() -> Vec<Row> {
	Scene::play(|scene| {
		let unsealed = undone(|| {
			governed::lazy_audit_slash(Permill::zero());
			without(Check::Sealed, || tried_so(scene))
		});
		vec![Row {
			strategy: "copy a report",
			setting: "1/6 of auditors copies another's".into(),
			gain: tried_so(scene),
			without: vec![("`workers.LazyAuditSlash`, and seals off", unsealed)],
		}]
	})
}
