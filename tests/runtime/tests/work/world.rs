// SPDX-License-Identifier: Apache-2.0

//! A version of a tiny model, workers and auditors with real keys, and answers, honest and not.

use crate::registries::{OPEN, attest, create_model, of_shape, publication, publish};
use atelier_primitives::{
	attestations::RETRIEVAL,
	ids::{AttestationId, SessionId, Subject, VersionId, WorkerId},
	models::{Class, Publication, SPEC},
	terms::{Purpose, Use},
	work::{
		Work, named, named_version,
		price::units,
		voucher::{Quote, Voucher},
		workers::{Endpoint, Keys},
	},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason, token_tree},
	commit::{
		Bounded, Kind,
		mountain::{Receipt, Receipts},
	},
	dispute::{Case, Charge, Evidence, gather, is_fraud},
	hash::Portable,
	ops::sampling::{Choice, Sampler},
	samples::{Answer, Committed, Random, Sample, Values},
	trace::{Size, step::Doubt},
};
use atelier_runtime::{
	Balance, Disputes, Jobs, RuntimeOrigin, Signature, System,
	economics::ATL,
	parameters::{RuntimeParameters, workers},
};
use atelier_runtime_tests::{Account, R, account, dispatch, hands::Held, run_blocks, signed};
use pallet_disputes::{Place, Shown};
use sp_core::Pair;
use sp_runtime::{DispatchError, DispatchResult};
use std::sync::LazyLock;

/// Tokens of an answer.
pub const OUTPUT: u32 = 3;
/// What the worker asks for a unit.
pub const PRICE: Balance = ATL / 1_000;
pub const BOND: Balance = 1_000 * ATL;
pub const DEPOSIT: Balance = 10 * ATL;

/// Who fetched the weights.
pub const HOSTS: [Account; 2] = [Account::AliceStash, Account::BobStash];
pub const PAYER: Account = Account::Alice;
pub const MAKER: Account = Account::Dave;
pub const SERVES: Account = Account::Bob;
pub const AUDITS: Account = Account::Charlie;
pub const CHALLENGES: Account = Account::Eve;

/// A tiny decoder with an input.
pub fn sample() -> Sample {
	(0..)
		.map(|seed| Sample::new(seed, Values::Ordinary))
		.find(|sample| {
			let shape = &sample.shape;
			let small = shape.vocabulary < 80 && shape.layers == 2 && shape.width < 30;
			let roomy = sample.tokens.len() + 6 < shape.positions as usize && sample.tokens.len() >= 2;
			shape.answers == atelier_referee::model::Use::Tokens && small && roomy && shape.window == 0
		})
		.expect("there is one")
}

/// The same prompt each time, with its right answer, and with one of another model of the same shape.
pub struct Answers {
	pub sample: Sample,
	pub honest: Held,
	pub wrong: Held,
}

impl Answers {
	pub fn held(&self, wrong: bool) -> &Held {
		match wrong {
			true => &self.wrong,
			false => &self.honest,
		}
	}
}

pub static ANSWERS: LazyLock<Answers> = LazyLock::new(|| {
	let sample = sample();
	let other = Sample {
		shape: sample.shape,
		bytes: atelier_referee::samples::package(sample.shape, Values::Ordinary, &mut Random(99)),
		tokens: sample.tokens.clone(),
		random: Random(1),
	};
	let answered = |of: &Sample| Held::of(Answer::written(of, &sample.tokens, Sampler::Greedy, OUTPUT));
	let (honest, mut wrong) = (answered(&sample), answered(&other));
	assert_ne!(
		honest.committed.state.commitment(),
		wrong.committed.state.commitment(),
		"it is another answer"
	);
	// It is given as if the model that is paid for had made it.
	wrong.committed.weights = honest.committed.weights.clone();
	wrong.committed.answer.package = honest.committed.answer.package.clone();
	Answers { honest, wrong, sample }
});

/// The model of the sample, published, with hosts that have its weights.
pub fn version(sample: &Sample) -> VersionId {
	let version = unhosted(sample);
	show(version, host(version)).expect("two hosts are enough");
	version
}

/// Two workers say that they fetched the weights of a version.
pub fn host(version: VersionId) -> [AttestationId; 2] {
	HOSTS.map(|who| {
		if pallet_workers::Pallet::<R>::worker_of(account(who)).is_none() {
			let value = 2 * BOND;
			let dest = account(who).into();
			call(MAKER, pallet_balances::Call::transfer_allow_death { dest, value }).expect("it has enough");
			hire(who, false);
		}
		attest(who, RETRIEVAL, Subject::Version(version)).expect("it can be attested")
	})
}

