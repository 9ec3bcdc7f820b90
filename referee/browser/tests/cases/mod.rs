// SPDX-License-Identifier: Apache-2.0

//! Receipts and frauds about answers of random models, as the fields that a question takes.
#![allow(dead_code, reason = "each user takes a part")]

use atelier_referee::samples::{Answer, Committed, Sample, spoil};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason, state_tree},
	commit::mountain::{Interval, Receipt, Receipts},
	dispute::{Charge, Evidence, gather},
	hash::Portable,
	model::Use,
	samples::Random,
	trace::{Leaf, Stage},
};
use codec::Encode;

/// A field's name and bytes.
pub type Named = (&'static str, Vec<u8>);

/// A receipt.
pub struct ReceiptCase {
	pub claim: Claim,
	pub request: Request,
	/// In the order in which they are asked for.
	pub fields: Vec<Named>,
	pub units: Interval,
}

/// A charge about a claim, and whether it is right.
pub struct FraudCase {
	pub fields: Vec<Named>,
	pub charge: Charge,
	pub evidence: Evidence,
	pub fraud: bool,
}

/// What was asked.
fn request(committed: &Committed) -> Request {
	let counts = committed.answer.graph.counts();
	Request {
		genesis: [1; 32],
		version: [2; 32],
		input: committed.input.commitment(),
		input_count: counts.input,
		sampler: committed.answer.sampler,
		limit: counts.output,
		ends: Default::default(),
		stops: Default::default(),
		sealed: None,
		salt: [3; 32],
	}
}

/// What is claimed to be the answer.
fn claim(committed: &Committed, request: &Request) -> Claim {
	let counts = committed.answer.graph.counts();
	Claim {
		genesis: request.genesis,
		origin: Origin::Session { session: 4, index: 5 },
		worker: [6; 32],
		version: request.version,
		request: request.root::<Portable>(),
		answer: committed.given.commitment(),
		state: committed.state.commitment(),
		input_count: counts.input,
		output_count: counts.output,
		stop: match committed.answer.graph.shape().answers {
			Use::Tokens => StopReason::Limit,
			Use::Embedding => StopReason::Embedded,
		},
	}
}

/// Receipts of a session in which each answer is about another model.
pub fn receipts(each: u64) -> Vec<ReceiptCase> {
	let mut random = Random(31);
	let all: Vec<_> = Sample::all(each)
		.map(|sample| Committed::new(Answer::of(&sample)))
		.collect();
	let mut receipts = Receipts::new();
	let mut parts = Vec::new();
	for committed in &all {
		let request = request(committed);
		let claim = claim(committed, &request);
		let units = random.between(0, 1_000) as u64;
		let leaf = claim.leaf::<Portable>();
		receipts
			.append::<Portable>(Receipt { claim: leaf, units })
			.expect("few");
		parts.push((request, claim, units));
	}
	let root = receipts.root::<Portable>().expect("few");
	let mut from = 0;
	let mut cases = Vec::new();
	for (index, (committed, (request, claim, units))) in (0_u64..).zip(all.iter().zip(parts)) {
		let inclusion = receipts
			.prove::<Portable>(receipts.count(), index)
			.expect("it is there");
		let (input, output) = committed.answer.tokens.split_at(claim.input_count as usize);
		let tokens = |tokens: &[u32]| tokens.iter().flat_map(|token| token.to_le_bytes()).collect::<Vec<_>>();
		let given = match committed.answer.graph.shape().answers {
			Use::Tokens => ("answer", tokens(output)),
			Use::Embedding => {
				let units = committed
					.answer
					.leaves
					.iter()
					.filter(|(at, _)| at.place.stage == Stage::Unit);
				("vector", units.flat_map(|(_, leaf)| Leaf::write(leaf)).collect())
			}
		};
		cases.push(ReceiptCase {
			fields: vec![
				("claim", claim.encode()),
				("units", units.encode()),
				("index", index.encode()),
				("root", root.encode()),
				("inclusion", inclusion.encode()),
				("request", request.encode()),
				("input", tokens(input)),
				given,
			],
			units: Interval { from, to: from + units },
			claim,
			request,
		});
		from += units;
	}
	cases
}

/// A fraud of each sample in which one can be made, and a charge about something that is right.
pub fn frauds(each: u64) -> Vec<FraudCase> {
	let mut random = Random(32);
	let mut cases = Vec::new();
	for sample in Sample::all(each) {
		let honest = Answer::of(&sample);
		let (mut right, mut wrong) = (None, None);
		for _ in 0..20 {
			let mut forged = honest.clone();
			let number = random.between(0, forged.leaves.len() as i64 - 1) as usize;
			let (at, leaf) = &mut forged.leaves[number];
			let Some(doubt) = spoil(*at, leaf, &honest, &mut random) else {
				continue;
			};
			let charge = Charge::Value(doubt);
			right = right.or_else(|| case(&honest, charge, false));
			wrong = wrong.or_else(|| case(&forged, charge, true));
		}
		cases.extend(right.into_iter().chain(wrong));

		// A state that is right, and one that is not.
		let charge = Charge::State(0);
		cases.extend(case(&honest, charge, false));
		let mut forged = Committed::new(honest);
		forged.states[0].token ^= 1;
		forged.state = state_tree::<Portable>(&forged.states).expect("few positions");
		cases.extend(case_of(forged, charge, true));
	}
	cases
}

/// None if the charge is decided in parts: then there is no proof in one step.
fn case(answer: &Answer, charge: Charge, fraud: bool) -> Option<FraudCase> {
	case_of(Committed::new(answer.clone()), charge, fraud)
}

fn case_of(mut committed: Committed, charge: Charge, fraud: bool) -> Option<FraudCase> {
	let case = committed.case();
	if charge.parts(&case) > 1 {
		return None;
	}
	let evidence = gather(&case, &mut committed, charge, None)
		.expect("can be brought")
		.expect("is there");
	let request = request(&committed);
	let fields = vec![
		("claim", claim(&committed, &request).encode()),
		("request", request.encode()),
		("shape", committed.answer.graph.shape().encode()),
		("weights", committed.weights.commitment().encode()),
		("vocabulary", committed.vocabulary.commitment().encode()),
		("trace", committed.trace.commitment().encode()),
		("charge", charge.encode()),
		("evidence", evidence.encode()),
	];
	Some(FraudCase {
		fields,
		charge,
		evidence,
		fraud,
	})
}
