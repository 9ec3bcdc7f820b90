// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::views::jobs::{JobStage, SessionPhase};
use std::collections::BTreeSet;

#[test]
fn pages_have_every_session_and_job_once() {
	execute(|| {
		change(W, |fake| fake.capacity = 100);
		let sessions: BTreeSet<_> = (0..7).map(|_| open(PAYER, W)).collect();
		open(OTHER, X);
		let jobs: BTreeSet<_> = (0..3)
			.map(|_| submit(order()))
			.chain((0..4).map(|_| submit(chosen(W))))
			.collect();
		submit(chosen(X));
		for limit in [1, 2, 3, 7, 100] {
			let mut seen = [BTreeSet::new(), BTreeSet::new()];
			let (mut of, mut by) = (None, None);
			loop {
				let page = Jobs::sessions_of(acc(PAYER), of, limit);
				assert!(page.items.len() <= limit as usize);
				seen[0].extend(page.items.iter().map(|view| view.session));
				of = page.next;
				if of.is_none() {
					break;
				}
			}
			loop {
				let page = Jobs::sessions_by(W, by, limit);
				seen[1].extend(page.items.iter().map(|view| view.session));
				by = page.next;
				if by.is_none() {
					break;
				}
			}
			assert_eq!(seen, [sessions.clone(), sessions.clone()]);
			let (mut of, mut by) = (None, None);
			let mut seen = [BTreeSet::new(), BTreeSet::new()];
			loop {
				let page = Jobs::jobs_of(acc(PAYER), of, limit);
				seen[0].extend(page.items.iter().map(|view| view.job));
				of = page.next;
				if of.is_none() {
					break;
				}
			}
			loop {
				let page = Jobs::jobs_by(W, by, limit);
				seen[1].extend(page.items.iter().map(|view| view.job));
				by = page.next;
				if by.is_none() {
					break;
				}
			}
			assert_eq!(seen[0].len(), 8);
			assert_eq!(seen[1], jobs);
		}
		// Nobody asks for nothing.
		assert_eq!(Jobs::jobs_by(X, None, 0).items.len(), 1);
	});
}

#[test]
fn a_session_says_where_it_stands_before_anybody_writes_it_down() {
	execute(|| {
		let id = open(PAYER, W);
		Served::new(id, PAYER).answer(100).settle().unwrap();
		let view = Jobs::session(id).unwrap();
		assert_eq!(
			(view.phase, view.pending.len(), view.pending[0].price),
			(SessionPhase::Open, 1, price(100))
		);
		sleep(201);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Closing);
		sleep(CHALLENGE);
		assert_eq!(Jobs::session(id).unwrap().phase, SessionPhase::Ended);
		assert_eq!(Jobs::session(SessionId(9)), None);
	});
}

#[test]
fn a_job_says_its_stage_and_its_last_block() {
	execute(|| {
		let job = submit(order());
		let seen = |job| {
			let view = Jobs::job(job).unwrap();
			(view.stage, view.until, view.worker)
		};
		assert_eq!(seen(job), (JobStage::Assigned, 1 + ACCEPT, Some(W)));
		dispatch(WORKER, Call::accept { job }).unwrap();
		assert_eq!(seen(job), (JobStage::Accepted, 1 + START, Some(W)));
		dispatch(WORKER, Call::start { job }).unwrap();
		assert_eq!(seen(job), (JobStage::Started, 1 + TIME, Some(W)));
		deliver(job, claim(job, 100, 25)).unwrap();
		assert_eq!(seen(job), (JobStage::Delivered, 1 + WINDOW, Some(W)));
		dispatch(PAYER, Call::demand { job }).unwrap();
		assert_eq!(seen(job), (JobStage::Demanded, 1 + DEMAND, Some(W)));
		assert_eq!(Jobs::job(JobId(9)), None);
	});
}

#[test]
fn a_grant_says_what_is_left() {
	execute(|| {
		assert_eq!(Jobs::granted(acc(PAYER), acc(OTHER)), None);
		let spender = acc(OTHER);
		let (cap, until) = (150_000, 100);
		dispatch(PAYER, Call::grant { spender, cap, until }).unwrap();
		super::grants::open_for(OTHER, 100_000, 1, 5_000).unwrap();
		let view = Jobs::granted(acc(PAYER), acc(OTHER)).unwrap();
		assert_eq!(
			(view.cap, view.spent, view.left, view.until),
			(150_000, 105_000, 45_000, 100)
		);
	});
}

#[test]
fn the_agenda_says_how_far_behind_it_is() {
	execute(|| {
		pass(3);
		assert_eq!(Jobs::agenda_behind(), 0);
		sleep(20);
		assert_eq!(Jobs::agenda_behind(), 20);
	});
}
