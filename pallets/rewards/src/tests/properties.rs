// SPDX-License-Identifier: Apache-2.0

//! Random histories: whatever happens in whatever order, the invariants hold and no unit of money appears or disappears.

use super::*;
use crate::WeightInfo;
use atelier_primitives::pots::{Holdings, Pot, MAX_SHARES};
use frame_support::{traits::Hooks, weights::WeightMeter};
use proptest::prelude::*;
use sp_runtime::{Permill, StateVersion};

#[derive(Clone, Debug)]
enum Op {
	/// A version or a dataset with shares of some of those before it.
	Register(AccountId, bool, Vec<(prop::sample::Index, u32)>),
	Credit(prop::sample::Index, Balance),
	Tip(AccountId, prop::sample::Index, Balance),
	Distribute(prop::sample::Index),
	Claim(AccountId),
	ClaimFor(AccountId),
	Freeze(prop::sample::Index, bool),
	HandOver(prop::sample::Index, AccountId),
	Close(prop::sample::Index),
	/// A registry removes something whose pot may have money.
	Vanish(prop::sample::Index),
	ClearAway,
	Spend(AccountId, AccountId, Balance),
	GiveToTheAccount(AccountId, Balance),
	Tune(Balance, u32, u64),
	/// With weight for so many divisions.
	NextBlock(u64),
}

fn op() -> impl Strategy<Value = Op> {
	let index = any::<prop::sample::Index>;
	let who = || prop_oneof![3 => 1..=4u64, 1 => 11..=12u64];
	let amount = || prop_oneof![1..10u128, 1..3 * M, 1..200 * M];
	prop_oneof![
		2 => (who(), any::<bool>(), prop::collection::vec((index(), 0..=166_666u32), 0..3))
			.prop_map(|(who, version, shares)| Op::Register(who, version, shares)),
		6 => (index(), amount()).prop_map(|(pot, amount)| Op::Credit(pot, amount)),
		4 => (who(), index(), amount()).prop_map(|(who, pot, amount)| Op::Tip(who, pot, amount)),
		8 => index().prop_map(Op::Distribute),
		1 => who().prop_map(Op::Claim),
		1 => who().prop_map(Op::ClaimFor),
		1 => (index(), any::<bool>()).prop_map(|(pot, frozen)| Op::Freeze(pot, frozen)),
		1 => (index(), who()).prop_map(|(pot, who)| Op::HandOver(pot, who)),
		1 => index().prop_map(Op::Close),
		1 => index().prop_map(Op::Vanish),
		1 => Just(Op::ClearAway),
		1 => (who(), who(), prop_oneof![amount(), Just(RICH)]).prop_map(|(from, to, amount)| Op::Spend(from, to, amount)),
		1 => (who(), amount()).prop_map(|(from, amount)| Op::GiveToTheAccount(from, amount)),
		1 => (0..4 * M, 0..4u32, 0..4u64).prop_map(|(least, kept, length)| Op::Tune(least, kept, length)),
		5 => (0..6u64).prop_map(Op::NextBlock),
	]
}

fn known() -> Vec<Pot> {
	World::mutate(|world| world.keys().copied().collect())
}

/// Registers what may be: shares of earlier ones only.
fn register(owner: AccountId, version: bool, shares: Vec<(prop::sample::Index, u32)>) {
	let known = known();
	if known.len() >= 10 {
		return;
	}
	// Numbers are never given again, though pots may be closed.
	let number = NextNumber::mutate(|next| {
		*next += 1;
		*next
	});
	let earlier: Vec<_> = if version {
		known
	} else {
		known.into_iter().filter(|pot| matches!(pot, Pot::Dataset(_))).collect()
	};
	let shares: Vec<_> = shares
		.into_iter()
		.filter(|_| !earlier.is_empty())
		.map(|(index, part)| (*index.get(&earlier), part))
		.collect();
	tell(if version { v(number) } else { d(number) }, owner, &shares);
}

frame_support::parameter_types! {
	static NextNumber: u32 = 100;
}

fn named_by_others(pot: Pot) -> bool {
	World::mutate(|world| {
		world
			.values()
			.any(|split| split.shares.iter().any(|share| share.pot == pot))
	})
}

