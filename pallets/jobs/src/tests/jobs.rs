// SPDX-License-Identifier: Apache-2.0

//! Every way of a job from one stage to another, in time and too late, by the right actor and by wrong ones.

use super::*;
use crate::{Ending, JobOf, Order, Stage};
use atelier_primitives::{
	models::Refused,
	terms::Forbidden,
	views::jobs::JobStage,
	work::{
		audits::{Claims, Works},
		workers::Unfit,
		Work,
	},
};
use atelier_referee::{
	claim::Claim,
	commit::{Commitment, Kind},
};
use sp_runtime::DispatchResult;

const JOB: JobId = JobId(0);
/// What the treasury gets of the most that an order costs.
const SHARE: Balance = 300 * (PRICE + FEE) * 5 / 100;

fn record(job: JobId) -> JobOf<Test> {
	crate::Jobs::<Test>::get(job).unwrap()
}

fn stage(job: JobId) -> JobStage {
	Jobs::job(job).unwrap().stage
}

fn act(who: u8, call: Call<Test>) -> DispatchResult {
	dispatch(who, call)
}

/// How it ended: what was paid, what returned, what the worker was fined.
fn ended(job: JobId, worker: Option<WorkerId>, how: Ending, (paid, returned, fined): (Balance, Balance, Balance)) {
	happened(Event::JobEnded {
		job,
		worker,
		how,
		paid,
		returned,
		fined,
	});
	assert_eq!(Jobs::job(job), None);
}

/// All that the payer had is its own again.
fn whole_again() {
	assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
}

fn assert_refused_submit(order: Order<Balance>, why: impl Into<sp_runtime::DispatchError>) {
	let order = Box::new(order);
	refused(|| act(PAYER, Call::submit { order }), why);
}

mod submit {
	use super::*;

	#[test]
	fn draws_a_worker_and_takes_it_at_its_word() {
		execute(|| {
			let job = submit(order());
			assert_eq!(held(PAYER), most());
			happened(Event::JobSubmitted {
				job,
				payer: acc(PAYER),
				version: V,
				escrow: most(),
			});
			happened(Event::JobAssigned {
				job,
				worker: W,
				drawn: true,
				until: now() + ACCEPT,
			});
			// At the price it offers, not at the most that the payer would have paid.
			assert_eq!((fake(W).engaged, fake(W).occupied), (price(300), 1));
			assert_eq!(record(job).rates.worker, PRICE);
		});
	}

	#[test]
	fn asks_a_chosen_worker_and_counts_nothing_against_it_yet() {
		execute(|| {
			let job = submit(chosen(X));
			assert_eq!((fake(X).engaged, fake(X).occupied), (0, 0));
			assert_eq!(record(job).worker(), Some(X));
			happened(Event::JobAssigned {
				job,
				worker: X,
				drawn: false,
				until: now() + ACCEPT,
			});
		});
	}

	#[test]
	fn waits_where_nobody_is_fit() {
		execute(|| {
			change(W, |fake| fake.drawable = false);
			let job = submit(order());
			assert_eq!((stage(job), record(job).worker()), (JobStage::Submitted, None));
		});
	}

	#[test]
	fn fails_for_orders_that_are_none() {
		execute(|| {
			let none = Order {
				input: 0,
				output: 0,
				..order()
			};
			assert_refused_submit(none, Error::<Test>::EmptyOrder);
			assert_refused_submit(Order { audits: 9, ..order() }, Error::<Test>::TooManyAudits);
			assert_refused_submit(
				Order {
					time: LIFE + 1,
					..order()
				},
				Error::<Test>::TimeTooLong,
			);
			assert_refused_submit(Order { time: 12, ..order() }, Error::<Test>::TimeTooShort);
			assert_eq!(Jobs::least_time(300), 13);
			assert_refused_submit(
				Order {
					most: Balance::MAX,
					..order()
				},
				Error::<Test>::PriceTooHigh,
			);
			let dust = Order {
				input: 1,
				output: 0,
				most: 0,
				..order()
			};
			assert_refused_submit(dust, Error::<Test>::EscrowTooSmall);
			let huge = Order {
				input: u32::MAX,
				output: u32::MAX,
				time: u32::MAX,
				..order()
			};
			MaxLife::set(u32::MAX);
			assert!(submit_result(huge).is_err());
		});
	}

