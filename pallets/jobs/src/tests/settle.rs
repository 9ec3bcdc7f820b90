// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{HostHash, Sessions, Signed, MAX_PENDING};
use atelier_primitives::work::{
	audits::{Claims, Works},
	voucher::{settled, Voucher},
	Work,
};
use atelier_referee::{
	commit::{
		mountain::{Extension, Peaks, Receipt, Root, Summed},
		Bounded,
	},
	hash::Blake2b256,
};
use frame_support::BoundedVec;
use sp_runtime::{DispatchError, MultiSignature};

/// A session with one answer of 100 units.
fn served() -> Served {
	let mut served = Served::new(open(PAYER, W), PAYER);
	served.answer(100);
	served
}

#[test]
fn moves_no_money_and_waits_for_audits() {
	execute(|| {
		let served = served();
		let before = [PAYER, WORKER, POTS, FUND, TREASURY].map(all_of);
		served.settle().unwrap();
		assert_eq!([PAYER, WORKER, POTS, FUND, TREASURY].map(all_of), before);
		assert_eq!(held(PAYER), 100_000);
		let settlement = session(served.session).pending[0].clone();
		assert_eq!((settlement.price, settlement.until), (price(100), now() + WINDOW));
		assert_eq!(fake(W).engaged, price(100));
		happened(Event::SessionSettled {
			session: served.session,
			number: 0,
			root: served.voucher().receipts,
			price: price(100),
			until: now() + WINDOW,
			index: 0,
		});
		let work = Work::Settlement {
			session: served.session,
			number: 0,
		};
		let pending = <Jobs as Works<_, _>>::pending(work).unwrap();
		assert_eq!(pending.claims.units(), (0, 100));
		assert_eq!(
			(pending.worker, pending.payer, pending.value),
			(W, acc(PAYER), price(100))
		);
		assert!(matches!(pending.claims, Claims::Since { later, .. } if later == served.voucher().receipts));
	});
}

#[test]
fn one_voucher_covers_any_number_of_answers() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		for units in 0..300 {
			served.answer(units % 3);
		}
		served.settle().unwrap();
		assert_eq!(session(served.session).pending[0].price, price(300));
		for _ in 0..17 {
			served.answer(1);
		}
		served.settle().unwrap();
		assert_eq!(session(served.session).root.receipts, 317);
	});
}

#[test]
fn what_is_settled_often_costs_what_it_costs_at_once() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		for units in [1, 2, 3, 50, 7] {
			served.answer(units).settle().unwrap();
		}
		assert_eq!(session(served.session).held(), price(63));
	});
}

#[test]
fn fails_for_a_voucher_of_another_chain() {
	execute(|| {
		let served = served();
		let mut signed = served.signed();
		signed.signature = sign(PAYER, &signed.voucher.message(&[1; 32], W));
		refused(|| settle(signed), Error::<Test>::BadSignature);
	});
}

#[test]
fn fails_for_a_voucher_of_another_session() {
	execute(|| {
		let served = served();
		// Of the same payer, with the same worker, by the same key.
		let other = open(PAYER, W);
		let mut signed = served.signed();
		signed.voucher.session = other;
		refused(|| settle(signed.clone()), Error::<Test>::BadSignature);
		signed.voucher.session = SessionId(9);
		refused(|| settle(signed), Error::<Test>::UnknownSession);
	});
}

#[test]
fn fails_for_a_voucher_by_another_key() {
	execute(|| {
		let served = served();
		for key in [OTHER, WORKER] {
			let mut signed = served.signed();
			signed.signature = sign(key, &signed.voucher.message(&genesis(), W));
			refused(|| settle(signed), Error::<Test>::BadSignature);
		}
	});
}

