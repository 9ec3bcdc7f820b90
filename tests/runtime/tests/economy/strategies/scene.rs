// SPDX-License-Identifier: Apache-2.0

//! What most strategies need: a production chain with a model, six auditors, a worker, and somebody who pays.

use crate::{
	audits::Auditor,
	market::{self, Deal, Terms, price_for},
	people::{Person, tokens},
};
use atelier_primitives::{
	ids::VersionId,
	work::{Work, workers::Workers as WorkersOf},
};
use atelier_runtime::{
	AccountId, Balance, Workers,
	economics::ATL,
	genesis::TESTNET,
	parameters::workers::{MinBond, SlashDelay},
};
use atelier_runtime_tests::{Chain, R};
use frame_support::traits::Get;

/// How many auditors there are. Each has a sixth of their bonds.
pub const AUDITORS: usize = 6;
/// What others have left for auditors before.
const FUND: Balance = 1_000 * ATL;

pub struct Scene {
	pub version: VersionId,
	pub auditors: Vec<Auditor>,
	pub worker: Person,
	pub payer: Person,
}

impl Scene {
	/// Sets it on a new chain, and does something there.
	pub fn play<T>(act: impl FnOnce(&Self) -> T) -> T {
		on_a_chain(|| act(&Self::set()))
	}

	fn set() -> Self {
		let version = market::publish();
		let auditors = (0..AUDITORS)
			.map(|number| Auditor::new("auditor", number, MinBond::get()))
			.collect();
		let (worker, payer) = (Person::new("worker", 0), Person::new("payer", 0));
		worker.works(MinBond::get(), false);
		payer.gets(FUND);
		payer.does(pallet_disputes::Call::endow { amount: FUND });
		// Bonds count in draws about later blocks.
		atelier_runtime_tests::next_block();
		Self {
			version,
			auditors,
			worker,
			payer,
		}
	}

	/// A piece of work: so many right answers, settled for all that the worker's bond covers.
	pub fn honest_work(&self, answers: u64) -> (Deal, Work) {
		let mut deal = self.session(answers, self.cover());
		(0..answers).for_each(|_| deal.answer(false));
		let (work, _) = deal.settle();
		(deal, work)
	}

	/// What the worker's bond covers, as it earns that in a block: an audit window later it is free again.
	pub fn earned_in_a_block(&self) -> f64 {
		tokens(self.cover()) / f64::from(crate::world::window())
	}

	/// A session in which so many answers can cost so much together.
	pub fn session(&self, answers: u64, value: Balance) -> Deal {
		let terms = Terms {
			price: price_for(self.version, answers, value),
			deposit: value,
			window: 1_000,
			reservation: 0,
		};
		self.payer.gets(value);
		Deal::open(self.version, &self.payer, &self.worker, terms)
	}

	/// The most that the worker's bond covers.
	pub fn cover(&self) -> Balance {
		<Workers as WorkersOf<AccountId, Balance>>::cover(self.worker.worker())
	}
}

/// Does something on a new production chain.
pub fn on_a_chain<T>(act: impl FnOnce() -> T) -> T {
	let mut done = None;
	Chain::from_preset(TESTNET).run(|| done = Some(act()));
	done.expect("it ran")
}

/// Until slashes that wait now are applied.
pub fn pass_slashes<'a>(of: impl IntoIterator<Item = &'a Person>) {
	let of: Vec<_> = of.into_iter().collect();
	crate::time::sleep(SlashDelay::get() + 1);
	for person in of {
		let worker = person.worker();
		let waiting: Vec<_> = pallet_workers::Slashes::<R>::iter_key_prefix(worker).collect();
		for number in waiting {
			let anybody = frame_system::RawOrigin::Signed(person.account.clone());
			// The chain may have done it by itself.
			let _ = Workers::apply_slash(anybody.into(), worker, number);
		}
	}
}
