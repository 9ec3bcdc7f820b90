// SPDX-License-Identifier: Apache-2.0

//! How a job is submitted, and who is drawn for it.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Error, Event, HoldReason, HostHash, Item, Job, JobOf, Jobs, JobsBy, JobsOf, NextJob, OrderOf,
	Pallet, Rules, Stage, WeightInfo, ITEM_BYTES, MAX_AUDITS,
};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	models::{Class, Versions},
	work::{
		audits::Audits,
		price::{fee_per_unit, Rates},
		workers::Workers,
		Tier,
	},
	BlockNumber,
};
use atelier_referee::{
	hash::{Blake2b256, Digest},
	model::Use,
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get, Randomness},
	weights::Weight,
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedMul, Zero},
	DispatchError, DispatchResult,
};

/// Whoever was drawn for tokens of such a version could not deliver any. What is in floats does not say what it answers.
fn answers_with_vector(class: &Class) -> bool {
	match class {
		Class::Exact { shape, .. } => shape.answers == Use::Embedding,
		Class::Float { .. } => false,
	}
}

/// What an order can weigh at most: looking at the version, and drawing unless a worker is chosen.
pub(crate) fn most<T: Config>(order: &OrderOf<T>) -> Weight {
	weight::<T>(order).saturating_add(T::Versions::most())
}

fn weight<T: Config>(order: &OrderOf<T>) -> Weight {
	match order.worker {
		Some(_) => T::WeightInfo::submit(),
		None => T::WeightInfo::submit().saturating_add(T::DrawWeight::get()),
	}
}

impl<T: Config> Pallet<T> {
	fn job_footprint() -> Footprint {
		let lists = T::AccountId::max_encoded_len().saturating_add(32);
		let bytes = JobOf::<T>::max_encoded_len().saturating_add(lists) as u64;
		Footprint {
			count: 3,
			size: ITEM_BYTES.saturating_mul(3).saturating_add(bytes),
		}
	}

	fn rules() -> Rules<BalanceOf<T>> {
		Rules {
			accept: T::AcceptPeriod::get(),
			start: T::StartPeriod::get(),
			demand: T::DemandPeriod::get(),
			bond: T::DemandBond::get(),
			refusal: T::RefusalFine::get(),
			failure: T::FailureFine::get(),
			audit: T::Audits::fee(),
		}
	}

	/// The least time for so many units.
	pub fn least_time(units: u64) -> BlockNumber {
		let blocks = units.checked_div(T::UnitsPerBlock::get().into()).unwrap_or_default();
		T::LeastTime::get().saturating_add(blocks.try_into().unwrap_or(BlockNumber::MAX))
	}

	/// Every stage that the job can come to has a last block, so that none can fail later for want of one: whoever was drawn
	/// would pay for that. Half of all numbers are left for blocks that do not count.
	fn check_deadlines(rules: &Rules<BalanceOf<T>>, time: BlockNumber) -> Result<(), Error<T>> {
		let stages = [
			rules.accept,
			rules.accept,
			rules.start,
			time,
			rules.demand,
			T::Audits::window(),
		];
		let last = stages
			.iter()
			.try_fold(Self::now(), |at, blocks| at.checked_add(*blocks));
		ensure!(
			last.is_some_and(|last| last <= BlockNumber::MAX / 2),
			Error::<T>::NoMoreNumbers
		);
		Ok(())
	}

	fn check_order(order: &OrderOf<T>) -> Result<(), Error<T>> {
		ensure!(order.units() > 0, Error::<T>::EmptyOrder);
		ensure!(order.audits <= MAX_AUDITS, Error::<T>::TooManyAudits);
		ensure!(
			order.time >= Self::least_time(order.units()) || !on(Check::Time),
			Error::<T>::TimeTooShort
		);
		ensure!(order.time <= T::MaxLife::get(), Error::<T>::TimeTooLong);
		Ok(())
	}

