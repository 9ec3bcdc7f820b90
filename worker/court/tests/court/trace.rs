// SPDX-License-Identifier: Apache-2.0

//! A trace that is not held is the one that the referee shows, leaf by leaf.

use atelier_court::{Error, Needs, Trace, Trail};
use atelier_referee::{
	commit::depth,
	model::Use,
	samples::{Answer, Committed, Sample},
};

fn derived<'a>(sample: &'a Sample, answer: &Answer) -> Result<Trace<'a>, Error> {
	let positions = answer.graph.positions() as usize;
	let tokens = &answer.tokens[..positions];
	Trace::derive(sample.package(), answer.graph, answer.sampler, tokens, 1 << 30)
}

#[test]
fn every_leaf_and_every_node_is_the_referees() {
	let (mut embedding, mut tokens) = (0, 0);
	for sample in Sample::all(40) {
		let committed = Committed::new(Answer::of(&sample));
		let answer = &committed.answer;
		let mut trace = derived(&sample, answer).unwrap();
		assert_eq!(trace.commitment(), committed.trace.commitment(), "{:?}", sample.shape);
		assert_eq!(trace.states(), committed.states);
		for (number, (at, leaf)) in (0..).zip(&answer.leaves) {
			assert_eq!(trace.leaf_at(*at).as_ref(), Ok(leaf), "{at:?}");
			assert_eq!(trace.leaf(number), Ok(leaf.write()));
		}
		let count = answer.graph.leaves();
		for level in 0..=depth(count) {
			let last = (count - 1) >> level;
			for index in [0, last / 2, last] {
				assert_eq!(trace.node(level, index).ok(), committed.trace.node(level, index));
			}
		}
		assert!(trace.leaf(count).is_err());
		match sample.shape.answers {
			Use::Tokens => tokens += 1,
			Use::Embedding => embedding += 1,
		}
	}
	assert!(tokens > 20 && embedding > 20);
}

#[test]
fn long_answers_go_in_blocks() {
	for answers in [Use::Tokens, Use::Embedding] {
		let mut sample = (0..)
			.map(|seed| Sample::new(seed, atelier_referee::samples::Values::Ordinary))
			.find(|sample| sample.shape.answers == answers)
			.unwrap();
		sample.shape.positions = 300;
		let mut random = sample.random.clone();
		let values = atelier_referee::samples::Values::Ordinary;
		sample.bytes = atelier_referee::samples::package(sample.shape, values, &mut random);
		sample.tokens = atelier_referee::samples::tokens(&sample.shape, 150, &mut random);
		let committed = Committed::new(Answer::of(&sample));
		let trace = derived(&sample, &committed.answer).unwrap();
		assert_eq!(trace.commitment(), committed.trace.commitment());
	}
}

#[test]
fn what_it_takes_is_known_before() {
	for sample in Sample::all(10) {
		let answer = Answer::of(&sample);
		let needs = Needs::of(&answer.graph);
		let bytes: usize = answer.leaves.iter().map(|(_, leaf)| leaf.write().len()).sum();
		assert_eq!(needs.bytes, bytes as u64);
		assert_eq!(needs.leaves, answer.leaves.len() as u64);
		let trace = derived(&sample, &answer).unwrap();
		assert!(trace.bytes() <= needs.memory());
		let positions = answer.graph.positions() as usize;
		let refused = Trace::derive(
			sample.package(),
			answer.graph,
			answer.sampler,
			&answer.tokens[..positions],
			needs.memory() - 1,
		);
		assert!(matches!(refused.err(), Some(Error::TooLarge { .. })));
	}
}
