// SPDX-License-Identifier: Apache-2.0

//! Random histories by random actors: whatever happens in whatever order, the invariants hold after every operation, a
//! refused call changes nothing, deposits are exactly what is stored, and no money appears or disappears.

use super::*;
use crate::Call;
use atelier_primitives::{
	lineage::Flag,
	models::{Publication, Versions},
	terms::{Purpose, Terms, Use},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
	Create(u64, u8),
	Offer(u64, u32, Option<u64>),
	Accept(u64, u32),
	RemoveModel(u64, u32),
	Alias(u64, u8),
	Release(u64),
	Commit(u64, Made),
	Reveal(u64, u32, Made),
	Publish(u64, u32, Made),
	Deprecate(u64, u32),
	Reinstate(u64, u32),
	Withdraw(u64, u32),
	RemoveVersion(u64, u32),
	Settle(u8, u32),
	Decide(u8, Option<u32>),
	Claim(u64, u32, u32),
	Draw(u64),
	Open(u64, u64),
	Unserved(u64, u64),
	Serve(u64, u64),
	End(u64),
	WithdrawDataset(u32),
	Use(u32),
	Pass(u32),
	Clear(u32),
}

/// What somebody tries to publish.
#[derive(Clone, Debug)]
struct Made {
	weights: u8,
	parents: Vec<u32>,
	datasets: Vec<u32>,
	part: u32,
	terms: u8,
}

/// How many weights there are; the first few are exact.
const WEIGHTS: u8 = 8;
const EXACT: u8 = 4;

thread_local! {
	/// Two independent models and copies of them: hashed once.
	static PACKAGES: Vec<(Exact, Pub)> = {
		let trained = [Exact::trained(1), Exact::trained(2)];
		let copies = [trained[0].noisy(10, 3), trained[1].noisy(10, 4)];
		trained.into_iter().chain(copies).map(|exact| {
			let publication = exact.publication();
			(exact, publication)
		}).collect()
	};
}

impl Made {
	fn publication(&self) -> Pub {
		let part = Permill::from_percent(self.part);
		let parents: Vec<_> = self.parents.iter().map(|id| (VersionId(*id), part)).collect();
		let datasets: Vec<_> = self.datasets.iter().map(|id| (DatasetId(*id), part)).collect();
		let base = match self.weights < EXACT {
			true => PACKAGES.with(|packages| packages[self.weights as usize].1.clone()),
			false => float(self.weights),
		};
		let terms = match self.terms {
			0 => SERVES_ON,
			1 => Terms { derive: false, ..OPEN },
			2 => Terms {
				min_share: percent(10),
				..OPEN
			},
			_ => OPEN,
		};
		Publication {
			parents: parents.try_into().unwrap(),
			datasets: datasets.try_into().unwrap(),
			terms,
			..base
		}
	}
}

fn made() -> impl Strategy<Value = Made> {
	let few = |of: u32| prop::collection::btree_set(0..of, 0..3).prop_map(|ids| ids.into_iter().collect::<Vec<u32>>());
	(0..WEIGHTS, few(12), few(4), 0..20u32, 0..6u8).prop_map(|(weights, parents, datasets, part, terms)| Made {
		weights,
		parents,
		datasets,
		part,
		terms,
	})
}

