// SPDX-License-Identifier: Apache-2.0

//! How a history ends: when all but the honest have stopped, everything comes to its end by itself within a bounded number
//! of blocks, whoever is owed something has it, and in the end everybody leaves with all that is theirs.

use super::{CHEATS, Checked, DECOY, SLEEPS, WAVERS, World, tick};
use crate::world::*;
use atelier_primitives::work::{
	price::{Rates, fee_per_unit},
	workers::Fault,
};
use atelier_runtime::{Balance, BlockNumber, SafeMode, Workers};
use atelier_runtime_tests::{Account, R, account, next_block, time};
use frame_support::traits::Get;
use pallet_disputes::{Call, Config as Court};
use pallet_jobs::Config as Jobs;
use sp_runtime::Permill;
use std::collections::BTreeSet;

/// After a time in which nothing was due the agenda is back within so many blocks.
const AGENDA: BlockNumber = 100;

/// What has not ended.
fn left() -> Vec<(&'static str, usize)> {
	let all = [
		("sessions", pallet_jobs::Sessions::<R>::iter_keys().count()),
		("jobs", pallet_jobs::Jobs::<R>::iter_keys().count()),
		("disputes", pallet_disputes::Disputes::<R>::iter_keys().count()),
		("lines", pallet_disputes::Lines::<R>::iter_keys().count()),
		("games", pallet_disputes::Games::<R>::iter_keys().count()),
		("parts of games", pallet_disputes::GameParts::<R>::iter_keys().count()),
		("duties", pallet_disputes::Duties::<R>::iter_keys().count()),
		("slashes", pallet_workers::Slashes::<R>::iter_keys().count()),
	];
	all.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Blocks in which all that is there now ends, if nobody does anything but what is due.
fn longest() -> BlockNumber {
	let game =
		<R as Court>::TracePeriod::get() + <R as Court>::ProvePeriod::get() + 2 * <R as Court>::GamePeriod::get();
	let disputes = pallet_disputes::Disputes::<R>::iter_keys().count() as BlockNumber;
	// A worker has two at once; nothing of its becomes final meanwhile, nor while a verdict waits.
	let accused = game * (disputes / pallet_disputes::ACTIVE + 1) + <R as Court>::DutyPeriod::get();
	let verdict = <R as pallet_workers::Config>::SlashDelay::get();
	let job = 2 * <R as Jobs>::AcceptPeriod::get()
		+ <R as Jobs>::StartPeriod::get()
		+ 2 * <R as Jobs>::LeastTime::get()
		+ <R as Jobs>::DemandPeriod::get();
	let session = <R as Jobs>::ChallengePeriod::get() + <R as Jobs>::Patience::get();
	job.max(session) + 2 * window() + accused + 2 * verdict + AGENDA
}

impl World {
	/// A block in which only the honest do something.
	fn quiet(&mut self) -> Checked {
		self.look()?;
		next_block();
		self.diligence();
		Ok(())
	}

	pub fn end(&mut self) -> Checked {
		while SafeMode::is_entered() {
			self.quiet()?;
		}
		self.hosts.return_all();
		self.invariants.let_change();
		for which in 0..self.sessions.len() {
			let session = self.sessions[which].talk.session;
			// Some are closed already.
			let _ = call(PAYER, pallet_jobs::Call::close { session });
		}
		let mut rest = longest();
		while !left().is_empty() {
			if rest == 0 {
				return Err(format!("something has not ended: {:?}", left()));
			}
			rest -= 1;
			self.quiet()?;
		}
		self.clear()?;
		self.paid_for_all()?;
		self.all_slashed()?;
		self.all_leave()
	}

	/// What is noted of work stays until nobody can need it; then anybody forgets it.
	fn clear(&mut self) -> Checked {
		let latest = pallet_disputes::Faults::<R>::iter_values()
			.map(|fault| fault.until)
			.max();
		while latest.is_some_and(|latest| tick() <= latest) {
			self.quiet()?;
		}
		let reports = pallet_disputes::Reports::<R>::iter_keys();
		let asked = pallet_disputes::OpenDuties::<R>::iter_keys().map(|(work, by, _)| (work, by));
		let found = pallet_disputes::Faults::<R>::iter_keys().map(|work| (work, worker(AUDITS)));
		let all: BTreeSet<_> = reports.chain(asked).chain(found).collect();
		for (work, auditor) in all {
			call(PAYER, Call::clear_report { work, auditor }).map_err(|why| format!("a report stays: {why:?}"))?;
		}
		let left = pallet_disputes::Reports::<R>::iter_keys().count()
			+ pallet_disputes::OpenDuties::<R>::iter_keys().count()
			+ pallet_disputes::Faults::<R>::iter_keys().count();
		match left {
			0 => self.look(),
			_ => Err("something is noted for ever".into()),
		}
	}

	/// What the honest worker's reputation says that the treasury got of its pay is its part of all that it settled.
	fn paid_for_all(&self) -> Checked {
		let fee = atelier_runtime::Models::version(self.version)
			.expect("it exists")
			.publication
			.fee;
		let rates = Rates {
			worker: PRICE,
			version: fee_per_unit(&fee),
			levy: Permill::from_percent(2),
			treasury: Permill::from_percent(5),
		};
		let of = |units: &u64| rates.of(*units).expect("money").treasury;
		let due: Balance = self.earned.values().map(of).sum();
		let due = due + self.orders.due;
		let view = Workers::worker(worker(SERVES)).expect("it stays");
		match view.reputation.treasury == due {
			true => Ok(()),
			false => Err("the honest worker is not paid for all that it settled".into()),
		}
	}

	/// Whoever was proved wrong has no bond any more, and whoever was silent lost the part that silence costs.
	fn all_slashed(&self) -> Checked {
		for (of, fault) in &self.ledger.faults {
			let view = Workers::worker(*of).expect("it stays");
			let most = match fault {
				Fault::Wrong => 0,
				Fault::NotServed => BOND / 2,
				Fault::LazyAudit => BOND - BOND / 100,
			};
			if view.bond > most {
				return Err(format!("{of:?} has {} after {fault:?} was proved", view.bond));
			}
		}
		Ok(())
	}

	/// Nobody needs anything any more.
	fn all_leave(&mut self) -> Checked {
		let everybody = [SERVES, CHEATS, AUDITS, WAVERS, SLEEPS, DECOY, HOSTS[0], HOSTS[1]];
		let refused = |who: Account, why: sp_runtime::DispatchError| format!("{who:?} cannot leave: {why:?}");
		for who in everybody {
			for offer in Workers::offers_of(worker(who)) {
				let version = offer.version;
				call(who, pallet_workers::Call::remove_offer { version }).map_err(|why| refused(who, why))?;
			}
			let amount = Workers::worker(worker(who)).expect("it is there").bond;
			if amount > 0 {
				call(who, pallet_workers::Call::unbond { amount }).map_err(|why| refused(who, why))?;
			}
		}
		self.look()?;
		// The clocks of what began to leave before may have stood still.
		time::sleep(Workers::unbonding() + AGENDA);
		for who in everybody {
			if pallet_workers::Unbonding::<R>::contains_key(worker(who)) {
				call(who, pallet_workers::Call::withdraw_unbonded {}).map_err(|why| refused(who, why))?;
			}
			call(who, pallet_workers::Call::leave {}).map_err(|why| refused(who, why))?;
		}
		self.look()?;
		assert!(Workers::worker_of(account(SERVES)).is_none());
		self.invariants.nothing_is_held()
	}
}
