// SPDX-License-Identifier: Apache-2.0

//! What holds after every block, whatever anybody does.
//!
//! 1. There is as much money as at the beginning.
//! 2. Every invariant that any pallet states.
//! 3. The auditors' fund has what came in without what it paid, and never paid more than that.
//! 4. All that jobs, workers and the court hold is on hold for a record that there is, to the unit, and the other way round;
//!    what others hold is what it was.
//! 5. The bonds of the honest are whole.

use super::{Checked, Ledger};
use atelier_runtime::{
	AccountId, AllPalletsWithSystem, Balance, Balances, Disputes, Jobs, RuntimeHoldReason as Reason, System, Workers,
};
use atelier_runtime_tests::R;
use codec::{Decode, Encode};
use frame_support::traits::{TryState, TryStateSelect};
use pallet_disputes::HoldReason as Court;
use pallet_jobs::HoldReason as Work;
use pallet_workers::HoldReason as Bonds;
use std::collections::BTreeMap;

/// What is on hold on each account, and why.
#[derive(Default, PartialEq, Eq, Debug)]
pub struct Holds(BTreeMap<(AccountId, Vec<u8>), (Reason, Balance)>);

impl Holds {
	fn add(&mut self, who: AccountId, why: impl Into<Reason>, amount: Balance) {
		let why = why.into();
		if amount > 0 {
			self.0.entry((who, why.encode())).or_insert((why, 0)).1 += amount;
		}
	}

	/// The first that is not the same in both.
	fn other(&self, than: &Self) -> Option<String> {
		let keys = self.0.keys().chain(than.0.keys());
		let mut pairs = keys.map(|key| (key, self.0.get(key), than.0.get(key)));
		let (key, one, other) = pairs.find(|(_, one, other)| one != other)?;
		Some(format!("{:?}: {one:?} and {other:?}", key.0))
	}

	/// What jobs, workers and the court hold, and what all others do.
	fn there() -> (Self, Self) {
		let (mut of_work, mut others) = (Self::default(), Self::default());
		for (who, holds) in pallet_balances::Holds::<R>::iter() {
			for hold in holds {
				let of = match hold.id {
					// Each pot is compared with what is on hold for it by the pallet that keeps them.
					Reason::Rewards(_) => continue,
					Reason::Jobs(_) | Reason::Workers(_) | Reason::Disputes(_) => &mut of_work,
					_ => &mut others,
				};
				of.add(who.clone(), hold.id, hold.amount);
			}
		}
		(of_work, others)
	}

	/// What the records of jobs, workers and the court say.
	fn recorded(ledger: &Ledger) -> Self {
		let mut holds = Self::default();
		holds.of_jobs();
		holds.of_workers();
		holds.of_court();
		holds.add(
			Disputes::account(),
			Court::Fund,
			ledger.came.saturating_sub(ledger.paid),
		);
		holds
	}

	fn of_jobs(&mut self) {
		for session in pallet_jobs::Sessions::<R>::iter_values() {
			let opener = session.spender.map_or(session.payer.clone(), |spender| spender.key);
			self.add(opener, Work::Record, deposit(&session.ticket));
			self.add(session.payer, Work::Escrow, session.escrow);
		}
		for job in pallet_jobs::Jobs::<R>::iter_values() {
			if let pallet_jobs::Stage::Demanded { .. } = job.stage {
				self.add(job.payer.clone(), Work::Demand, job.rules.bond);
			}
			self.add(job.payer.clone(), Work::Record, deposit(&job.ticket));
			self.add(job.payer, Work::Escrow, job.escrow);
		}
		for amount in pallet_jobs::Claimable::<R>::iter_values() {
			self.add(Jobs::account(), Work::Claimable, amount);
		}
	}

	fn of_workers(&mut self) {
		for (worker, account) in pallet_workers::AccountOf::<R>::iter() {
			let bond = pallet_workers::Stakes::<R>::get(worker).map_or(0, |stake| stake.bond);
			let leaving = pallet_workers::Unbonding::<R>::get(worker);
			let leaving: Balance = leaving.iter().map(|chunk| chunk.amount).sum();
			let record = pallet_workers::Deposits::<R>::get(worker).map_or(0, |record| deposit(&record.ticket));
			self.add(account.clone(), Bonds::Bond, bond + leaving);
			self.add(account, Bonds::Record, record);
		}
		for amount in pallet_workers::Claimable::<R>::iter_values() {
			self.add(Workers::claims_account(), Bonds::Claims, amount);
		}
	}

	fn of_court(&mut self) {
		for dispute in pallet_disputes::Disputes::<R>::iter_values() {
			self.add(dispute.challenger, Court::Bond, dispute.bond);
		}
		for duty in pallet_disputes::Duties::<R>::iter_values() {
			self.add(duty.auditor, Court::Bond, duty.bond);
		}
		for report in pallet_disputes::Reports::<R>::iter_values() {
			self.add(report.payer, Court::Report, deposit(&report.ticket));
		}
	}
}

/// What a ticket holds. It says so to nobody, but is nothing else.
fn deposit(ticket: &impl Encode) -> Balance {
	Balance::decode(&mut &ticket.encode()[..]).expect("a ticket is an amount")
}

pub struct Invariants {
	issuance: Balance,
	others: Holds,
}

impl Invariants {
	pub fn new() -> Self {
		Self {
			issuance: Balances::total_issuance(),
			others: Holds::there().1,
		}
	}

	/// Somebody has just done what holds something for a registry.
	pub fn let_change(&mut self) {
		self.others = Holds::there().1;
	}

	pub fn hold(&self, ledger: &Ledger) -> Checked {
		if Balances::total_issuance() != self.issuance {
			return Err("there is another amount of money".into());
		}
		let fund = Disputes::court().fund;
		if ledger.came.checked_sub(ledger.paid) != Some(fund) {
			let (came, paid) = (ledger.came, ledger.paid);
			return Err(format!("the fund has {fund}; {came} came in, and it paid {paid}"));
		}
		let (of_work, others) = Holds::there();
		if let Some(one) = of_work.other(&Holds::recorded(ledger)) {
			return Err(format!("on hold, and recorded, of {one}"));
		}
		if let Some(one) = others.other(&self.others) {
			return Err(format!("somebody else holds something, of {one}"));
		}
		for (worker, bond) in &ledger.bonds {
			let Some(stake) = pallet_workers::Stakes::<R>::get(worker) else {
				continue;
			};
			let leaving = pallet_workers::Unbonding::<R>::get(worker);
			let leaving: Balance = leaving.iter().map(|chunk| chunk.amount).sum();
			if stake.bond + leaving != *bond {
				return Err(format!("the bond of an honest worker is not whole: {worker:?}"));
			}
		}
		AllPalletsWithSystem::try_state(System::block_number(), TryStateSelect::All)
			.map_err(|broken| format!("{broken:?}"))
	}

	/// Whether jobs, workers and the court hold nothing but the fund.
	pub fn nothing_is_held(&self) -> Checked {
		let (mut of_work, _) = Holds::there();
		of_work.0.retain(|_, (why, _)| *why != Court::Fund.into());
		match of_work.other(&Holds::default()) {
			Some(one) => Err(format!("something is on hold for ever: {one}")),
			None => Ok(()),
		}
	}
}
