// SPDX-License-Identifier: Apache-2.0

//! One-shot jobs in random histories: the payer orders, takes back and demands as it likes; the honest worker does all that it
//! takes on, in each block; the cheat refuses, loses inputs, is silent, and answers with another model.

use crate::{
	history::CHEATS,
	world::{OUTPUT, PAYER, SERVES, Served, call, genesis, worker},
};
use atelier_primitives::{
	ids::{JobId, VersionId},
	terms::{Purpose, Use},
	work::{Work, named, named_version, price::units, workers::Offer},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason, token_tree},
	commit::{Bounded, Kind},
	hash::Portable,
	ops::sampling::Sampler,
	samples::{Answer, Committed, Random, Sample, Values, package},
};
use atelier_runtime::{Balance, economics::ATL};
use atelier_runtime_tests::{Account, R};
use pallet_disputes::{Place, Shown};
use pallet_jobs::{Call, Jobs, Order, Stage};
use std::collections::BTreeMap;

const PRICE: Balance = ATL / 100;

/// All jobs of a history.
pub struct Orders {
	version: VersionId,
	/// Decides what the cheat does.
	random: Random,
	honest: Committed,
	wrong: Committed,
	tokens: Vec<u32>,
	asked: BTreeMap<JobId, Request>,
	/// What was delivered, and whether it is wrong.
	pub delivered: BTreeMap<JobId, (Served, bool)>,
	/// What the treasury gets of what the honest worker has delivered.
	pub due: Balance,
}

impl Orders {
	pub fn new(sample: &Sample, version: VersionId) -> Self {
		for by in [SERVES, CHEATS] {
			let offer = Offer {
				price: PRICE,
				capacity: 5,
			};
			call(by, pallet_workers::Call::set_offer { version, offer }).expect("it may offer it");
		}
		let other = Sample {
			shape: sample.shape,
			bytes: package(sample.shape, Values::Ordinary, &mut Random(99)),
			tokens: sample.tokens.clone(),
			random: Random(1),
		};
		let held = |sample: &Sample| Committed::new(Answer::written(sample, &sample.tokens, Sampler::Greedy, OUTPUT));
		let honest = held(sample);
		let mut wrong = held(&other);
		wrong.weights = honest.weights.clone();
		wrong.answer.package = honest.answer.package.clone();
		Self {
			version,
			random: Random(5),
			honest,
			wrong,
			tokens: sample.tokens.clone(),
			asked: BTreeMap::new(),
			delivered: BTreeMap::new(),
			due: 0,
		}
	}

	/// The payer orders an answer, from whom the chain draws or from one of the two.
	pub fn order(&mut self, random: &mut Random) -> bool {
		let job = pallet_jobs::NextJob::<R>::get();
		let input = self.tokens.len() as u32;
		let request = Request {
			genesis: genesis(),
			version: named_version(self.version),
			input: token_tree::<Portable>(Kind::Input, &self.tokens)
				.expect("few")
				.commitment(),
			input_count: input,
			sampler: Sampler::Greedy,
			limit: OUTPUT,
			ends: Bounded::default(),
			stops: Bounded::default(),
			sealed: None,
			salt: [job.0 as u8; 32],
		};
		let order = Order {
			version: self.version,
			request: request.root::<Portable>(),
			wanted: Use {
				purpose: Purpose::Personal,
				commercial: false,
			},
			sealed: false,
			input,
			output: OUTPUT,
			most: 2 * PRICE,
			worker: random.pick([None, Some(SERVES), Some(CHEATS)]).map(worker),
			audits: random.between(0, 2) as u32,
			time: pallet_jobs::Pallet::<R>::least_time(units(input, OUTPUT)),
		};
		let ordered = call(PAYER, Call::submit { order: Box::new(order) }).is_ok();
		if ordered {
			self.asked.insert(job, request);
		}
		ordered
	}

	/// The payer takes a job back, or demands its answer.
	pub fn trouble(&mut self, random: &mut Random) -> bool {
		let Some(last) = self.asked.len().checked_sub(1) else {
			return false;
		};
		let number = random.between(0, last as i64) as usize;
		let Some(job) = self.asked.keys().nth(number).copied() else {
			return false;
		};
		match random.one_in(3) {
			true => call(PAYER, Call::cancel { job }).is_ok(),
			false => call(PAYER, Call::demand { job }).is_ok(),
		}
	}

	/// Something that was delivered, as an accuser shows it.
	pub fn accused(&self, random: &mut Random) -> Option<(Work, Shown)> {
		let last = self.delivered.len().checked_sub(1)?;
		let (job, (served, _)) = self.delivered.iter().nth(random.between(0, last as i64) as usize)?;
		let shown = Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: Place::Job,
		};
		Some((Work::Job(*job), shown))
	}

	fn served(&self, job: JobId, by: Account, wrong: bool) -> Served {
		let request = self.asked[&job].clone();
		let held = match wrong {
			true => self.wrong.clone(),
			false => self.honest.clone(),
		};
		let claim = Claim {
			genesis: genesis(),
			origin: Origin::Job(job.0),
			worker: named(worker(by)),
			version: named_version(self.version),
			request: request.root::<Portable>(),
			answer: held.given.commitment(),
			state: held.state.commitment(),
			input_count: request.input_count,
			output_count: OUTPUT,
			stop: StopReason::Limit,
		};
		Served {
			units: units(claim.input_count, claim.output_count),
			held,
			request,
			claim,
			index: 0,
		}
	}

	/// What the workers do in a block about what they have taken on. Whether something was delivered or posted.
	pub fn duties(&mut self) -> bool {
		let mut all: Vec<_> = Jobs::<R>::iter().collect();
		all.sort_unstable_by_key(|(job, _)| *job);
		let mut done = false;
		for (job, record) in all {
			let Some(worker_of) = record.worker() else { continue };
			let by = if worker_of == worker(SERVES) { SERVES } else { CHEATS };
			// One time in four the cheat does something else, or nothing.
			let odd = by == CHEATS && self.random.one_in(4);
			match record.stage {
				Stage::Submitted { .. } | Stage::Delivered { .. } => {}
				Stage::Assigned { .. } if odd => drop(call(by, Call::decline { job })),
				Stage::Assigned { .. } => drop(call(by, Call::accept { job })),
				Stage::Accepted { .. } if odd => drop(call(by, Call::input_missing { job })),
				Stage::Accepted { .. } => drop(call(by, Call::start { job })),
				Stage::Started { .. } if odd => {}
				Stage::Started { .. } => {
					let wrong = by == CHEATS && self.random.one_in(2);
					let served = self.served(job, by, wrong);
					let claim = Box::new(served.claim);
					let delivered = call(
						by,
						Call::deliver {
							job,
							claim,
							answer: None,
						},
					)
					.is_ok();
					if delivered && by == SERVES {
						self.due += record.rates.of(served.units).expect("money").treasury;
					}
					if delivered {
						self.delivered.insert(job, (served, wrong));
					}
					done |= delivered;
				}
				Stage::Demanded { .. } if odd => {}
				Stage::Demanded { .. } => {
					let held = &self.delivered[&job].0.held.answer;
					let answer = &held.tokens[self.tokens.len()..];
					let bytes: Vec<u8> = answer.iter().flat_map(|token| token.to_le_bytes()).collect();
					let bytes = bytes.try_into().expect("short");
					let posted = call(by, Call::post_answer { job, bytes }).is_ok();
					assert!(
						posted || by == CHEATS || atelier_runtime::SafeMode::is_entered(),
						"the honest worker can show its answer"
					);
					done |= posted;
				}
			}
		}
		done
	}
}
