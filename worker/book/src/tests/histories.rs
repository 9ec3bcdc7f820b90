// SPDX-License-Identifier: Apache-2.0

//! Random histories against the model, with crashes wherever they hurt: in the middle of any write, with any part of it on the
//! disk.

use super::{
	disk::{Memory, Random},
	model::{Model, Op, seen},
	samples::*,
};
use proptest::{collection::vec, prelude::*};

fn op() -> impl Strategy<Value = Op> {
	let session = || 0..3_u64;
	let job = || 0..3_u64;
	prop_oneof![
		3 => (session(), 300..2_000_u128).prop_map(|(session, deposit)| Op::Begin { session, deposit }),
		12 => (session(), 0..3_u64, prop_oneof![9 => Just(0_u64), 1 => 1..3_u64])
			.prop_map(|(session, salt, late)| Op::Append { session, salt, late }),
		8 => (session(), prop_oneof![4 => Just(0_u64), 1 => 1..3_u64], 0..3_u64)
			.prop_map(|(session, back, sequence)| Op::Voucher { session, back, sequence }),
		4 => (session(), 0..50_u32).prop_map(|(session, until)| Op::Settle { session, until }),
		1 => session().prop_map(|session| Op::SettledAgain { session }),
		3 => session().prop_map(|session| Op::Conclude { session }),
		4 => (session(), 1..12_u32).prop_map(|(session, most)| Op::Release { session, most }),
		1 => session().prop_map(|session| Op::End { session }),
		1 => (session(), any::<bool>()).prop_map(|(session, closing)| Op::Closing { session, closing }),
		2 => (job(), 0..3_u64).prop_map(|(job, salt)| Op::Deliver { job, salt }),
		1 => job().prop_map(|job| Op::ReleaseJob { job }),
		2 => (job(), 0..2_u8).prop_map(|(job, salt)| Op::Drawn { job, salt }),
		2 => (job(), 0..2_u8).prop_map(|(job, salt)| Op::Seal { job, salt }),
		1 => job().prop_map(|job| Op::Reported { job }),
		1 => (0..2_u64, session(), 0..3_u8)
			.prop_map(|(dispute, session, trace)| Op::Dispute { dispute, session, trace }),
		1 => (0..2_u64).prop_map(|dispute| Op::ForgetDispute { dispute }),
		1 => (0..2_u64, any::<bool>()).prop_map(|(dispute, wrong)| Op::Vote { dispute, wrong }),
		2 => (0..9_u128, 0..50_u32).prop_map(|(capacity, until)| Op::Quote { capacity, until }),
		1 => (0..9_u64).prop_map(|number| Op::Used { number }),
		1 => (0..50_u32).prop_map(|now| Op::Expire { now }),
	]
}

/// Says everything, a few things at once; crashes now and then; and compares after each crash and at the end.
fn live(ops: &[Op], seed: u64) -> u32 {
	let mut random = Random(seed);
	let (mut disk, mut book) = worker();
	let mut model = Model::default();
	let mut crashes = 0;
	let mut rest = ops;
	while !rest.is_empty() {
		let crash = random.below(6) == 0;
		if crash {
			disk.stop_after(random.below(40));
		}
		let together = rest.len().min(1 + random.below(5) as usize);
		// A signature is checked against what is durable: whoever brings one waits for what was before.
		let signed = rest.iter().skip(1).position(|op| matches!(op, Op::Voucher { .. }));
		let (now, later) = rest.split_at(signed.map_or(together, |signed| together.min(signed + 1)));
		rest = later;
		// What is said at once is said by somebody who knows nothing of what else is said.
		let mut states = vec![model.clone()];
		let mut told = Vec::new();
		for op in now {
			let last = states.last().unwrap();
			let next = last.next(op);
			told.push((last.tell(&book, op), next.is_some(), op));
			states.push(next.unwrap_or_else(|| last.clone()));
		}
		let mut known = 0;
		for (count, (pending, agreed, op)) in (1..).zip(told) {
			let answer = pending();
			let failed = answer.as_ref().is_err_and(crate::Error::is_of_storage);
			assert!(!failed || disk.stopped(), "{answer:?}");
			if !failed {
				assert_eq!(answer.is_ok(), agreed, "{op:?}: {answer:?}");
				known = count;
			}
		}
		if crash {
			drop(book);
			disk = disk.crashed(&mut random);
			book = opened(&disk).expect("opens after a crash");
			crashes += 1;
			let found = seen(&book);
			let possible = states.iter().skip(known).find(|state| state.seen() == found);
			model = possible
				.expect("all that was answered is there, and nothing in part")
				.clone();
		} else {
			model = states.pop().unwrap();
		}
	}
	assert_eq!(seen(&book), model.seen());
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(seen(&book), model.seen());
	crashes
}

proptest! {
	#![proptest_config(ProptestConfig {
		cases: if std::env::var_os("ATELIER_LONG").is_some() { 2_000 } else { 48 },
		failure_persistence: None,
		..ProptestConfig::default()
	})]

	#[test]
	fn a_book_is_what_was_answered_whatever_crashes(ops in vec(op(), 1..120), seed in any::<u64>()) {
		live(&ops, seed);
	}
}

#[test]
fn crashes_happen() {
	let ops: Vec<_> = (0..400)
		.map(|number| match number % 4 {
			0 => Op::Begin {
				session: 0,
				deposit: 1_000_000,
			},
			1 | 2 => Op::Append {
				session: 0,
				salt: number,
				late: 0,
			},
			_ => Op::Voucher {
				session: 0,
				back: 0,
				sequence: 1,
			},
		})
		.collect();
	assert!(live(&ops, 5) > 10);
}

/// The control: where writes are answered before they are on the disk, some of what was answered is gone.
#[test]
fn what_is_not_synced_is_lost() {
	use crate::checks::{Check, without};
	let (disk, book) = without(&[Check::Durable], || {
		let (disk, book) = serving();
		(disk, book)
	});
	let root = serve(&book, 3);
	let later: Memory = disk.crashed(&mut Random(1));
	drop(book);
	let found = opened(&later).and_then(|book| book.session(S));
	assert!(found.is_err() || found.is_ok_and(|standing| standing.root != root));

	let (disk, book) = serving();
	let root = serve(&book, 3);
	let later = disk.crashed(&mut Random(1));
	assert_eq!(opened(&later).unwrap().session(S).unwrap().root, root);
}