	fn submit_result(order: Order<Balance>) -> DispatchResult {
		act(PAYER, Call::submit { order: Box::new(order) })
	}

	#[test]
	fn fails_where_a_stage_would_have_no_last_block() {
		execute(|| {
			for huge in [u32::MAX, u32::MAX / 2] {
				StartPeriod::set(huge);
				assert_refused_submit(order(), Error::<Test>::NoMoreNumbers);
				StartPeriod::set(START);
				AuditWindow::set(huge);
				assert_refused_submit(order(), Error::<Test>::NoMoreNumbers);
				AuditWindow::set(WINDOW);
			}
			// What grows later is nobody's failure.
			let job = started(order());
			AuditWindow::set(u32::MAX);
			deliver(job, claim(job, 100, 25)).unwrap();
			assert_eq!(fake(W).fined, 0);
		});
	}

	#[test]
	fn fails_where_version_or_worker_may_not() {
		execute(|| {
			change(X, |fake| fake.price = 2 * PRICE + 1);
			assert_refused_submit(chosen(X), Error::<Test>::PriceTooHigh);
			change(X, |fake| fake.unfit = Some(Unfit::NotLive));
			assert_refused_submit(chosen(X), Error::<Test>::NotLive);
			assert_refused_submit(chosen(WorkerId(9)), Error::<Test>::UnknownWorker);
			let float = Order {
				version: FLOAT,
				..order()
			};
			assert!(most() > 50_000);
			let audited = Order {
				audits: 1,
				..float.clone()
			};
			assert_refused_submit(audited, Error::<Test>::NothingToAudit);
			assert_refused_submit(float, Error::<Test>::AboveFloatCap);
			Barred::mutate(|barred| barred.insert(V, Refused::Terms(Forbidden::Purpose)));
			assert_refused_submit(order(), Error::<Test>::TermsForbidIt);
		});
	}

	#[test]
	fn fails_without_the_money_and_leaves_nothing_behind() {
		execute(|| {
			let before = root();
			assert!(act(
				NOBODY,
				Call::submit {
					order: Box::new(order())
				}
			)
			.is_err());
			assert_eq!((root(), fake(W).engaged), (before, 0));
		});
	}
}

mod submitted {
	use super::*;

	fn waiting() -> JobId {
		change(W, |fake| fake.drawable = false);
		submit(order())
	}

	#[test]
	fn anybody_has_it_drawn_while_there_is_time() {
		execute(|| {
			let job = waiting();
			refused(|| act(STRANGER, Call::assign { job }), Error::<Test>::NobodyFit);
			change(W, |fake| fake.drawable = true);
			sleep(ACCEPT);
			act(STRANGER, Call::assign { job }).unwrap();
			assert_eq!(stage(job), JobStage::Assigned);
			refused(|| act(STRANGER, Call::assign { job }), Error::<Test>::WrongStage);
			refused(
				|| act(STRANGER, Call::assign { job: JobId(9) }),
				Error::<Test>::UnknownJob,
			);
		});
	}

