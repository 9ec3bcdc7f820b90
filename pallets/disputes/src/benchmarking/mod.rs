// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls and of what the hooks do, with as much as there can be of everything.
//!
//! Origins are made before what is measured: a benchmark's account makes its key, and that takes longer than most calls.
//!
//! What decides is about answers of the largest model that there may be. No such answer exists: its numbers are made when they
//! are read (`referee::samples::Vast`), and every proof is a real one in a tree of real depth.

pub mod lots;
mod scene;

use crate::{canaries::secret, inquiries::MOST_VOTERS, *};
use alloc::{boxed::Box, vec, vec::Vec};
use atelier_primitives::{
	ids::{DisputeId, VersionId, WorkerId},
	work::{
		audits::Audits,
		draw::{self, MOST_DRAWS},
		workers::Accused,
		Work,
	},
};
use atelier_referee::{
	commit::{mountain::Receipts, Bounded, Kind, Node, Ranges},
	dispute::{is_fraud, Move},
	hash::Digest,
	samples::sparse,
};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	dispatch::RawOrigin,
	traits::{
		fungible::{Balanced, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Consideration, EnsureOrigin, Footprint, Get, UnfilteredDispatchable,
	},
	BoundedVec,
};
use lots::{AUDIT_LOT, INQUIRY, SEAT_LOT, WORK};
use scene::*;

/// What benchmarks need of the pallets beside this one.
pub trait Helper<AccountId> {
	/// An account with enough for everything, the same for the same number.
	fn account(number: u32) -> AccountId;
	/// A worker of this account, the same each time, that audits whatever is put on the chain after this block, by draws that
	/// this key verifies.
	fn worker(account: &AccountId, vrf: Digest) -> WorkerId;
	/// A version that anybody may use.
	fn version() -> VersionId;
	/// The first settlement of the first session of a worker and a payer, sealed, with all of these receipts. Any one auditor
	/// draws so many audits of it, by the second seed or one of the two after that.
	fn settled(worker: &AccountId, payer: &AccountId, version: VersionId, receipts: &Receipts, audits: u32) -> Work;
	/// There is new randomness.
	fn new_randomness();
}

