// SPDX-License-Identifier: Apache-2.0

//! Disputes about the answers of random models: every fraud is proved, no honest answer is, whatever the players do.

use atelier_referee::samples::{Answer, Committed, Sample, Seen, judge, spoil};
use atelier_referee::{
	claim::{State, state_leaves, state_tree},
	commit::{self, Bounded, Kind, Range, Ranges, Tree},
	dispute::{
		Case, Charge, ChargeError, Evidence, EvidenceError, Game, InParts, Move, MoveError, Next, Party, VerdictError,
		gather, is_fraud, wrong_part,
	},
	hash::Portable,
	model::Use,
	ops::sampling::Choice,
	samples::Random,
	trace::{
		At, Leaf, Place, Stage,
		step::{Doubt, Missing, StepError},
	},
};

/// A charge about the first leaf of a trace.
fn first() -> Charge {
	let place = Place {
		position: 0,
		layer: 0,
		stage: Stage::Embedded,
	};
	Charge::Value(Doubt {
		at: At { place, leaf: 0 },
		value: 0,
		rival: 0,
	})
}

#[test]
fn every_fraud_is_proved_by_one_step() {
	let mut random = Random(5);
	let mut proved = 0;
	for sample in Sample::all(40) {
		let honest = Answer::of(&sample);
		for _ in 0..8 {
			let number = random.between(0, honest.graph.leaves() as i64 - 1) as usize;
			let mut forged = honest.clone();
			let (at, leaf) = &mut forged.leaves[number];
			let Some(doubt) = spoil(*at, leaf, &honest, &mut random) else {
				continue;
			};
			let alone = match &forged.leaves[number].1 {
				Leaf::Choice(choice) if doubt.value == Choice::TOKEN => Doubt {
					rival: choice.token,
					..doubt
				},
				_ => doubt,
			};
			let mut forged = Committed::new(forged);
			let proves = forged.judge(Charge::Value(doubt)) || forged.judge(Charge::Value(alone));
			assert!(proves, "{:?}: {doubt:?}", sample.shape);
			proved += 1;
		}
	}
	println!("{proved} frauds proved");
	assert!(proved > 700);
}

#[test]
fn no_honest_answer_is_a_fraud() {
	let mut random = Random(6);
	let mut charges = 0;
	for sample in Sample::all(25) {
		let mut committed = Committed::new(Answer::of(&sample));
		let doubts = committed.answer.doubts(&mut random);
		// Each kind of value of each position, and a part of the rest.
		for doubt in doubts.iter().step_by(7) {
			assert!(!committed.judge(Charge::Value(*doubt)), "{:?}: {doubt:?}", sample.shape);
			charges += 1;
		}
		for number in 0..committed.answer.graph.counts().output {
			assert!(!committed.judge(Charge::Token(number)));
		}
		for leaf in 0..committed.answer.graph.size(Stage::Unit).leaves() {
			assert!(!committed.judge(Charge::Output(leaf)));
		}
	}
	println!("{charges} charges refused");
	assert!(charges > 10_000);
}

#[test]
fn an_answer_that_is_not_the_trace_s_is_a_fraud() {
	for sample in Sample::all(30) {
		let mut committed = Committed::new(Answer::of(&sample));
		let charge = match sample.shape.answers {
			Use::Tokens => {
				let last = committed.answer.tokens.last_mut().expect("there is one");
				*last = last.wrapping_add(1);
				let number = committed.answer.graph.counts().output - 1;
				let mut answer = Committed::new(committed.answer.clone());
				// The trace stays what it was: only the token that was given differs.
				std::mem::swap(&mut answer.trace, &mut committed.trace);
				committed = answer;
				Charge::Token(number)
			}
			Use::Embedding => {
				let leaf = committed
					.answer
					.leaves
					.iter_mut()
					.rev()
					.find(|(at, _)| at.place.stage == Stage::Unit);
				let Some((at, Leaf::Activations(numbers))) = leaf else {
					panic!("there is one")
				};
				numbers[0] ^= 1;
				let at = *at;
				// Given is what the trace does not have.
				committed.given = Committed::new(committed.answer.clone()).given;
				let forged = committed.answer.clone();
				committed.answer = Answer::of(&sample);
				let case = committed.case();
				let mut evidence = gather(&case, &mut committed, Charge::Output(at.leaf), None)
					.expect("can be brought")
					.expect("is there");
				let given = evidence.answer.as_mut().expect("opened");
				let (_, leaf) = forged
					.leaves
					.iter()
					.find(|(other, _)| *other == at)
					.expect("there is one");
				given.leaves = Bounded::try_from(vec![Bounded::try_from(leaf.write()).expect("short")]).expect("one");
				assert_eq!(
					judge::<Portable>(&case, Charge::Output(at.leaf), None, &evidence),
					Ok(true)
				);
				continue;
			}
		};
		assert!(committed.judge(charge), "{:?}", sample.shape);
	}
}

