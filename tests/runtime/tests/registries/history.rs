// SPDX-License-Identifier: Apache-2.0

//! Random histories by random actors, on the runtime with its own prices and limits. Whatever happens in whatever order:
//!
//! 1. every invariant that the pallets state holds, deposits are what is stored, and no money appears or vanishes;
//! 2. the flag of each version is what a walk through all that it was made from finds, one step at a time;
//! 3. what a withdrawal stops is refused from that block on, at any depth;
//! 4. money goes only to what is older, and shares are at most the whole;
//! 5. what each pot and each account earned is explained to the unit.

use crate::world::*;
use atelier_primitives::{
	attestations::{CONSENT, EVALUATION},
	ids::{AttestationId, DatasetId, ModelId, SimilarityId, Subject, VersionId},
	lineage::{Consent, Flag},
	models::{Class, Refused, Status},
	pots::{Pot, Splits},
};
use atelier_runtime::{
	Balance, Balances, Models, Provenance, Rewards,
	configs::Registries,
	economics::{ATL, deposit},
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, account, check_state, run_blocks};
use frame_support::traits::fungible::InspectHold;
use pallet_models::Call as models;
use pallet_provenance::Call as provenance;
use pallet_rewards::Call as rewards;
use proptest::{prelude::*, test_runner::TestRunner};
use sp_runtime::{DispatchError, DispatchResult, Permill};
use std::{cell::RefCell, collections::BTreeMap};

/// Bytes that a promise pays for (docs/weights.md).
const PROMISE: u64 = 408;
/// Calls of one history.
const LENGTH: usize = 1_000;
/// How many histories: 10^5 calls, or as many as `ATELIER_CASES` says (`make test-long`).
const HISTORIES: u32 = 100;
/// After so many calls everything is looked at.
const OFTEN: usize = 100;

const PEOPLE: [Account; 6] = [
	Account::Alice,
	Account::Bob,
	Account::Charlie,
	Account::Dave,
	Account::Eve,
	Account::Ferdie,
];

#[derive(Clone, Debug)]
struct Op {
	what: What,
	who: usize,
	/// Which of the things that there are.
	one: usize,
	other: usize,
	number: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
	CreateModel,
	OfferModel,
	AcceptModel,
	RemoveModel,
	Commit,
	Reveal,
	Deprecate,
	Withdraw,
	RemoveVersion,
	DecideContest,
	ClaimSimilar,
	DrawSimilar,
	EndSimilar,
	RegisterDataset,
	OfferDataset,
	AcceptDataset,
	WithdrawConsent,
	RemoveDataset,
	Attest,
	Revoke,
	RemoveAttestation,
	Settle,
	Pay,
	Tip,
	Distribute,
	Close,
	Use,
	Pass,
}

fn what() -> impl Strategy<Value = What> {
	use What::*;
	prop_oneof![
		2 => Just(CreateModel),
		1 => Just(OfferModel),
		2 => Just(AcceptModel),
		1 => Just(RemoveModel),
		12 => Just(Commit),
		16 => Just(Reveal),
		1 => Just(Deprecate),
		2 => Just(Withdraw),
		2 => Just(RemoveVersion),
		1 => Just(DecideContest),
		1 => Just(ClaimSimilar),
		1 => Just(DrawSimilar),
		1 => Just(EndSimilar),
		3 => Just(RegisterDataset),
		1 => Just(OfferDataset),
		2 => Just(AcceptDataset),
		1 => Just(WithdrawConsent),
		1 => Just(RemoveDataset),
		4 => Just(Attest),
		2 => Just(Revoke),
		2 => Just(RemoveAttestation),
		1 => Just(Settle),
		12 => Just(Pay),
		3 => Just(Tip),
		4 => Just(Distribute),
		2 => Just(Close),
		8 => Just(Use),
		4 => Just(Pass),
	]
}

fn op() -> impl Strategy<Value = Op> {
	(what(), 0..PEOPLE.len(), any::<u16>(), any::<u16>(), any::<u8>()).prop_map(|(what, who, one, other, number)| Op {
		what,
		who,
		one: one.into(),
		other: other.into(),
		number,
	})
}

