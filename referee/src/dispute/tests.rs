// SPDX-License-Identifier: Apache-2.0

//! Positive controls: each cheat fails, and succeeds with the one defence switched off that is there against it.

use super::*;
use crate::{
	checks::{Check, without},
	claim::{Claim, MAX_STOP, Origin, Request, State, StopReason, state_tree, vocabulary_tree},
	commit::{Bounded, Commitment, Kind, Tree},
	hash::Portable,
	model::Use,
	ops::sampling::Sampler,
	samples::{self, Random, Values},
	trace::{
		At, Counts, Graph, Leaf, Place, Stage,
		step::{Doubt, Missing, Part, Source, all_parts},
	},
};
use atelier_referee::samples::{Answer, Committed, Sample, judge};
use core::ops::Range;

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
		state: committed.state.commitment(),
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
		let trace = committed.trace.commitment();
		Case::of::<Portable>(&claim, &request, committed.registered(), trace).map(|_| ())
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
	// One position more may be in a leaf of its own.
	let state = Commitment {
		count: u64::from(longer.positions()).div_ceil(16),
		..claim.state
	};
	let claim = Claim { state, ..claim };
	let case = || Case::of::<Portable>(&claim, &request, committed.registered(), trace).map(|_| ());
	assert_eq!(case(), Err(ChargeError::WrongInputCount));
	assert_eq!(without(&[Check::InputCount], case), Ok(()));
}

#[test]
fn a_lie_about_a_state_is_proved() {
	let mut forged = honest();
	forged.states[0].numbers[0] ^= 1;
	forged.state = state_tree::<Portable>(&forged.states).expect("few");
	let mut judge = || forged.judge(Charge::State(0));
	assert!(judge());
	assert!(!without(&[Check::State], judge));
}

/// The texts of the tokens of an answer, and nothing else.
struct Texts(Vec<Vec<u8>>);

impl Source for Texts {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		Err(Missing::Leaf(at))
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Err(Missing::Package(bytes.start))
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		Ok(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Err(Missing::Output(leaf))
	}

	fn sampler(&mut self) -> Sampler {
		Sampler::Greedy
	}
}

impl Records for Texts {
	type Hash = Portable;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		Err(Missing::State(position))
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.0.get(token as usize).cloned().ok_or(Missing::Text(token))
	}
}

fn stops(strings: &[&[u8]]) -> Stops {
	let strings: Vec<_> = strings
		.iter()
		.map(|string| Bounded::try_from(string.to_vec()).expect("short"))
		.collect();
	Stops::of(&strings)
}

#[test]
fn a_string_ends_in_the_token_in_which_its_last_byte_is() {
	let mut random = Random(23);
	for _ in 0..3_000 {
		let word = |random: &mut Random, least: i64, most: i64| -> Vec<u8> {
			let length = random.between(least, most);
			(0..length).map(|_| b"ab"[random.between(0, 1) as usize]).collect()
		};
		let tokens = random.between(1, 12);
		let texts: Vec<_> = (0..tokens).map(|_| word(&mut random, 0, 4)).collect();
		let strings: Vec<_> = (0..random.between(0, 4)).map(|_| word(&mut random, 0, 6)).collect();
		let strings: Vec<_> = strings.iter().map(Vec::as_slice).collect();
		let stops = stops(&strings);
		for number in 0..texts.len() {
			// Where strings end in the whole text.
			let text = texts.concat();
			let from = texts[..number].concat().len();
			let to = from + texts[number].len();
			let ends = |string: &&[u8]| (from + 1..=to).any(|end| !string.is_empty() && text[..end].ends_with(string));
			let complete = stops.end_in(&mut Texts(texts.clone()), 0, number as u32);
			assert_eq!(
				complete,
				Ok(strings.iter().any(ends)),
				"{strings:?} in {texts:?}, {number}"
			);
		}
	}
}

