// SPDX-License-Identifier: Apache-2.0

//! Random histories by random actors, on the runtime with its own prices and limits. Whatever happens in whatever order:
//!
//! 1. every invariant that the pallets state holds, deposits among them, and no money appears or vanishes;
//! 2. the flag of each version is what a walk through all that it was made from finds, one step at a time;
//! 3. what a withdrawal stops is refused from that block on, at any depth;
//! 4. money goes only to what is older, and shares are at most the whole;
//! 5. what each pot and each account earned is explained to the unit.

use crate::world::*;
use atelier_primitives::{
	attestations::{CONSENT, EVALUATION},
	ids::{AttestationId, DatasetId, ModelId, SimilarityId, Subject, VersionId},
	lineage::Flag,
	models::{Refused, Status},
	pots::{Pot, Splits},
};
use atelier_runtime::{
	Balance, Balances, Models, Provenance, Rewards, configs::Registries, economics::ATL, genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, account, check_state, run_blocks};
use pallet_models::Call as models;
use pallet_provenance::Call as provenance;
use pallet_rewards::Call as rewards;
use proptest::{prelude::*, test_runner::TestRunner};
use sp_runtime::Permill;
use std::{cell::RefCell, collections::BTreeMap};

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
	Publish,
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
		12 => Just(Publish),
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

/// One of those that there are, mostly; sometimes one that there is not.
fn pick(which: usize, there: u32) -> u32 {
	(which as u32) % there.saturating_add(1)
}

fn model(which: usize) -> ModelId {
	ModelId(pick(which, pallet_models::NextModel::<R>::get().0))
}

fn version(which: usize) -> VersionId {
	VersionId(pick(which, pallet_models::NextVersion::<R>::get().0))
}

fn dataset(which: usize) -> DatasetId {
	DatasetId(pick(which, pallet_provenance::NextDataset::<R>::get().0))
}

fn attestation(which: usize) -> AttestationId {
	AttestationId(pick(which, pallet_provenance::NextAttestation::<R>::get().0 as u32).into())
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

/// What somebody publishes: of few weights, so that some are contested.
fn made(op: &Op) -> Pub {
	let number = usize::from(op.number);
	let terms = if number.is_multiple_of(2) { OPEN } else { SERVES_ON };
	let mut parents: Vec<_> = (0..number % 3).map(|step| version(op.one + step * 7)).collect();
	parents.sort();
	parents.dedup();
	let mut datasets: Vec<_> = (0..number % 4).map(|step| dataset(op.other + step * 5)).collect();
	datasets.sort();
	datasets.dedup();
	let share = Permill::from_percent(u32::from(op.number % 15));
	made_from(publication(op.other as u16 % 60, terms), &parents, &datasets, share)
}

/// Whether it went through.
fn apply(op: &Op) -> bool {
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
		What::Publish => {
			let id = model(op.one);
			let (who, publication) = (maker(op, id), made(op));
			let _promised_already = commit(who, &publication);
			if !op.number.is_multiple_of(16) {
				run_blocks(2);
			}
			reveal(who, id, publication)
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
			let root = publication(op.other as u16 % 60, OPEN).weights.root;
			let claims = Models::contest(root).map(|contest| contest.claims).unwrap_or_default();
			let decided = claims.get(op.one % claims.len().max(1)).map(|claim| claim.model);
			let decision = models::<R>::decide_contest { root, model: decided };
			let moderator = atelier_runtime::governance::Origin::RegistryModerator;
			atelier_runtime_tests::dispatch(decision, moderator.into())
		}
		What::ClaimSimilar => {
			let (original, copy) = (version(op.one), version(op.other));
			call(somebody, models::claim_similar { original, copy })
		}
		What::DrawSimilar => {
			let claim = SimilarityId(pick(op.one, pallet_models::NextSimilarity::<R>::get().0));
			call(somebody, models::draw_similar { claim })
		}
		What::EndSimilar => {
			let claim = SimilarityId(pick(op.one, pallet_models::NextSimilarity::<R>::get().0));
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
			return attested.is_some();
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
			let version = version(op.one);
			let Some(view) = Models::version(version) else {
				return false;
			};
			// A contributor who does not own it.
			let Some(attestation) = attest_origin(PEOPLE[op.who % 4], version) else {
				return false;
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
		What::Pay => return pay(somebody, pot(op), amount),
		What::Tip => call(somebody, rewards::tip { pot: pot(op), amount }),
		What::Distribute => call(somebody, rewards::distribute { pot: pot(op) }),
		What::Close => {
			let pot = pot(op);
			let owned = Registries::split(pot).map(|split| split.owner);
			call(owner(op, owned), rewards::close { pot })
		}
		What::Use => return used(version(op.one)),
		What::Pass => {
			run_blocks(u32::from(op.number % 8));
			return true;
		}
	}
	.is_ok()
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
	for (number, op) in ops.iter().enumerate() {
		let went = apply(op);
		DONE.with_borrow_mut(|done| {
			let (asked, through) = done.entry(op.what).or_default();
			*asked += 1;
			*through += u32::from(went);
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
		Chain::from_preset(DEVELOPMENT).run(|| history(&ops));
		Ok(())
	});
	if let Err(failed) = run {
		panic!("{failed}");
	}
	DONE.with_borrow(|done| {
		println!("{done:?}");
		for (what, (asked, through)) in done {
			assert!(*asked > 0 && *through > 0, "{what:?} never went through, of {asked}");
		}
		assert_eq!(done.len(), 27, "every kind of call was made");
	});
}
