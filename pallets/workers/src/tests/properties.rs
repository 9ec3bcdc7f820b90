// SPDX-License-Identifier: Apache-2.0

//! Random histories by random actors, jobs and a court: whatever happens in whatever order, the invariants hold after
//! every operation, a refused call changes nothing, no money appears or disappears, nobody loses anything of its bond
//! that was neither fined nor convicted, and exposure is within the cover when it is taken on.

use super::*;
use crate::{Call, NextSlash, NextWorker, Stakes};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		workers::{Accused as _, Fault, Outcome, Workers as _},
		Tier,
	},
};
use frame_support::storage::with_storage_layer;
use proptest::prelude::*;
use sp_runtime::traits::Dispatchable;
use std::collections::{BTreeMap, BTreeSet};

const ACTORS: u64 = 5;

#[derive(Clone, Debug)]
enum Op {
	Register(u64, u64, bool),
	Heartbeat(u64),
	SetKeys(u64, u8),
	SetAuditing(u64, bool),
	BondMore(u64, u64),
	Unbond(u64, u64),
	/// All of its offers and its bond.
	Retire(u64),
	Withdraw(u64),
	Leave(u64),
	SetOffer(u64, u32, u64, u32),
	RemoveOffer(u64, u32),
	DropOffer(u64, u32, u32),
	OfferRotation(u64, Option<u64>),
	/// By whom some worker is offered to, or by somebody else.
	AcceptRotation(Option<u64>, u32, bool),
	Apply(u64, u32),
	Cancel(u32),
	Claim(u64),
	Engage(u32, u64),
	Discharge(u32),
	Job(u32),
	End(u32, u8),
	Fine(u32, u64),
	Accuse(u32),
	Acquit(u32),
	Convict(u32, u8, u64),
	Audited(u32),
	/// What the account has but its bond and deposits goes to another, and the account with it if there are none.
	Reap(u64),
	/// Blocks, and then perhaps a heartbeat of everybody.
	Pass(u32, bool),
	/// Blocks without room for hooks.
	Skip(u32),
	LeastBond(u64),
}

fn op() -> impl Strategy<Value = Op> {
	let who = || 1..=ACTORS;
	let id = || 0..100u32;
	let version = || 0..3u32;
	let amount = || prop_oneof![0..100u64, 900..5_000u64, 5_000..20_000u64];
	prop_oneof![
		6 => (who(), amount(), any::<bool>()).prop_map(|(who, bond, auditing)| Op::Register(who, bond, auditing)),
		2 => who().prop_map(Op::Heartbeat),
		1 => (who(), 0..4u8).prop_map(|(who, key)| Op::SetKeys(who, key)),
		1 => (who(), any::<bool>()).prop_map(|(who, auditing)| Op::SetAuditing(who, auditing)),
		2 => (who(), amount()).prop_map(|(who, amount)| Op::BondMore(who, amount)),
		4 => (who(), amount()).prop_map(|(who, amount)| Op::Unbond(who, amount)),
		3 => who().prop_map(Op::Retire),
		5 => who().prop_map(Op::Withdraw),
		5 => who().prop_map(Op::Leave),
		4 => (who(), version(), 0..10u64, 0..3u32).prop_map(|(who, version, price, capacity)| {
			Op::SetOffer(who, version, price, capacity)
		}),
		2 => (who(), version()).prop_map(|(who, version)| Op::RemoveOffer(who, version)),
		1 => (who(), id(), version()).prop_map(|(who, id, version)| Op::DropOffer(who, id, version)),
		3 => (who(), prop::option::weighted(0.8, 1..=ACTORS + 2)).prop_map(|(who, to)| Op::OfferRotation(who, to)),
		3 => (prop::option::weighted(0.2, who()), id(), any::<bool>())
			.prop_map(|(who, id, keys)| Op::AcceptRotation(who, id, keys)),
		2 => (who(), id()).prop_map(|(who, slash)| Op::Apply(who, slash)),
		1 => id().prop_map(Op::Cancel),
		1 => who().prop_map(Op::Claim),
		4 => (id(), amount()).prop_map(|(id, value)| Op::Engage(id, value)),
		3 => id().prop_map(Op::Discharge),
		6 => (0..1_000u32).prop_map(Op::Job),
		3 => (0..20u32, 0..4u8).prop_map(|(job, outcome)| Op::End(job, outcome)),
		1 => (id(), amount()).prop_map(|(id, amount)| Op::Fine(id, amount)),
		1 => id().prop_map(Op::Accuse),
		2 => id().prop_map(Op::Acquit),
		3 => (id(), 0..6u8, who()).prop_map(|(id, fault, prover)| Op::Convict(id, fault, prover)),
		1 => id().prop_map(Op::Audited),
		1 => who().prop_map(Op::Reap),
		6 => (1..30u32, prop::bool::weighted(0.8)).prop_map(|(blocks, beat)| Op::Pass(blocks, beat)),
		2 => (1..1_000u32).prop_map(Op::Skip),
		1 => (1..3_000u64).prop_map(Op::LeastBond),
	]
}