#[test]
fn a_leaf_that_is_none_is_a_fraud() {
	for sample in Sample::all(10) {
		let mut committed = Committed::new(Answer::of(&sample));
		let honest = committed.case();
		let evidence = gather(&honest, &mut committed, first(), None)
			.expect("can be brought")
			.expect("is there");
		// The same tree with a longer first leaf.
		let mut leaves: Vec<_> = committed.answer.leaves.iter().map(|(_, leaf)| leaf.write()).collect();
		leaves[0].push(0);
		committed.trace = commit::Tree::from_leaves::<Portable>(Kind::Trace, &leaves).expect("few leaves");
		let case = committed.case();
		let mut evidence = Evidence {
			trace: evidence.trace,
			..evidence
		};
		let opened = evidence.trace.as_mut().expect("opened");
		let leaf = Bounded::try_from(leaves[0].clone()).expect("short");
		opened.leaves = Bounded::try_from(vec![leaf]).expect("one");
		opened.proof = committed.trace.prove(&opened.ranges).expect("they are there");
		assert_eq!(judge::<Portable>(&case, first(), None, &evidence), Ok(true));
	}
}

#[test]
fn evidence_that_is_none_decides_nothing() {
	let mut random = Random(9);
	for sample in Sample::all(12) {
		let mut committed = Committed::new(Answer::of(&sample));
		let case = committed.case();
		let place = Place {
			position: 0,
			layer: 0,
			stage: Stage::Query,
		};
		let charge = Charge::Value(Doubt {
			at: At { place, leaf: 0 },
			value: 0,
			rival: 0,
		});
		let evidence = gather(&case, &mut committed, charge, None)
			.expect("can be brought")
			.expect("is there");
		let judge = |evidence: &Evidence| judge::<Portable>(&case, charge, None, evidence);
		assert_eq!(judge(&evidence), Ok(false));

		// A changed bit of any leaf belongs to nothing.
		let mut changed = evidence.clone();
		let weights = changed.weights.as_mut().expect("opened");
		let mut leaves = weights.leaves.clone().into_inner();
		let which = random.between(0, leaves.len() as i64 - 1) as usize;
		let mut leaf = leaves[which].clone().into_inner();
		leaf[0] ^= 1;
		leaves[which] = Bounded::try_from(leaf).expect("as long");
		weights.leaves = Bounded::try_from(leaves).expect("as many");
		let mismatch = EvidenceError::Proof(Kind::Weights, commit::Error::RootMismatch);
		assert_eq!(judge(&changed), Err(VerdictError::Evidence(mismatch)));

		// What is left out is missed.
		let without = Evidence {
			weights: None,
			..evidence.clone()
		};
		assert!(matches!(
			judge(&without),
			Err(VerdictError::Step(StepError::Missing(Missing::Package(_))))
		));

		// What nothing needs is refused.
		let mut more = evidence.clone();
		let ranges = Ranges::one(0, 1).expect("a range");
		let leaf = commit::Bounded::try_from(
			committed
				.answer
				.tokens
				.iter()
				.take(64)
				.flat_map(|token| token.to_le_bytes())
				.collect::<Vec<_>>(),
		);
		let counts = case.graph.counts();
		let leaf = leaf.map(|leaf: Bounded<u8, 1_024>| {
			Bounded::try_from(leaf.into_inner()[..counts.input.min(64) as usize * 4].to_vec()).expect("shorter")
		});
		more.input = Some(atelier_referee::dispute::Opened {
			proof: committed.input.prove(&ranges).expect("it is there"),
			leaves: Bounded::try_from(vec![leaf.expect("short")]).expect("one"),
			ranges,
		});
		assert_eq!(
			judge(&more),
			Err(VerdictError::Evidence(EvidenceError::Superfluous(Kind::Input, 0)))
		);

		// Another claim's trace.
		let other = Case {
			trace: commit::Commitment {
				root: [7; 32],
				..case.trace
			},
			..case
		};
		let mismatch = EvidenceError::Proof(Kind::Trace, commit::Error::RootMismatch);
		assert_eq!(
			is_fraud::<Portable>(&other, charge, &evidence),
			Err(VerdictError::Evidence(mismatch))
		);

		// Leaves in another order, or named twice.
		let opened = evidence.trace.clone().expect("opened");
		let mut leaves = opened.leaves.clone().into_inner();
		if leaves.len() > 1 && leaves[0] != leaves[1] {
			leaves.swap(0, 1);
			let mut swapped = evidence.clone();
			swapped.trace.as_mut().expect("opened").leaves = Bounded::try_from(leaves).expect("as many");
			let mismatch = EvidenceError::Proof(Kind::Trace, commit::Error::RootMismatch);
			assert_eq!(judge(&swapped), Err(VerdictError::Evidence(mismatch)));
		}
		assert!(Ranges::new(vec![Range { start: 0, end: 1 }, Range { start: 0, end: 1 }]).is_err());
	}
}