	/// Returns what it did weigh.
	pub(crate) fn do_submit(payer: T::AccountId, order: OrderOf<T>) -> Result<Weight, DispatchError> {
		let weight = weight::<T>(&order);
		Self::check_order(&order)?;
		let (permitted, walked) = Self::permitted(order.version, order.wanted);
		let (allowed, tier) = permitted?;
		ensure!(
			order.output == 0 || !answers_with_vector(&allowed.class),
			Error::<T>::AnswersWithVector
		);
		ensure!(tier == Tier::Exact || order.audits == 0, Error::<T>::NothingToAudit);
		let mut rates = Rates {
			worker: order.most,
			version: fee_per_unit(&allowed.fee),
			levy: T::Levy::get(),
			treasury: T::TreasuryShare::get(),
		};
		let most = rates.price(order.units()).ok_or(Error::<T>::PriceTooHigh)?;
		let rules = Self::rules();
		Self::check_deadlines(&rules, order.time)?;
		let audits = rules
			.audit
			.checked_mul(&order.audits.into())
			.ok_or(Error::<T>::PriceTooHigh)?;
		let escrow = most.checked_add(&audits).ok_or(Error::<T>::PriceTooHigh)?;
		ensure!(
			most >= T::MinEscrow::get() && !most.is_zero(),
			Error::<T>::EscrowTooSmall
		);
		ensure!(
			tier == Tier::Exact || most <= T::FloatCap::get(),
			Error::<T>::AboveFloatCap
		);
		if let Some(worker) = order.worker {
			let offer = T::Workers::offer(worker, order.version, tier).map_err(Error::<T>::from)?;
			ensure!(offer.price <= order.most, Error::<T>::PriceTooHigh);
			rates.worker = offer.price;
		}
		let id = NextJob::<T>::get();
		let next = id.next().ok_or(Error::<T>::NoMoreNumbers)?;
		let until = Self::after(rules.accept)?;
		let version = order.version;
		let stage = match order.worker {
			Some(worker) => Stage::Assigned {
				worker,
				drawn: false,
				until,
			},
			None => Stage::Submitted { until },
		};

		let ticket = T::Consideration::new(&payer, Self::job_footprint())?;
		Self::hold(HoldReason::Escrow, &payer, escrow)?;
		Self::use_version(version)?;
		NextJob::<T>::put(next);
		JobsOf::<T>::insert(&payer, id, ());
		let mut job = Job {
			payer: payer.clone(),
			order,
			tier,
			rates,
			rules,
			escrow,
			stage,
			stopped: Self::stopped(),
			due: 0,
			ticket,
		};
		Self::deposit_event(Event::JobSubmitted {
			job: id,
			payer,
			version,
			escrow,
		});
		match job.worker() {
			Some(worker) => Self::assigned(id, worker, false, until),
			// Where nobody is fit the job waits; anybody may have it drawn again.
			None => Self::draw(id, &mut job, until),
		}
		job.due = Self::remind(Item::Job(id), 0, Self::job_wanted(&job));
		Jobs::<T>::insert(id, job);
		Ok(weight.saturating_add(walked))
	}

	fn assigned(job: JobId, worker: WorkerId, drawn: bool, until: BlockNumber) {
		JobsBy::<T>::insert(worker, job, ());
		Self::deposit_event(Event::JobAssigned {
			job,
			worker,
			drawn,
			until,
		});
	}

	/// What draws a worker: nothing that was known when the job's number was.
	fn draw_seed(id: JobId) -> Digest {
		let (random, _) = T::Randomness::random(&(b"atelier/job", id).encode());
		HostHash::hash(&(random, frame_system::Pallet::<T>::parent_hash(), id).encode())
	}

	/// Draws a worker, if any is fit. From now on the job counts against its bond and its offer, so that nothing that
	/// happens before it accepts can make it break its word.
	fn draw(id: JobId, job: &mut JobOf<T>, until: BlockNumber) {
		let (version, most) = (job.order.version, job.order.most);
		let Some(value) = job.most() else { return };
		let seed = Self::draw_seed(id);
		let Some(worker) = T::Workers::draw(version, job.tier, most, value, &seed) else {
			return;
		};
		let Ok(offer) = T::Workers::offer(worker, version, job.tier) else {
			return;
		};
		let rates = Rates {
			worker: offer.price,
			..job.rates
		};
		let Some(value) = rates.price(job.order.units()).filter(|_| offer.price <= most) else {
			return;
		};
		if T::Workers::engage(worker, value).is_err() {
			return;
		}
		if T::Workers::occupy(worker, version).is_err() {
			return T::Workers::discharge(worker, value);
		}
		job.rates = rates;
		Self::enter(
			job,
			Stage::Assigned {
				worker,
				drawn: true,
				until,
			},
		);
		Self::assigned(id, worker, true, until);
	}

	pub(crate) fn do_assign(id: JobId) -> DispatchResult {
		let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		let Stage::Submitted { .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		let until = Self::after(job.rules.accept)?;
		Self::draw(id, &mut job, until);
		ensure!(job.worker().is_some(), Error::<T>::NobodyFit);
		Self::store_job(id, job);
		Ok(())
	}
}
