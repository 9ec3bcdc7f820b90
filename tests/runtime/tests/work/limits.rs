// SPDX-License-Identifier: Apache-2.0

//! Whatever the parameters of jobs are set to, what counts is within its limits.

use atelier_runtime::{
	Parameters,
	economics::{ATL, MILLI_ATL},
	genesis::TESTNET,
	parameters::{RuntimeParameters, disputes, jobs, workers},
	time::{DAYS, MINUTES},
};
use atelier_runtime_tests::{Chain, R};
use frame_support::{assert_ok, traits::Get, weights::Weight};
use frame_system::RawOrigin;
use pallet_jobs::Config;
use sp_runtime::Permill;

fn set(parameter: jobs::Parameters) {
	let parameter = RuntimeParameters::Jobs(parameter);
	assert_ok!(Parameters::set_parameter(RawOrigin::Root.into(), parameter));
}

/// Sets a parameter to both ends of its type, and compares what counts with its limits.
macro_rules! within {
	($name:ident, $zero:expr, $max:expr, $least:expr, $most:expr) => {{
		let counts = <R as Config>::$name::get;
		let governed = jobs::$name::get();
		assert_eq!(counts(), governed, "{} is within its limits", stringify!($name));
		for (value, limit) in [($zero, $least), ($max, $most)] {
			set(jobs::Parameters::$name(jobs::$name, Some(value)));
			assert_eq!(counts(), limit, "{}", stringify!($name));
		}
		set(jobs::Parameters::$name(jobs::$name, Some(governed)));
	}};
}

#[test]
fn no_parameter_of_jobs_leaves_its_limits() {
	Chain::from_preset(TESTNET).run(|| {
		within!(AcceptPeriod, 0, u32::MAX, 10 * MINUTES, DAYS);
		within!(StartPeriod, 0, u32::MAX, 10 * MINUTES, DAYS);
		within!(LeastTime, 0, u32::MAX, MINUTES, DAYS);
		within!(UnitsPerBlock, 0, u32::MAX, 1, 10_000);
		within!(DemandPeriod, 0, u32::MAX, 30 * MINUTES, DAYS);
		within!(DemandBond, 0, u128::MAX, 50 * MILLI_ATL, 10 * ATL);
		within!(RefusalFine, 0, u128::MAX, 10 * MILLI_ATL, ATL);
		within!(FailureFine, 0, u128::MAX, 10 * MILLI_ATL, ATL);
		within!(MaxLife, 0, u32::MAX, 60 * MINUTES, 30 * DAYS);
		within!(ChallengePeriod, 0, u32::MAX, DAYS, 30 * DAYS);
		within!(MinEscrow, 0, u128::MAX, MILLI_ATL, 10 * ATL);
		within!(FloatCap, 0, u128::MAX, 0, 1_000 * ATL);
		within!(
			AgendaShare,
			Permill::zero(),
			Permill::one(),
			Permill::from_percent(1),
			Permill::from_percent(50)
		);
		// What payers wait for is bounded, whatever a worker may owe auditors.
		let hearing = <R as Config>::Hearing::get;
		assert_eq!(hearing(), disputes::DutyPeriod::get() + 10 * MINUTES);
		let for_ever = disputes::Parameters::DutyPeriod(disputes::DutyPeriod, Some(u32::MAX));
		assert_ok!(Parameters::set_parameter(
			RawOrigin::Root.into(),
			RuntimeParameters::Disputes(for_ever)
		));
		assert_eq!(hearing(), 7 * DAYS + 10 * MINUTES);
		let at_once = disputes::Parameters::DutyPeriod(disputes::DutyPeriod, Some(0));
		assert_ok!(Parameters::set_parameter(
			RawOrigin::Root.into(),
			RuntimeParameters::Disputes(at_once)
		));
		assert_eq!(hearing(), 70 * MINUTES);
		// What a fine can be follows the least bond.
		assert_eq!(workers::MinBond::get(), 100 * ATL);
	});
}

#[test]
fn the_table_of_the_documentation_names_all_of_them() {
	const DOCS: &str = include_str!("../../../../docs/jobs.md");
	let (_, after) = DOCS.split_once("## What is governed").expect("the heading is there");
	for name in [
		"AcceptPeriod",
		"StartPeriod",
		"LeastTime",
		"UnitsPerBlock",
		"DemandPeriod",
		"DemandBond",
		"RefusalFine",
		"FailureFine",
		"MaxLife",
		"ChallengePeriod",
		"MinEscrow",
		"FloatCap",
		"AgendaShare",
		"Levy",
		"TreasuryShare",
	] {
		assert!(after.contains(&format!("`{name}`")), "{name}");
	}
}

/// A worker that is made to post 16 KiB gets what the call costs, and the bond is more than that.
#[test]
fn the_bond_of_a_demand_covers_what_posting_costs() {
	use pallet_jobs::WeightInfo;
	use sp_runtime::traits::Convert;
	Chain::from_preset(TESTNET).run(|| {
		let weight = <R as Config>::WeightInfo::post_answer(pallet_jobs::MAX_POSTED);
		let cost = <R as Config>::PostingCost::convert((weight, pallet_jobs::MAX_POSTED + 150));
		assert!(cost > 10 * MILLI_ATL, "{cost}");
		assert!(cost < 50 * MILLI_ATL, "{cost}");
		assert!(cost < <R as Config>::DemandBond::get());
	});
}

/// A session that settles as often as it may is paid four settlements at a time; the agenda has room for a quarter of 900
/// sessions in each block, each of another worker, by the weights that are in force.
#[test]
fn the_agenda_holds_what_three_hundred_settlements_a_second_make_due() {
	use pallet_jobs::WeightInfo;
	Chain::from_preset(TESTNET).run(|| {
		let block = <R as frame_system::Config>::BlockWeights::get().max_block;
		let share = <R as Config>::AgendaShare::get().mul_floor(block.ref_time());
		type Weights = <R as Config>::WeightInfo;
		let workers = <R as frame_system::Config>::DbWeight::get()
			.reads_writes(4, 3)
			.ref_time()
			* 224;
		let needed = [
			Weights::on_poll(),
			Weights::bucket(),
			Weights::pay_sessions(225),
			// There must be room for the dearest that becomes of a session, also for the last one.
			Weights::conclude_session(),
		];
		let needed = needed.iter().map(Weight::ref_time).sum::<u64>() + workers;
		assert!(needed < share, "{needed} {share}");
		let bucket: u32 = <R as Config>::BucketSize::get();
		assert!(bucket >= 900);
		let window = <<R as Config>::Audits as atelier_primitives::work::audits::Audits<u128>>::window();
		assert_eq!(<R as Config>::Patience::get(), window / 4);
	});
}
