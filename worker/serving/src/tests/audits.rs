// SPDX-License-Identifier: Apache-2.0

//! Auditors see what they are drawn for, and nobody else sees anything.

use super::world::*;
use crate::{
	asking::{Asker, Error, Material},
	chain::Drawn,
	checks::{Check, without},
	keys,
	ledger::{Ledger, Output},
	locked,
	server::{Counted, Limits, Rate},
};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		Tier, Work,
		audits::{Claims, Drawing, ONE_AUDIT, Pending},
		draw::{self, Lot},
		workers::Standing,
	},
};
use atelier_referee::{
	commit::mountain::{Receipt, Root},
	hash::Portable,
};
use atelier_wire::{EvidenceKind, Place, Refusal};
use codec::Encode;
use sp_core::{
	Pair as _,
	crypto::VrfSecret,
	sr25519::{self, vrf::VrfTranscript},
};
use std::sync::Arc;

const INPUT: [u32; 5] = [10, 20, 30, 40, 50];
const AUDITOR: WorkerId = WorkerId(30);
const SEED: [u8; 32] = [66; 32];

fn work() -> Work {
	Work::Settlement {
		session: id_of(EXACT),
		number: 0,
	}
}

fn lot(pair: &sr25519::Pair, work: Work) -> Lot {
	let subject = draw::Drawn::Audit(work).encode();
	let transcript = VrfTranscript::new(draw::LABEL, &[(draw::SUBJECT, &subject), (draw::SEED, &SEED)]);
	let signature = pair.vrf_sign(&transcript.into_sign_data());
	let encoded = signature.encode();
	Lot {
		pre_output: encoded[..32].try_into().unwrap(),
		proof: encoded[32..].try_into().unwrap(),
	}
}

/// A worker with six answers that are settled, and an auditor that has drawn three of their units.
async fn settled(limits: Limits) -> (World, sr25519::Pair) {
	let world = World::with(limits);
	world.change(id_of(EXACT), |terms| terms.sealed = true);
	let session = world.session(1, EXACT).await;
	for salt in 0..6 {
		let request = request(EXACT, &INPUT, 3 + salt as u32, salt);
		session
			.ask(request, INPUT.to_vec(), false)
			.await
			.unwrap()
			.all()
			.await
			.unwrap();
	}
	let later = world.ledger.newest(id_of(EXACT)).unwrap().0.receipts;
	let pending = Pending {
		worker: WORKER,
		payer: [9; 32],
		version: EXACT,
		tier: Tier::Exact,
		claims: Claims::Since {
			earlier: Root::empty::<Portable>(),
			later,
		},
		request: None,
		value: 100,
		sealed: true,
		at: 90,
		until: 900,
		drawing: Drawing {
			seed: 3,
			weight: 100,
			expected: 3 * ONE_AUDIT,
		},
	};
	locked(&world.chain.works).insert(work(), Drawn { pending, seed: SEED });
	let auditor = pair(40);
	let standing = Standing {
		key: auditor.public().0,
		weight: 100,
		since: 0,
	};
	locked(&world.chain.standings).insert(AUDITOR, standing);
	(world, auditor)
}

async fn ask(asker: &Arc<Asker>, key: &sr25519::Pair, lot: Lot, number: u32) -> Result<Material, Error> {
	asker.audit(AUDITOR, key, work(), lot, number, true).await
}