thread_local! {
	/// How many calls of each kind were made, and how many went through.
	static DONE: RefCell<BTreeMap<What, (u32, u32)>> = const { RefCell::new(BTreeMap::new()) };
}

thread_local! {
	/// What was promised and not revealed yet.
	static PROMISED: RefCell<Vec<(Account, ModelId, Pub)>> = const { RefCell::new(Vec::new()) };
}

/// Of sixteen choices one is of anything, also of what there is not; the others are of what there is.
fn pick(which: usize, given: u32, there: impl Fn(u32) -> bool) -> u32 {
	let anything = (which as u32) % given.saturating_add(1);
	if which.is_multiple_of(16) {
		return anything;
	}
	// The next one that is there.
	(0..given)
		.map(|step| (anything + step) % given)
		.find(|id| there(*id))
		.unwrap_or(anything)
}

fn model(which: usize) -> ModelId {
	let there = |id| pallet_models::Models::<R>::contains_key(ModelId(id));
	ModelId(pick(which, pallet_models::NextModel::<R>::get().0, there))
}

fn version(which: usize) -> VersionId {
	let there = |id| Models::version_exists(VersionId(id));
	VersionId(pick(which, pallet_models::NextVersion::<R>::get().0, there))
}

/// One from which something may be made, mostly.
fn parent(which: usize) -> VersionId {
	let there = |id| {
		let view = Models::version(VersionId(id));
		view.is_some_and(|view| view.flag == Flag::Clear && view.status == Status::Active)
	};
	VersionId(pick(which, pallet_models::NextVersion::<R>::get().0, there))
}

fn dataset(which: usize) -> DatasetId {
	let there = |id| pallet_provenance::Datasets::<R>::contains_key(DatasetId(id));
	DatasetId(pick(which, pallet_provenance::NextDataset::<R>::get().0, there))
}

fn source(which: usize) -> DatasetId {
	let there = |id| consent_of(DatasetId(id)) == Some(Consent::Given);
	DatasetId(pick(which, pallet_provenance::NextDataset::<R>::get().0, there))
}

fn claim(which: usize) -> SimilarityId {
	let there = |id| Models::similarity(SimilarityId(id)).is_some();
	SimilarityId(pick(which, pallet_models::NextSimilarity::<R>::get().0, there))
}

fn attestation(which: usize) -> AttestationId {
	let there = |id: u32| pallet_provenance::Attestations::<R>::contains_key(AttestationId(id.into()));
	let given = pallet_provenance::NextAttestation::<R>::get().0 as u32;
	AttestationId(pick(which, given, there).into())
}

fn pot(op: &Op) -> Pot {
	match op.number.is_multiple_of(3) {
		true => Pot::Dataset(dataset(op.one)),
		false => Pot::Version(version(op.one)),
	}
}

/// Who owns what the call is about, in three of four cases: else hardly anything would be done.
fn owner(op: &Op, owner: Option<atelier_runtime::AccountId>) -> Account {
	let somebody = PEOPLE[op.who];
	if op.number.is_multiple_of(4) {
		return somebody;
	}
	owner
		.and_then(|owner| PEOPLE.into_iter().find(|who| account(*who) == owner))
		.unwrap_or(somebody)
}

fn maker(op: &Op, id: ModelId) -> Account {
	owner(op, Models::model(id).map(|model| model.owner))
}

fn publisher(op: &Op, id: VersionId) -> Account {
	owner(op, Models::owner_of(id))
}

fn holder(op: &Op, id: DatasetId) -> Account {
	owner(op, Provenance::dataset(id).map(|dataset| dataset.owner))
}

/// Weights of which there are few, so that some are contested.
fn common(which: usize) -> u16 {
	(which % 6) as u16
}

/// Weights that several models have, if there are any.
fn contested(which: usize) -> [u8; 32] {
	let roots: Vec<_> = pallet_models::Roots::<R>::iter()
		.filter(|(_, root)| root.models > 1)
		.map(|(digest, _)| digest)
		.collect();
	roots
		.get(which % roots.len().max(1))
		.copied()
		.unwrap_or(publication(common(which), OPEN).weights.root)
}