fn op() -> impl Strategy<Value = Op> {
	let who = || 1..=5u64;
	let model = || 0..5u32;
	let version = || 0..12u32;
	let claim = || 0..4u64;
	prop_oneof![
		3 => (who(), 0..3u8).prop_map(|(who, slug)| Op::Create(who, slug)),
		1 => (who(), model(), prop::option::of(who())).prop_map(|(who, model, to)| Op::Offer(who, model, to)),
		1 => (who(), model()).prop_map(|(who, model)| Op::Accept(who, model)),
		1 => (who(), model()).prop_map(|(who, model)| Op::RemoveModel(who, model)),
		1 => (who(), 0..3u8).prop_map(|(who, name)| Op::Alias(who, name)),
		1 => who().prop_map(Op::Release),
		1 => (who(), made()).prop_map(|(who, made)| Op::Commit(who, made)),
		1 => (who(), model(), made()).prop_map(|(who, model, made)| Op::Reveal(who, model, made)),
		12 => (who(), model(), made()).prop_map(|(who, model, made)| Op::Publish(who, model, made)),
		1 => (who(), version()).prop_map(|(who, version)| Op::Deprecate(who, version)),
		1 => (who(), version()).prop_map(|(who, version)| Op::Reinstate(who, version)),
		2 => (who(), version()).prop_map(|(who, version)| Op::Withdraw(who, version)),
		3 => (who(), version()).prop_map(|(who, version)| Op::RemoveVersion(who, version)),
		1 => (0..WEIGHTS, version()).prop_map(|(weights, version)| Op::Settle(weights, version)),
		1 => (0..WEIGHTS, prop::option::of(model())).prop_map(|(weights, model)| Op::Decide(weights, model)),
		3 => (who(), version(), version()).prop_map(|(who, one, other)| Op::Claim(who, one, other)),
		2 => claim().prop_map(Op::Draw),
		1 => (who(), claim()).prop_map(|(who, claim)| Op::Open(who, claim)),
		1 => (who(), claim()).prop_map(|(who, claim)| Op::Unserved(who, claim)),
		1 => (who(), claim()).prop_map(|(who, claim)| Op::Serve(who, claim)),
		1 => claim().prop_map(Op::End),
		1 => (0..4u32).prop_map(Op::WithdrawDataset),
		3 => version().prop_map(Op::Use),
		3 => (1..6u32).prop_map(Op::Pass),
		1 => (0..3u32).prop_map(Op::Clear),
	]
}

fn weights(number: u8) -> [u8; 32] {
	match number < EXACT {
		true => PACKAGES.with(|packages| packages[number as usize].1.weights.root),
		false => [number; 32],
	}
}

/// The chunks that a claim draws of a version.
fn opened(claim: SimilarityId, version: VersionId) -> Option<crate::Opened> {
	let root = crate::Versions::<Test>::get(version)?.publication.weights.root;
	PACKAGES.with(|packages| {
		let (exact, _) = packages
			.iter()
			.find(|(_, publication)| publication.weights.root == root)?;
		Some(exact.opened(claim))
	})
}

fn number(claim: u64) -> SimilarityId {
	SimilarityId(claim as u32)
}

/// The call of an operation, with who makes it.
fn call(op: Op) -> Option<(u64, Call<Test>)> {
	Some(match op {
		Op::Create(who, slug) => (
			who,
			Call::create_model {
				slug: vec![b'a' + slug],
			},
		),
		Op::Offer(who, model, to) => (
			who,
			Call::offer_model {
				model: ModelId(model),
				to,
			},
		),
		Op::Accept(who, model) => (who, Call::accept_model { model: ModelId(model) }),
		Op::RemoveModel(who, model) => (who, Call::remove_model { model: ModelId(model) }),
		Op::Alias(who, name) => (
			who,
			Call::claim_alias {
				alias: vec![b'a' + name],
			},
		),
		Op::Release(who) => (who, Call::release_alias {}),
		Op::Commit(who, made) => (
			who,
			Call::commit_version {
				promise: Models::promise(&made.publication(), &who, &SALT),
			},
		),
		Op::Reveal(who, model, made) | Op::Publish(who, model, made) => (
			who,
			Call::reveal_version {
				model: ModelId(model),
				publication: Box::new(made.publication()),
				salt: SALT,
			},
		),
		Op::Deprecate(who, version) => (
			who,
			Call::deprecate_version {
				version: VersionId(version),
			},
		),
		Op::Reinstate(who, version) => (
			who,
			Call::reinstate_version {
				version: VersionId(version),
			},
		),
		Op::Withdraw(who, version) => (
			who,
			Call::withdraw_version {
				version: VersionId(version),
			},
		),
		Op::RemoveVersion(who, version) => (
			who,
			Call::remove_version {
				version: VersionId(version),
			},
		),
		Op::Settle(number, version) => (
			1,
			Call::settle_contest {
				root: weights(number),
				version: VersionId(version),
				attestation: AttestationId(version.into()),
			},
		),
		Op::Claim(who, original, copy) => (
			who,
			Call::claim_similar {
				original: VersionId(original),
				copy: VersionId(copy),
			},
		),
		Op::Draw(claim) => (1, Call::draw_similar { claim: number(claim) }),
		Op::Open(who, claim) => {
			let claim = number(claim);
			let record = crate::Similarities::<Test>::get(claim)?;
			(
				who,
				Call::open_similar {
					claim,
					original: Box::new(opened(claim, record.original)?),
					copy: Box::new(opened(claim, record.copy)?),
				},
			)
		}
		Op::Unserved(who, claim) => (who, Call::say_unserved { claim: number(claim) }),
		Op::Serve(who, claim) => {
			let claim = number(claim);
			let record = crate::Similarities::<Test>::get(claim)?;
			(
				who,
				Call::serve_similar {
					claim,
					copy: Box::new(opened(claim, record.copy)?),
				},
			)
		}
		Op::End(claim) => (1, Call::end_similar { claim: number(claim) }),
		Op::Clear(limit) => (1, Call::clear_promises { limit }),
		Op::Decide(..) | Op::WithdrawDataset(_) | Op::Use(_) | Op::Pass(_) => return None,
	})
}

