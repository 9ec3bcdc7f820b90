// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{demand::drawn, Ending, HostHash, Sealed, CHUNK_BYTES, MAX_POSTED};
use atelier_primitives::{
	views::jobs::JobStage,
	work::{audits::Works, Work},
};
use atelier_referee::commit::{Bounded, Kind, Ranges, RangesProof, Tree};
use frame_support::BoundedVec;
use sp_runtime::DispatchResult;

/// The levy of 200 units.
const LEVY: Balance = 200 * (PRICE + FEE) * 2 / 100;

fn demanded() -> JobId {
	let job = delivered(order());
	dispatch(PAYER, Call::demand { job }).unwrap();
	job
}

fn post(who: u8, job: JobId, bytes: &[u8]) -> DispatchResult {
	let bytes = BoundedVec::try_from(bytes.to_vec()).unwrap();
	dispatch(who, Call::post_answer { job, bytes })
}

#[test]
fn whoever_posts_the_answer_is_paid_the_bond_and_then_for_the_work() {
	execute(|| {
		let job = demanded();
		assert_eq!(bonded(PAYER), BOND);
		happened(Event::AnswerDemanded {
			job,
			worker: W,
			chunks: Vec::new(),
			until: now() + DEMAND,
		});
		sleep(DEMAND);
		post(WORKER, job, ANSWER).unwrap();
		happened(Event::AnswerPosted { job });
		assert_eq!((bonded(PAYER), free(WORKER)), (0, RICH + BOND));
		// The window goes on where it was.
		assert_eq!(Jobs::job(job).unwrap().until, 1 + WINDOW);
		// Once is enough.
		refused(|| dispatch(PAYER, Call::demand { job }), Error::<Test>::DemandedBefore);
		pass(WINDOW + 1);
		assert_eq!(free(WORKER), RICH + BOND + 200 * PRICE);
	});
}

#[test]
fn whoever_does_not_post_it_is_not_paid_and_fined() {
	execute(|| {
		let job = demanded();
		pass(DEMAND + 1);
		happened(Event::JobEnded {
			job,
			worker: Some(W),
			how: Ending::Failed,
			paid: 0,
			returned: most(),
			fined: FAILURE + LEVY,
		});
		assert_eq!((all_of(PAYER), free(PAYER), free(WORKER)), (RICH, RICH, RICH));
		assert_eq!((fake(W).fined, fake(W).failed), (FAILURE + LEVY, 1));
		refused(|| post(WORKER, job, ANSWER), Error::<Test>::UnknownJob);
	});
}