#[test]
fn fails_for_a_voucher_that_was_changed() {
	execute(|| {
		let served = served();
		let signed = served.signed();
		let forged = |change: &dyn Fn(&mut Voucher)| {
			let mut forged = signed.clone();
			change(&mut forged.voucher);
			refused(|| settle(forged.clone()), Error::<Test>::BadSignature);
		};
		forged(&|voucher| voucher.sequence += 1);
		forged(&|voucher| voucher.receipts.units += 1);
		forged(&|voucher| voucher.receipts.receipts += 1);
		forged(&|voucher| voucher.receipts.digest = [0; 32]);
		settle(signed).unwrap();
	});
}

#[test]
fn fails_for_an_old_sequence_and_for_nothing_new() {
	execute(|| {
		let mut served = served();
		let first = served.signed();
		served.answer(10);
		let second = served.signed();
		settle(second.clone()).unwrap();
		refused(|| settle(first), Error::<Test>::OldSequence);
		// Settled twice.
		refused(|| settle(second), Error::<Test>::OldSequence);
		served.sequence += 1;
		refused(|| served.settle(), Error::<Test>::NothingNew);
	});
}

#[test]
fn fails_for_more_than_was_deposited_and_the_voucher_stays_good() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		served.answer(800);
		assert!(price(800) > 100_000 && price(700) < 100_000);
		refused(|| served.settle(), Error::<Test>::AboveDeposit);
		let session = served.session;
		dispatch(
			PAYER,
			Call::top_up {
				session,
				amount: 10_000,
			},
		)
		.unwrap();
		served.settle().unwrap();
		let mut absurd = served.clone();
		absurd.answer(u64::MAX - 800);
		refused(|| absurd.settle(), Error::<Test>::AboveDeposit);
	});
}

#[test]
fn fails_for_a_root_that_does_not_extend_the_settled_one() {
	execute(|| {
		let mut served = served();
		let mut other = served.clone();
		served.settle().unwrap();
		// The first receipt is exchanged for another.
		other.receipts = Default::default();
		other.answer_as(100, 2).answer(50);
		refused(|| settle(other.signed_after(1)), Error::<Test>::NotAnExtension);
		served.answer(50);
		// No proof, a proof of something else, a proof that is too long.
		let good = served.signed();
		let changed = |extension: Extension| Signed {
			extension,
			..good.clone()
		};
		let mut nodes = good.extension.nodes.to_vec();
		let long: Vec<_> = nodes.iter().cycle().take(41).copied().collect();
		nodes.pop();
		for nodes in [Vec::new(), nodes, long] {
			let extension = Extension {
				nodes: Bounded::try_from(nodes).unwrap(),
			};
			refused(|| settle(changed(extension)), Error::<Test>::NotAnExtension);
		}
		settle(good).unwrap();
	});
}

#[test]
fn an_oversized_proof_is_refused_before_it_is_read() {
	use codec::{Decode, Encode};
	execute(|| {
		let mut bytes = Vec::new();
		codec::Compact(42_u32).encode_to(&mut bytes);
		bytes.resize(bytes.len() + 42 * 40, 0);
		assert!(Extension::decode(&mut &bytes[..]).is_err());
	});
}

#[test]
fn fails_where_the_bond_covers_no_more_and_succeeds_later() {
	execute(|| {
		let mut served = served();
		change(W, |fake| fake.cover = price(100));
		served.settle().unwrap();
		served.answer(100);
		refused(|| served.settle(), Error::<Test>::ExposureFull);
		pass(WINDOW + 1);
		assert_eq!(fake(W).engaged, 0);
		served.settle().unwrap();
	});
}

#[test]
fn fails_where_too_many_wait() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		for _ in 0..MAX_PENDING {
			served.answer(1).settle().unwrap();
		}
		served.answer(1);
		refused(|| served.settle(), Error::<Test>::TooManyPending);
		pass(WINDOW + 1);
		served.settle().unwrap();
	});
}