/// Anybody shows it.
pub fn show(version: VersionId, hosts: [AttestationId; 2]) -> DispatchResult {
	call(PAYER, pallet_workers::Call::show_weights { version, hosts })
}

/// The model of the sample, published on a chain where two hosts are needed, as on the one of production.
pub fn unhosted(sample: &Sample) -> VersionId {
	let needed = workers::Parameters::Hosts(workers::Hosts, Some(2));
	let set = pallet_parameters::Call::<R>::set_parameter {
		key_value: RuntimeParameters::Workers(needed),
	};
	dispatch(set, RuntimeOrigin::root()).expect("it is governed");

	let registered = ANSWERS.honest.committed.registered();
	let model = create_model(MAKER, "tiny");
	let like = of_shape(publication(1, OPEN), SPEC, sample.shape);
	let publication = Publication {
		weights: registered.weights,
		class: Class::Exact {
			spec: SPEC,
			shape: sample.shape,
			vocabulary: registered.vocabulary,
		},
		..like
	};
	publish(MAKER, model, publication)
}

pub fn call(who: Account, call: impl Into<atelier_runtime::RuntimeCall>) -> DispatchResult {
	dispatch(call, signed(who))
}

/// Registers a worker.
pub fn hire(who: Account, auditing: bool) -> WorkerId {
	let keys = Keys {
		signer: account(who),
		vrf: who.pair().public().0,
		endpoint: Endpoint {
			id: [1; 32],
			addresses: Bounded::new(),
		},
	};
	let register = pallet_workers::Call::register {
		keys: Box::new(keys),
		hardware: Default::default(),
		bond: BOND,
		auditing,
	};
	call(who, register).expect("it has the bond");
	call(who, pallet_workers::Call::heartbeat {}).expect("it is there");
	worker(who)
}

pub fn worker(who: Account) -> WorkerId {
	pallet_workers::Pallet::<R>::worker_of(account(who)).expect("it is registered")
}

pub fn genesis() -> [u8; 32] {
	System::block_hash(0).0
}

/// Opens a session of the payer with a worker.
pub fn try_open(version: VersionId, by: Account) -> Result<SessionId, DispatchError> {
	let session = pallet_jobs::NextSession::<R>::get();
	let quote = Quote {
		worker: worker(by),
		version,
		payer: account(PAYER),
		price: PRICE,
		capacity: DEPOSIT,
		window: 1_000,
		reservation: ATL / 100,
		until: System::block_number() + 10,
		number: session.0,
	};
	let signature = Signature::Sr25519(by.pair().sign(&quote.message(&genesis())));
	let opening = pallet_jobs::Opening {
		deposit: DEPOSIT,
		expiry: System::block_number() + 5_000,
		wanted: Use {
			purpose: Purpose::Personal,
			commercial: false,
		},
		voucher_key: account(PAYER),
		sealed: false,
	};
	let call_ = pallet_jobs::Call::open {
		quote: Box::new(quote),
		signature,
		opening: Box::new(opening),
	};
	call(PAYER, call_)?;
	Ok(session)
}

/// A session as both sides see it.
pub struct Talk {
	pub by: Account,
	pub session: SessionId,
	pub version: VersionId,
	pub receipts: Receipts,
	pub sequence: u64,
	/// Receipts that were settled.
	pub settled: u64,
	pub settlements: u32,
}

/// An answer with all that was committed to.
pub struct Served {
	pub held: Committed,
	pub request: Request,
	pub claim: Claim,
	pub units: u64,
	pub index: u64,
}

impl Talk {
	pub fn begin(version: VersionId) -> Self {
		Self::with(version, SERVES)
	}

	pub fn with(version: VersionId, by: Account) -> Self {
		Self::try_with(version, by).expect("the session is in order")
	}

	pub fn try_with(version: VersionId, by: Account) -> Result<Self, DispatchError> {
		Ok(Self {
			by,
			session: try_open(version, by)?,
			version,
			receipts: Receipts::new(),
			sequence: 0,
			settled: 0,
			settlements: 0,
		})
	}

	fn request(&self, sample: &Sample) -> Request {
		Request {
			genesis: genesis(),
			version: named_version(self.version),
			input: token_tree::<Portable>(Kind::Input, &sample.tokens)
				.expect("few")
				.commitment(),
			input_count: sample.tokens.len() as u32,
			sampler: Sampler::Greedy,
			limit: OUTPUT,
			ends: Bounded::default(),
			stops: Bounded::default(),
			sealed: None,
			salt: [3; 32],
		}
	}

