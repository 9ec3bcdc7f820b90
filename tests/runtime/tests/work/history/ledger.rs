// SPDX-License-Identifier: Apache-2.0

//! What events say, summed up: what the auditors' fund has, what waits to be slashed, and that only who should be is.

use super::{Checked, HONEST};
use crate::world::{AUDITS, worker};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{Work, workers::Fault},
};
use atelier_runtime::{AccountId, Balance, BlockNumber, RuntimeEvent, System};
use atelier_runtime_tests::{R, account, events};
use pallet_disputes::Event as Court;
use pallet_jobs::{Ending, Event as Paid};
use pallet_workers::Event as Bonds;
use std::collections::{BTreeMap, BTreeSet};

/// Blocks in which the agenda applies what is due.
const SOON: BlockNumber = 10;

pub struct Ledger {
	honest: BTreeSet<WorkerId>,
	/// What each of the honest has bonded and not withdrawn.
	pub bonds: BTreeMap<WorkerId, Balance>,
	/// What auditors get of work once it is paid.
	levies: BTreeMap<Work, Balance>,
	/// What came into the fund, and what it paid.
	pub came: Balance,
	pub paid: Balance,
	/// Slashes that wait, and since which block they are due.
	waiting: BTreeMap<(WorkerId, u64), BlockNumber>,
	/// All faults that were ever proved.
	pub faults: Vec<(WorkerId, Fault)>,
	challengers: BTreeMap<DisputeId, AccountId>,
	/// How many events of which block were read.
	read: (BlockNumber, usize),
}

/// What a block says of who was wrong.
#[derive(Default)]
struct Verdicts {
	wrong: Vec<WorkerId>,
	lazy: Vec<WorkerId>,
	silent: Vec<WorkerId>,
	proved: Vec<(WorkerId, Fault)>,
}

impl Verdicts {
	/// Whoever was found out is to be slashed for that, and nobody else.
	fn check(mut self) -> Checked {
		let of = |wanted| {
			let proved = self.proved.iter().filter(move |(_, fault)| *fault == wanted);
			let mut workers: Vec<_> = proved.map(|(worker, _)| *worker).collect();
			workers.sort_unstable();
			workers
		};
		let (wrong, lazy, silent) = (of(Fault::Wrong), of(Fault::LazyAudit), of(Fault::NotServed));
		self.wrong.sort_unstable();
		self.lazy.sort_unstable();
		if (wrong, lazy) != (self.wrong, self.lazy) {
			return Err("a cheat that was proved is not to be slashed, or somebody else is".into());
		}
		// Who is silent to several is silent once.
		match silent.iter().all(|worker| self.silent.contains(worker)) {
			true => Ok(()),
			false => Err("somebody is to be slashed for a silence that was none".into()),
		}
	}
}

impl Ledger {
	/// Of a chain on which the fund has nothing yet.
	pub fn new() -> Self {
		let honest: BTreeSet<_> = HONEST.into_iter().map(worker).collect();
		let bonded = |worker: &WorkerId| pallet_workers::Stakes::<R>::get(worker).expect("it is registered").bond;
		Self {
			bonds: honest.iter().map(|worker| (*worker, bonded(worker))).collect(),
			honest,
			levies: BTreeMap::new(),
			came: 0,
			paid: 0,
			waiting: BTreeMap::new(),
			faults: Vec::new(),
			challengers: BTreeMap::new(),
			read: (0, 0),
		}
	}

	/// Reads what has happened in the running block since it was last read.
	pub fn observe(&mut self) -> Checked {
		let mut verdicts = Verdicts::default();
		let (now, events) = (System::block_number(), events());
		let known = match self.read {
			(block, known) if block == now => known,
			_ => 0,
		};
		self.read = (now, events.len());
		for event in events.into_iter().skip(known) {
			match event {
				RuntimeEvent::Jobs(event) => self.of_jobs(event)?,
				RuntimeEvent::Disputes(event) => self.of_court(event, &mut verdicts)?,
				RuntimeEvent::Workers(event) => self.of_workers(event, &mut verdicts)?,
				_ => {}
			}
		}
		verdicts.check()?;
		match self.waiting.iter().find(|(_, due)| **due + SOON < now) {
			Some(((worker, number), due)) => Err(format!("slash {number} of {worker:?} was due in block {due}")),
			None => Ok(()),
		}
	}