#[test]
fn settles_after_close_and_expiry_until_the_last_block_only() {
	execute(|| {
		let mut served = served();
		let id = served.session;
		dispatch(PAYER, Call::close { session: id }).unwrap();
		served.settle().unwrap();
		sleep(CHALLENGE);
		served.answer(1).settle().unwrap();
		served.answer(1);
		sleep(1);
		refused(|| served.settle(), Error::<Test>::SessionEnded);
		Jobs::conclude_session(signed(STRANGER), id).unwrap();
		refused(|| served.settle(), Error::<Test>::SessionEnded);

		let mut served = Served::new(open(PAYER, W), PAYER);
		sleep(200 + CHALLENGE);
		served.answer(1).settle().unwrap();
		served.answer(1);
		sleep(1);
		refused(|| served.settle(), Error::<Test>::SessionEnded);
	});
}

#[test]
fn a_withdrawn_version_still_settles() {
	execute(|| {
		let served = served();
		Barred::mutate(|barred| barred.insert(V, atelier_primitives::models::Refused::Withdrawn));
		served.settle().unwrap();
		pass(WINDOW + 1);
		assert_eq!(fake(W).paid, 1);
	});
}

#[test]
fn a_gap_of_a_thousand_blocks_voids_nothing_that_was_settled() {
	execute(|| {
		let served = served();
		served.settle().unwrap();
		sleep(1_000);
		pass(200);
		assert_eq!(fake(W).paid, 1);
		assert!(Jobs::session(served.session).is_none());
		assert_eq!(held(PAYER), 0);
	});
}

#[test]
fn fails_for_whoever_is_not_the_worker() {
	execute(|| {
		let served = served();
		for who in [PAYER, OTHER, RIVAL, STRANGER, NOBODY] {
			refused(|| settle_as(who, served.signed()), Error::<Test>::NotTheWorker);
		}
		settle_as(WORKER, served.signed()).unwrap();
	});
}

#[test]
fn the_account_settles_and_not_the_key_that_signs() {
	execute(|| {
		change(W, |fake| fake.signer = acc(NOBODY));
		let mut served = Served::new(open_signed_by(NOBODY), PAYER);
		served.answer(1);
		refused(|| settle_as(NOBODY, served.signed()), Error::<Test>::NotTheWorker);
		settle_as(WORKER, served.signed()).unwrap();
		// An account that speaks for the worker no longer.
		change(W, |fake| fake.account = acc(62));
		served.answer(1);
		refused(|| settle_as(WORKER, served.signed()), Error::<Test>::NotTheWorker);
		settle_as(62, served.signed()).unwrap();
	});
}

mod settled_roots {
	use super::*;

	#[test]
	fn are_a_mountain_range_over_what_the_block_settled() {
		execute(|| {
			assert_eq!(Jobs::settled_root(), None);
			let mut one = served();
			let mut two = Served::new(open(OTHER, W), OTHER);
			two.answer(5);
			one.settle().unwrap();
			two.settle().unwrap();
			let mut peaks = Peaks::new();
			for served in [&one, &two] {
				let receipt = Receipt {
					claim: settled::<HostHash>(served.session, 0, &served.voucher().receipts),
					units: 0,
				};
				peaks.append::<HostHash>(&receipt).unwrap();
			}
			let root: Root = peaks.root::<HostHash>().unwrap();
			assert_eq!(Jobs::settled_root(), Some((1, root)));
			// The next block begins with what the one before settled, and then has its own.
			pass(1);
			assert_eq!(Jobs::settled_root(), Some((1, root)));
			one.answer(1).settle().unwrap();
			let (at, later) = Jobs::settled_root().unwrap();
			assert_eq!((at, later.receipts), (2, 1));
			two.answer(1).settle().unwrap();
			let index = |event: &Event<Test>| match event {
				Event::SessionSettled { index, .. } => Some(*index),
				_ => None,
			};
			let events: Vec<_> = System::events()
				.into_iter()
				.filter_map(|record| match record.event {
					RuntimeEvent::Jobs(event) => index(&event),
					_ => None,
				})
				.collect();
			assert_eq!(events, [0, 1, 0, 1]);
		});
	}