#[test]
fn an_answer_that_is_demanded_is_not_paid_before_it_is_posted() {
	execute(|| {
		let job = delivered(order());
		sleep(WINDOW);
		dispatch(PAYER, Call::demand { job }).unwrap();
		sleep(DEMAND);
		refused(|| dispatch(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
		post(WORKER, job, ANSWER).unwrap();
		dispatch(STRANGER, Call::conclude_job { job }).unwrap();
		assert_eq!(fake(W).paid, 1);
	});
}

#[test]
fn fails_for_others_at_other_stages_and_too_late() {
	execute(|| {
		let job = delivered(order());
		refused(|| dispatch(WORKER, Call::demand { job }), Error::<Test>::NotThePayer);
		refused(|| dispatch(OTHER, Call::demand { job }), Error::<Test>::NotThePayer);
		refused(|| post(WORKER, job, ANSWER), Error::<Test>::WrongStage);
		sleep(WINDOW + 1);
		refused(|| dispatch(PAYER, Call::demand { job }), Error::<Test>::DeadlinePassed);
		let early = submit(order());
		refused(
			|| dispatch(PAYER, Call::demand { job: early }),
			Error::<Test>::WrongStage,
		);
		refused(
			|| dispatch(PAYER, Call::demand { job: JobId(9) }),
			Error::<Test>::UnknownJob,
		);

		let job = demanded();
		refused(|| dispatch(PAYER, Call::demand { job }), Error::<Test>::WrongStage);
		refused(|| post(RIVAL, job, ANSWER), Error::<Test>::NotTheWorker);
		sleep(DEMAND + 1);
		refused(|| post(WORKER, job, ANSWER), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn fails_for_other_bytes() {
	execute(|| {
		let job = demanded();
		for bytes in [&b""[..], &ANSWER[1..], &[7; MAX_POSTED as usize]] {
			refused(|| post(WORKER, job, bytes), Error::<Test>::NotTheAnswer);
		}
		let nothing = Call::post_chunks {
			job,
			chunks: Bounded::new(),
			proof: Box::new(RangesProof {
				siblings: Bounded::new(),
			}),
		};
		refused(|| dispatch(WORKER, nothing), Error::<Test>::NotTheAnswer);
		assert_eq!(Jobs::job(job).unwrap().stage, JobStage::Demanded);
	});
}

#[test]
fn nothing_that_is_demanded_ends_while_the_worker_is_accused() {
	execute(|| {
		let job = demanded();
		accuse(W);
		pass(DEMAND + 1);
		assert_eq!(Jobs::job(job).unwrap().stage, JobStage::Demanded);
		// It is too late for the answer, and the court finds its work where it was.
		refused(|| post(WORKER, job, ANSWER), Error::<Test>::DeadlinePassed);
		assert!(<Jobs as Works<_, _>>::pending(Work::Job(job)).is_some());
		refused(|| dispatch(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
		acquit(W);
		dispatch(STRANGER, Call::conclude_job { job }).unwrap();
		assert_eq!(fake(W).failed, 1);
	});
}

#[test]
fn a_verdict_meanwhile_returns_the_bond_too() {
	execute(|| {
		let job = demanded();
		<Jobs as Works<_, _>>::overturn(Work::Job(job));
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
	});
}

#[test]
fn a_demand_without_the_bond_changes_nothing() {
	use frame_support::traits::{fungible::Mutate, tokens::Preservation};
	execute(|| {
		let job = delivered(order());
		let all = free(PAYER) - ED - BOND + 1;
		Balances::transfer(&acc(PAYER), &acc(OTHER), all, Preservation::Preserve).unwrap();
		let before = root();
		assert!(dispatch(PAYER, Call::demand { job }).is_err());
		assert_eq!(root(), before);
	});
}

mod long_answers {
	use super::*;

	/// An answer of so many bytes: its chunks, and the tree over them.
	fn long(bytes: usize) -> (Vec<Vec<u8>>, Tree, Sealed) {
		let all: Vec<u8> = (0..bytes).map(|at| (at / 7) as u8).collect();
		let chunks: Vec<Vec<u8>> = all.chunks(CHUNK_BYTES).map(<[u8]>::to_vec).collect();
		let tree = Tree::from_leaves::<HostHash>(Kind::Output, &chunks).unwrap();
		let answer = Sealed::Chunks {
			bytes: bytes as u64,
			chunks: tree.commitment(),
		};
		(chunks, tree, answer)
	}

	fn post_chunks(job: JobId, chunks: &[Vec<u8>], tree: &Tree, places: Vec<u64>) -> DispatchResult {
		let posted: Vec<_> = places
			.iter()
			.map(|place| Bounded::try_from(chunks[*place as usize].clone()).unwrap())
			.collect();
		let call = Call::post_chunks {
			job,
			chunks: Bounded::try_from(posted).unwrap(),
			proof: Box::new(tree.prove(&Ranges::covering(places).unwrap()).unwrap()),
		};
		dispatch(WORKER, call)
	}

	#[test]
	fn the_chain_draws_chunks_and_the_worker_opens_them() {
		execute(|| {
			let (chunks, tree, answer) = long(100_000);
			let job = started(order());
			deliver_as(job, claim(job, 1, 1), answer).unwrap();
			dispatch(PAYER, Call::demand { job }).unwrap();
			let places = Jobs::job(job).unwrap().demanded;
			assert!(!places.is_empty() && places.len() <= 4);
			let others: Vec<u64> = places.iter().map(|place| (place + 1) % 98).collect();
			let mut others = others;
			others.sort();
			refused(|| post_chunks(job, &chunks, &tree, others), Error::<Test>::NotTheAnswer);
			let mut forged = chunks.clone();
			forged[places[0] as usize][0] ^= 1;
			refused(
				|| post_chunks(job, &forged, &tree, places.clone()),
				Error::<Test>::NotTheAnswer,
			);
			refused(|| post(WORKER, job, &[]), Error::<Test>::NotTheAnswer);
			post_chunks(job, &chunks, &tree, places).unwrap();
			assert_eq!(free(WORKER), RICH + BOND);
		});
	}

	#[test]
	fn are_committed_to_in_the_one_way_that_their_length_allows() {
		execute(|| {
			let job = started(order());
			let (_, tree, answer) = long(100_000);
			let commitment = tree.commitment();
			let whole = Sealed::Whole {
				bytes: MAX_POSTED + 1,
				hash: [0; 32],
			};
			let short = Sealed::Chunks {
				bytes: MAX_POSTED.into(),
				chunks: commitment,
			};
			let more = Sealed::Chunks {
				bytes: 200_000,
				chunks: commitment,
			};
			let mut other = commitment;
			other.kind = Kind::Tokens;
			let kind = Sealed::Chunks {
				bytes: 100_000,
				chunks: other,
			};
			for answer in [whole, short, more, kind] {
				refused(
					|| deliver_as(job, claim(job, 1, 1), answer),
					Error::<Test>::WrongAnswerLength,
				);
			}
			deliver_as(job, claim(job, 1, 1), answer).unwrap();
		});
	}

	#[test]
	fn draws_are_spread_over_all_chunks() {
		let mut seen = [false; 20];
		for seed in 0..100_u8 {
			for place in drawn(&[seed; 32], 20) {
				seen[place as usize] = true;
			}
		}
		assert!(seen.iter().all(|seen| *seen));
		assert_eq!(drawn(&[1; 32], 1), [0]);
		assert!(drawn(&[1; 32], 0).is_empty());
	}
}
