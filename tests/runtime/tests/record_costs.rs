// SPDX-License-Identifier: Apache-2.0

//! docs/weights.md says what this runtime asks: the worst case of each call of the registries, and the deposit of each
//! record. `ATELIER_WRITE_TABLES=1` writes the tables anew.

#[path = "registries/world.rs"]
#[allow(dead_code)]
mod world;

use atelier_primitives::{
	attestations::{CONSENT, Data, Definition, MAX_DATA, MAX_DEFINITION, Statement},
	ids::{DatasetId, Subject, VersionId},
	licence::MAX_EXPRESSION,
	models::{MAX_ANCESTORS, MAX_DATASETS, MAX_LICENCE, MAX_PARENTS},
	pots::MAX_SHARES,
};
use atelier_runtime::{
	Balance, Balances,
	configs::BlockLimits,
	economics::{ATL, deposit},
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, account};
use frame_support::{
	traits::fungible::InspectHold,
	weights::{Weight, WeightToFee},
};
use pallet_disputes::WeightInfo as _;
use pallet_jobs::WeightInfo as _;
use pallet_models::WeightInfo as _;
use pallet_provenance::WeightInfo as _;
use pallet_rewards::WeightInfo as _;
use pallet_workers::WeightInfo as _;
use sp_runtime::Permill;
use std::{fmt::Write, fs, path::Path};
use world::*;

type Models = <R as pallet_models::Config>::WeightInfo;
type Provenance = <R as pallet_provenance::Config>::WeightInfo;
type Rewards = <R as pallet_rewards::Config>::WeightInfo;
type Workers = <R as pallet_workers::Config>::WeightInfo;
type Jobs = <R as pallet_jobs::Config>::WeightInfo;
type Disputes = <R as pallet_disputes::Config>::WeightInfo;

/// Most vouchers of a batch.
const BATCH: u32 = pallet_jobs::MAX_BATCH;
/// Nodes that show that a root extends one with a thousand receipts less, of a session with a million.
const NODES: u32 = 20;

/// Each call with its largest arguments.
fn calls() -> Vec<(&'static str, Weight)> {
	let (parents, datasets) = (MAX_PARENTS as u32, MAX_DATASETS as u32);
	vec![
		("models.create_model", Models::create_model()),
		("models.offer_model", Models::offer_model()),
		("models.accept_model", Models::accept_model()),
		("models.remove_model", Models::remove_model()),
		("models.claim_alias", Models::claim_alias()),
		("models.release_alias", Models::release_alias()),
		("models.commit_version", Models::commit_version()),
		(
			"models.reveal_version, made from nothing",
			Models::reveal_version(0, 0, 0, 0),
		),
		(
			"models.reveal_version, 16 parents, 32 datasets, 256 of each above",
			Models::reveal_version(parents, datasets, MAX_ANCESTORS, MAX_ANCESTORS),
		),
		("models.deprecate_version", Models::deprecate_version()),
		("models.reinstate_version", Models::reinstate_version()),
		("models.withdraw_version", Models::withdraw_version()),
		("models.remove_version", Models::remove_version()),
		("models.settle_contest", Models::settle_contest()),
		("models.decide_contest", Models::decide_contest()),
		("models.claim_similar", Models::claim_similar()),
		("models.draw_similar", Models::draw_similar()),
		("models.open_similar", Models::open_similar()),
		("models.say_unserved", Models::say_unserved()),
		("models.serve_similar", Models::serve_similar()),
		("models.end_similar", Models::end_similar()),
		("models.clear_promises, each", Models::expire()),
		(
			"a job's question, nothing withdrawn since the last",
			Models::allow_known(),
		),
		(
			"a job's question after a withdrawal, 256 versions and 256 datasets above",
			Models::allow_walk(MAX_ANCESTORS, MAX_ANCESTORS),
		),
		(
			"provenance.register_dataset",
			Provenance::register_dataset(MAX_EXPRESSION),
		),
		("provenance.offer_dataset", Provenance::offer_dataset()),
		("provenance.accept_dataset", Provenance::accept_dataset()),
		("provenance.withdraw_consent", Provenance::withdraw_consent()),
		("provenance.remove_dataset", Provenance::remove_dataset()),
		(
			"provenance.register_schema",
			Provenance::register_schema(MAX_DEFINITION),
		),
		("provenance.remove_schema", Provenance::remove_schema()),
		("provenance.attest", Provenance::attest(MAX_DATA)),
		("provenance.attest_many", Provenance::attest_many(MAX_DATA)),
		("provenance.revoke", Provenance::revoke()),
		("provenance.remove_attestation", Provenance::remove_attestation()),
		(
			"rewards.tip, the division included",
			Rewards::tip().saturating_add(Rewards::serve(MAX_SHARES)),
		),
		("rewards.distribute, no shares", Rewards::distribute(0)),
		("rewards.distribute, 56 shares", Rewards::distribute(MAX_SHARES)),
		("rewards.claim, rewards.claim_for", Rewards::claim()),
		(
			"rewards.close, 112 receivers",
			Rewards::close(pallet_rewards::MAX_RECEIVERS),
		),
		("a job's payment into a pot", Rewards::credit()),
		("a division by the chain, 56 shares", Rewards::serve(MAX_SHARES)),
	]
}

