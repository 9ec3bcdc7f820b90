// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{demand::drawn, Ending, HostHash, Order, Sealed, CHUNK_BYTES, MAX_POSTED};
use atelier_primitives::{
	views::jobs::JobStage,
	work::{audits::Works, Work},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges, RangesProof, Tree},
	hash::Blake2b256,
};
use frame_support::BoundedVec;
use sp_runtime::DispatchResult;

/// The levy of 200 units.
const LEVY: Balance = 200 * (PRICE + FEE) * 2 / 100;

/// What posting the whole of an answer of 25 tokens costs, by the mock.
const WHOLE: Balance = COST + 100 + 150;

fn demanded() -> JobId {
	demanded_of(order())
}

fn sealed() -> Order<Balance> {
	Order {
		sealed: true,
		..order()
	}
}

fn demanded_of(order: Order<Balance>) -> JobId {
	let job = delivered(order);
	dispatch(PAYER, Call::demand { job }).unwrap();
	job
}

fn post(who: u8, job: JobId, bytes: &[u8]) -> DispatchResult {
	let bytes = BoundedVec::try_from(bytes.to_vec()).unwrap();
	dispatch(who, Call::post_answer { job, bytes })
}

#[test]
fn whoever_posts_the_answer_is_paid_what_that_costs_and_then_for_the_work() {
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
		let before = free(PAYER);
		post(WORKER, job, &token_bytes(25)).unwrap();
		happened(Event::AnswerPosted { job, cost: WHOLE });
		assert_eq!((bonded(PAYER), free(WORKER)), (0, RICH + WHOLE));
		assert_eq!(free(PAYER), before + BOND - WHOLE);
		// The window goes on where it was.
		assert_eq!(Jobs::job(job).unwrap().until, 1 + WINDOW);
		// Once is enough.
		refused(|| dispatch(PAYER, Call::demand { job }), Error::<Test>::DemandedBefore);
		pass(WINDOW + 1);
		assert_eq!(free(WORKER), RICH + WHOLE + 200 * PRICE);
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
			returned: price(200),
			fined: FAILURE + LEVY,
		});
		assert_eq!((all_of(PAYER), free(PAYER), free(WORKER)), (RICH, RICH, RICH));
		assert_eq!((fake(W).fined, fake(W).failed), (FAILURE + LEVY, 1));
		refused(|| post(WORKER, job, &token_bytes(25)), Error::<Test>::UnknownJob);
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
		post(WORKER, job, &token_bytes(25)).unwrap();
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
		refused(|| post(WORKER, job, &token_bytes(25)), Error::<Test>::WrongStage);
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
		refused(|| post(RIVAL, job, &token_bytes(25)), Error::<Test>::NotTheWorker);
		sleep(DEMAND + 1);
		refused(|| post(WORKER, job, &token_bytes(25)), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn fails_for_other_bytes() {
	execute(|| {
		let job = demanded();
		let right = token_bytes(25);
		for bytes in [&b""[..], &right[1..], &right[..96], &[7; MAX_POSTED as usize]] {
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
fn what_is_demanded_waits_while_the_worker_is_accused() {
	execute(|| {
		let job = demanded();
		accuse(W);
		pass(DEMAND + 1);
		assert_eq!(Jobs::job(job).unwrap().stage, JobStage::Demanded);
		// It is too late for the answer, and the court finds its work where it was.
		refused(|| post(WORKER, job, &token_bytes(25)), Error::<Test>::DeadlinePassed);
		assert!(<Jobs as Works<_, _>>::pending(Work::Job(job)).is_some());
		refused(|| dispatch(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
		acquit(W);
		dispatch(STRANGER, Call::conclude_job { job }).unwrap();
		assert_eq!(fake(W).failed, 1);
	});
}

#[test]
fn but_no_longer_than_a_hearing() {
	execute(|| {
		let job = demanded();
		accuse(W);
		sleep(DEMAND);
		stop(3);
		sleep(HEARING);
		refused(|| dispatch(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
		sleep(1);
		dispatch(STRANGER, Call::conclude_job { job }).unwrap();
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
		assert_eq!((fake(W).failed, fake(W).fined), (1, FAILURE + LEVY));
	});
}

#[test]
fn an_encrypted_answer_is_posted_as_it_was_sent() {
	execute(|| {
		let job = demanded_of(sealed());
		for bytes in [&b""[..], &ANSWER[1..], &token_bytes(25)] {
			refused(|| post(WORKER, job, bytes), Error::<Test>::NotTheAnswer);
		}
		post(WORKER, job, ANSWER).unwrap();
		let cost = COST + ANSWER.len() as Balance + 150;
		happened(Event::AnswerPosted { job, cost });
	});
}

#[test]
fn an_answer_in_the_clear_is_stated_by_the_claim_alone() {
	execute(|| {
		let clear = started(order());
		let claimed = |job| claim(job, 100, 25);
		refused(
			|| deliver_as(clear, claimed(clear), Some(whole())),
			Error::<Test>::WrongAnswerKind,
		);
		let hidden = started(sealed());
		refused(
			|| deliver_as(hidden, claimed(hidden), None),
			Error::<Test>::WrongAnswerKind,
		);
	});
}

#[test]
fn a_claim_commits_to_as_many_leaves_as_it_has_tokens() {
	use atelier_referee::claim::Claim;
	execute(|| {
		let job = started(order());
		let (kind, root) = (Kind::Tokens, [3; 32]);
		let with = |kind, count| Claim {
			answer: Commitment { kind, count, root },
			..claim(job, 100, 25)
		};
		let wrong = [
			with(kind, 0),
			with(kind, 2),
			with(Kind::State, 1),
			// With tokens there is no vector.
			with(Kind::Output, 1),
		];
		for claim in wrong {
			refused(|| deliver(job, claim), Error::<Test>::WrongAnswerLength);
		}
		deliver(job, with(kind, 1)).unwrap();
	});
}

#[test]
fn a_vector_is_posted_by_its_numbers() {
	use atelier_referee::claim::{Claim, StopReason};
	execute(|| {
		let job = started(Order {
			version: EMBED,
			output: 0,
			input: 100,
			..order()
		});
		let numbers: Vec<u8> = (0..3_000_u32).map(|at| at as u8).collect();
		let tree = Tree::from_leaves::<HostHash>(Kind::Output, numbers.chunks(CHUNK_BYTES)).unwrap();
		let vector = |answer| Claim {
			version: atelier_primitives::work::named_version(EMBED),
			answer,
			stop: StopReason::Embedded,
			..claim(job, 100, 0)
		};
		for count in [0, crate::MAX_VECTOR_LEAVES + 1] {
			let answer = Commitment {
				count,
				..tree.commitment()
			};
			refused(|| deliver(job, vector(answer)), Error::<Test>::WrongAnswerLength);
		}
		deliver(job, vector(tree.commitment())).unwrap();
		dispatch(PAYER, Call::demand { job }).unwrap();
		refused(|| post(WORKER, job, &numbers[..2_999]), Error::<Test>::NotTheAnswer);
		post(WORKER, job, &numbers).unwrap();
	});
}

#[test]
fn an_encrypted_answer_is_as_long_as_the_claimed_one_can_be() {
	execute(|| {
		let job = started(sealed());
		let of = |bytes| {
			Some(Sealed::Whole {
				bytes,
				hash: HostHash::hash(&[]),
			})
		};
		// 25 tokens: a byte for each at the least, four times four bytes and 4 KiB at most.
		let most = 4 * 100 + 4_096;
		for bytes in [0, 1, 24, most + 1, MAX_POSTED] {
			refused(
				|| deliver_as(job, claim(job, 100, 25), of(bytes)),
				Error::<Test>::WrongAnswerLength,
			);
		}
		deliver_as(job, claim(job, 100, 25), of(most)).unwrap();
	});
}

#[test]
fn a_bond_that_is_less_than_posting_costs_pays_what_it_is() {
	execute(|| {
		let job = demanded_of(sealed());
		crate::Jobs::<Test>::mutate(job, |job| {
			let job = job.as_mut().unwrap();
			crate::Pallet::<Test>::give_back(crate::HoldReason::Demand, &job.payer, BOND - 10);
			job.rules.bond = 10;
		});
		post(WORKER, job, ANSWER).unwrap();
		assert_eq!((bonded(PAYER), free(WORKER)), (0, RICH + 10));
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

	/// A job whose answer may be long enough, encrypted, and a claim of that.
	fn long_job() -> JobId {
		started(Order {
			output: 6_000,
			time: 500,
			..sealed()
		})
	}

	fn long_claim(job: JobId) -> atelier_referee::claim::Claim {
		claim(job, 1, 6_000)
	}

	#[test]
	fn in_the_clear_are_opened_by_the_leaves_of_the_claim() {
		execute(|| {
			let job = started(Order {
				output: 6_000,
				time: 500,
				..order()
			});
			deliver(job, long_claim(job)).unwrap();
			dispatch(PAYER, Call::demand { job }).unwrap();
			let places = Jobs::job(job).unwrap().demanded;
			assert!(!places.is_empty() && places.iter().all(|place| *place < 94));
			let chunks: Vec<Vec<u8>> = token_bytes(6_000).chunks(256).map(<[u8]>::to_vec).collect();
			refused(|| post(WORKER, job, &[]), Error::<Test>::NotTheAnswer);
			let mut forged = chunks.clone();
			forged[places[0] as usize][0] ^= 1;
			let tree = tokens(6_000);
			refused(
				|| post_chunks(job, &forged, &tree, places.clone()),
				Error::<Test>::NotTheAnswer,
			);
			post_chunks(job, &chunks, &tree, places).unwrap();
			assert!(Jobs::job(job).unwrap().delivery.unwrap().posted);
		});
	}

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
			let job = long_job();
			deliver_as(job, long_claim(job), Some(answer)).unwrap();
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
			assert!(free(WORKER) > RICH + 4 * CHUNK_BYTES as Balance && free(WORKER) <= RICH + BOND);
		});
	}

	#[test]
	fn are_committed_to_in_the_one_way_that_their_length_allows() {
		execute(|| {
			let job = long_job();
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
					|| deliver_as(job, long_claim(job), Some(answer)),
					Error::<Test>::WrongAnswerLength,
				);
			}
			deliver_as(job, long_claim(job), Some(answer)).unwrap();
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