/// The claimant and the owner of the copy, so that claims get anywhere.
fn right_actor(op: Op) -> Op {
	let parties = |claim: u64| {
		let record = crate::Similarities::<Test>::get(number(claim))?;
		let copy = crate::Versions::<Test>::get(record.copy)?;
		Some((record.claimant, crate::Models::<Test>::get(copy.model)?.owner))
	};
	match op {
		Op::Open(who, claim) => Op::Open(parties(claim).map_or(who, |(claimant, _)| claimant), claim),
		Op::Unserved(who, claim) => Op::Unserved(parties(claim).map_or(who, |(claimant, _)| claimant), claim),
		Op::Serve(who, claim) => Op::Serve(parties(claim).map_or(who, |(_, owner)| owner), claim),
		op => op,
	}
}

/// Does it; a refused call changes nothing.
fn apply(op: Op) {
	let op = right_actor(op);
	match &op {
		Op::Publish(who, _, made) => {
			let _may_be_promised = commit(*who, &made.publication());
			pass(DELAY);
		}
		Op::Draw(_) => {
			pass(1);
			Output::set((now() as u8, now()));
		}
		Op::Settle(_, version) => Confirmed::set(vec![(AttestationId((*version).into()), VersionId(*version))]),
		Op::Decide(number, model) => {
			let before = root();
			let decided = Models::decide_contest(RuntimeOrigin::root(), weights(*number), model.map(ModelId));
			assert!(decided.is_ok() || root() == before);
		}
		Op::WithdrawDataset(id) => withdraw_dataset(*id),
		Op::Use(version) => {
			let wanted = Use {
				purpose: Purpose::Personal,
				commercial: false,
			};
			let version = VersionId(*version);
			let fresh = Models::fresh_flag(version);
			let (allowed, _) = <Models as Versions<AccountId, Balance>>::allow(version, wanted, now());
			assert!(allowed.is_err() || fresh < Flag::NoServing, "withdrawal always wins");
		}
		Op::Pass(blocks) => pass(*blocks),
		_ => {}
	}
	let Some((who, call)) = call(op) else {
		return;
	};
	let before = root();
	if dispatch(who, call).is_err() {
		assert_eq!(root(), before, "a refused call changes nothing");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases()))]
	#[test]
	fn every_history_keeps_the_invariants(history in prop::collection::vec(op(), 100..=100)) {
		execute(|| {
			for id in 0..4 {
				dataset(id, if id % 2 == 0 { OPEN } else { SERVES_ON });
			}
			for op in history {
				apply(op);
				check();
			}
		});
	}
}

/// 100 histories of 100 operations, or as many as `ATELIER_CASES` says (`make test-long`): 2.4 ms each, most of it for the
/// invariants and the two roots of all state.
fn cases() -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(100)
}