	#[test]
	fn name_session_number_and_root() {
		let root = Root::empty::<HostHash>();
		let one = settled::<HostHash>(SessionId(0), 0, &root);
		assert_ne!(one, settled::<HostHash>(SessionId(1), 0, &root));
		assert_ne!(one, settled::<HostHash>(SessionId(0), 1, &root));
		assert_ne!(one, settled::<HostHash>(SessionId(0), 0, &Root { units: 1, ..root }));
		assert_ne!(one, HostHash::hash(&[]));
	}
}

mod settle_batch {
	use super::*;

	fn batch(signed: Vec<Signed<MultiSignature>>) {
		let batch = signed.try_into().unwrap();
		dispatch(WORKER, Call::settle_batch { batch }).unwrap();
	}

	pub(super) fn skipped(session: SessionId, why: Error<Test>) {
		// As it is after it was stored as an event.
		let why = match DispatchError::from(why) {
			DispatchError::Module(error) => DispatchError::Module(sp_runtime::ModuleError { message: None, ..error }),
			other => other,
		};
		let found = System::events().into_iter().any(|record| match record.event {
			RuntimeEvent::Jobs(Event::SettlementSkipped { session: of, why: said }) => of == session && said == why,
			_ => false,
		});
		assert!(found, "{session} was skipped for {why:?}");
	}

	#[test]
	fn a_bad_voucher_never_fails_the_others() {
		execute(|| {
			let mut all: Vec<_> = (0..5).map(|_| served()).collect();
			let mut signed: Vec<_> = all.iter().map(Served::signed).collect();
			signed[1].signature = sign(OTHER, b"");
			signed[2].voucher.session = SessionId(77);
			signed[3].extension = Extension { nodes: Bounded::new() };
			// The same one twice.
			signed.push(signed[0].clone());
			batch(signed);
			let settled: Vec<_> = all.iter().map(|served| session(served.session).next).collect();
			assert_eq!(settled, [1, 0, 0, 0, 1]);
			skipped(SessionId(1), Error::BadSignature);
			skipped(SessionId(77), Error::UnknownSession);
			skipped(SessionId(3), Error::NotAnExtension);
			skipped(SessionId(0), Error::OldSequence);
			all[0].answer(1);
			batch(all.iter().map(Served::signed).collect());
			assert_eq!(session(SessionId(0)).next, 2);
			assert_eq!(session(SessionId(4)).next, 1);
		});
	}

	#[test]
	fn settles_for_one_worker() {
		execute(|| {
			let mut all = [W, X, W, X].map(|worker| Served::new(open(PAYER, worker), PAYER));
			let mut signed = |from: usize| {
				all[from..]
					.iter_mut()
					.map(|served| served.answer(1).signed())
					.collect::<Vec<_>>()
			};
			batch(signed(0));
			let settled = || [0, 1, 2, 3].map(|id| session(SessionId(id)).next);
			assert_eq!(settled(), [1, 0, 1, 0]);
			skipped(SessionId(1), Error::NotTheWorker);
			let of_rival = signed(1).try_into().unwrap();
			dispatch(RIVAL, Call::settle_batch { batch: of_rival }).unwrap();
			assert_eq!(settled(), [1, 1, 1, 1]);
			skipped(SessionId(2), Error::NotTheWorker);
			let batch = signed(0).try_into().unwrap();
			dispatch(PAYER, Call::settle_batch { batch }).unwrap();
			assert_eq!(settled(), [1, 1, 1, 1]);
			skipped(SessionId(0), Error::NotTheWorker);
		});
	}