/// What somebody publishes.
fn made(op: &Op) -> Pub {
	let number = usize::from(op.number);
	let terms = if number.is_multiple_of(2) { OPEN } else { SERVES_ON };
	let mut parents: Vec<_> = (0..number % 3).map(|step| parent(op.one + step * 7)).collect();
	parents.sort();
	parents.dedup();
	let mut datasets: Vec<_> = (0..number % 4).map(|step| source(op.other + step * 5)).collect();
	datasets.sort();
	datasets.dedup();
	let share = Permill::from_percent(u32::from(op.number % 11));
	let weights = match op.number.is_multiple_of(4) {
		true => common(op.other),
		false => op.other as u16,
	};
	let publication = match op.number % 3 {
		0 => exact(weights, terms),
		_ => publication(weights, terms),
	};
	made_from(publication, &parents, &datasets, share)
}

/// Does it.
fn apply(op: &Op) -> DispatchResult {
	let somebody = PEOPLE[op.who];
	let other = account(PEOPLE[op.other % PEOPLE.len()]);
	let amount = Balance::from(op.number) * ATL / 7 + 1;
	match op.what {
		What::CreateModel => {
			let slug = format!("m{}", op.number).into_bytes();
			call(somebody, models::create_model { slug })
		}
		What::OfferModel => {
			let (model, to) = (model(op.one), Some(other));
			call(maker(op, model), models::offer_model { model, to })
		}
		What::AcceptModel => {
			let model = model(op.one);
			let offered = Models::model(model).and_then(|model| model.offered);
			call(owner(op, offered), models::accept_model { model })
		}
		What::RemoveModel => {
			let model = model(op.one);
			call(maker(op, model), models::remove_model { model })
		}
		What::Commit => {
			let id = model(op.one);
			let (who, publication) = (maker(op, id), made(op));
			let promised = commit(who, &publication);
			if promised.is_ok() {
				PROMISED.with_borrow_mut(|promised| promised.push((who, id, publication)));
			}
			promised
		}
		What::Reveal => {
			// The oldest, mostly when it may be revealed.
			let oldest = PROMISED.with_borrow(|promised| promised.first().cloned());
			let Some((who, id, publication)) = oldest else {
				return Err(NOTHING);
			};
			if !op.number.is_multiple_of(4) {
				run_blocks(1);
			}
			let revealed = reveal(who, id, publication);
			if revealed != Err(pallet_models::Error::<R>::TooEarly.into()) {
				PROMISED.with_borrow_mut(|promised| promised.remove(0));
			}
			revealed
		}
		What::Deprecate => {
			let version = version(op.one);
			call(publisher(op, version), models::deprecate_version { version })
		}
		What::Withdraw => {
			let version = version(op.one);
			call(publisher(op, version), models::withdraw_version { version })
		}
		What::RemoveVersion => {
			let withdrawn =
				|id: &u32| matches!(Models::version(VersionId(*id)), Some(view) if view.status == Status::Withdrawn);
			let all: Vec<_> = (0..pallet_models::NextVersion::<R>::get().0)
				.filter(withdrawn)
				.collect();
			let version = VersionId(all.get(op.one % all.len().max(1)).copied().unwrap_or(0));
			call(publisher(op, version), models::remove_version { version })
		}
		What::DecideContest => {
			let root = contested(op.other);
			let claims = Models::contest(root).map(|contest| contest.claims).unwrap_or_default();
			let decided = claims.get(op.one % claims.len().max(1)).map(|claim| claim.model);
			let decision = models::<R>::decide_contest { root, model: decided };
			let moderator = atelier_runtime::governance::Origin::RegistryModerator;
			atelier_runtime_tests::dispatch(decision, moderator.into())
		}
		What::ClaimSimilar => {
			let exact = |id| matches!(Models::version(VersionId(id)), Some(view) if matches!(view.publication.class, Class::Exact { .. }));
			let given = pallet_models::NextVersion::<R>::get().0;
			let [one, other] = [op.one, op.other].map(|which| VersionId(pick(which, given, exact)));
			let (original, copy) = (one.min(other), one.max(other));
			call(somebody, models::claim_similar { original, copy })
		}
		What::DrawSimilar => {
			let claim = claim(op.one);
			call(somebody, models::draw_similar { claim })
		}
		What::EndSimilar => {
			let claim = claim(op.one);
			call(somebody, models::end_similar { claim })
		}
		What::RegisterDataset => {
			let terms = if op.number.is_multiple_of(2) { OPEN } else { SERVES_ON };
			let facts = facts(op.number % 16, terms);
			call(somebody, provenance::register_dataset { facts })
		}
		What::OfferDataset => {
			let (dataset, to) = (dataset(op.one), Some(other));
			call(holder(op, dataset), provenance::offer_dataset { dataset, to })
		}
		What::AcceptDataset => {
			let dataset = dataset(op.one);
			let offered = Provenance::dataset(dataset).and_then(|dataset| dataset.offered);
			call(owner(op, offered), provenance::accept_dataset { dataset })
		}
		What::WithdrawConsent => {
			let dataset = dataset(op.one);
			let who = holder(op, dataset);
			withdraw_consent(who, dataset)
		}
		What::RemoveDataset => {
			let dataset = dataset(op.one);
			call(holder(op, dataset), provenance::remove_dataset { dataset })
		}
		What::Attest => {
			let attested = match op.number % 3 {
				0 => attest(somebody, CONSENT, Subject::Dataset(dataset(op.one))),
				1 => attest(somebody, EVALUATION, Subject::Version(version(op.one))),
				_ => attest_origin(somebody, version(op.one)),
			};
			attested.map(|_| ()).ok_or(NOTHING)
		}
		What::Revoke => {
			let attestation = attestation(op.one);
			let attester = Provenance::attestation(attestation).map(|view| view.attester);
			call(owner(op, attester), provenance::revoke { attestation })
		}
		What::RemoveAttestation => {
			let attestation = attestation(op.one);
			let attester = Provenance::attestation(attestation).map(|view| view.attester);
			call(owner(op, attester), provenance::remove_attestation { attestation })
		}
		What::Settle => {
			let claims = Models::contest(contested(op.one)).map(|contest| contest.claims);
			let first = claims.and_then(|claims| claims.get(op.other % claims.len().max(1)).map(|claim| claim.first));
			let version = first.unwrap_or(version(op.one));
			let Some(view) = Models::version(version) else {
				return Err(NOTHING);
			};
			// A contributor who does not own it.
			let Some(attestation) = attest_origin(PEOPLE[op.who % 4], version) else {
				return Err(NOTHING);
			};
			let root = view.publication.weights.root;
			call(
				somebody,
				models::settle_contest {
					root,
					version,
					attestation,
				},
			)
		}
		What::Pay => pay(somebody, pot(op), amount).then_some(()).ok_or(NOTHING),
		What::Tip => call(somebody, rewards::tip { pot: pot(op), amount }),
		What::Distribute => call(somebody, rewards::distribute { pot: pot(op) }),
		What::Close => {
			let pot = pot(op);
			let owned = Registries::split(pot).map(|split| split.owner);
			call(owner(op, owned), rewards::close { pot })
		}
		What::Use => used(version(op.one)).then_some(()).ok_or(NOTHING),
		What::Pass => {
			run_blocks(1 + u32::from(op.number % 3));
			Ok(())
		}
	}
}