/// What jobs and the court remember.
#[derive(Default)]
struct Outside {
	engaged: BTreeMap<WorkerId, Vec<u64>>,
	jobs: Vec<(WorkerId, VersionId)>,
	accusations: BTreeMap<WorkerId, u32>,
	/// Whoever was fined or convicted.
	blamed: BTreeSet<WorkerId>,
}

/// One of the workers there are; sometimes one that there is not.
fn some(number: u32) -> WorkerId {
	let mut all: Vec<_> = crate::AccountOf::<Test>::iter_keys().collect();
	all.sort();
	match number {
		0..=4 => WorkerId(1_000 + number),
		_ if all.is_empty() => WorkerId(0),
		_ => all[number as usize % all.len()],
	}
}

/// One of the slashes that wait.
fn some_slash(number: u32) -> (WorkerId, u64) {
	let mut all: Vec<_> = crate::Slashes::<Test>::iter_keys().collect();
	all.sort();
	match all.is_empty() {
		true => (WorkerId(0), 0),
		false => all[number as usize % all.len()],
	}
}

fn call(op: &Op) -> Option<(RuntimeOrigin, Call<Test>)> {
	let by = |who: &u64| signed(*who);
	Some(match op {
		Op::Register(who, bond, auditing) => (
			by(who),
			Call::register {
				keys: keys(*who as u8),
				hardware: Default::default(),
				bond: *bond,
				auditing: *auditing,
			},
		),
		Op::Heartbeat(who) => (by(who), Call::heartbeat {}),
		Op::SetKeys(who, key) => (by(who), Call::set_keys { keys: keys(*key) }),
		Op::SetAuditing(who, auditing) => (by(who), Call::set_auditing { auditing: *auditing }),
		Op::BondMore(who, amount) => (by(who), Call::bond_more { amount: *amount }),
		Op::Unbond(who, amount) => (by(who), Call::unbond { amount: *amount }),
		Op::Withdraw(who) => (by(who), Call::withdraw_unbonded {}),
		Op::Leave(who) => (by(who), Call::leave {}),
		Op::SetOffer(who, version, price, capacity) => (
			by(who),
			Call::set_offer {
				version: VersionId(*version),
				offer: offer(*price, *capacity),
			},
		),
		Op::RemoveOffer(who, version) => (
			by(who),
			Call::remove_offer {
				version: VersionId(*version),
			},
		),
		Op::DropOffer(who, id, version) => (
			by(who),
			Call::drop_offer {
				worker: some(*id),
				version: VersionId(*version),
			},
		),
		Op::OfferRotation(who, to) => (by(who), Call::offer_rotation { to: *to }),
		Op::AcceptRotation(who, id, new) => {
			let worker = some(*id);
			let heir = who.or(crate::Successors::<Test>::get(worker)).unwrap_or(1);
			// At times the one there is.
			let keys = keys(if *new { 50 } else { 1 });
			(signed(heir), Call::accept_rotation { worker, keys })
		}
		Op::Apply(who, slash) => {
			let (worker, number) = some_slash(*slash);
			(by(who), Call::apply_slash { worker, number })
		}
		Op::Cancel(slash) => {
			let (worker, number) = some_slash(*slash);
			(RuntimeOrigin::root(), Call::cancel_slash { worker, number })
		}
		Op::Claim(who) => (by(who), Call::claim {}),
		Op::Reap(who) => return reap(*who),
		Op::Retire(who) => return retire(*who),
		_ => return None,
	})
}