	#[test]
	fn what_is_skipped_changes_nothing() {
		execute(|| {
			let mut served = served();
			change(W, |fake| fake.cover = 10);
			let before = (
				Sessions::<Test>::get(served.session),
				crate::Buckets::<Test>::iter().count(),
			);
			batch(vec![served.signed()]);
			assert_eq!(
				(
					Sessions::<Test>::get(served.session),
					crate::Buckets::<Test>::iter().count()
				),
				before
			);
			assert_eq!(Jobs::settled_root(), None);
			skipped(served.session, Error::ExposureFull);
			served.answer(1);
			batch(Vec::new());
		});
	}
}

mod pays_first {
	use super::*;
	use crate::WeightInfo;
	use frame_support::{dispatch::GetDispatchInfo, weights::Weight};
	use sp_runtime::traits::Dispatchable;

	/// What a call said that it did weigh, and what it was charged before.
	fn weighed(call: Call<Test>) -> (Option<Weight>, Weight) {
		let call = RuntimeCall::Jobs(call);
		let info = call.get_dispatch_info();
		let actual = call.dispatch(signed(WORKER)).unwrap().actual_weight;
		(actual, info.call_weight)
	}

	fn plain(signed: &Signed<MultiSignature>) -> Weight {
		<() as WeightInfo>::settle(signed.extension.nodes.len() as u32)
	}

	#[test]
	fn what_the_agenda_has_not_come_to() {
		execute(|| {
			let mut served = served();
			served.settle().unwrap();
			served.answer(50).settle().unwrap();
			sleep(WINDOW + 1);
			served.answer(7);
			let signed = Box::new(served.signed());
			let paying = plain(&signed).saturating_add(<() as WeightInfo>::pay_sessions(1));
			assert_eq!(weighed(Call::settle { signed }), (Some(paying), paying));
			assert_eq!(free(WORKER), RICH + 150 * PRICE);
			assert_eq!((fake(W).paid, fake(W).engaged), (1, price(157) - price(150)));
			// Nothing is due now.
			served.answer(7);
			let signed = Box::new(served.signed());
			let plain = plain(&signed);
			assert_eq!(weighed(Call::settle { signed }).0, Some(plain));
			// The agenda finds it where it was noted, and pays the rest in time.
			pass(WINDOW + 1);
			assert_eq!(free(WORKER), RICH + 164 * PRICE);
		});
	}

	#[test]
	fn so_that_there_is_room_and_cover() {
		execute(|| {
			let mut served = Served::new(open(PAYER, W), PAYER);
			for _ in 0..MAX_PENDING {
				served.answer(1).settle().unwrap();
			}
			change(W, |fake| fake.cover = fake.engaged);
			sleep(WINDOW + 1);
			served.answer(1).settle().unwrap();
		});
	}

	#[test]
	fn only_where_a_voucher_is_settled_by_the_worker() {
		execute(|| {
			let served = served();
			served.settle().unwrap();
			sleep(WINDOW + 1);
			// The same voucher again.
			refused(|| served.settle(), Error::<Test>::OldSequence);
			let signed = Box::new(served.signed());
			refused(|| dispatch(PAYER, Call::settle { signed }), Error::<Test>::NotTheWorker);
		});
	}

	#[test]
	fn not_what_an_accused_worker_settled() {
		execute(|| {
			let mut served = served();
			served.settle().unwrap();
			accuse(W);
			sleep(WINDOW + 1);
			served.answer(1).settle().unwrap();
			assert_eq!((free(WORKER), session(served.session).pending.len()), (RICH, 2));
		});
	}