fn apply(op: Op) -> Result<(), ()> {
	let pots = known();
	let at = |index: prop::sample::Index| *index.get(&pots);
	let signed = RuntimeOrigin::signed;
	match op {
		Op::Register(who, version, shares) => {
			register(who, version, shares);
			Ok(())
		}
		Op::Credit(pot, amount) if balance(10) > amount + ED => credit(at(pot), amount).map_err(drop),
		Op::Credit(..) => Ok(()),
		Op::Tip(who, pot, amount) => Rewards::tip(signed(who), at(pot), amount).map(drop).map_err(drop),
		Op::Distribute(pot) => Rewards::distribute(signed(1), at(pot)).map(drop).map_err(drop),
		Op::Claim(who) => Rewards::claim(signed(who)).map_err(drop),
		Op::ClaimFor(who) => Rewards::claim_for(signed(1), who).map_err(drop),
		Op::Freeze(pot, frozen) => {
			freeze(at(pot), frozen);
			Ok(())
		}
		Op::HandOver(pot, who) => {
			World::mutate(|world| world.get_mut(&at(pot)).unwrap().owner = who);
			Ok(())
		}
		// As the registries do: what others were made from stays.
		Op::Close(pot) if pots.len() < 3 || named_by_others(at(pot)) => Ok(()),
		Op::Close(pot) => Rewards::close(signed(World::get()[&at(pot)].owner), at(pot))
			.map_err(drop)
			.map(|_| {
				assert!(Rewards::empty(at(pot)));
				World::mutate(|world| world.remove(&at(pot)));
			}),
		Op::Vanish(pot) => {
			if pots.len() > 2 && !named_by_others(at(pot)) {
				World::mutate(|world| world.remove(&at(pot)));
			}
			Ok(())
		}
		Op::ClearAway => {
			let vanished = crate::Ledgers::<Test>::iter_keys().find(|pot| !pots.contains(pot));
			vanished.map_or(Ok(()), |pot| Rewards::close(signed(1), pot).map(drop).map_err(drop))
		}
		Op::Spend(from, to, amount) => Balances::transfer_allow_death(signed(from), to, amount).map_err(drop),
		Op::GiveToTheAccount(from, amount) => {
			Balances::transfer_allow_death(signed(from), Rewards::account(), amount).map_err(drop)
		}
		Op::Tune(least, kept, length) => {
			MinDistribution::set(least);
			ErasKept::set(kept);
			EraLength::set(length);
			Ok(())
		}
		Op::NextBlock(divisions) => {
			let limit = <()>::on_poll().saturating_add(<()>::serve(MAX_SHARES).saturating_mul(divisions));
			let now = System::block_number() + 1;
			System::set_block_number(now);
			System::reset_events();
			let mut meter = WeightMeter::with_limit(limit);
			Rewards::on_poll(now, &mut meter);
			assert!(meter.consumed().all_lte(limit));
			Ok(())
		}
	}
}

fn defaults() {
	MinDistribution::set(2 * M);
	ErasKept::set(3);
	EraLength::set(10);
	QueueShare::set(Permill::from_percent(50));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(200)))]

	/// 200 histories of 500 operations.
	#[test]
	fn every_history_keeps_the_invariants(history in prop::collection::vec(op(), 500)) {
		run(|| {
			defaults();
			let supply = Balances::total_issuance();
			for op in history {
				let _may_be_refused = apply(op);
				Rewards::do_try_state().unwrap();
				assert_eq!(Balances::total_issuance(), supply);
			}
			defaults();
			settle();
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(40)))]

	/// Not by being undone afterwards: these are calls without a storage layer around them.
	#[test]
	fn a_refused_call_changes_nothing(history in prop::collection::vec(op(), 100)) {
		let mut refused = 0;
		run(|| {
			defaults();
			for op in history {
				let before = sp_io::storage::root(StateVersion::V1);
				let told = op.clone();
				if apply(op).is_err() && !matches!(told, Op::Spend(..) | Op::GiveToTheAccount(..)) {
					// A fee that came back was taken from an account and given back, with events of the currency.
					if !matches!(told, Op::Credit(..)) {
						assert_eq!(sp_io::storage::root(StateVersion::V1), before, "{told:?}");
					}
					refused += 1;
				}
			}
		});
		prop_assert!(refused > 0);
	}
}