/// Decodes a call as a block does, and dispatches it.
fn made<T: Config>(bytes: &[u8], origin: RawOrigin<T::AccountId>) -> frame_support::dispatch::DispatchResult {
	let call = Call::<T>::decode(&mut &*bytes).unwrap();
	call.dispatch_bypass_filter(origin.into())
		.map(|_| ())
		.map_err(|failed| failed.error)
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn endow() {
		let amount = T::Currency::minimum_balance();
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, amount);
		assert_eq!(Pallet::<T>::in_fund(), amount);
	}

	#[benchmark]
	fn commit_audit() {
		let scene = scene::<T>(&[], false);
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, WORK, [1; 32]);
		assert!(Reports::<T>::contains_key(WORK, scene.auditor));
	}

	#[benchmark]
	fn reveal_audit(a: Linear<1, MOST_DRAWS>) {
		let scene = scene_with::<T>(&[], false, a);
		sealed::<T>(&scene, a);
		funded::<T>();
		clock::<T>(200);
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, WORK, AUDIT_LOT, [5; 32], proofs(a));
		assert!(matches!(
			Reports::<T>::get(WORK, scene.auditor).unwrap().said,
			Said::Revealed { .. }
		));
	}

	#[benchmark]
	fn expose(n: Linear<1, { MOST_NUMBERS as u32 }>) {
		let numbers = vec![1; n as usize];
		let scene = scene::<T>(&numbers, false);
		reported::<T>(&scene);
		let number = number::<T>(&scene);
		let position = draw::position::<HostHash>(&output::<T>(&scene), number, scene.states.len() as u32);
		let exhibit = Box::new(Exhibit {
			proofs: proofs(MOST_DRAWS),
			number,
			shown: scene.shown.clone(),
			numbers: Bounded::try_from(numbers).unwrap(),
			state: opened(&scene, position),
		});
		let origin = signed::<T>(OTHER);
		#[extrinsic_call]
		_(origin, WORK, scene.auditor, exhibit);
		assert!(!Reports::<T>::contains_key(WORK, scene.auditor));
	}

	#[benchmark]
	fn expose_blind() {
		let scene = scene::<T>(&[], false);
		reported::<T>(&scene);
		let fault = Faulty {
			units: (0, 1),
			wrong: (0, u64::MAX),
			until: u32::MAX,
			proved: true,
		};
		Faults::<T>::insert(WORK, fault);
		let origin = signed::<T>(OTHER);
		#[extrinsic_call]
		_(origin, WORK, scene.auditor, proofs(MOST_DRAWS), MOST_DRAWS - 1);
		assert!(!Reports::<T>::contains_key(WORK, scene.auditor));
	}

	#[benchmark]
	fn clear_report() {
		// Of work that is final.
		let work = Work::Job(atelier_primitives::ids::JobId(u64::MAX));
		let (payer, auditor) = (who::<T>(AUDITOR), WorkerId(9));
		clock::<T>(10);
		let report = Report {
			ticket: T::Consideration::new(&payer, Footprint::from_mel::<ReportOf<T>>()).unwrap(),
			payer,
			said: Said::Sealed([1; 32]),
		};
		Reports::<T>::insert(work, auditor, report);
		let fault = Faulty {
			units: (0, 1),
			wrong: (0, 1),
			until: 1,
			proved: true,
		};
		Faults::<T>::insert(work, fault);
		for kind in 0..Unserved::KINDS {
			OpenDuties::<T>::insert((work, auditor, kind), u64::from(kind));
		}
		let origin = signed::<T>(OTHER);
		#[extrinsic_call]
		_(origin, work, auditor);
		assert_eq!(OpenDuties::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn not_served() {
		let scene = scene::<T>(&[], false);
		crowded::<T>(Clock::<T>::get() + T::DutyPeriod::get());
		let (what, number) = (Unserved::States(shown(&scene), 0), number::<T>(&scene));
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, WORK, AUDIT_LOT, number, what);
		assert_eq!(Duties::<T>::iter().count(), 1);
	}

	// The leaves of a tree of real depth; where they are drawn, far from one another, besides.
	#[benchmark]
	fn serve(l: Linear<1, { atelier_referee::commit::MAX_RANGES as u32 }>) {
		let scene = scene::<T>(&[], false);
		crowded::<T>(Clock::<T>::get() + T::DutyPeriod::get());
		let auditor = who::<T>(AUDITOR);
		let what = Unserved::States(shown(&scene), 0);
		Pallet::<T>::do_not_served(auditor, WORK, AUDIT_LOT, number::<T>(&scene), what).unwrap();
		let (count, first) = (1_u64 << 30, 1 << 29);
		let leaf = || vec![7; atelier_referee::model::CHUNK as usize];
		let ranges = Ranges::one(first, first + u64::from(l)).unwrap();
		let (proof, of) = sparse(Kind::Weights, count, &ranges, |_| Some(leaf())).unwrap();
		let end = first + u64::from(l);
		Duties::<T>::mutate(0, |duty| duty.as_mut().unwrap().owed = Owed::Range { of, first, end });
		let leaves = Bounded::try_from(vec![Bounded::try_from(leaf()).unwrap(); l as usize]).unwrap();
		let served = Served::Leaves(Box::new(Leaves { leaves, proof }));
		let apart = Ranges::covering((0..draw::DRAWN_LEAVES).map(|number| number << 26)).unwrap();
		let (drawn, of) = sparse(Kind::Weights, count, &apart, |_| Some(vec![7])).unwrap();
		let few = vec![vec![7]; draw::DRAWN_LEAVES as usize];
		let call = Call::<T>::serve { duty: 0, served }.encode();
		heard::<T>(Matter::Owed(scene.worker));
		let origin = signed::<T>(WORKER);
		#[block]
		{
			made::<T>(&call, origin).unwrap();
			drawn.verify::<HostHash>(&of, &apart, &few).unwrap();
		}
		assert_eq!(Duties::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn challenge() {
		let scene = scene::<T>(&[], false);
		crowded::<T>(Clock::<T>::get() + T::TracePeriod::get());
		// All that wait, but for one.
		Lines::<T>::mutate(scene.worker, |line| {
			let queued = (0..WAITING).map(|id| DisputeId(id.into())).collect::<Vec<_>>();
			line.queued = BoundedVec::truncate_from(queued);
		});
		heard::<T>(Matter::Drawn(scene.auditor));
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, WORK, shown(&scene), Some(AUDIT_LOT));
		assert!(matches!(Disputes::<T>::get(FIRST).unwrap().stage, Stage::Trace { .. }));
	}

	#[benchmark]
	fn challenge_evident() {
		let scene = scene::<T>(&[], true);
		crowded::<T>(Clock::<T>::get());
		Lines::<T>::mutate(scene.worker, |line| {
			let queued = (0..WAITING).map(|id| DisputeId(id.into())).collect::<Vec<_>>();
			line.queued = BoundedVec::truncate_from(queued);
		});
		heard::<T>(Matter::Drawn(scene.auditor));
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		challenge(origin, WORK, shown(&scene), Some(AUDIT_LOT));
		assert!(T::Workers::convicted(scene.worker));
	}

	#[benchmark]
	fn post_trace() {
		let scene = scene::<T>(&[], false);
		let about = exponent(1);
		line::<T>(scene.worker, &about, Stage::Trace { until: 90 });
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, FIRST, about.trace);
		assert!(matches!(
			Disputes::<T>::get(FIRST).unwrap().stage,
			Stage::Proving { .. }
		));
	}

	// The longest evidence that there is for a value, and besides that with most proofs in it.
	#[benchmark]
	fn prove(b: Linear<4, 131_072>) {
		let scene = scene::<T>(&[], false);
		let (about, other) = (exponent(b / 4), stop());
		let trace = about.trace;
		line::<T>(scene.worker, &about, Stage::Proving { trace, until: 90 });
		let call = Call::<T>::prove {
			dispute: FIRST,
			charge: about.charge,
			evidence: Box::new(about.evidence.clone()),
		};
		let (call, case) = (call.encode(), other.case());
		let origin = signed::<T>(CHALLENGER);
		#[block]
		{
			made::<T>(&call, origin).unwrap();
			let _ = is_fraud::<HostHash>(&case, other.charge, &other.evidence);
		}
		assert!(T::Workers::convicted(scene.worker));
	}

	#[benchmark]
	fn descend() {
		let scene = scene::<T>(&[], false);
		let about = exponent(1);
		let trace = about.trace;
		line::<T>(scene.worker, &about, Stage::Proving { trace, until: 90 });
		let origin = signed::<T>(CHALLENGER);
		#[extrinsic_call]
		_(origin, FIRST);
		assert_eq!(Games::<T>::get(FIRST), Some(Position::Top));
	}

	#[benchmark]
	fn play() {
		let scene = scene::<T>(&[], false);
		let about = exponent(1);
		let revealed = vec![[3; 32]; atelier_referee::commit::REVEALED];
		let node = Node {
			level: atelier_referee::commit::DESCENT_LEVELS,
			index: 0,
			digest: folded(revealed.clone()),
		};
		game::<T>(scene.worker, &about, Position::Below(node));
		let played = Move::Reveal(Bounded::try_from(revealed).unwrap());
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, FIRST, played);
		assert!(matches!(Games::<T>::get(FIRST), Some(Position::Nodes(_))));
	}

	#[benchmark]
	fn name_parts(p: Linear<2, { atelier_referee::dispute::MAX_PARTS as u32 }>) {
		let scene = scene::<T>(&[], false);
		let mut about = mixed(p);
		let (parts, _) = about.parts.take().unwrap();
		game::<T>(scene.worker, &about, Position::Parts(about.charge));
		let call = Call::<T>::play {
			dispute: FIRST,
			played: Move::Parts(Bounded::try_from(parts).unwrap()),
		};
		let call = call.encode();
		let origin = signed::<T>(WORKER);
		#[block]
		{
			made::<T>(&call, origin).unwrap();
		}
		assert!(GameParts::<T>::contains_key(FIRST));
	}

	#[benchmark]
	fn open(b: Linear<4, 131_072>) {
		let scene = scene::<T>(&[], false);
		let (about, other) = (exponent(b / 4), stop());
		game::<T>(scene.worker, &about, Position::Evidence(about.charge));
		let call = Call::<T>::play {
			dispute: FIRST,
			played: Move::Open(Box::new(about.evidence.clone())),
		};
		let (call, case) = (call.encode(), other.case());
		let origin = signed::<T>(WORKER);
		#[block]
		{
			made::<T>(&call, origin).unwrap();
			let _ = is_fraud::<HostHash>(&case, other.charge, &other.evidence);
		}
		assert!(T::Workers::convicted(scene.worker));
	}

	#[benchmark]
	fn open_part(p: Linear<2, { atelier_referee::dispute::MAX_PARTS as u32 }>) {
		let scene = scene::<T>(&[], false);
		let about = mixed(p);
		let chosen = about.parts.as_ref().unwrap().1;
		game::<T>(scene.worker, &about, Position::PartEvidence(about.charge, chosen));
		let call = Call::<T>::play {
			dispute: FIRST,
			played: Move::Open(Box::new(about.evidence.clone())),
		};
		let call = call.encode();
		let origin = signed::<T>(WORKER);
		#[block]
		{
			made::<T>(&call, origin).unwrap();
		}
		assert!(T::Workers::convicted(scene.worker));
	}

	#[benchmark]
	fn expire() {
		let scene = scene::<T>(&[], false);
		clock::<T>(91);
		line::<T>(scene.worker, &exponent(1), Stage::Trace { until: 90 });
		let origin = signed::<T>(OTHER);
		#[extrinsic_call]
		_(origin, FIRST);
		assert!(T::Workers::convicted(scene.worker));
	}

	#[benchmark]
	fn commit_vote() {
		let scene = scene::<T>(&[], false);
		Inquiries::<T>::insert(INQUIRY, inquiry::<T>(scene.worker, None));
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, INQUIRY, SEAT_LOT, [1; 32]);
		assert_eq!(Votes::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn reveal_vote() {
		let scene = scene::<T>(&[], false);
		Inquiries::<T>::insert(INQUIRY, inquiry::<T>(scene.worker, None));
		let ballot = draw::ballot::<HostHash>(scene.auditor, INQUIRY, 0, true, &[5; 32]);
		Pallet::<T>::do_commit_vote(who::<T>(AUDITOR), INQUIRY, SEAT_LOT, ballot).unwrap();
		clock::<T>(200);
		let origin = signed::<T>(AUDITOR);
		#[extrinsic_call]
		_(origin, INQUIRY, true, [5; 32]);
		assert_eq!(Inquiries::<T>::get(INQUIRY).unwrap().wrong, 1);
	}

	#[benchmark]
	fn conclude_inquiry() {
		let scene = scene::<T>(&[], false);
		let inquiry = Inquiry {
			wrong: 1_000,
			..inquiry::<T>(scene.worker, Some(Opinion::Wrong))
		};
		Inquiries::<T>::insert(INQUIRY, inquiry);
		for voter in 0..MOST_VOTERS {
			let vote = Vote {
				seats: 1,
				ballot: [1; 32],
			};
			Votes::<T>::insert((INQUIRY, 1, WorkerId(voter)), vote);
		}
		clock::<T>(2_000);
		let origin = signed::<T>(OTHER);
		#[extrinsic_call]
		_(origin, INQUIRY);
		assert_eq!(Votes::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn appeal() {
		let scene = scene::<T>(&[], false);
		let inquiry = Inquiry {
			decided: Some((Opinion::Right, 90)),
			..inquiry::<T>(scene.worker, None)
		};
		Inquiries::<T>::insert(INQUIRY, inquiry);
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, INQUIRY);
		assert!(Inquiries::<T>::get(INQUIRY).unwrap().before.is_some());
	}

	#[benchmark]
	fn pause() -> Result<(), BenchmarkError> {
		let origin = T::PauseOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin);
		assert!(PausedUntil::<T>::exists());
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		let origin = T::PauseOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		PausedUntil::<T>::put(u32::MAX);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin);
		assert!(!PausedUntil::<T>::exists());
		Ok(())
	}

	#[benchmark]
	fn arm_canary() -> Result<(), BenchmarkError> {
		let origin = T::CanaryOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, [1; 32]);
		assert!(Canaries::<T>::contains_key([1; 32]));
		Ok(())
	}

	#[benchmark]
	fn spring_canary() -> Result<(), BenchmarkError> {
		let origin = T::CanaryOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let operator = T::CanaryOrigin::ensure_origin(origin.clone()).map_err(|_| BenchmarkError::Weightless)?;
		let scene = scene::<T>(&[], false);
		let about = exponent(1);
		line::<T>(scene.worker, &about, Stage::Trace { until: 90 });
		let secret = secret(&about.claim.leaf::<HostHash>(), &[5; 32]);
		Canaries::<T>::insert(secret, Canary { operator, at: 0 });
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FIRST, [5; 32]);
		assert!(Faults::<T>::contains_key(WORK));
		Ok(())
	}

	// Of a drawn auditor.
	#[benchmark]
	fn admit() {
		let scene = scene::<T>(&[], false);
		heard::<T>(Matter::Drawn(scene.auditor));
		let call = Call::<T>::challenge {
			work: WORK,
			shown: shown(&scene),
			lot: Some(AUDIT_LOT),
		};
		let auditor = who::<T>(AUDITOR);
		#[block]
		{
			let matter = Pallet::<T>::matter(&auditor, &call).unwrap();
			assert!(!Pallet::<T>::is_quiet(matter) && Pallet::<T>::hear(matter));
		}
		assert!(!Pallet::<T>::hear(Matter::Drawn(scene.auditor)));
	}

	#[benchmark]
	fn each_block() {
		seeded::<T>();
		for number in 5..=KEPT + 4 {
			let seed = Seeds::<T>::get(4).unwrap();
			Seeds::<T>::insert(number, seed);
		}
		SeedState::<T>::put(Seeded {
			count: KEPT + 4,
			named: 0,
		});
		PausedUntil::<T>::put(0);
		T::BenchmarkHelper::new_randomness();
		#[block]
		{
			Pallet::<T>::record_seed();
			Pallet::<T>::tick(1);
		}
		assert_eq!(SeedState::<T>::get().count, KEPT + 5);
	}

	#[benchmark]
	fn bucket() {
		crowded::<T>(6);
		#[block]
		{
			let taken = Dues::<T>::take(7);
			Dues::<T>::insert(7, taken);
		}
		assert!(Dues::<T>::contains_key(7));
	}

	#[benchmark]
	fn fund() {
		let amount = T::Currency::minimum_balance();
		let money = T::Currency::withdraw(
			&who::<T>(PAYER),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
		.unwrap();
		#[block]
		{
			assert!(<Pallet<T> as Audits<BalanceOf<T>>>::fund(money).is_ok());
		}
		assert_eq!(Pallet::<T>::in_fund(), amount);
	}

	#[benchmark]
	fn drawing() {
		let worker = T::BenchmarkHelper::worker(&who::<T>(WORKER), [1; 32]);
		seeded::<T>();
		let drawn;
		#[block]
		{
			drawn = <Pallet<T> as Audits<BalanceOf<T>>>::drawing(worker, T::AuditEvery::get(), 1);
		}
		assert!(drawn.expected > 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