#[test]
fn a_state_that_is_not_the_trace_s_is_a_fraud() {
	let mut random = Random(41);
	for sample in Sample::all(20) {
		let honest = Committed::new(Answer::of(&sample));
		let positions = honest.answer.graph.positions();
		for position in 0..positions {
			let mut forged = honest.clone();
			assert!(!forged.judge(Charge::State(position)), "{:?}", sample.shape);
			let state = &mut forged.states[position as usize];
			match random.one_in(2) {
				true => state.token ^= 1 << random.between(0, 31),
				false => state.numbers[random.between(0, 31) as usize] ^= 1 << random.between(0, 7),
			}
			forged.state = state_tree::<Portable>(&forged.states).expect("few");
			for other in 0..positions {
				assert_eq!(
					forged.judge(Charge::State(other)),
					other == position,
					"{:?}",
					sample.shape
				);
			}
		}
	}
}

#[test]
fn a_leaf_of_states_that_does_not_hold_its_states_is_a_fraud() {
	for sample in Sample::all(10) {
		let mut committed = Committed::new(Answer::of(&sample));
		let whole = state_leaves(&committed.states).next().expect("there is one");
		let mut longer = whole.clone();
		longer.extend([0; State::BYTES]);
		for leaf in [Vec::new(), whole[1..].to_vec(), longer] {
			committed.state = Tree::from_leaves::<Portable>(Kind::State, [leaf.clone()]).expect("one leaf");
			if committed.answer.graph.positions() > 16 {
				continue;
			}
			let case = committed.case();
			let charge = Charge::State(0);
			let mut evidence = gather(&case, &mut committed, charge, None)
				.expect("can be brought")
				.expect("is there");
			let opened = evidence.state.as_mut().expect("opened");
			opened.leaves = Bounded::try_from(vec![Bounded::try_from(leaf).expect("short")]).expect("one");
			assert_eq!(judge::<Portable>(&case, charge, None, &evidence), Ok(true));
		}
	}
}

#[test]
fn what_the_case_has_no_commitment_to_cannot_be_opened() {
	let sample = Sample::all(1).next().expect("there is one");
	let mut committed = Committed::new(Answer::of(&sample));
	let case = committed.case();
	let charge = Charge::State(0);
	let mut evidence = gather(&case, &mut committed, charge, None)
		.expect("can be brought")
		.expect("is there");
	evidence.vocabulary = evidence.state.clone();
	assert_eq!(
		judge::<Portable>(&case, charge, None, &evidence),
		Err(VerdictError::Evidence(EvidenceError::NoCommitment(Kind::Vocabulary)))
	);
}

#[test]
fn commitments_of_another_size_are_no_case() {
	for sample in Sample::all(8) {
		let case = Committed::new(Answer::of(&sample)).case();
		let more = |commitment: commit::Commitment| commit::Commitment {
			count: commitment.count + 1,
			..commitment
		};
		let wrong = |case: Case, kind| assert_eq!(case.checked().err(), Some(ChargeError::WrongCommitment(kind)));
		wrong(
			Case {
				trace: more(case.trace),
				..case
			},
			Kind::Trace,
		);
		wrong(
			Case {
				weights: more(case.weights),
				..case
			},
			Kind::Weights,
		);
		wrong(
			Case {
				input: more(case.input),
				..case
			},
			Kind::Input,
		);
		wrong(
			Case {
				answer: more(case.answer),
				..case
			},
			case.answer.kind,
		);
		wrong(
			Case {
				state: more(case.state),
				..case
			},
			Kind::State,
		);
		wrong(
			Case {
				vocabulary: Some(case.weights),
				..case
			},
			Kind::Vocabulary,
		);
		wrong(
			Case {
				trace: case.weights,
				..case
			},
			Kind::Trace,
		);
	}
}

