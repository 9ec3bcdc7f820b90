// SPDX-License-Identifier: Apache-2.0

//! Positive controls: each cheat fails, and succeeds with the one defence switched off that is there against it.

#[path = "../../tests/common/mod.rs"]
mod common;

use super::*;
use crate::{
	checks::{Check, without},
	claim::{Claim, Origin, Request, StopReason},
	commit::{Bounded, Commitment, Kind, Tree},
	hash::Portable,
	model::Use,
	samples::{self, Random, Values},
	trace::{
		At, Counts, Graph, Leaf, Place, Stage,
		step::{Doubt, Part, all_parts},
	},
};
use common::{Answer, Committed, Sample, judge};

fn honest() -> Committed {
	Committed::new(Answer::of(&Sample::new(1, Values::Ordinary)))
}

fn doubt(stage: Stage) -> Doubt {
	let place = Place {
		position: 0,
		layer: 0,
		stage,
	};
	Doubt {
		at: At { place, leaf: 0 },
		value: 0,
		rival: 0,
	}
}

fn evidence(case: &Case, holder: &mut Committed, charge: Charge) -> Evidence {
	gather(case, holder, charge, None)
		.expect("can be brought")
		.expect("is there")
}

#[test]
fn weights_that_were_not_registered_accuse_nobody() {
	let mut honest = honest();
	let case = honest.case();
	let charge = Charge::Value(doubt(Stage::Query));
	let mut forged = evidence(&case, &mut honest, charge);
	let opened = forged.weights.as_mut().expect("a row is opened");
	// All weights of the row are one larger than they are.
	let leaves = opened.leaves.iter().map(|leaf| {
		let bytes: Vec<_> = leaf.iter().map(|byte| byte.wrapping_add(1)).collect();
		Bounded::try_from(bytes).expect("as long")
	});
	opened.leaves = Bounded::try_from(leaves.collect::<Vec<_>>()).expect("as many");
	let accuse = || judge::<Portable>(&case, charge, None, &forged);
	assert!(matches!(
		accuse(),
		Err(VerdictError::Evidence(EvidenceError::Proof(Kind::Weights, _)))
	));
	assert_eq!(without(&[Check::Opened], accuse), Ok(true));
}

#[test]
fn a_trace_with_leaves_left_out_is_no_trace() {
	let honest = honest();
	let case = honest.case();
	let count = case.trace.count - 1;
	let short = Case {
		trace: Commitment { count, ..case.trace },
		..case
	};
	let accept = || short.checked().map(|_| ());
	assert_eq!(accept(), Err(ChargeError::WrongCommitment(Kind::Trace)));
	assert_eq!(without(&[Check::Counts], accept), Ok(()));
}

#[test]
fn a_leaf_that_cannot_be_read_does_not_save_its_holder() {
	let mut cheat = honest();
	let case = cheat.case();
	let charge = Charge::Value(doubt(Stage::Embedded));
	let right = evidence(&case, &mut cheat, charge);
	let mut leaves: Vec<_> = cheat.answer.leaves.iter().map(|(_, leaf)| leaf.write()).collect();
	leaves[0].pop();
	cheat.trace = Tree::from_leaves::<Portable>(Kind::Trace, &leaves).expect("few leaves");
	let case = cheat.case();
	let mut shown = right;
	let opened = shown.trace.as_mut().expect("the leaf is opened");
	let leaf = Bounded::try_from(leaves[0].clone()).expect("shorter");
	opened.leaves = Bounded::try_from(vec![leaf]).expect("one");
	opened.proof = cheat.trace.prove(&opened.ranges).expect("it is there");
	let accuse = || judge::<Portable>(&case, charge, None, &shown);
	assert_eq!(accuse(), Ok(true));
	// Nothing is decided, and the holder goes free.
	assert!(matches!(
		without(&[Check::Malformed], accuse),
		Err(VerdictError::Step(_))
	));
}

/// A model with an attention over several parts, one value of which is wrong in the trace; the right parts of that value.
fn long() -> (Committed, Charge, Vec<Part>) {
	let mut random = Random(4);
	let mut sample = (0..)
		.map(|seed| Sample::new(seed, Values::Ordinary))
		.find(|sample| sample.shape.answers == Use::Tokens && sample.shape.window == 0)
		.expect("there are such");
	sample.shape.positions = 80;
	sample.bytes = samples::package(sample.shape, Values::Ordinary, &mut random);
	sample.tokens = samples::tokens(&sample.shape, 60, &mut random);
	let mut answer = Answer::of(&sample);
	let position = answer.graph.positions() - 1;
	let place = Place {
		position,
		layer: 0,
		stage: Stage::Mixed,
	};
	let doubt = Doubt {
		at: At { place, leaf: 0 },
		value: 0,
		rival: 0,
	};
	let parts = all_parts(&answer.graph.clone(), &mut answer, doubt).expect("everything is there");
	assert!(parts.len() > 1);
	let number = answer.graph.number(doubt.at).expect("it exists") as usize;
	let Leaf::Numbers(numbers) = &mut answer.leaves[number].1 else {
		panic!("numbers")
	};
	numbers[0] += 1 << 20;
	(Committed::new(answer), Charge::Value(doubt), parts)
}