	#[test]
	fn returns_all_when_nobody_was_drawn_in_time() {
		execute(|| {
			let job = waiting();
			sleep(ACCEPT);
			refused(|| act(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
			sleep(1);
			change(W, |fake| fake.drawable = true);
			refused(|| act(STRANGER, Call::assign { job }), Error::<Test>::DeadlinePassed);
			act(STRANGER, Call::conclude_job { job }).unwrap();
			ended(job, None, Ending::Unassigned, (0, most(), 0));
			whole_again();
		});
	}

	#[test]
	fn nobody_accepts_what_is_not_assigned() {
		execute(|| {
			let job = waiting();
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn the_payer_takes_it_back() {
		execute(|| {
			let job = waiting();
			refused(|| act(OTHER, Call::cancel { job }), Error::<Test>::NotThePayer);
			act(PAYER, Call::cancel { job }).unwrap();
			ended(job, None, Ending::Cancelled, (0, most(), 0));
			whole_again();
			refused(|| act(PAYER, Call::cancel { job }), Error::<Test>::UnknownJob);
		});
	}

	#[test]
	fn a_worker_that_fills_up_between_is_not_drawn() {
		execute(|| {
			// The draw says so, the bond does not.
			change(W, |fake| fake.capacity = 0);
			let job = submit(order());
			assert_eq!(stage(job), JobStage::Submitted);
		});
	}
}

mod assigned {
	use super::*;

	#[test]
	fn the_worker_accepts_until_the_last_block() {
		execute(|| {
			let job = submit(order());
			refused(|| act(RIVAL, Call::accept { job }), Error::<Test>::NotTheWorker);
			refused(|| act(PAYER, Call::accept { job }), Error::<Test>::NotTheWorker);
			sleep(ACCEPT);
			act(WORKER, Call::accept { job }).unwrap();
			happened(Event::JobAccepted {
				job,
				worker: W,
				until: now() + START,
			});
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::WrongStage);
			let job = submit(order());
			sleep(ACCEPT + 1);
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::DeadlinePassed);
		});
	}

	#[test]
	fn a_chosen_worker_counts_from_its_acceptance() {
		execute(|| {
			let job = submit(chosen(W));
			change(W, |fake| fake.cover = 10);
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::ExposureFull);
			change(W, |fake| (fake.cover, fake.capacity) = (10_000_000, 0));
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::OfferExhausted);
			change(W, |fake| (fake.unfit, fake.capacity) = (Some(Unfit::Leaving), 1));
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::Leaving);
			change(W, |fake| fake.unfit = None);
			act(WORKER, Call::accept { job }).unwrap();
			assert_eq!((fake(W).engaged, fake(W).occupied), (price(300), 1));
		});
	}

	#[test]
	fn a_drawn_worker_keeps_its_place_however_full_it_gets() {
		execute(|| {
			let job = submit(order());
			change(W, |fake| (fake.cover, fake.capacity) = (fake.engaged, 1));
			act(WORKER, Call::accept { job }).unwrap();
		});
	}

	#[test]
	fn a_convicted_worker_accepts_nothing() {
		execute(|| {
			let job = submit(order());
			change(W, |fake| fake.convicted = true);
			refused(|| act(WORKER, Call::accept { job }), Error::<Test>::Convicted);
			pass(ACCEPT + 1);
			ended(job, Some(W), Ending::Forbidden, (0, most(), 0));
			assert_eq!(fake(W).fined, 0);
			whole_again();
		});
	}

	/// Why a version may not be used any more, none of which its workers decide.
	const REASONS: [Refused; 5] = [
		Refused::Unknown,
		Refused::Withdrawn,
		Refused::Overruled,
		Refused::Consent,
		Refused::Terms(Forbidden::Purpose),
	];

	#[test]
	fn who_may_not_serve_any_more_is_not_blamed_whatever_it_does() {
		for why in REASONS {
			for order in [order(), chosen(W)] {
				execute(|| {
					let job = submit(order.clone());
					Barred::mutate(|barred| barred.insert(V, why));
					act(WORKER, Call::accept { job }).unwrap();
					ended(job, Some(W), Ending::Forbidden, (0, most(), 0));
					assert_eq!((fake(W).fined, fake(W).refused, fake(W).occupied), (0, 0, 0));
					whole_again();
				});
			}
			for decline in [true, false] {
				execute(|| {
					let job = submit(order());
					Barred::mutate(|barred| barred.insert(V, why));
					match decline {
						true => act(WORKER, Call::decline { job }).unwrap(),
						false => pass(ACCEPT + 1),
					}
					ended(job, Some(W), Ending::Forbidden, (0, most(), 0));
					assert_eq!((fake(W).fined, fake(W).refused), (0, 0));
					whole_again();
				});
			}
		}
	}