#[test]
fn a_string_spans_as_many_tokens_as_the_window() {
	let stop: &[u8] = &[b'a'; MAX_STOP];
	let long = stops(&[stop]);
	let texts = vec![b"a".to_vec(); 80];
	let at = |texts: &[Vec<u8>], number| long.end_in(&mut Texts(texts.to_vec()), 0, number);
	assert_eq!(at(&texts, 62), Ok(false));
	assert_eq!(at(&texts, 63), Ok(true));
	assert_eq!(at(&texts, 79), Ok(true));
	// A token without text takes a place of the window.
	let mut gap = texts.clone();
	gap[40].clear();
	assert_eq!(at(&gap, 64), Ok(false));
	// What is longer than the string is searched only as far as the string reaches.
	let mut texts = vec![b"b".to_vec(); 80];
	texts[79] = [&[b'b'; 900], stop, &[b'b'; 60]].concat();
	assert_eq!(at(&texts, 79), Ok(true));
}

/// An answer in the text of which this string is complete with the last token and not before, as a claim says it.
fn stopped(stop: StopReason) -> (Committed, Case) {
	let committed = talker();
	let (tokens, counts) = (&committed.answer.tokens, committed.answer.graph.counts());
	let mut committed = committed.clone();
	for text in &mut committed.texts {
		*text = b"b".to_vec();
	}
	let last = tokens[tokens.len() - 1];
	committed.texts[last as usize] = b"aa".to_vec();
	committed.vocabulary = vocabulary_tree::<Portable>(committed.texts.iter().cloned()).expect("few");
	let (mut request, mut claim) = claimed(&committed, counts.output);
	request.stops = Bounded::try_from(vec![Bounded::try_from(b"aa".to_vec()).expect("short")]).expect("one");
	claim.request = request.root::<Portable>();
	claim.stop = stop;
	let case = Case::of::<Portable>(&claim, &request, committed.registered(), committed.trace.commitment());
	let case = case.expect("there is one");
	(committed, case)
}

#[test]
fn an_answer_that_ends_with_a_string_says_so() {
	let (mut committed, case) = stopped(StopReason::Stop);
	let output = case.graph.counts().output;
	for number in 0..output {
		let too_late = number + 1 < output && ends_at(&committed, number);
		assert_eq!(committed.judge_in(case, Charge::Stop(number)), too_late);
	}

	// As if it had only come to its limit.
	let (mut committed, case) = stopped(StopReason::Limit);
	let mut judge = || committed.judge_in(case, Charge::Stop(output - 1));
	assert!(judge());
	assert!(!without(&[Check::Stops], judge));
}

fn ends_at(committed: &Committed, number: u32) -> bool {
	let position = committed.answer.graph.counts().input + number;
	committed.texts[committed.answer.tokens[position as usize] as usize] == b"aa"
}

#[test]
fn strings_need_texts() {
	let (committed, _) = stopped(StopReason::Stop);
	let (mut request, mut claim) = claimed(&committed, committed.answer.graph.counts().output);
	let case = |request: &Request, claim: &Claim, registered| {
		Case::of::<Portable>(claim, request, registered, committed.trace.commitment()).map(|_| ())
	};
	// A claim cannot end for a string that was not asked for, an empty one neither.
	claim.stop = StopReason::Stop;
	assert_eq!(
		case(&request, &claim, committed.registered()),
		Err(ChargeError::WrongEnd)
	);
	request.stops = Bounded::try_from(vec![Bounded::default()]).expect("one");
	claim.request = request.root::<Portable>();
	assert_eq!(
		case(&request, &claim, committed.registered()),
		Err(ChargeError::WrongEnd)
	);

	request.stops = Bounded::try_from(vec![Bounded::try_from(b"aa".to_vec()).expect("short")]).expect("one");
	claim.request = request.root::<Portable>();
	assert_eq!(case(&request, &claim, committed.registered()), Ok(()));
	let without = Registered {
		vocabulary: None,
		..committed.registered()
	};
	assert_eq!(case(&request, &claim, without), Err(ChargeError::NoVocabulary));
	let shorter = Registered {
		vocabulary: Some(Commitment {
			count: committed.vocabulary.commitment().count - 1,
			..committed.vocabulary.commitment()
		}),
		..committed.registered()
	};
	let wrong = Err(ChargeError::WrongCommitment(Kind::Vocabulary));
	assert_eq!(case(&request, &claim, shorter), wrong);
}