#[tokio::test]
async fn who_is_drawn_gets_all_that_it_needs() {
	let (world, auditor) = settled(Limits::default()).await;
	let (asker, _) = world.asker(5).await;
	let later = world.ledger.newest(id_of(EXACT)).unwrap().0.receipts;
	for number in 0..3 {
		let material = ask(&asker, &auditor, lot(&auditor, work()), number).await.unwrap();
		let shown = &material.shown;
		// The receipt is below the settled root, and covers the unit that the auditor finds drawn itself.
		let Place::Receipt {
			index,
			units,
			inclusion,
		} = &shown.place
		else {
			panic!()
		};
		let receipt = Receipt {
			claim: shown.claim.leaf::<Portable>(),
			units: *units,
		};
		let interval = inclusion.verify::<Portable>(&later, *index, &receipt).unwrap();
		let drawn = locked(&world.chain.works).get(&work()).cloned().unwrap();
		let standing = *locked(&world.chain.standings).get(&AUDITOR).unwrap();
		let (output, count) = keys::hand(work(), &drawn, &standing, &lot(&auditor, work())).unwrap();
		assert_eq!(count, 3);
		let unit = draw::unit::<Portable>(&output, number, 0, later.units);
		assert!(interval.contains(unit) && shown.unit == unit);
		assert!(shown.claim.is_about::<Portable>(&shown.request));
		let kept = world.ledger.answered(id_of(EXACT), *index).await.unwrap();
		assert_eq!((&material.input[..], &material.output), (&INPUT[..], &kept.output));
		let Output::Tokens(tokens) = &material.output else {
			panic!()
		};
		assert_eq!(shown.evidence, EvidenceKind::States);
		assert_eq!(material.evidence.len(), 36 * (INPUT.len() + tokens.len() - 1));
	}
	assert_eq!(world.server.counts().of(Counted::Audits), 3);
}

#[tokio::test]
async fn who_is_not_drawn_gets_nothing() {
	let (world, auditor) = settled(Limits::default()).await;
	let (asker, _) = world.asker(5).await;
	let lot_of = |work| lot(&auditor, work);
	// More than it has drawn, somebody's lot, a lot of other work, nobody.
	assert_eq!(
		refusal(ask(&asker, &auditor, lot_of(work()), 3).await),
		Refusal::NotDrawn
	);
	let other = lot(&pair(41), work());
	assert_eq!(refusal(ask(&asker, &auditor, other, 0).await), Refusal::NotDrawn);
	let elsewhere = Work::Settlement {
		session: id_of(EXACT),
		number: 1,
	};
	assert_eq!(
		refusal(ask(&asker, &auditor, lot_of(elsewhere), 0).await),
		Refusal::NotDrawn
	);
	let unknown = asker
		.audit(AUDITOR, &auditor, elsewhere, lot_of(elsewhere), 0, true)
		.await;
	assert_eq!(refusal(unknown), Refusal::NoSuchWork);
	let nobody = asker
		.audit(WorkerId(31), &auditor, work(), lot_of(work()), 0, true)
		.await;
	assert_eq!(refusal(nobody), Refusal::NotDrawn);
	assert_eq!(world.server.counts().of(Counted::Audits), 0);
	// The control: without a look at lots everybody reads everything.
	let _off = without(&[Check::Lot]);
	ask(&asker, &auditor, other, 40).await.unwrap();
}

#[tokio::test]
async fn a_lot_that_others_have_seen_shows_them_nothing() {
	let (world, auditor) = settled(Limits::default()).await;
	let (asker, _) = world.asker(6).await;
	let seen = lot(&auditor, work());
	assert_eq!(refusal(ask(&asker, &pair(41), seen, 0).await), Refusal::NotTheAuditor);
	let _off = without(&[Check::Auditor]);
	ask(&asker, &pair(41), seen, 0).await.unwrap();
}

#[tokio::test]
async fn an_auditor_asks_only_so_often() {
	let limits = Limits {
		auditor: Rate {
			a_second: 1,
			at_once: 2,
		},
		..Limits::default()
	};
	let (world, auditor) = settled(limits).await;
	let (asker, _) = world.asker(5).await;
	for _ in 0..2 {
		ask(&asker, &auditor, lot(&auditor, work()), 0).await.unwrap();
	}
	let third = ask(&asker, &auditor, lot(&auditor, work()), 0).await;
	assert!(matches!(third, Err(Error::Overloaded { .. })));
	// On another connection too.
	let (asker, _) = world.asker(6).await;
	let fourth = ask(&asker, &auditor, lot(&auditor, work()), 0).await;
	assert!(matches!(fourth, Err(Error::Overloaded { .. })));
}