	#[test]
	fn whoever_accepted_serves_what_is_withdrawn_later() {
		execute(|| {
			let job = submit(order());
			act(WORKER, Call::accept { job }).unwrap();
			Barred::mutate(|barred| barred.insert(V, Refused::Withdrawn));
			act(WORKER, Call::start { job }).unwrap();
			deliver(job, claim(job, 100, 25)).unwrap();
			pass(WINDOW + 1);
			assert_eq!(fake(W).paid, 1);
		});
	}

	#[test]
	fn drawing_is_paid_for() {
		use crate::WeightInfo;
		use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
		use sp_runtime::traits::Dispatchable;
		let weighed = |call: Call<Test>| {
			let call = RuntimeCall::Jobs(call);
			let charged = call.get_dispatch_info().call_weight;
			let actual = call.dispatch(signed(PAYER)).unwrap().actual_weight;
			(charged, actual.unwrap_or(charged))
		};
		execute(|| {
			let (submit, draw) = (<() as WeightInfo>::submit(), DrawWeight::get());
			let looked = |picoseconds| submit.saturating_add(Weight::from_parts(picoseconds, 0));
			let order_of = |order| Call::submit { order: Box::new(order) };
			assert_eq!(weighed(order_of(chosen(W))), (looked(70), looked(7)));
			let drawn = (looked(70).saturating_add(draw), looked(7).saturating_add(draw));
			change(W, |fake| fake.drawable = false);
			assert_eq!(weighed(order_of(order())), drawn);
			change(W, |fake| fake.drawable = true);
			let assign = <() as WeightInfo>::assign().saturating_add(draw);
			assert_eq!(weighed(Call::assign { job: JobId(1) }), (assign, assign));
		});
	}

	#[test]
	fn looking_at_the_version_is_paid_for() {
		use crate::WeightInfo;
		use frame_support::dispatch::GetDispatchInfo;
		execute(|| {
			let job = submit(order());
			let most = <World as atelier_primitives::models::Versions<_, _>>::most();
			for call in [Call::<Test>::decline { job }, Call::conclude_job { job }] {
				let ends = <() as WeightInfo>::conclude_job();
				assert_eq!(call.get_dispatch_info().call_weight, ends.saturating_add(most));
			}
		});
	}

	#[test]
	fn a_drawn_worker_that_does_not_accept_is_fined_and_the_payer_whole() {
		for decline in [true, false] {
			execute(|| {
				let job = submit(order());
				refused(|| act(RIVAL, Call::decline { job }), Error::<Test>::NotTheWorker);
				match decline {
					true => act(WORKER, Call::decline { job }).unwrap(),
					false => pass(ACCEPT + 1),
				}
				ended(job, Some(W), Ending::Refused, (0, most(), REFUSAL));
				assert_eq!((fake(W).fined, fake(W).refused), (REFUSAL, 1));
				whole_again();
			});
		}
	}

	#[test]
	fn a_chosen_worker_owes_nothing() {
		for decline in [true, false] {
			execute(|| {
				let job = submit(chosen(W));
				match decline {
					true => act(WORKER, Call::decline { job }).unwrap(),
					false => pass(ACCEPT + 1),
				}
				ended(job, Some(W), Ending::Unaccepted, (0, most(), 0));
				assert_eq!((fake(W).fined, fake(W).refused), (0, 0));
				whole_again();
			});
		}
	}