fn reap(who: u64) -> Option<(RuntimeOrigin, Call<Test>)> {
	let to = who % ACTORS + 1;
	let _all = with_storage_layer(|| Balances::transfer_all(signed(who), to, false));
	None
}

fn retire(who: u64) -> Option<(RuntimeOrigin, Call<Test>)> {
	let worker = crate::WorkerOf::<Test>::get(who)?;
	for version in 0..3 {
		let _none = with_storage_layer(|| Workers::remove_offer(signed(who), VersionId(version)));
	}
	let amount = stake(worker).bond;
	Some((signed(who), Call::unbond { amount }))
}

fn fault_of(number: u8) -> Fault {
	match number {
		0 => Fault::Wrong,
		1..=2 => Fault::NotServed,
		_ => Fault::LazyAudit,
	}
}

/// What jobs and the court do, which they only do to workers there are.
fn outside(op: &Op, state: &mut Outside) {
	let known = |id: &u32| Some(some(*id)).filter(|worker| Stakes::<Test>::contains_key(worker));
	match op {
		Op::Engage(id, value) if Workers::engage(some(*id), *value).is_ok() => {
			let worker = some(*id);
			state.engaged.entry(worker).or_default().push(*value);
			assert!(stake(worker).exposure <= Workers::cover(worker));
		}
		Op::Discharge(id) => {
			let values = state.engaged.entry(some(*id)).or_default();
			if let Some(value) = values.pop() {
				Workers::discharge(some(*id), value);
			}
		}
		Op::Job(seed) => {
			let mut bytes = [0; 32];
			bytes[..4].copy_from_slice(&seed.to_le_bytes());
			let version = VersionId(seed % 3);
			if let Some(worker) = Workers::draw(version, Tier::Exact, 5, 10, &bytes) {
				let offered = Workers::offer(worker, version, Tier::Exact).expect("who is drawn can take it");
				assert!(offered.price <= 5);
				Workers::occupy(worker, version).expect("who is drawn has room");
				state.jobs.push((worker, version));
			}
		}
		Op::End(job, outcome) if !state.jobs.is_empty() => {
			let (worker, version) = state.jobs.remove(*job as usize % state.jobs.len());
			Workers::vacate(worker, version);
			let outcome = match outcome {
				0 => Outcome::Paid { treasury: 100 },
				1 => Outcome::Refused,
				2 => Outcome::Failed,
				_ => Outcome::Void { treasury: 0 },
			};
			Workers::note(worker, outcome);
		}
		Op::Fine(id, amount) => {
			state.blamed.insert(some(*id));
			Workers::fine(some(*id), *amount);
		}
		Op::Accuse(id) => {
			if let Some(worker) = known(id) {
				*state.accusations.entry(worker).or_default() += 1;
				Workers::accuse(worker);
			}
		}
		Op::Acquit(id) => {
			let open = state.accusations.entry(some(*id)).or_default();
			if *open > 0 {
				*open -= 1;
				Workers::acquit(some(*id));
			}
		}
		Op::Convict(id, fault, prover) => {
			state.blamed.insert(some(*id));
			Workers::convict(some(*id), fault_of(*fault), Some(*prover + 90));
		}
		Op::Audited(id) => Workers::audited(some(*id), 2),
		Op::Pass(blocks, beats) => {
			pass(*blocks);
			for account in crate::WorkerOf::<Test>::iter_keys().filter(|_| *beats) {
				beat(account);
			}
		}
		Op::Skip(blocks) => skip(*blocks),
		Op::LeastBond(least) => MinBond::set(*least),
		_ => {}
	}
}