/// How the challenger plays.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Challenger {
	/// Has the right trace and goes to the first difference.
	Honest,
	/// Makes any move that the rules allow.
	Random,
}

/// Plays a dispute to its end; the holder answers what it can from what it has.
fn play(holder: &mut Committed, right: &mut Committed, challenger: Challenger, random: &mut Random) -> Party {
	let case = holder.case();
	let mut game = Game::Top;
	let mut looked_at = None;
	for _ in 0..Game::most_moves(&case) {
		let played = match &game {
			Game::Top => Move::Reveal(holder.trace.reveal_top().expect("there is a top")),
			Game::Below(node) => Move::Reveal(
				holder
					.trace
					.reveal_below(node.level, node.index)
					.expect("there is something below"),
			),
			Game::Leaf(node) => {
				let leaf = holder.answer.leaves[node.index as usize].1.write();
				Move::Leaf(Bounded::try_from(leaf).expect("short"))
			}
			Game::Parts(charge) => {
				Move::Parts(Bounded::try_from(holder.parts(*charge).expect("it has parts")).expect("not too many"))
			}
			Game::Evidence(charge) => {
				let evidence = gather(&case, holder, *charge, None)
					.expect("can be brought")
					.expect("is there");
				Move::Open(Box::new(evidence))
			}
			Game::PartEvidence(charge, parts, chosen) => {
				let in_parts = InParts { parts, chosen: *chosen };
				let evidence = gather(&case, holder, *charge, Some(in_parts)).expect("can be brought");
				Move::Open(Box::new(evidence.expect("is there")))
			}
			Game::Nodes(nodes) => match challenger {
				Challenger::Honest => {
					let differs = nodes
						.iter()
						.position(|node| right.trace.node(node.level, node.index) != Some(node.digest));
					// Nothing differs: the answer itself must, or nothing does.
					let Some(number) = differs else { return Party::Holder };
					if nodes[number].level == 0 {
						looked_at = Some(nodes[number].index);
					}
					Move::Descend(number as u32)
				}
				Challenger::Random => {
					let number = random.between(0, nodes.len() as i64 - 1) as usize;
					if nodes[number].level == 0 {
						looked_at = Some(nodes[number].index);
					}
					Move::Descend(number as u32)
				}
			},
			Game::Seen => {
				let number = looked_at.expect("a leaf was looked at") as usize;
				let (at, seen) = &holder.answer.leaves[number];
				Move::Accuse(Charge::Value(match challenger {
					Challenger::Honest => difference(*at, seen, &right.answer.leaves[number].1),
					Challenger::Random => {
						let doubts = holder.answer.doubts(random);
						let about: Vec<_> = doubts.into_iter().filter(|doubt| doubt.at == *at).collect();
						about[random.between(0, about.len() as i64 - 1) as usize]
					}
				}))
			}
			Game::Part(charge, parts) => {
				let Charge::Value(doubt) = *charge else {
					panic!("only values have parts")
				};
				let number = case.graph.number(doubt.at).expect("it exists") as usize;
				let leaf = holder.answer.leaves[number].1.clone();
				let mut seen = Seen {
					own: &right.answer,
					at: doubt.at,
					leaf,
				};
				let wrong = wrong_part(&case, &mut seen, *charge, parts).expect("everything is there");
				Move::Part(wrong.unwrap_or(0))
			}
		};
		match game
			.play::<Portable>(&case, played)
			.expect("the move is within the rules")
		{
			Next::Go(next) => game = next,
			Next::Over { winner } => return winner,
		}
	}
	panic!("the game has not ended");
}

/// The first value in which two leaves differ.
fn difference(at: At, seen: &Leaf, right: &Leaf) -> Doubt {
	fn first<T: PartialEq>(seen: &[T], right: &[T]) -> u32 {
		seen.iter().zip(right).position(|(a, b)| a != b).expect("they differ") as u32
	}
	let (value, rival) = match (seen, right) {
		(Leaf::Numbers(seen), Leaf::Numbers(right)) => (first(seen, right), 0),
		(Leaf::Activations(seen), Leaf::Activations(right)) => (first(seen, right), 0),
		(Leaf::Statistics(seen), Leaf::Statistics(right)) => (first(seen, right), 0),
		(Leaf::Choice(seen), Leaf::Choice(right)) => {
			let fields = [
				seen.largest != right.largest,
				seen.top != right.top,
				seen.weight != right.weight,
				seen.least != right.least,
			];
			match fields.iter().position(|differs| *differs) {
				Some(field) => (field as u32, 0),
				None => (Choice::TOKEN, right.token),
			}
		}
		_ => (0, 0),
	};
	Doubt { at, value, rival }
}

