// SPDX-License-Identifier: Apache-2.0

//! The serving core above the double: whatever else is going on, each request gets the answer that it would get alone.

use atelier_engine::{
	Error,
	backend::{
		Backend, Facts, Memory, Numbers, Outcome, Part, Sequence,
		double::{Double, END},
	},
	serve::{Answering, Engine, Event, Input, Limits, Request, Words, sampler},
	text::{Chat, Message},
};
use atelier_models::Error as Wrong;
use atelier_referee::{claim::StopReason, ops::sampling::Sampler};
use proptest::prelude::*;
use std::{
	sync::{Arc, Barrier, Mutex, mpsc},
	time::{Duration, Instant},
};

const POSITIONS: u32 = 256;

fn words() -> Words {
	Words {
		text: Double::text(POSITIONS).unwrap(),
		chat: None,
		ends: vec![END],
		texts: None,
	}
}

fn engine(double: Double, limits: Limits) -> Engine {
	Engine::start(Box::new(double), words(), limits).unwrap()
}

fn usual() -> Engine {
	engine(Double::new(64, POSITIONS), Limits::default())
}

fn asking(input: &[u32], limit: u32, sampler: Sampler) -> Request {
	Request {
		sampler,
		scope: Some(0),
		..Request::greedy(Input::Tokens(input.to_vec()), limit)
	}
}

mod answers {
	use super::*;