/// What each worker has at stake by what it did itself: bonded, less what it withdrew.
fn follow(op: &Op, stakes: &mut BTreeMap<WorkerId, u64>, before: &BTreeMap<WorkerId, u64>) {
	let (Op::Register(who, amount, _) | Op::BondMore(who, amount)) = op else {
		if let Op::Withdraw(who) = op {
			if let Some(worker) = crate::WorkerOf::<Test>::get(who) {
				let free = before[&worker] - bonded(*who);
				*stakes.get_mut(&worker).unwrap() -= free;
			}
		}
		return;
	};
	if let Some(worker) = crate::WorkerOf::<Test>::get(who) {
		*stakes.entry(worker).or_default() += amount;
	}
}

fn held() -> BTreeMap<WorkerId, u64> {
	crate::AccountOf::<Test>::iter()
		.map(|(worker, account)| (worker, bonded(account)))
		.collect()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(12)))]

	#[test]
	fn whatever_happens_the_invariants_hold(ops in prop::collection::vec(op(), 50..300)) {
		new_test_ext().execute_with(|| {
			let supply = Balances::total_issuance();
			let mut state = Outside::default();
			let mut stakes = BTreeMap::new();
			for who in 1..ACTORS {
				stakes.insert(offering(who, 3), BOND);
			}
			for op in ops {
				let before = held();
				let call = call(&op);
				let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
				if let Some((origin, call)) = call {
					let done = with_storage_layer(|| RuntimeCall::from(call).dispatch(origin).map(|_| ()).map_err(|error| error.error));
					match done {
						Ok(()) => follow(&op, &mut stakes, &before),
						Err(_) => assert_eq!(root, sp_io::storage::root(sp_runtime::StateVersion::V1), "{op:?} was refused"),
					}
				} else {
					outside(&op, &mut state);
				}
				Workers::do_try_state().unwrap();
				assert_eq!(Balances::total_issuance(), supply, "{op:?}");
				for (worker, held) in held() {
					if !state.blamed.contains(&worker) {
						assert_eq!(held, stakes[&worker], "{op:?}");
					}
					let engaged: u64 = state.engaged.get(&worker).map_or(0, |values| values.iter().sum());
					assert_eq!(stake(worker).exposure, engaged);
				}
			}
			everything_ends(state);
			assert_eq!(Balances::total_issuance(), supply);
			assert!(NextWorker::<Test>::get().0 < 10_000 && NextSlash::<Test>::get() < 10_000);
		});
	}
}

/// Everybody can leave, with all that was not slashed, and nothing stays behind.
fn everything_ends(state: Outside) {
	for (worker, version) in state.jobs {
		Workers::vacate(worker, version);
	}
	for (worker, values) in state.engaged {
		values.into_iter().for_each(|value| Workers::discharge(worker, value));
	}
	for (worker, open) in state.accusations {
		(0..open).for_each(|_| Workers::acquit(worker));
	}
	// Slashes that were applied by nobody, and the waits of bonds.
	pass(2_000);
	for (worker, account) in crate::AccountOf::<Test>::iter().collect::<Vec<_>>() {
		for version in 0..3 {
			let _none = Workers::remove_offer(signed(account), VersionId(version));
		}
		let rest = stake(worker).bond;
		if rest > 0 {
			let chunks = crate::Unbonding::<Test>::get(worker).len();
			if chunks > 0 {
				assert_ok!(Workers::withdraw_unbonded(signed(account)));
			}
			assert_ok!(Workers::unbond(signed(account), rest));
		}
		skip(UNBONDING);
		if !crate::Unbonding::<Test>::get(worker).is_empty() {
			assert_ok!(Workers::withdraw_unbonded(signed(account)));
		}
		assert_ok!(Workers::leave(signed(account)));
	}
	assert_eq!(Stakes::<Test>::iter().count(), 0);
	assert_eq!(crate::OfferAt::<Test>::iter().count(), 0);
	Workers::do_try_state().unwrap();
}