#[test]
fn right_parts_do_not_save_a_wrong_value() {
	let (mut cheat, charge, parts) = long();
	let case = cheat.case();
	let in_parts = InParts {
		parts: &parts,
		chosen: 0,
	};
	let shown = gather(&case, &mut cheat, charge, Some(in_parts))
		.expect("can be brought")
		.expect("is there");
	let accuse = || judge::<Portable>(&case, charge, Some(in_parts), &shown);
	assert_eq!(accuse(), Ok(true));
	assert_eq!(without(&[Check::Joined], accuse), Ok(false));
}

#[test]
fn a_wrong_part_does_not_save_a_wrong_value() {
	let (mut cheat, charge, mut parts) = long();
	let case = cheat.case();
	let Charge::Value(doubt) = charge else {
		panic!("a value")
	};
	// A part that makes the whole come out as committed.
	let graph = case.graph;
	let joins = |parts: &[Part], cheat: &mut Committed| crate::trace::step::joined(&graph, cheat, doubt, parts);
	let committed = match &cheat.answer.leaves[graph.number(doubt.at).expect("it exists") as usize].1 {
		Leaf::Numbers(numbers) => i64::from(numbers[0]),
		_ => panic!("numbers"),
	};
	let weights: i64 = parts.iter().map(|part| part.second).sum();
	let shift = (0..40).find(|shift| {
		let others: i64 = parts[1..].iter().map(|part| part.first).sum();
		parts[0].first = (committed >> shift) * weights - others;
		joins(&parts, &mut cheat) == Ok(true)
	});
	assert!(shift.is_some(), "a part can be forged");
	let in_parts = InParts {
		parts: &parts,
		chosen: 0,
	};
	let shown = gather(&case, &mut cheat, charge, Some(in_parts))
		.expect("can be brought")
		.expect("is there");
	let accuse = || judge::<Portable>(&case, charge, Some(in_parts), &shown);
	assert_eq!(accuse(), Ok(true));
	assert_eq!(without(&[Check::Part], accuse), Ok(false));
}

/// An answer of tokens, of a model with room for more.
fn talker() -> Committed {
	let answers = (0..).map(|seed| Answer::of(&Sample::new(seed, Values::Ordinary)));
	let roomy = |answer: &Answer| {
		let shape = *answer.graph.shape();
		shape.answers == Use::Tokens && answer.graph.positions() + 2 < shape.positions
	};
	Committed::new(answers.into_iter().find(roomy).expect("there is one"))
}

/// A request for so many tokens, and a claim.
fn claimed(committed: &Committed, limit: u32) -> (Request, Claim) {
	let counts = committed.answer.graph.counts();
	let request = Request {
		genesis: [1; 32],
		version: [2; 32],
		input: committed.input.commitment(),
		input_count: counts.input,
		sampler: committed.answer.sampler,
		limit,
		ends: Bounded::default(),
		stops: Bounded::default(),
		sealed: None,
		salt: [3; 32],
	};
	let claim = Claim {
		genesis: [1; 32],
		origin: Origin::Job(0),
		worker: [4; 32],
		version: [2; 32],
		request: request.root::<Portable>(),
		answer: committed.given.commitment(),
		state: [0; 32],
		input_count: counts.input,
		output_count: counts.output,
		stop: StopReason::Limit,
	};
	(request, claim)
}

#[test]
fn a_truncated_answer_is_no_claim() {
	let committed = talker();
	let counts = committed.answer.graph.counts();
	let case = |limit: u32| {
		let (request, claim) = claimed(&committed, limit);
		let (weights, trace) = (committed.weights.commitment(), committed.trace.commitment());
		Case::of::<Portable>(&claim, &request, *committed.answer.graph.shape(), weights, trace).map(|_| ())
	};
	assert_eq!(case(counts.output), Ok(()));
	assert_eq!(case(counts.output + 1), Err(ChargeError::WrongEnd));
	assert_eq!(without(&[Check::End], || case(counts.output + 1)), Ok(()));
}

#[test]
fn an_inflated_input_is_no_claim() {
	let committed = talker();
	let counts = committed.answer.graph.counts();
	let (request, claim) = claimed(&committed, counts.output);
	// Within the same number of leaves, of a model that has room for it.
	let claim = Claim {
		input_count: counts.input + 1,
		..claim
	};
	let shape = *committed.answer.graph.shape();
	let longer = Graph::new(
		shape,
		Counts {
			input: counts.input + 1,
			..counts
		},
	)
	.expect("there is room");
	let trace = Commitment {
		count: longer.leaves(),
		..committed.trace.commitment()
	};
	let case = || Case::of::<Portable>(&claim, &request, shape, committed.weights.commitment(), trace).map(|_| ());
	assert_eq!(case(), Err(ChargeError::WrongInputCount));
	assert_eq!(without(&[Check::InputCount], case), Ok(()));
}