	#[test]
	fn nothing_in_a_batch_which_sets_no_weight_aside_for_it() {
		execute(|| {
			let mut all: Vec<_> = [PAYER, OTHER, 3, 4]
				.map(|payer| Served::new(open(payer, W), payer))
				.into();
			for served in &mut all {
				served.answer(10).settle().unwrap();
			}
			for _ in 1..MAX_PENDING {
				all[3].answer(1).settle().unwrap();
			}
			sleep(WINDOW + 1);
			let signed: Vec<_> = all.iter_mut().map(|served| served.answer(1).signed()).collect();
			let batch: BoundedVec<_, _> = signed.try_into().unwrap();
			let nodes = batch.iter().map(|signed| signed.extension.nodes.len() as u32).sum();
			let hashing = <() as WeightInfo>::settle(nodes).saturating_sub(<() as WeightInfo>::settle(0));
			let wanted = <() as WeightInfo>::settle_batch(4).saturating_add(hashing);
			let writes = written(|| assert_eq!(weighed(Call::settle_batch { batch }), (None, wanted)));
			// Each session that had room, its worker, the settled roots. All are noted for an earlier look.
			assert_eq!(writes, 3 + 2);
			let waiting: Vec<_> = all.iter().map(|served| session(served.session).pending.len()).collect();
			assert_eq!(waiting, [2, 2, 2, MAX_PENDING as usize]);
			assert_eq!((free(WORKER), fake(W).paid), (RICH, 0));
			settle_batch::skipped(all[3].session, Error::TooManyPending);
			// Settled alone it makes room for itself, and the agenda comes to the others.
			all[3].settle().unwrap();
			assert_eq!(session(all[3].session).pending.len(), 1);
			pass(1);
			assert_eq!(free(WORKER), RICH + 40 * PRICE + 15 * PRICE);
		});
	}
}

/// 300 sessions settled in a second, in three quarters of blocks of 300 ms every 3 s: 250 µs for each, with extensions of
/// sessions of some thousand receipts. By the estimates; the runtime's tests look at what was
/// measured.
#[test]
fn weighs_little_enough_for_three_hundred_sessions_in_a_second() {
	execute(|| {
		let empty = Summed {
			digest: [0; 32],
			units: 0,
		};
		let nodes = Bounded::try_from(vec![empty; 12]).unwrap();
		let node = Signed {
			extension: Extension { nodes },
			..served().signed()
		};
		let batch = vec![node; 256].try_into().unwrap();
		let weight = crate::settle::batch_weight::<Test, frame_support::traits::ConstU32<256>>(&batch);
		assert!(weight.ref_time() / 256 < 250_000_000, "{weight}");
		assert!(weight.ref_time() / 256 > 125_000_000, "{weight}");
	});
}

#[test]
fn writes_what_the_table_says_and_no_more() {
	execute(|| {
		let mut served = served();
		// The session, its worker, the block's settled roots, a bucket of the agenda.
		assert_eq!(written(|| served.settle().unwrap()), 4);
		pass(1);
		served.answer(1);
		// It is noted for an earlier look already.
		assert_eq!(written(|| served.settle().unwrap()), 3);
		let many: Vec<_> = (0..4)
			.map(|_| {
				let mut served = Served::new(open(OTHER, W), OTHER);
				served.answer(1);
				served
			})
			.collect();
		let batch: Vec<_> = many.iter().map(Served::signed).collect();
		let batch = batch.try_into().unwrap();
		// Of four sessions of one worker: four times their own, the rest once.
		assert_eq!(
			written(|| dispatch(WORKER, Call::settle_batch { batch }).unwrap()),
			4 + 3
		);
	});
}

#[test]
fn a_voucher_of_a_thousand_answers_is_short() {
	use codec::Encode;
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		for _ in 0..1_000 {
			served.answer(0);
		}
		served.answer(1).settle().unwrap();
		for _ in 0..1_000 {
			served.answer(0);
		}
		served.answer(1);
		let signed = served.signed();
		let bytes = signed.encoded_size();
		// Voucher 64, signature 65, and 40 for each node.
		assert_eq!(bytes, 64 + 65 + 1 + 40 * signed.extension.nodes.len());
		assert!(signed.extension.nodes.len() <= 12, "{}", signed.extension.nodes.len());
		settle(signed).unwrap();
	});
}