/// Asks as a job does; what a withdrawal stops is refused.
fn used(version: VersionId) -> bool {
	use atelier_primitives::models::Versions;
	let (allowed, _) = <Models as Versions<_, _>>::allow(version, USE, now());
	let stops = walked(version, &mut BTreeMap::new()) == Flag::NoServing;
	assert!(!stops || allowed.is_err(), "withdrawal always wins");
	if let Err(Refused::Consent) = allowed {
		assert!(stops, "nothing was withdrawn that stops {version:?}");
	}
	allowed.is_ok()
}

/// What withdrawals stop for a version, by asking each thing that it was made from.
fn walked(version: VersionId, known: &mut BTreeMap<VersionId, Flag>) -> Flag {
	if let Some(flag) = known.get(&version) {
		return *flag;
	}
	let Some(view) = Models::version(version) else {
		return Flag::Clear;
	};
	let mut worst = Flag::of(view.consent, &view.publication.terms);
	for (parent, _) in &view.publication.parents {
		assert!(*parent < version, "what a version was made from is older");
		worst = worst.max(walked(*parent, known));
	}
	for (dataset, _) in &view.publication.datasets {
		let dataset = Provenance::dataset(*dataset).expect("what is used stays");
		worst = worst.max(Flag::of(dataset.consent, &dataset.facts.terms));
	}
	known.insert(version, worst);
	worst
}