	#[test]
	fn the_payer_takes_it_back_at_no_cost_to_the_worker() {
		execute(|| {
			let job = submit(order());
			refused(|| act(WORKER, Call::cancel { job }), Error::<Test>::NotThePayer);
			act(PAYER, Call::cancel { job }).unwrap();
			// It had kept room.
			ended(job, Some(W), Ending::Cancelled, (SHARE, most() - SHARE, 0));
			assert_eq!((fake(W).fined, fake(W).refused, fake(W).void), (0, 0, 0));
			assert_eq!((all_of(PAYER), free(PAYER)), (RICH - SHARE, RICH - SHARE));
			// A chosen one had not.
			let job = submit(chosen(W));
			act(PAYER, Call::cancel { job }).unwrap();
			ended(job, Some(W), Ending::Cancelled, (0, most(), 0));
		});
	}
}

mod accepted {
	use super::*;

	fn accepted() -> JobId {
		let job = submit(order());
		act(WORKER, Call::accept { job }).unwrap();
		job
	}

	#[test]
	fn the_worker_starts_until_the_last_block() {
		execute(|| {
			let job = accepted();
			refused(|| act(RIVAL, Call::start { job }), Error::<Test>::NotTheWorker);
			sleep(START);
			act(WORKER, Call::start { job }).unwrap();
			happened(Event::JobStarted {
				job,
				worker: W,
				until: now() + TIME,
			});
			refused(|| act(WORKER, Call::start { job }), Error::<Test>::WrongStage);
			refused(|| act(WORKER, Call::input_missing { job }), Error::<Test>::WrongStage);
			let job = accepted();
			sleep(START + 1);
			refused(|| act(WORKER, Call::start { job }), Error::<Test>::DeadlinePassed);
			refused(
				|| act(WORKER, Call::input_missing { job }),
				Error::<Test>::DeadlinePassed,
			);
		});
	}

	#[test]
	fn a_missing_input_voids_it_and_the_treasury_gets_its_share() {
		execute(|| {
			let job = accepted();
			refused(|| act(PAYER, Call::input_missing { job }), Error::<Test>::NotTheWorker);
			let treasury = free(TREASURY);
			act(WORKER, Call::input_missing { job }).unwrap();
			// At the worker's price, not at the most that the payer would have paid.
			ended(job, Some(W), Ending::Void, (SHARE, most() - SHARE, 0));
			assert_eq!((fake(W).fined, fake(W).void, fake(W).charged), (0, 1, SHARE));
			assert_eq!(free(TREASURY), treasury + SHARE);
			assert_eq!((all_of(PAYER), free(PAYER)), (RICH - SHARE, RICH - SHARE));
		});
	}