	/// The worker answers, with what it has computed, and adds a receipt.
	pub fn answered(&mut self, sample: &Sample, held: Committed) -> Served {
		let request = self.request(sample);
		let index = self.receipts.count();
		let claim = Claim {
			genesis: genesis(),
			origin: Origin::Session {
				session: self.session.0,
				index,
			},
			worker: named(worker(self.by)),
			version: named_version(self.version),
			request: request.root::<Portable>(),
			answer: held.given.commitment(),
			state: held.state.commitment(),
			input_count: request.input_count,
			output_count: OUTPUT,
			stop: StopReason::Limit,
		};
		let units = units(claim.input_count, claim.output_count);
		let receipt = Receipt {
			claim: claim.leaf::<Portable>(),
			units,
		};
		self.receipts.append::<Portable>(receipt).expect("there is room");
		Served {
			held,
			request,
			claim,
			units,
			index,
		}
	}

	/// The answers are those of [`ANSWERS`], whose sample it is.
	pub fn honest(&mut self, sample: &Sample) -> Served {
		self.answered(sample, ANSWERS.honest.committed.clone())
	}

	/// Another model of the same shape answers, as if it were the one that is paid for.
	pub fn swapped(&mut self, sample: &Sample) -> Served {
		self.answered(sample, ANSWERS.wrong.committed.clone())
	}

	/// The payer signs all answers so far, the worker settles.
	pub fn settle(&mut self) -> Work {
		self.settle_by(self.by).expect("the voucher is good");
		let number = self.settlements;
		self.settlements += 1;
		self.settled = self.receipts.count();
		Work::Settlement {
			session: self.session,
			number,
		}
	}

	pub fn settle_by(&mut self, who: Account) -> DispatchResult {
		self.sequence += 1;
		let voucher = Voucher {
			session: self.session,
			sequence: self.sequence,
			receipts: self.receipts.root::<Portable>().expect("there are receipts"),
		};
		let signature = Signature::Sr25519(PAYER.pair().sign(&voucher.message(&genesis(), worker(self.by))));
		let extension = self
			.receipts
			.prove_extension::<Portable>(self.settled, self.receipts.count())
			.expect("it extends");
		let signed = pallet_jobs::Signed {
			voucher,
			signature,
			extension,
		};
		call(
			who,
			pallet_jobs::Call::settle {
				signed: Box::new(signed),
			},
		)
	}

	/// Where an answer is.
	pub fn shown(&self, served: &Served) -> Shown {
		Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: Place::Receipt {
				index: served.index,
				units: served.units,
				inclusion: self
					.receipts
					.prove::<Portable>(self.receipts.count(), served.index)
					.expect("it is there"),
			},
		}
	}
}

impl Served {
	/// Something that proves a fraud in one step, looked for everywhere.
	pub fn proof(&mut self) -> Option<(Charge, Evidence)> {
		let trace = self.held.trace.commitment();
		let case = Case::of::<Portable>(&self.claim, &self.request, self.held.registered(), trace).expect("a case");
		for charge in charges(&self.held.answer) {
			if charge.parts(&case) > 1 {
				continue;
			}
			let Ok(Some(evidence)) = gather(&case, &mut self.held, charge, None) else {
				continue;
			};
			if is_fraud::<Portable>(&case, charge, &evidence) == Ok(true) {
				return Some((charge, evidence));
			}
		}
		None
	}
}

fn charges(answer: &Answer) -> Vec<Charge> {
	let mut charges = Vec::new();
	for (at, _) in &answer.leaves {
		let size = answer.graph.size(at.place.stage);
		let fields = if size == Size::Choice {
			4
		} else {
			size.values_in(at.leaf)
		};
		let doubt = |value, rival| Charge::Value(Doubt { at: *at, value, rival });
		charges.extend((0..fields).map(|value| doubt(value, 0)));
		if size == Size::Choice {
			charges.extend((0..answer.graph.shape().vocabulary).map(|rival| doubt(Choice::TOKEN, rival)));
		}
	}
	charges
}

/// Blocks until work that is put on the chain now is final, if nobody accuses.
pub fn window() -> u32 {
	use atelier_primitives::work::audits::Audits;
	<Disputes as Audits<Balance>>::window()
}

/// Long enough that whatever is due by then was done.
pub fn pass_window() {
	run_blocks(window() + 3);
}

pub fn pending(work: Work) -> bool {
	use atelier_primitives::work::audits::Works;
	<Jobs as Works<atelier_runtime::AccountId, Balance>>::pending(work).is_some()
}