	fn earns(&mut self, work: Work) -> Checked {
		let levy = self.levies.remove(&work);
		self.came += levy.ok_or_else(|| format!("{work:?} was paid and never put on the chain"))?;
		Ok(())
	}

	fn of_jobs(&mut self, event: Paid<R>) -> Checked {
		match event {
			Paid::SessionSettled { session, number, .. } => {
				let record = pallet_jobs::Sessions::<R>::get(session);
				let levy = record.and_then(|record| {
					let settlement = record.pending.iter().find(|settlement| settlement.number == number)?;
					let (from, to) = (settlement.earlier.units, settlement.later.units);
					Some(record.rates.between(from, to)?.levy)
				});
				// Overturned in the same block: it never pays.
				self.levies
					.insert(Work::Settlement { session, number }, levy.unwrap_or(0));
			}
			Paid::SettlementPaid { session, number, .. } => self.earns(Work::Settlement { session, number })?,
			Paid::JobDelivered { job, units, price, .. } => {
				let Some(record) = pallet_jobs::Jobs::<R>::get(job) else {
					return Ok(());
				};
				let levy = record.rates.of(units).map_or(0, |parts| parts.levy);
				let ordered = record.rules.audit * Balance::from(record.order.audits);
				// Ordered audits are paid for as soon as nothing is on hold for them any more.
				let waits = record.escrow >= price + ordered;
				self.came += if waits { 0 } else { ordered };
				self.levies
					.insert(Work::Job(job), levy + if waits { ordered } else { 0 });
			}
			Paid::JobEnded {
				job, how: Ending::Paid, ..
			} => self.earns(Work::Job(job))?,
			_ => {}
		}
		Ok(())
	}

	fn of_court(&mut self, event: Court<R>, verdicts: &mut Verdicts) -> Checked {
		match event {
			Court::Endowed { amount, .. } => self.came += amount,
			Court::Audited { paid, .. } | Court::CanaryFound { paid, .. } => self.paid += paid,
			Court::Challenged {
				dispute, challenger, ..
			} => {
				self.challengers.insert(dispute, challenger);
			}
			Court::Rejected { dispute, .. } if self.challengers.get(&dispute) == Some(&account(AUDITS)) => {
				return Err("an honest auditor lost a dispute".into());
			}
			Court::Upheld { worker, canary, .. } if !canary => verdicts.wrong.push(worker),
			Court::WrongByItself { worker, .. } => verdicts.wrong.push(worker),
			Court::LazyAudit { auditor, .. } => verdicts.lazy.push(auditor),
			Court::Withheld { worker, .. } => verdicts.silent.push(worker),
			_ => {}
		}
		Ok(())
	}

	fn of_workers(&mut self, event: Bonds<R>, verdicts: &mut Verdicts) -> Checked {
		match event {
			Bonds::FaultProved {
				worker,
				fault,
				number,
				due,
			} => {
				verdicts.proved.push((worker, fault));
				self.waiting.insert((worker, number), due);
				self.faults.push((worker, fault));
				if self.honest.contains(&worker) {
					return Err(format!("an honest worker is convicted: {fault:?} of {worker:?}"));
				}
			}
			Bonds::Slashed { worker, number, .. } => {
				let due = self.waiting.remove(&(worker, number));
				if due.is_none_or(|due| System::block_number() < due) {
					return Err(format!("{worker:?} is slashed for nothing, or too early"));
				}
			}
			Bonds::Fined { worker, amount } if self.honest.contains(&worker) => {
				return Err(format!("an honest worker is fined {amount}: {worker:?}"));
			}
			Bonds::BondAdded { worker, amount } => {
				self.bonds.entry(worker).and_modify(|bond| *bond += amount);
			}
			Bonds::Withdrawn { worker, amount } => {
				self.bonds.entry(worker).and_modify(|bond| *bond -= amount);
			}
			_ => {}
		}
		Ok(())
	}
}