	#[test]
	fn are_those_of_the_model_alone() {
		let engine = usual();
		let answer = engine
			.answer(asking(&[1, 2, 3], 20, Sampler::Greedy))
			.unwrap()
			.wait()
			.unwrap();
		assert_eq!(answer.tokens, Double::answer(&[1, 2, 3], Sampler::Greedy, 20));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(48))]

		/// Many requests with common beginnings, little memory, few places, small steps, some cancelled: nobody notices.
		#[test]
		fn do_not_depend_on_the_others(
			requests in proptest::collection::vec((0u32..3, 1usize..30, 1u32..20, 0u64..3, any::<bool>()), 1..24),
			pages in 13u32..40,
			running in 1usize..6,
			step_tokens in 1usize..24,
		) {
			let limits = Limits { running, step_tokens, ..Limits::default() };
			let engine = engine(Double::new(pages, POSITIONS), limits);
			let asked: Vec<_> = requests.iter().map(|(token, length, limit, seed, cancelled)| {
				let mut input = vec![*token; *length];
				input[length / 2] += *seed as u32;
				let sampler = sampler(1.0, 0, 1.0, *seed).unwrap();
				let answering = engine.answer(asking(&input, *limit, sampler)).unwrap();
				if *cancelled {
					answering.cancel();
				}
				(answering, Double::answer(&input, sampler, *limit as usize), *cancelled)
			}).collect();
			for (answering, wanted, cancelled) in asked {
				match answering.wait() {
					Ok(answer) => prop_assert_eq!(answer.tokens, wanted),
					Err(Error::Cancelled) => prop_assert!(cancelled),
					Err(error) => prop_assert!(false, "{}", error),
				}
			}
			prop_assert!(settles(&engine, pages));
		}
	}

	/// The control of the test above: a core that gave a sequence another one's pages would be noticed.
	#[test]
	fn depend_on_every_token_of_their_own_input() {
		let input: Vec<u32> = (0..20).collect();
		for place in 0..input.len() {
			let mut other = input.clone();
			other[place] += 1;
			assert_ne!(
				Double::answer(&input, Sampler::Greedy, 6),
				Double::answer(&other, Sampler::Greedy, 6)
			);
		}
	}

	#[test]
	fn are_to_the_chat_as_the_model_wants_it_written() {
		let template = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}> ";
		let words = Words {
			chat: Some(Chat::new(template.into(), Vec::new()).unwrap()),
			..words()
		};
		let engine = Engine::start(Box::new(Double::new(64, POSITIONS)), words, Limits::default()).unwrap();
		let message = |role: &str, content: &str| Message {
			role: role.into(),
			content: content.into(),
		};
		let chat = vec![message("system", "be brief"), message("user", "Größe?")];
		let answer = engine
			.answer(Request::greedy(Input::Chat(chat), 9))
			.unwrap()
			.wait()
			.unwrap();
		let written = engine.text().encode("system: be brief\nuser: Größe?\n> ").unwrap();
		assert_eq!(answer.input_count as usize, written.len());
		assert_eq!(answer.tokens, Double::answer(&written, Sampler::Greedy, 9));
	}

	#[test]
	fn stream_token_by_token_and_the_texts_add_up() {
		let engine = usual();
		let mut answering = engine.answer(asking(&[5, 6], 40, Sampler::Greedy)).unwrap();
		let (mut tokens, mut text) = (Vec::new(), String::new());
		let answer = loop {
			match answering.next_event().unwrap().unwrap() {
				Event::Token { token, text: piece } => {
					tokens.push(token);
					text += &piece;
				}
				Event::Done(answer) => break answer,
			}
		};
		assert!(answering.next_event().is_none());
		assert_eq!((&answer.tokens, &answer.text), (&tokens, &text));
		assert_eq!(text, engine.text().decode(&tokens).unwrap());
	}

	#[test]
	fn end_for_the_first_reason_there_is() {
		let engine = usual();
		let whole = Double::answer(&[1, 2, 3], Sampler::Greedy, 30);
		assert!(!whole.contains(&END));
		let ask = |change: &dyn Fn(&mut Request)| {
			let mut request = asking(&[1, 2, 3], 30, Sampler::Greedy);
			change(&mut request);
			engine.answer(request).unwrap().wait().unwrap()
		};
		assert_eq!(
			(ask(&|_| ()).stop, ask(&|_| ()).tokens),
			(StopReason::Limit, whole.clone())
		);

		let ended = ask(&|request| request.ends = Some(vec![whole[4]]));
		assert_eq!((ended.stop, ended.tokens.as_slice()), (StopReason::End, &whole[..5]));
		assert_eq!(ended.text, engine.text().decode(&whole[..4]).unwrap());

		// Three letters of the text, which end two tokens after the first of them.
		let text = engine.text().decode(&whole).unwrap();
		let readable: Vec<char> = text.chars().collect();
		let start = readable
			.windows(3)
			.position(|three| three.iter().all(char::is_ascii_graphic));
		let start = start.expect("three letters in a row");
		let stop: String = readable[start..start + 3].iter().collect();
		let stopped = ask(&|request| request.stops = vec!["never said".into(), stop.clone()]);
		assert_eq!(stopped.stop, StopReason::Stop);
		assert_eq!(stopped.text, text[..text.find(&stop).unwrap()]);
		let said = engine.text().decode(&stopped.tokens).unwrap();
		assert!(
			said.contains(&stop),
			"the token that completes it belongs to the answer"
		);
		let before = engine
			.text()
			.decode(&stopped.tokens[..stopped.tokens.len() - 1])
			.unwrap();
		assert!(!before.contains(&stop));
	}
}

mod errors {
	use super::*;

	fn refused(request: Request) -> Error {
		usual().answer(request).map(drop).unwrap_err()
	}

	#[test]
	fn of_a_request_are_named_at_once() {
		let ask = |tokens: &[u32]| asking(tokens, 4, Sampler::Greedy);
		assert!(matches!(refused(ask(&[])), Error::EmptyInput));
		assert!(matches!(
			refused(Request::greedy(Input::Text(String::new()), 4)),
			Error::EmptyInput
		));
		assert!(matches!(
			refused(Request::greedy(Input::Chat(Vec::new()), 4)),
			Error::EmptyInput
		));
		assert!(matches!(
			refused(ask(&[257])),
			Error::Model(Wrong::UnknownToken {
				token: 257,
				vocabulary: 257
			})
		));
		assert!(matches!(
			refused(ask(&[1; 253])),
			Error::InputTooLong {
				tokens: 253,
				limit: 252
			}
		));
		assert!(matches!(
			refused(asking(&[1], u32::MAX, Sampler::Greedy)),
			Error::InputTooLong { .. }
		));
		assert!(matches!(
			refused(asking(&[1], 0, Sampler::Greedy)),
			Error::NoAnswerWanted
		));
		let huge = Request::greedy(Input::Text("x".repeat(10 << 20)), 4);
		assert!(matches!(refused(huge), Error::Model(Wrong::TextTooLong { .. })));
		let chat = vec![Message {
			role: "user".into(),
			content: "hello".into(),
		}];
		assert!(matches!(
			refused(Request::greedy(Input::Chat(chat), 4)),
			Error::NoTemplate
		));
		assert!(matches!(
			Input::from_bytes(vec![b'a', 0xff]),
			Err(Error::Model(Wrong::NotUtf8 { valid: 1 }))
		));
		assert_eq!(Input::from_bytes("é".into()).unwrap(), Input::Text("é".into()));
	}

