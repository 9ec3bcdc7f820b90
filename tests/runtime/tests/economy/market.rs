// SPDX-License-Identifier: Apache-2.0

//! Answers of a tiny model, honest and not, sold in sessions at any price.

use crate::{
	people::{Person, Sent},
	registries::{OPEN, USE, commit, create_model, of_shape, publication, reveal},
	world::{MAKER, OUTPUT, genesis, host, show},
};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId},
	models::{Class, Publication, SPEC},
	work::{
		Work, named, named_version,
		price::{Rates, fee_per_unit, units},
		voucher::{Quote, Voucher},
		workers::Offer,
	},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason, token_tree},
	commit::{
		Bounded, Kind,
		mountain::{Receipt, Receipts},
	},
	hash::Portable,
	ops::sampling::Sampler,
};
use atelier_runtime::{
	Balance, Jobs, Models, Signature, System,
	parameters::{
		jobs::{Levy, TreasuryShare},
		registries::RevealDelay,
	},
};
use atelier_runtime_tests::{R, run_blocks};
use frame_support::traits::Get;
use pallet_disputes::{Place, Shown};
use sp_core::Pair as _;

pub use crate::world::ANSWERS;
pub use atelier_runtime_tests::hands::Held;

/// Tokens of the prompt.
pub fn input() -> u32 {
	ANSWERS.sample.tokens.len() as u32
}

/// Units of each answer.
pub fn units_each() -> u64 {
	units(input(), OUTPUT)
}

/// The model, published as on a production chain.
pub fn publish() -> VersionId {
	let registered = ANSWERS.honest.committed.registered();
	let shape = ANSWERS.sample.shape;
	let model = create_model(MAKER, "tiny");
	let publication = Publication {
		weights: registered.weights,
		class: Class::Exact {
			spec: SPEC,
			shape,
			vocabulary: registered.vocabulary,
		},
		..of_shape(publication(1, OPEN), SPEC, shape)
	};
	let version = pallet_models::NextVersion::<R>::get();
	commit(MAKER, &publication).expect("it can be promised");
	run_blocks(RevealDelay::get());
	reveal(MAKER, model, publication).expect("it can be published");
	show(version, host(version)).expect("two hosts have the weights");
	version
}

/// What everybody gets for a unit at this price of the worker's.
pub fn rates(version: VersionId, price: Balance) -> Rates<Balance> {
	let fee = Models::version(version).expect("it is published").publication.fee;
	Rates {
		worker: price,
		version: fee_per_unit(&fee),
		levy: Levy::get(),
		treasury: TreasuryShare::get(),
	}
}

/// The worker's price of a unit at which so many answers cost this together, or a little less.
pub fn price_for(version: VersionId, answers: u64, value: Balance) -> Balance {
	let units = answers * units_each();
	let (mut low, mut high) = (0, value);
	while low < high {
		let middle = low + (high - low).div_ceil(2);
		match rates(version, middle).price(units).is_some_and(|price| price <= value) {
			true => low = middle,
			false => high = middle - 1,
		}
	}
	low
}

/// What a worker signs that a session is opened with.
#[derive(Clone, Copy)]
pub struct Terms {
	pub price: Balance,
	pub deposit: Balance,
	pub window: u64,
	pub reservation: Balance,
}

/// A session as both sides see it.
#[derive(Clone)]
pub struct Deal {
	pub payer: Person,
	pub by: Person,
	pub session: SessionId,
	pub version: VersionId,
	pub rates: Rates<Balance>,
	pub receipts: Receipts,
	/// Each claim with the units of its receipt, and whether it is wrong.
	pub answers: Vec<(Claim, u64, bool)>,
	request: Request,
	sequence: u64,
	settled: u64,
	settlements: u32,
}

impl Deal {
	pub fn open(version: VersionId, payer: &Person, by: &Person, terms: Terms) -> Self {
		let session = pallet_jobs::NextSession::<R>::get();
		let quote = Quote {
			worker: by.worker(),
			version,
			payer: payer.account.clone(),
			price: terms.price,
			capacity: terms.deposit,
			window: terms.window,
			reservation: terms.reservation,
			until: System::block_number() + 10,
			number: session.0,
		};
		let signature = Signature::Sr25519(by.pair.sign(&quote.message(&genesis())));
		let opening = pallet_jobs::Opening {
			deposit: terms.deposit,
			expiry: System::block_number() + 5_000,
			wanted: USE,
			voucher_key: payer.account.clone(),
			sealed: false,
		};
		payer.does(pallet_jobs::Call::open {
			quote: Box::new(quote),
			signature,
			opening: Box::new(opening),
		});
		Self {
			payer: payer.clone(),
			by: by.clone(),
			session,
			version,
			rates: rates(version, terms.price),
			receipts: Receipts::new(),
			answers: Vec::new(),
			request: request(version),
			sequence: 0,
			settled: 0,
			settlements: 0,
		}
	}