/// A batch of so many vouchers, each of which settles a thousand answers.
fn batch(vouchers: u32) -> Weight {
	let hashing = Jobs::settle(NODES).saturating_sub(Jobs::settle(0));
	Jobs::settle_batch(vouchers).saturating_add(hashing.saturating_mul(vouchers.into()))
}

/// What work costs, each call with its largest arguments.
fn work() -> Vec<(&'static str, Weight)> {
	vec![
		("workers.register", Workers::register()),
		("workers.heartbeat", Workers::heartbeat()),
		("workers.set_offer", Workers::set_offer()),
		("workers.show_weights", Workers::show_weights()),
		("workers.unbond", Workers::unbond()),
		("workers.withdraw_unbonded", Workers::withdraw_unbonded()),
		("drawing a worker, among 4,096 offers", Workers::draw()),
		("a slash, applied", Workers::apply_slash()),
		("jobs.open, the question for the version aside", Jobs::open()),
		("jobs.settle, of a thousand answers", Jobs::settle(NODES)),
		("jobs.settle_batch, 256 sessions, a thousand answers each", batch(BATCH)),
		(
			"of which each session",
			batch(BATCH).saturating_sub(batch(0)).saturating_div(BATCH.into()),
		),
		(
			"paying what is final, 256 sessions with four settlements each",
			Jobs::pay_sessions(BATCH),
		),
		(
			"of which each session",
			Jobs::pay_sessions(BATCH)
				.saturating_sub(Jobs::pay_sessions(0))
				.saturating_div(BATCH.into()),
		),
		("jobs.submit, the draw and the question aside", Jobs::submit()),
		("jobs.accept, the question aside", Jobs::accept()),
		("jobs.start", Jobs::start()),
		("jobs.deliver", Jobs::deliver()),
		("jobs.demand", Jobs::demand()),
		("jobs.post_answer, 16 KiB", Jobs::post_answer(pallet_jobs::MAX_POSTED)),
		("jobs.conclude_job", Jobs::conclude_job()),
		("jobs.conclude_session", Jobs::conclude_session()),
		("disputes.commit_audit", Disputes::commit_audit()),
		("disputes.reveal_audit, one audit", Disputes::reveal_audit(1)),
		("disputes.not_served", Disputes::not_served()),
		("disputes.serve, eight leaves", Disputes::serve(8)),
		("disputes.challenge", Disputes::challenge()),
		("disputes.post_trace", Disputes::post_trace()),
		("disputes.prove, 8 KiB: of models as they are", Disputes::prove(8 << 10)),
		(
			"disputes.prove, 256 KiB: the most that the spec's limits allow",
			Disputes::prove(256 << 10),
		),
		("disputes.play, a move down", Disputes::play()),
		("disputes.play, 8,192 parts named", Disputes::name_parts(8_192)),
		("disputes.play, one of 8,192 parts opened", Disputes::open_part(8_192)),
		("disputes.concede", Disputes::expire()),
		("whether a move may be made now", Disputes::admit()),
	]
}