	#[test]
	fn of_lists_that_end_an_answer_are_named() {
		let with = |stops: Vec<String>, ends: Option<Vec<u32>>| Request {
			stops,
			ends,
			..asking(&[1], 4, Sampler::Greedy)
		};
		let many = vec!["x".to_owned(); 10_000];
		assert!(matches!(
			refused(with(many, None)),
			Error::Model(Wrong::TooManyStops {
				found: 10_000,
				limit: 4
			})
		));
		let ends = Some((0..10_000).collect());
		assert!(matches!(
			refused(with(Vec::new(), ends)),
			Error::Model(Wrong::TooManyEnds {
				found: 10_000,
				limit: 8
			})
		));
		assert!(matches!(
			refused(with(vec![String::new()], None)),
			Error::Model(Wrong::StopLength { bytes: 0, .. })
		));
		assert!(matches!(
			refused(with(vec!["x".repeat(65)], None)),
			Error::Model(Wrong::StopLength { bytes: 65, .. })
		));
	}

	#[test]
	fn of_use_are_named() {
		let encoder = engine(Double::encoder(POSITIONS), Limits::default());
		assert!(matches!(
			encoder.answer(asking(&[1], 4, Sampler::Greedy)),
			Err(Error::WrongUse)
		));
		assert!(matches!(
			usual().embed(vec![Input::Tokens(vec![1])]),
			Err(Error::WrongUse)
		));
		assert!(matches!(encoder.embed(Vec::new()), Err(Error::EmptyInput)));
		let many = vec![Input::Tokens(vec![1]); 257];
		assert!(matches!(
			encoder.embed(many),
			Err(Error::TooManyInputs { found: 257, limit: 256 })
		));
	}

	/// One that fails on its own, and one that makes the whole batch fail: the others get their answers.
	#[test]
	fn of_one_request_do_not_harm_the_others_of_its_batch() {
		for (poison, bane) in [(Some(99), None), (None, Some(99))] {
			let mut double = Double::new(64, POSITIONS);
			(double.poison, double.bane) = (poison, bane);
			let engine = engine(
				double,
				Limits {
					step_tokens: 4,
					..Limits::default()
				},
			);
			let inputs: Vec<Vec<u32>> = (0..12)
				.map(|number| match number % 3 {
					1 => vec![number, 7, 99, 3],
					_ => vec![number, 7, 9, 3, 5],
				})
				.collect();
			let asked: Vec<_> = inputs
				.iter()
				.map(|input| engine.answer(asking(input, 8, Sampler::Greedy)).unwrap())
				.collect();
			for (input, answering) in inputs.iter().zip(asked) {
				match answering.wait() {
					Ok(answer) => assert_eq!(answer.tokens, Double::answer(input, Sampler::Greedy, 8)),
					Err(Error::NotFiniteOutput) => assert!(poison.is_some() && input.contains(&99)),
					Err(Error::Libtorch { .. }) => assert!(bane.is_some() && input.contains(&99)),
					Err(error) => panic!("{error}"),
				}
			}
			assert!(settles(&engine, 64));
		}
	}