	/// What an answer would claim that was computed so.
	pub fn claim(&self, wrong: bool) -> Claim {
		let held = &ANSWERS.held(wrong).committed;
		let index = self.receipts.count();
		Claim {
			genesis: genesis(),
			origin: Origin::Session {
				session: self.session.0,
				index,
			},
			worker: named(self.by.worker()),
			version: named_version(self.version),
			request: self.request.root::<Portable>(),
			answer: held.given.commitment(),
			state: held.state.commitment(),
			input_count: self.request.input_count,
			output_count: OUTPUT,
			stop: StopReason::Limit,
		}
	}

	/// The worker answers, and adds a receipt.
	pub fn answer(&mut self, wrong: bool) {
		self.receipt(self.claim(wrong), units_each(), wrong);
	}

	/// The worker adds a receipt of so many units.
	pub fn receipt(&mut self, claim: Claim, units: u64, wrong: bool) {
		let receipt = Receipt {
			claim: claim.leaf::<Portable>(),
			units,
		};
		self.receipts.append::<Portable>(receipt).expect("there is room");
		self.answers.push((claim, units, wrong));
	}

	/// Which answer covers a unit.
	pub fn covering(&self, unit: u64) -> usize {
		let mut sum = 0;
		self.answers
			.iter()
			.position(|(_, units, _)| {
				sum += units;
				unit <= sum
			})
			.expect("draws are about what was settled")
	}

	/// The payer signs all answers so far, the worker settles.
	pub fn settle(&mut self) -> (Work, Sent) {
		self.sequence += 1;
		let voucher = Voucher {
			session: self.session,
			sequence: self.sequence,
			receipts: self.receipts.root::<Portable>().expect("there are receipts"),
		};
		let signature = Signature::Sr25519(self.payer.pair.sign(&voucher.message(&genesis(), self.by.worker())));
		let extension = self
			.receipts
			.prove_extension::<Portable>(self.settled, self.receipts.count())
			.expect("it extends");
		let signed = Box::new(pallet_jobs::Signed {
			voucher,
			signature,
			extension,
		});
		let sent = self.by.does(pallet_jobs::Call::settle { signed });
		let number = self.settlements;
		self.settlements += 1;
		self.settled = self.receipts.count();
		let session = self.session;
		(Work::Settlement { session, number }, sent)
	}

	/// Where an answer is.
	pub fn shown(&self, index: usize) -> Shown {
		let (claim, units, _) = self.answers[index];
		Shown {
			claim,
			request: self.request.clone(),
			place: Place::Receipt {
				index: index as u64,
				units,
				inclusion: self
					.receipts
					.prove::<Portable>(self.receipts.count(), index as u64)
					.expect("it is there"),
			},
		}
	}

	/// What the payer pays for these units.
	pub fn price(&self, units: u64) -> Balance {
		self.rates.price(units).expect("money")
	}

	/// Whatever is due is done.
	pub fn conclude(&self) {
		// Nothing may be due.
		let _ = Jobs::conclude_session(
			frame_system::RawOrigin::Signed(self.payer.account.clone()).into(),
			self.session,
		);
	}
}

pub fn request(version: VersionId) -> Request {
	Request {
		genesis: genesis(),
		version: named_version(version),
		input: token_tree::<Portable>(Kind::Input, &ANSWERS.sample.tokens)
			.expect("few")
			.commitment(),
		input_count: input(),
		sampler: Sampler::Greedy,
		limit: OUTPUT,
		ends: Bounded::default(),
		stops: Bounded::default(),
		sealed: None,
		salt: [3; 32],
	}
}

/// A job for which a worker is drawn: one answer that costs at most this.
pub fn submit(version: VersionId, payer: &Person, value: Balance) -> JobId {
	let job = pallet_jobs::NextJob::<R>::get();
	let order = pallet_jobs::Order {
		version,
		request: request(version).root::<Portable>(),
		wanted: USE,
		sealed: false,
		input: input(),
		output: OUTPUT,
		most: price_for(version, 1, value),
		worker: None,
		audits: 0,
		time: Jobs::least_time(units_each()),
	};
	payer.does(pallet_jobs::Call::submit { order: Box::new(order) });
	job
}

/// A worker offers the version at any price up to this, for jobs that it is drawn for.
pub fn offer(version: VersionId, worker: &Person, price: Balance) {
	let offer = Offer { price, capacity: 10 };
	worker.does(pallet_workers::Call::set_offer { version, offer });
	worker.does(pallet_workers::Call::heartbeat {});
}