/// There was nothing to do it with.
const NOTHING: DispatchError = DispatchError::Unavailable;

/// Whether the three fit together.
pub fn agree() {
	let mut known = BTreeMap::new();
	for number in 0..pallet_models::NextVersion::<R>::get().0 {
		let version = VersionId(number);
		let Some(found) = flag(version) else { continue };
		assert_eq!(
			found,
			walked(version, &mut known),
			"the flag of {version:?} is what was withdrawn"
		);
		let split = Registries::split(Pot::Version(version)).expect("a version has a pot");
		let mut whole = Permill::zero();
		for share in &split.shares {
			if let Pot::Version(other) = share.pot {
				assert!(other < version, "money goes to what is older");
			}
			assert!(Registries::exists(share.pot), "shares are of what there is");
			whole = whole
				.deconstruct()
				.checked_add(share.part.deconstruct())
				.filter(|sum| *sum <= Permill::one().deconstruct())
				.map(Permill::from_parts)
				.expect("shares are at most the whole");
		}
	}
	for who in PEOPLE {
		let models = pallet_models::Models::<R>::iter_values().filter(|model| model.owner == account(who));
		let bytes: u64 = models.map(|model| model.bytes).sum();
		let promises = pallet_models::Promises::<R>::iter_prefix(account(who)).count() as u64;
		assert_eq!(
			Balances::balance_on_hold(&pallet_models::HoldReason::Record.into(), &account(who)),
			deposit(0, 1) * Balance::from(bytes + promises * PROMISE),
			"what {who:?} holds is what is stored"
		);
	}
	for (pot, ledger) in pallet_rewards::Ledgers::<R>::iter() {
		let view = match Rewards::pot(pot) {
			Some(view) => view,
			None => panic!("{pot:?} has {ledger:?} and nobody's"),
		};
		assert_eq!(
			view.received,
			view.earned + view.passed + view.held,
			"{pot:?} is explained"
		);
	}
	let current = Rewards::eras().current;
	for who in PEOPLE {
		let (mut sum, mut from) = (0, None);
		while let Some(page) = Rewards::explain(account(who), current, from, 7) {
			sum += page.sources.iter().map(|source| source.earned).sum::<Balance>();
			from = page.next;
			if from.is_none() {
				assert_eq!(sum, page.earned, "{who:?} is told why");
				break;
			}
		}
	}
}

fn history(ops: &[Op]) {
	let supply = Balances::total_issuance();
	PROMISED.with_borrow_mut(Vec::clear);
	for (number, op) in ops.iter().enumerate() {
		let went = apply(op);
		DONE.with_borrow_mut(|done| {
			let (asked, through) = done.entry(op.what).or_default();
			*asked += 1;
			*through += u32::from(went.is_ok());
		});
		assert_eq!(Balances::total_issuance(), supply, "after {op:?}");
		if number % OFTEN == OFTEN - 1 {
			Models::do_try_state().expect("models");
			Provenance::do_try_state().expect("provenance");
			Rewards::do_try_state().expect("rewards");
			agree();
		}
	}
	check_state();
}

/// So that randomness changes within a history.
fn short_epochs(genesis: &mut serde_json::Value) {
	genesis["launch"]["epochSlots"] = 10.into();
}

#[test]
fn keep_every_promise() {
	let histories = std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(HISTORIES);
	let config = ProptestConfig {
		cases: histories,
		max_shrink_iters: 200,
		failure_persistence: None,
		..ProptestConfig::default()
	};
	let run = TestRunner::new(config).run(&prop::collection::vec(op(), LENGTH..=LENGTH), |ops| {
		Chain::from_preset_with(DEVELOPMENT, short_epochs).run(|| history(&ops));
		Ok(())
	});
	if let Err(failed) = run {
		panic!("{failed}");
	}
	DONE.with_borrow(|done| {
		println!("{done:?}");
		if histories < HISTORIES {
			return;
		}
		for (what, (asked, through)) in done {
			assert!(*asked > 0 && *through > 0, "{what:?} never went through, of {asked}");
		}
		assert_eq!(done.len(), 28, "every kind of call was made");
	});
}
