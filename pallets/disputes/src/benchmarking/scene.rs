// SPDX-License-Identifier: Apache-2.0

//! What benchmarks set up: a worker with work on the chain, an auditor that is drawn for it, disputes, a full agenda.

use super::{
	lots::{KEY, SEED, WORK},
	Helper,
};
use crate::*;
use alloc::{boxed::Box, vec, vec::Vec};
use atelier_agenda::SPILL;
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{
		audits::{Drawing, ONE_AUDIT},
		draw::{self, MOST_DRAWS},
		named, named_version,
		price::units,
		workers::Accused,
	},
};
use atelier_referee::{
	claim::{state_tree, Claim, Origin, Request, State, StopReason, STATES_OF_LEAF, TOKENS_OF_LEAF},
	commit::{
		mountain::{Receipt, Receipts},
		Bounded, Commitment, Kind, Ranges, Tree,
	},
	dispute::{Charge, Party},
	hash::{Blake2b256, Digest},
	ops::sampling::Sampler,
	samples::{brought, limits, Brought},
	trace::{step::Doubt, At, Counts, Graph, Place as Spot, Stage as Step},
};
use frame_support::{
	traits::{
		fungible::{Inspect, MutateHold},
		Get,
	},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{traits::SaturatedConversion, Permill};

pub const PAYER: u32 = 1;
pub const CHALLENGER: u32 = 2;
pub const OTHER: u32 = 3;
pub const WORKER: u32 = 100;
pub const AUDITOR: u32 = 101;

/// The dispute that goes on.
pub const FIRST: DisputeId = DisputeId(0);
/// Tokens of the answer.
const INPUT: u32 = 960;
const OUTPUT: u32 = 64;
/// A session with so many receipts costs ten hashes to look into; deeper ones one more for each doubling.
const RECEIPTS: u64 = 1_024;

pub fn who<T: Config>(number: u32) -> T::AccountId {
	T::BenchmarkHelper::account(number)
}

pub fn signed<T: Config>(number: u32) -> RawOrigin<T::AccountId> {
	RawOrigin::Signed(who::<T>(number))
}

pub fn pass<T: Config>() {
	let next = Pallet::<T>::now().saturating_add(1);
	frame_system::Pallet::<T>::set_block_number(next.saturated_into::<BlockNumberFor<T>>());
}

/// Something was heard a while ago, and can be again.
pub fn heard<T: Config>(matter: Matter) {
	Heard::<T>::insert(matter, 0);
}

/// The court's clock.
pub fn clock<T: Config>(tick: u32) {
	Clock::<T>::put(tick);
}

/// Every bucket that a note may look into is full but the last.
pub fn crowded<T: Config>(until: u32) {
	let bucket = BoundedVec::truncate_from(vec![Due::Duty(u64::MAX); BUCKET as usize]);
	let first = until.saturating_add(1).max(Clock::<T>::get().saturating_add(1));
	for tick in first..first.saturating_add(SPILL) {
		Dues::<T>::insert(tick, bucket.clone());
	}
}

/// Work with an answer, and who was drawn to look at it.
pub struct Scene {
	pub worker: WorkerId,
	pub auditor: WorkerId,
	pub shown: Shown,
	pub states: Vec<State>,
	pub tree: Tree,
}

/// An answer with these final numbers, as it must be or wrong by itself; every audit that can be is drawn.
pub fn scene<T: Config>(numbers: &[i32], evident: bool) -> Scene {
	scene_with::<T>(numbers, evident, MOST_DRAWS)
}

/// The same, with so many audits drawn.
pub fn scene_with<T: Config>(numbers: &[i32], evident: bool, audits: u32) -> Scene {
	let worker = T::BenchmarkHelper::worker(&who::<T>(WORKER), [1; 32]);
	let auditor = T::BenchmarkHelper::worker(&who::<T>(AUDITOR), KEY);
	pass::<T>();
	let version = T::BenchmarkHelper::version();
	let positions = INPUT + OUTPUT - 1;
	let states = vec![State::of::<HostHash>(0, numbers); positions as usize];
	let tree = state_tree::<HostHash>(&states).unwrap();
	let of = |kind, count: u32| Commitment {
		kind,
		count: u64::from(count).div_ceil(TOKENS_OF_LEAF as u64),
		root: [6; 32],
	};
	let request = Request {
		genesis: Pallet::<T>::genesis(),
		version: named_version(version),
		input: of(Kind::Input, INPUT),
		input_count: INPUT,
		sampler: Sampler::Greedy,
		limit: OUTPUT,
		ends: Bounded::default(),
		stops: Bounded::default(),
		sealed: None,
		salt: [3; 32],
	};
	let claim = Claim {
		genesis: Pallet::<T>::genesis(),
		origin: Origin::Session {
			session: 0,
			index: RECEIPTS - 1,
		},
		worker: named(worker),
		version: named_version(version),
		request: request.root::<HostHash>(),
		// A tree of answers with no leaf is no answer's.
		answer: of(Kind::Tokens, if evident { 0 } else { OUTPUT }),
		state: tree.commitment(),
		input_count: INPUT,
		output_count: OUTPUT,
		stop: StopReason::Limit,
	};
	let mut receipts = Receipts::new();
	for _ in 1..RECEIPTS {
		let receipt = Receipt {
			claim: [1; 32],
			units: 1,
		};
		receipts.append::<HostHash>(receipt).unwrap();
	}
	let units = units(INPUT, OUTPUT);
	let last = Receipt {
		claim: claim.leaf::<HostHash>(),
		units,
	};
	receipts.append::<HostHash>(last).unwrap();
	let work = T::BenchmarkHelper::settled(&who::<T>(WORKER), &who::<T>(PAYER), version, &receipts, audits);
	assert_eq!(work, WORK, "the lots are drawn for it");
	let place = Place::Receipt {
		index: RECEIPTS - 1,
		units,
		inclusion: receipts.prove::<HostHash>(RECEIPTS, RECEIPTS - 1).unwrap(),
	};
	seeded::<T>();
	Scene {
		worker,
		auditor,
		shown: Shown { claim, request, place },
		states,
		tree,
	}
}

/// The seed that draws: the last of those that could.
pub fn seeded<T: Config>() {
	pass::<T>();
	clock::<T>(10);
	let seed = |named, commit| Seed {
		value: SEED,
		named,
		commit,
		reveal: 1_000,
		fee: T::Currency::minimum_balance(),
	};
	for number in 2..4 {
		Seeds::<T>::insert(number, seed(0, 100));
	}
	Seeds::<T>::insert(4, seed(u32::MAX, 100));
	SeedState::<T>::put(Seeded {
		count: 4,
		named: u32::MAX,
	});
}

/// What draws everything by [`SEED`] and gives all of it to whoever draws.
pub fn drawing<T: Config>(draws: u32) -> Drawing<BalanceOf<T>> {
	Drawing {
		seed: 2,
		weight: 1_u32.into(),
		expected: u64::from(draws).saturating_mul(ONE_AUDIT),
	}
}

/// Money in the auditors' fund.
pub fn funded<T: Config>() {
	let amount = T::Currency::minimum_balance() * 100_000_u32.into();
	Pallet::<T>::do_endow(who::<T>(PAYER), amount).unwrap();
}

pub fn proofs(count: u32) -> Proofs {
	Proofs::try_from(vec![[9; 32]; count as usize]).unwrap()
}

/// A value of an answer of the largest model that there may be, of so many numbers inside its feed-forward block: the
/// exponent of all of these is in doubt, and wrong.
pub fn exponent(hidden: u32) -> Brought {
	let shape = atelier_referee::model::Shape {
		hidden: hidden.clamp(1, limits().hidden),
		..limits()
	};
	let half = shape.positions / 2;
	let counts = Counts {
		input: half,
		output: half,
	};
	let graph = Graph::new(shape, counts).unwrap();
	let place = Spot {
		position: graph.positions() - 1,
		layer: shape.layers - 1,
		stage: Step::ProductExponent,
	};
	value(&graph, place)
}

/// What a head gives at the last of so many times sixteen positions; that is decided in parts.
pub fn mixed(parts: u32) -> Brought {
	let positions = parts * 16;
	let counts = Counts {
		input: positions / 2,
		output: positions - positions / 2 + 1,
	};
	let graph = Graph::new(limits(), counts).unwrap();
	let place = Spot {
		position: positions - 1,
		layer: limits().layers - 1,
		stage: Step::Mixed,
	};
	let brought = value(&graph, place);
	assert_eq!(brought.parts.as_ref().unwrap().0.len() as u32, parts);
	brought
}

/// Whether a string ends an answer: of what is opened most are proofs.
pub fn stop() -> Brought {
	let half = limits().positions / 2;
	let counts = Counts {
		input: half,
		output: half,
	};
	let graph = Graph::new(limits(), counts).unwrap();
	brought(&graph, Charge::Stop(half - 1), 5).unwrap()
}

fn value(graph: &Graph, place: Spot) -> Brought {
	let doubt = Doubt {
		at: At { place, leaf: 0 },
		value: 0,
		rival: 0,
	};
	brought(graph, Charge::Value(doubt), 6).unwrap()
}

/// A dispute of this number, at a stage, about an answer. The accusers' bonds are held, the worker is accused.
pub fn dispute<T: Config>(id: DisputeId, worker: WorkerId, about: &Brought, stage: Stage) {
	let bond = T::ChallengeBond::get();
	let challenger = who::<T>(CHALLENGER);
	T::Currency::hold(&HoldReason::Bond.into(), &challenger, bond).unwrap();
	T::Workers::accuse(worker);
	let dispute = Dispute {
		work: WORK,
		worker,
		challenger,
		bond,
		claim: about.claim,
		request: about.request.clone(),
		model: Model {
			spec: atelier_primitives::models::SPEC,
			shape: about.model.shape,
			weights: about.model.weights,
			vocabulary: about.model.vocabulary,
		},
		rules: Rules {
			trace: 100,
			prove: 100,
			game: 100,
			accused: Permill::from_percent(50),
		},
		interval: (0, u64::MAX),
		canary: false,
		stage,
		noted: 0,
	};
	Disputes::<T>::insert(id, dispute);
	NextDispute::<T>::put(id.next().unwrap());
}

/// As many disputes about the worker as there can be; the first is at this stage, and one that waits would begin if it ended,
/// with a note in a crowded agenda.
pub fn line<T: Config>(worker: WorkerId, about: &Brought, stage: Stage) {
	dispute::<T>(DisputeId(2), worker, about, Stage::Queued);
	dispute::<T>(FIRST, worker, about, stage);
	let (active, queued) = (0..ACTIVE, ACTIVE..ACTIVE + WAITING - 1);
	Lines::<T>::insert(
		worker,
		Line {
			active: BoundedVec::truncate_from(active.map(|id| DisputeId(id.into())).collect::<Vec<_>>()),
			queued: BoundedVec::truncate_from(queued.map(|id| DisputeId(id.into())).collect::<Vec<_>>()),
		},
	);
	NextDispute::<T>::put(DisputeId(1_000));
	for party in [Party::Holder, Party::Challenger] {
		heard::<T>(Matter::Dispute(FIRST, party));
	}
	crowded::<T>(Clock::<T>::get() + 100);
}

/// A game at a position, with the parts that were named.
pub fn game<T: Config>(worker: WorkerId, about: &Brought, position: Position) {
	let stage = Stage::Playing {
		trace: about.trace,
		until: 90,
		others: 90,
	};
	line::<T>(worker, about, stage);
	Games::<T>::insert(FIRST, position);
	if let Some((parts, _)) = &about.parts {
		GameParts::<T>::insert(FIRST, Bounded::try_from(parts.clone()).unwrap());
	}
}

/// The leaf of states with a position, opened.
pub fn opened(scene: &Scene, position: u32) -> Leaves {
	let leaf = u64::from(position) / STATES_OF_LEAF as u64;
	let first = leaf as usize * STATES_OF_LEAF;
	let end = scene.states.len().min(first + STATES_OF_LEAF);
	let bytes: Vec<u8> = scene.states[first..end]
		.iter()
		.flat_map(|state| state.write())
		.collect();
	Leaves {
		leaves: Bounded::try_from(vec![Bounded::try_from(bytes).unwrap()]).unwrap(),
		proof: scene.tree.prove(&Ranges::one(leaf, leaf + 1).unwrap()).unwrap(),
	}
}

/// The digest above digests.
pub fn folded(mut digests: Vec<Digest>) -> Digest {
	while digests.len() > 1 {
		let pairs = digests.chunks(2);
		digests = pairs
			.map(|pair| HostHash::hash(&[&[1][..], &pair[0], &pair[1]].concat()))
			.collect();
	}
	digests[0]
}

/// The output of the auditor's lot.
pub fn output<T: Config>(scene: &Scene) -> Digest {
	use super::lots::AUDIT_LOT;
	let pending = Pallet::<T>::open(WORK).ok().unwrap();
	let auditor = T::Workers::account(scene.auditor).unwrap();
	Pallet::<T>::auditor(&auditor, WORK, &pending, &AUDIT_LOT).unwrap().1
}

/// Which of the audits is about the answer.
pub fn number<T: Config>(scene: &Scene) -> u32 {
	let pending = Pallet::<T>::open(WORK).ok().unwrap();
	let (from, to) = pending.claims.units();
	let interval = Pallet::<T>::located(&pending, &scene.shown).ok().unwrap();
	let output = output::<T>(scene);
	(0..MOST_DRAWS)
		.find(|number| interval.contains(draw::unit::<HostHash>(&output, *number, from, to)))
		.unwrap()
}

/// The auditor has reported on all that can be drawn.
pub fn reported<T: Config>(scene: &Scene) {
	sealed::<T>(scene, MOST_DRAWS);
	funded::<T>();
	clock::<T>(200);
	let proofs = proofs(MOST_DRAWS).into_inner();
	Pallet::<T>::do_reveal_audit(who::<T>(AUDITOR), WORK, super::lots::AUDIT_LOT, [5; 32], proofs).unwrap();
}

/// It has committed to so many.
pub fn sealed<T: Config>(scene: &Scene, count: u32) {
	let sealed = draw::sealed::<HostHash>(scene.auditor, WORK, &[5; 32], &proofs(count));
	Pallet::<T>::do_commit_audit(who::<T>(AUDITOR), WORK, sealed).unwrap();
}

/// An inquiry about the worker, at this point.
pub fn inquiry<T: Config>(worker: WorkerId, before: Option<Opinion>) -> InquiryOf<T> {
	let (accuser, appellant) = (who::<T>(CHALLENGER), who::<T>(OTHER));
	let bond = T::InquiryBond::get();
	for who in [&accuser, &appellant] {
		T::Currency::hold(&HoldReason::Bond.into(), who, bond).unwrap();
	}
	T::Workers::accuse(worker);
	Inquiry {
		work: WORK,
		worker,
		accuser,
		bond,
		appeal: before.map(|_| (appellant, bond)),
		claim: [1; 32],
		drawing: drawing::<T>(1),
		at: Pallet::<T>::now(),
		voters: 0,
		right: 0,
		wrong: 0,
		before,
		decided: None,
	}
}

/// Where the answer is.
pub fn shown(scene: &Scene) -> Box<Shown> {
	Box::new(scene.shown.clone())
}