	#[test]
	fn a_request_that_never_fits_is_refused_and_does_not_stop_the_line() {
		let engine = engine(Double::new(4, POSITIONS), Limits::default());
		let large = engine.answer(asking(&[1; 16], 4, Sampler::Greedy)).unwrap();
		let small = engine.answer(asking(&[1; 4], 4, Sampler::Greedy)).unwrap();
		assert!(matches!(large.wait(), Err(Error::NeverFits { pages: 5, all: 4 })));
		assert!(small.wait().is_ok());
	}
}

mod running {
	use super::*;

	/// Lets a step begin when the test says so.
	struct Stepwise {
		double: Double,
		gate: Arc<Barrier>,
		seen: Arc<Mutex<Vec<usize>>>,
	}

	impl Backend for Stepwise {
		fn facts(&self) -> Facts {
			self.double.facts()
		}
		fn memory(&self) -> Memory {
			self.double.memory()
		}
		fn admit(
			&mut self,
			admit: &atelier_engine::backend::Admit<'_>,
		) -> Result<atelier_engine::backend::Admission, Error> {
			self.double.admit(admit)
		}
		fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
			self.seen.lock().unwrap().push(parts.len());
			self.gate.wait();
			self.gate.wait();
			self.double.step(parts)
		}
		fn release(&mut self, sequence: Sequence) {
			self.double.release(sequence);
		}
		fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
			self.double.embed(inputs)
		}
	}

	type Seen = Arc<Mutex<Vec<usize>>>;

	fn stepwise(limits: Limits) -> (Engine, Arc<Barrier>, Seen) {
		let gate = Arc::new(Barrier::new(2));
		let seen = Seen::default();
		let backend = Stepwise {
			double: Double::new(64, POSITIONS),
			gate: gate.clone(),
			seen: seen.clone(),
		};
		(Engine::start(Box::new(backend), words(), limits).unwrap(), gate, seen)
	}

	/// Steps until nobody asks for one.
	fn run_on(gate: Arc<Barrier>, done: mpsc::Receiver<()>) -> std::thread::JoinHandle<()> {
		std::thread::spawn(move || {
			loop {
				gate.wait();
				let over = done.try_recv().is_ok();
				gate.wait();
				if over {
					break;
				}
			}
		})
	}

	#[test]
	fn new_requests_join_those_that_run_and_cancelled_ones_leave_in_the_middle() {
		let (engine, gate, seen) = stepwise(Limits::default());
		let first = engine.answer(asking(&[1, 1], 30, Sampler::Greedy)).unwrap();
		gate.wait();
		// While the first step is computed, two more come.
		let second = engine.answer(asking(&[2, 2], 30, Sampler::Greedy)).unwrap();
		let third = engine.answer(asking(&[3, 3], 3, Sampler::Greedy)).unwrap();
		gate.wait();
		gate.wait();
		second.cancel();
		gate.wait();
		let (done, over) = mpsc::channel();
		let steps = run_on(gate, over);
		assert!(matches!(second.wait(), Err(Error::Cancelled)));
		assert_eq!(
			third.wait().unwrap().tokens,
			Double::answer(&[3, 3], Sampler::Greedy, 3)
		);
		assert_eq!(
			first.wait().unwrap().tokens,
			Double::answer(&[1, 1], Sampler::Greedy, 30)
		);
		assert_eq!(seen.lock().unwrap()[..5], [1, 3, 2, 2, 1]);
		done.send(()).unwrap();
		let last = engine.answer(asking(&[4], 1, Sampler::Greedy)).unwrap();
		last.wait().unwrap();
		steps.join().unwrap();
	}

	#[test]
	fn the_queue_is_bounded() {
		let limits = Limits {
			waiting: 3,
			running: 1,
			..Limits::default()
		};
		let (engine, gate, _) = stepwise(limits);
		let first = engine.answer(asking(&[1], 1, Sampler::Greedy)).unwrap();
		gate.wait();
		// The thread is busy: three wait before it has looked at them.
		let mut waiting: Vec<Answering> = Vec::new();
		let full = loop {
			match engine.answer(asking(&[2], 1, Sampler::Greedy)) {
				Ok(answering) => waiting.push(answering),
				Err(error) => break error,
			}
		};
		assert!(matches!(full, Error::QueueFull { limit: 3 }));
		assert_eq!(waiting.len(), 3);
		gate.wait();
		first.wait().unwrap();
		for answering in waiting {
			gate.wait();
			gate.wait();
			answering.wait().unwrap();
		}
	}

	#[test]
	fn a_long_input_is_read_in_pieces_beside_the_answers() {
		let limits = Limits {
			step_tokens: 8,
			..Limits::default()
		};
		let engine = engine(Double::new(128, POSITIONS), limits);
		let long: Vec<u32> = (0..200).map(|number| number % 250).collect();
		let answer = engine.answer(asking(&long, 3, Sampler::Greedy)).unwrap();
		let short = engine
			.answer(asking(&[1], 10, Sampler::Greedy))
			.unwrap()
			.wait()
			.unwrap();
		assert_eq!(short.tokens, Double::answer(&[1], Sampler::Greedy, 10));
		assert_eq!(answer.wait().unwrap().tokens, Double::answer(&long, Sampler::Greedy, 3));
		// 200 tokens in pieces of at most eight.
		let status = engine.status();
		assert!(status.steps >= 25, "{status:?}");
	}

	#[test]
	fn a_common_beginning_is_computed_once_and_only_within_a_scope() {
		let engine = usual();
		let input: Vec<u32> = (0..30).collect();
		let ask = |scope| {
			let mut request = asking(&input, 4, Sampler::Greedy);
			request.scope = scope;
			let answer = engine.answer(request).unwrap().wait().unwrap();
			assert_eq!(answer.tokens, Double::answer(&input, Sampler::Greedy, 4));
			answer.known
		};
		assert_eq!(
			(ask(Some(1)), ask(Some(1)), ask(Some(2)), ask(None), ask(Some(2))),
			(0, 28, 0, 0, 28)
		);
	}

	#[test]
	fn a_reader_that_goes_away_cancels() {
		let engine = usual();
		drop(engine.answer(asking(&[1], 200, Sampler::Greedy)).unwrap());
		assert!(settles(&engine, 64));
	}

	#[test]
	fn an_engine_that_is_dropped_tells_those_that_wait() {
		let engine = engine(
			Double::new(64, POSITIONS),
			Limits {
				running: 1,
				..Limits::default()
			},
		);
		let asked: Vec<_> = (0..20)
			.map(|token| engine.answer(asking(&[token], 200, Sampler::Greedy)).unwrap())
			.collect();
		drop(engine);
		let results: Vec<_> = asked.into_iter().map(Answering::wait).collect();
		assert!(
			results
				.iter()
				.all(|result| matches!(result, Ok(_) | Err(Error::Stopped)))
		);
		assert!(results.iter().any(Result::is_err));
	}

	#[test]
	fn embeddings_come_back_to_who_asked() {
		let encoder = engine(
			Double::encoder(POSITIONS),
			Limits {
				inputs: 4,
				..Limits::default()
			},
		);
		let ask = |tokens: &[&[u32]]| {
			encoder
				.embed(tokens.iter().map(|input| Input::Tokens(input.to_vec())).collect())
				.unwrap()
		};
		let alone: Vec<_> = (0..9)
			.map(|token| ask(&[&[token, 1]]).wait().unwrap().remove(0))
			.collect();
		let asked: Vec<_> = (0..3)
			.map(|three| ask(&[&[3 * three, 1], &[3 * three + 1, 1], &[3 * three + 2, 1]]))
			.collect();
		let together: Vec<_> = asked
			.into_iter()
			.flat_map(|embedding| embedding.wait().unwrap())
			.collect();
		assert_eq!(together, alone);
		assert_ne!(alone[0], alone[1]);
	}
}

/// Whether an engine comes to rest with all of its memory free.
fn settles(engine: &Engine, pages: u32) -> bool {
	let start = Instant::now();
	while start.elapsed() < Duration::from_secs(10) {
		let status = engine.status();
		if (status.waiting, status.running, status.memory.free) == (0, 0, pages) {
			return true;
		}
		std::thread::sleep(Duration::from_millis(1));
	}
	false
}