#[test]
fn an_honest_challenger_beats_every_lie() {
	let mut random = Random(21);
	let mut won = 0;
	for sample in Sample::all(40) {
		let honest = Answer::of(&sample);
		let number = random.between(0, honest.graph.leaves() as i64 - 1) as usize;
		let mut forged = honest.clone();
		let (at, leaf) = &mut forged.leaves[number];
		let Some(doubt) = spoil(*at, leaf, &honest, &mut random) else {
			continue;
		};
		// A token that does not run is named by itself; the player here names the right one only.
		if at.place.stage == Stage::Choice && doubt.value == Choice::TOKEN {
			continue;
		}
		let (mut forged, mut right) = (Committed::new(forged), Committed::new(honest));
		let winner = play(&mut forged, &mut right, Challenger::Honest, &mut random);
		assert_eq!(winner, Party::Challenger, "{:?}: {doubt:?}", sample.shape);
		won += 1;
	}
	assert!(won > 100, "{won}");
}

#[test]
fn an_honest_holder_beats_every_accusation() {
	let mut random = Random(22);
	for sample in Sample::all(40) {
		let mut honest = Committed::new(Answer::of(&sample));
		let mut right = honest.clone();
		let winner = play(&mut honest, &mut right, Challenger::Random, &mut random);
		assert_eq!(winner, Party::Holder, "{:?}", sample.shape);
	}
}

#[test]
fn moves_that_break_the_rules_change_nothing() {
	for sample in Sample::all(6) {
		let mut committed = Committed::new(Answer::of(&sample));
		let case = committed.case();
		let top = committed.trace.reveal_top().expect("there is a top");
		let play = |game: &Game, played: Move| game.clone().play::<Portable>(&case, played);
		let not_now = |game: &Game, played: Move| assert_eq!(play(game, played), Err(MoveError::NotNow));

		assert_eq!(Game::Top.turn(), Party::Holder);
		for played in [
			Move::Descend(0),
			Move::Accuse(first()),
			Move::Part(0),
			Move::Parts(Bounded::default()),
		] {
			not_now(&Game::Top, played);
		}
		let mut wrong = top.clone().into_inner();
		wrong[0] = [9; 32];
		let wrong = Move::Reveal(Bounded::try_from(wrong).expect("as many"));
		assert_eq!(
			play(&Game::Top, wrong),
			Err(MoveError::Commitment(commit::Error::RootMismatch))
		);
		let none = Move::Reveal(Bounded::default());
		assert_eq!(
			play(&Game::Top, none),
			Err(MoveError::Commitment(commit::Error::WrongNodeNumber))
		);

		let Ok(Next::Go(nodes)) = play(&Game::Top, Move::Reveal(top.clone())) else {
			panic!("it is the top")
		};
		assert_eq!(nodes.turn(), Party::Challenger);
		not_now(&nodes, Move::Reveal(top));
		assert_eq!(play(&nodes, Move::Descend(32)), Err(MoveError::NoNode));
		let Charge::Value(doubt) = first() else {
			panic!("it is a value")
		};
		let nothing = Charge::Value(Doubt { value: 256, ..doubt });
		assert_eq!(
			play(&nodes, Move::Accuse(nothing)),
			Err(MoveError::Charge(StepError::NoValue))
		);
		let nothing = Charge::Token(case.graph.counts().output);
		assert_eq!(
			play(&nodes, Move::Accuse(nothing)),
			Err(MoveError::Charge(StepError::NoLeaf))
		);

		let Ok(Next::Go(opening)) = play(&nodes, Move::Accuse(first())) else {
			panic!("it is a charge")
		};
		assert_eq!(opening.turn(), Party::Holder);
		let empty = Move::Open(Box::default());
		assert!(matches!(
			play(&opening, empty),
			Err(MoveError::Verdict(VerdictError::Step(StepError::Missing(_))))
		));
		let right = gather(&case, &mut committed, first(), None)
			.expect("can be brought")
			.expect("is there");
		let right = Move::Open(Box::new(right));
		assert_eq!(play(&opening, right), Ok(Next::Over { winner: Party::Holder }));
	}
}