fn times(calls: Vec<(&'static str, Weight)>) -> String {
	let block = BlockLimits::get().max_block;
	let mut table = String::from(
		"| what | milliseconds | KiB of proof | of a block's time | fee in ATL, length aside |\n| --- | --- | --- | --- | --- |\n",
	);
	for (name, weight) in calls {
		let fee = <<R as pallet_transaction_payment::Config>::WeightToFee as WeightToFee>::weight_to_fee(&weight);
		let _ = writeln!(
			table,
			"| {name} | {:.3} | {} | {:.2}% | {:.6} |",
			weight.ref_time() as f64 / 1e9,
			weight.proof_size().div_ceil(1_024),
			100.0 * weight.ref_time() as f64 / block.ref_time() as f64,
			fee as f64 / ATL as f64,
		);
	}
	table
}

fn held() -> Balance {
	Balances::total_balance_on_hold(&account(Account::Eve))
}

/// What `act` makes Eve hold.
fn holds<T>(act: impl FnOnce() -> T) -> (Balance, T) {
	let before = held();
	let made = act();
	(held() - before, made)
}

/// Versions above one, as many as there can be, written down as if they had been published.
fn many_above(version: VersionId) {
	pallet_models::Lineages::<R>::mutate(version, |lineage| {
		if let Some(lineage) = lineage {
			let ancestors: Vec<_> = (0..MAX_ANCESTORS - MAX_PARENTS as u32).map(VersionId).collect();
			let sources: Vec<_> = (0..MAX_ANCESTORS - MAX_DATASETS as u32).map(DatasetId).collect();
			lineage.ancestors = ancestors.try_into().expect("within the bound");
			lineage.sources = sources.try_into().expect("within the bound");
		}
	});
}

fn deposits() -> String {
	let mut rows: Vec<(&str, Balance)> = Vec::new();
	let mut ext = Chain::from_preset(DEVELOPMENT);
	ext.look(|| {
		let eve = Account::Eve;
		let long = "m".repeat(32);
		let (model, id) = holds(|| create_model(eve, &long));
		rows.push(("a model with a slug of 32 letters", model));
		let alias = pallet_models::Call::claim_alias {
			alias: long.into_bytes(),
		};
		rows.push(("an alias", holds(|| call(eve, alias)).0));
		rows.push(("a promise", holds(|| commit(eve, &publication(9, OPEN))).0));
		let small = Pub {
			licence: b"MIT".to_vec().try_into().expect("short"),
			..publication(1, OPEN)
		};
		let (version, first) = holds(|| publish(eve, id, small));
		rows.push(("a version made from nothing", version));
		let mut parents = vec![first];
		for weights in 2..=MAX_PARENTS as u16 {
			parents.push(publish(eve, id, publication(1_000 + weights, OPEN)));
		}
		many_above(first);
		let mut datasets: Vec<_> = (0..MAX_ANCESTORS).map(|root| register(eve, root as u8, OPEN)).collect();
		let datasets = datasets.split_off((MAX_ANCESTORS - MAX_DATASETS as u32) as usize);
		let large = Pub {
			licence: vec![b'A'; MAX_LICENCE].try_into().expect("as long as can be"),
			safety: Some([1; 32]),
			..made_from(publication(3_000, OPEN), &parents, &datasets, Permill::from_percent(1))
		};
		rows.push((
			"a version with 16 parents, 32 datasets, 256 versions and 256 datasets above, and the longest licence",
			holds(|| publish(eve, id, large)).0,
		));
		let mut facts = facts(200, OPEN);
		let (dataset, _) = holds(|| call(eve, pallet_provenance::Call::register_dataset { facts: facts.clone() }));
		rows.push(("a dataset under CC-BY-4.0", dataset));
		facts.licence.expression = vec![b'A'; MAX_EXPRESSION as usize]
			.try_into()
			.expect("as long as can be");
		let (dataset, _) = holds(|| call(eve, pallet_provenance::Call::register_dataset { facts }));
		rows.push(("a dataset with the longest licence", dataset));
		for (name, length) in [("a schema of 100 letters", 100), ("the longest schema", MAX_DEFINITION)] {
			let definition = Definition::Text(vec![b'x'; length as usize].try_into().expect("not too long"));
			let register = pallet_provenance::Call::register_schema {
				definition,
				revocable: true,
			};
			rows.push((name, holds(|| call(eve, register)).0));
		}
		let hash = Data::Hash([1; 32]);
		let most = Data::Bytes(vec![1; MAX_DATA as usize].try_into().expect("as much as can be"));
		for (name, data) in [
			("an attestation with a hash", hash),
			("an attestation with the most data", most.clone()),
		] {
			let statement = statement(data);
			let subject = Subject::Dataset(DatasetId(0));
			rows.push((
				name,
				holds(|| call(eve, pallet_provenance::Call::attest { subject, statement })).0,
			));
		}
		let many = pallet_provenance::Call::attest_many {
			root: [3; 32],
			count: 1_000_000,
			statement: statement(Data::Hash([1; 32])),
		};
		rows.push(("an attestation of a million subjects", holds(|| call(eve, many)).0));
		let refused: Vec<_> = rows.iter().filter(|(_, held)| *held == 0).collect();
		assert!(refused.is_empty(), "{refused:?}");
	});
	let mut table = String::from("| record | deposit in ATL |\n| --- | --- |\n");
	for (name, held) in rows {
		let _ = writeln!(table, "| {name} | {:.3} |", held as f64 / ATL as f64);
	}
	let _ = writeln!(
		table,
		"\nAn item of state is {} ATL and a byte {} ATL.",
		deposit(1, 0) as f64 / ATL as f64,
		deposit(0, 1) as f64 / ATL as f64
	);
	table
}

fn statement(data: pallet_provenance::DataOf) -> pallet_provenance::StatementOf {
	Statement {
		schema: CONSENT,
		revocable: true,
		expiry: None,
		reference: None,
		data,
	}
}

#[test]
fn the_tables_are_those_of_this_runtime() {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/weights.md");
	let mut page = fs::read_to_string(&path).unwrap_or_default();
	for (name, table) in [
		("times", times(calls())),
		("work", times(work())),
		("deposits", deposits()),
	] {
		let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
		let from = page.find(&begin).map(|at| at + begin.len());
		let to = page.find(&end);
		let (Some(from), Some(to)) = (from, to) else {
			panic!("docs/weights.md has no place for {name}");
		};
		if std::env::var_os("ATELIER_WRITE_TABLES").is_some() {
			page.replace_range(from..to, &table);
			fs::write(&path, &page).expect("docs/weights.md can be written");
		} else {
			assert!(
				page[from..to] == table,
				"docs/weights.md has other {name}: ATELIER_WRITE_TABLES=1 cargo nextest run -E 'binary(record_costs)'"
			);
		}
	}
}

/// Nothing that one call may do takes more than a block has for it.
#[test]
fn every_call_fits_into_a_block() {
	let normal = BlockLimits::get()
		.get(frame_support::dispatch::DispatchClass::Normal)
		.max_extrinsic
		.expect("normal calls are bounded");
	for (name, weight) in calls().into_iter().chain(work()) {
		assert!(weight.all_lte(normal), "{name}: {weight:?} of {normal:?}");
	}
}

/// A block of three seconds, of which calls may use three quarters, settles 300 sessions a second, and each any number of
/// answers.
#[test]
fn a_block_settles_nine_hundred_sessions() {
	let normal = BlockLimits::get()
		.get(frame_support::dispatch::DispatchClass::Normal)
		.max_total
		.expect("normal calls are bounded");
	let base = BlockLimits::get()
		.get(frame_support::dispatch::DispatchClass::Normal)
		.base_extrinsic;
	// Full batches, and one with what is left.
	let fits = |weight: Weight| weight.all_lte(normal);
	let of = |sessions: u32| {
		let (full, left) = (sessions / BATCH, sessions % BATCH);
		let last = match left {
			0 => Weight::zero(),
			_ => batch(left).saturating_add(base),
		};
		batch(BATCH)
			.saturating_add(base)
			.saturating_mul(full.into())
			.saturating_add(last)
	};
	let sessions = (0..)
		.take_while(|sessions| fits(of(*sessions)))
		.last()
		.unwrap_or_default();
	println!("{sessions} sessions a block");
	assert!(sessions >= 900, "{sessions} sessions");
}