	#[test]
	fn the_payer_cannot_take_it_back() {
		execute(|| {
			let job = accepted();
			refused(|| act(PAYER, Call::cancel { job }), Error::<Test>::WrongStage);
			refused(|| act(WORKER, Call::decline { job }), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn neither_started_nor_missing_is_a_refusal() {
		execute(|| {
			let job = accepted();
			pass(START + 1);
			ended(job, Some(W), Ending::Refused, (0, most(), REFUSAL));
			assert_eq!((fake(W).fined, fake(W).refused), (REFUSAL, 1));
			whole_again();
		});
	}
}

mod started {
	use super::*;

	fn refused_claim(change: impl FnOnce(&mut Claim), why: Error<Test>) {
		let mut claim = claim(JOB, 100, 25);
		change(&mut claim);
		refused(|| deliver(JOB, claim), why);
	}

	#[test]
	fn the_worker_delivers_until_the_last_block() {
		execute(|| {
			let job = started(order());
			sleep(TIME);
			deliver(job, claim(job, 100, 25)).unwrap();
			let leaf = claim(job, 100, 25).leaf::<crate::HostHash>();
			let view = Jobs::job(job).unwrap();
			assert_eq!((view.stage, view.until), (JobStage::Delivered, now() + WINDOW));
			let delivery = view.delivery.unwrap();
			assert_eq!(
				(delivery.claim, delivery.units, delivery.price),
				(leaf, 200, price(200))
			);
			// The rest of the bond is free for other work at once.
			assert_eq!((fake(W).engaged, fake(W).occupied), (price(200), 0));
			// Delivered twice.
			refused(|| deliver(job, claim(job, 100, 25)), Error::<Test>::WrongStage);
			let pending = <Jobs as Works<_, _>>::pending(Work::Job(job)).unwrap();
			assert_eq!(
				pending.claims,
				Claims::One {
					claim: leaf,
					units: 200
				}
			);
			assert_eq!((pending.request, pending.value), (Some([8; 32]), price(200)));
		});
	}

	#[test]
	fn too_late_is_too_late() {
		execute(|| {
			let job = started(order());
			sleep(TIME + 1);
			refused(|| deliver(job, claim(job, 1, 1)), Error::<Test>::DeadlinePassed);
			pass(1);
			ended(job, Some(W), Ending::Failed, (0, most(), FAILURE));
			assert_eq!((fake(W).fined, fake(W).failed), (FAILURE, 1));
			// The payer got its money, and nothing of the fine.
			whole_again();
		});
	}

	#[test]
	fn fails_for_a_claim_about_something_else() {
		execute(|| {
			started(order());
			use atelier_referee::claim::Origin;
			refused_claim(|claim| claim.genesis = [1; 32], Error::ClaimOfOtherChain);
			refused_claim(|claim| claim.origin = Origin::Job(7), Error::ClaimOfOtherJob);
			let session = Origin::Session { session: 0, index: 0 };
			refused_claim(|claim| claim.origin = session, Error::ClaimOfOtherJob);
			let other = atelier_primitives::work::named(X);
			refused_claim(|claim| claim.worker = other, Error::ClaimOfOtherWorker);
			let version = atelier_primitives::work::named_version(FLOAT);
			refused_claim(|claim| claim.version = version, Error::ClaimOfOtherVersion);
			refused_claim(|claim| claim.request = [9; 32], Error::ClaimOfOtherRequest);
			refused_claim(|claim| claim.input_count = 101, Error::AboveLimits);
			refused_claim(|claim| claim.output_count = 51, Error::AboveLimits);
			refused_claim(|claim| claim.output_count = u32::MAX, Error::AboveLimits);
			deliver(JOB, claim(JOB, 100, 50)).unwrap();
		});
	}

	#[test]
	fn fails_for_nothing_where_something_was_asked_for() {
		use atelier_referee::claim::StopReason;
		execute(|| {
			started(order());
			refused_claim(|claim| claim.output_count = 0, Error::EmptyAnswer);
			let vector = |claim: &mut Claim| {
				(claim.output_count, claim.stop) = (0, StopReason::Embedded);
				claim.answer.kind = Kind::Output;
			};
			refused_claim(vector, Error::EmptyAnswer);
			// Nothing is asked for where the input is all.
			let job = started(Order { output: 0, ..order() });
			deliver(job, claim(job, 100, 0)).unwrap();
			assert_refused_submit(
				Order {
					version: EMBED,
					..order()
				},
				Error::<Test>::AnswersWithVector,
			);
			submit(Order {
				version: EMBED,
				output: 0,
				..order()
			});
		});
	}

	#[test]
	fn a_vector_in_floats_has_no_tokens_to_count() {
		use atelier_referee::claim::StopReason;
		execute(|| {
			let job = started(Order {
				version: FLOAT,
				input: 10,
				output: 10,
				..order()
			});
			let vector = Claim {
				version: atelier_primitives::work::named_version(FLOAT),
				stop: StopReason::Embedded,
				answer: Commitment {
					kind: Kind::Output,
					..claim(job, 10, 1).answer
				},
				..claim(job, 10, 0)
			};
			refused(
				|| {
					deliver(
						job,
						Claim {
							stop: StopReason::End,
							..vector
						},
					)
				},
				Error::<Test>::EmptyAnswer,
			);
			deliver(job, vector).unwrap();
		});
	}

	#[test]
	fn fails_for_others_and_for_other_jobs() {
		execute(|| {
			let job = started(order());
			let call = |job| Call::deliver {
				job,
				claim: Box::new(claim(job, 1, 1)),
				answer: None,
			};
			refused(|| act(RIVAL, call(job)), Error::<Test>::NotTheWorker);
			refused(|| act(PAYER, call(job)), Error::<Test>::NotTheWorker);
			refused(|| act(WORKER, call(JobId(5))), Error::<Test>::UnknownJob);
			let early = submit(order());
			refused(|| act(WORKER, call(early)), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn ordered_audits_are_paid_for_now() {
		execute(|| {
			let job = started(Order { audits: 3, ..order() });
			assert_eq!((held(PAYER), free(FUND)), (most() + 3 * AUDIT, ED));
			deliver(job, claim(job, 100, 25)).unwrap();
			assert_eq!((held(PAYER), free(FUND)), (price(200), ED + 3 * AUDIT));
			let drawing = Jobs::job(job).unwrap().delivery.unwrap().drawing;
			assert_eq!(drawing.expected, 3 << 32);
			happened(Event::JobDelivered {
				job,
				worker: W,
				claim: record(job).delivery().unwrap().claim,
				units: 200,
				price: price(200),
				audits: 3 * AUDIT,
				returned: most() - price(200),
				until: now() + WINDOW,
				drawing,
			});
			pass(WINDOW + 1);
			let levy = 200 * (PRICE + FEE) * 2 / 100;
			assert_eq!((held(PAYER), free(FUND)), (0, ED + 3 * AUDIT + levy));
			ended(job, Some(W), Ending::Paid, (price(200), 0, 0));
			assert_eq!(all_of(PAYER), RICH - price(200) - 3 * AUDIT);
		});
	}

	#[test]
	fn ordered_audits_never_return_once_they_can_be_drawn() {
		let ordered = || Order { audits: 3, ..order() };
		let without_them = || {
			let all = RICH - 3 * AUDIT;
			assert_eq!((all_of(PAYER), free(PAYER)), (all, all));
			assert_eq!(free(FUND), ED + 3 * AUDIT);
		};
		execute(|| {
			let job = delivered(ordered());
			<Jobs as Works<_, _>>::overturn(Work::Job(job));
			ended(job, Some(W), Ending::Overturned, (0, price(200), 0));
			without_them();
		});
		execute(|| {
			let job = delivered(ordered());
			change(W, |fake| fake.convicted = true);
			pass(WINDOW + 1);
			ended(job, Some(W), Ending::Overturned, (0, price(200), 0));
			without_them();
		});
		execute(|| {
			let job = delivered(ordered());
			act(PAYER, Call::demand { job }).unwrap();
			pass(DEMAND + 1);
			// The worker owes nobody what is paid.
			let levy = 200 * (PRICE + FEE) * 2 / 100;
			ended(job, Some(W), Ending::Failed, (0, price(200), FAILURE + levy));
			without_them();
		});
	}

	#[test]
	fn ordered_audits_return_where_nothing_was_delivered() {
		let ordered = || Order { audits: 3, ..order() };
		execute(|| {
			started(ordered());
			pass(TIME + 1);
			whole_again();
			let job = submit(Order {
				worker: Some(W),
				..ordered()
			});
			act(PAYER, Call::cancel { job }).unwrap();
			whole_again();
		});
	}

	#[test]
	fn no_audit_is_drawn_for_what_the_fund_has_not_got() {
		execute(|| {
			let job = started(Order { audits: 5, ..order() });
			// The fund pays the new fee, the payer has set the old one aside.
			AuditFee::set(AUDIT * 2);
			deliver(job, claim(job, 100, 25)).unwrap();
			assert_eq!(free(FUND), ED + 5 * AUDIT);
			assert_eq!(Jobs::job(job).unwrap().delivery.unwrap().drawing.expected, 2 << 32);
			AuditFee::set(0);
			let free_of_charge = delivered(Order { audits: 5, ..order() });
			assert_eq!(
				Jobs::job(free_of_charge).unwrap().delivery.unwrap().drawing.expected,
				5 << 32
			);
		});
		execute(|| {
			FundOpen::set(false);
			let job = delivered(Order { audits: 3, ..order() });
			assert_eq!((free(FUND), free(TREASURY)), (ED, ED + 3 * AUDIT));
			assert_eq!(Jobs::job(job).unwrap().delivery.unwrap().drawing.expected, 0);
		});
	}
}

mod delivered {
	use super::*;

	#[test]
	fn is_paid_by_units_used_after_the_window_and_the_rest_returns_before() {
		execute(|| {
			let job = delivered(order());
			assert_eq!((held(PAYER), all_of(PAYER)), (price(200), RICH));
			let before = [WORKER, POTS, FUND, TREASURY].map(free);
			sleep(WINDOW);
			refused(|| act(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
			sleep(1);
			act(STRANGER, Call::conclude_job { job }).unwrap();
			let gains = [200 * PRICE, 200 * FEE, 480, 1_200];
			let after = [0, 1, 2, 3].map(|who| before[who] + gains[who]);
			assert_eq!([WORKER, POTS, FUND, TREASURY].map(free), after);
			ended(job, Some(W), Ending::Paid, (price(200), 0, 0));
			assert_eq!((all_of(PAYER), free(PAYER)), (RICH - price(200), RICH - price(200)));
			assert_eq!((fake(W).paid, fake(W).treasury), (1, 1_200));
			refused(|| act(STRANGER, Call::conclude_job { job }), Error::<Test>::UnknownJob);
		});
	}

	#[test]
	fn the_chain_pays_by_itself_even_after_a_gap_of_a_thousand_blocks() {
		execute(|| {
			delivered(order());
			sleep(1_000);
			pass(20);
			assert_eq!((fake(W).paid, held(PAYER)), (1, 0));
		});
	}

	#[test]
	fn waits_while_the_worker_is_accused() {
		execute(|| {
			let job = delivered(order());
			pass(10);
			accuse(W);
			pass(300);
			refused(|| act(STRANGER, Call::conclude_job { job }), Error::<Test>::NotYet);
			acquit(W);
			assert_eq!(Jobs::job(job).unwrap().until, 1 + WINDOW + 300);
			pass(WINDOW + crate::clocks::RECHECK);
			assert_eq!(fake(W).paid, 1);
		});
	}

	#[test]
	fn a_convicted_worker_is_not_paid() {
		execute(|| {
			let job = delivered(order());
			change(W, |fake| fake.convicted = true);
			pass(WINDOW + 1);
			ended(job, Some(W), Ending::Overturned, (0, price(200), 0));
			whole_again();
		});
	}

	#[test]
	fn a_verdict_returns_everything_at_once() {
		execute(|| {
			let job = delivered(order());
			<Jobs as Works<_, _>>::overturn(Work::Job(job));
			ended(job, Some(W), Ending::Overturned, (0, price(200), 0));
			assert_eq!(<Jobs as Works<_, _>>::pending(Work::Job(job)), None);
			whole_again();
		});
	}

	#[test]
	fn rates_are_those_of_the_submission() {
		execute(|| {
			let job = started(order());
			TreasuryShare::set(sp_runtime::Permill::one());
			change(W, |fake| fake.price = 2 * PRICE);
			deliver(job, claim(job, 100, 25)).unwrap();
			pass(WINDOW + 1);
			assert_eq!(all_of(PAYER), RICH - price(200));
		});
	}

	#[test]
	fn only_what_was_delivered_can_be_accused() {
		execute(|| {
			let job = started(order());
			assert_eq!(<Jobs as Works<_, _>>::pending(Work::Job(job)), None);
			assert_eq!(<Jobs as Works<_, _>>::pending(Work::Job(JobId(9))), None);
			assert!(matches!(record(job).stage, Stage::Started { .. }));
		});
	}
}
