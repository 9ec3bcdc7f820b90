// SPDX-License-Identifier: Apache-2.0

//! The exact class, from a float checkpoint to an answer: every value is the referee's, and near what the float model says.

mod common;

use atelier_convert::{Settings, folder::convert};
use atelier_engine::{
	Error,
	backend::{Admission, Admit, Backend, Class, Numbers, Part, Sequence, Wanted},
	claim::States,
	exact::{
		self, By, Plan, Replay,
		device::{Right, Way},
	},
	float::{self, Device},
	serve::{Input, Limits, Request},
};
use atelier_kernels::Path;
use atelier_models::exact::{ExactFolder, PACKAGE};
use atelier_referee::{
	claim::{State, StopReason, state_tree},
	forward::{self, Decoder, Nobody},
	hash::Portable,
	ops::sampling::{Race, Sampler},
	samples::Random,
};
use common::{DECODERS, ENCODERS, cases, floats, folder};
use std::fs;
use tempfile::TempDir;

/// A model of the fixtures, made exact.
struct Made {
	folder: ExactFolder,
	_files: TempDir,
}

impl Made {
	fn of(name: &str) -> Self {
		Self::with(name, None)
	}

	fn with(name: &str, settings: Option<Settings>) -> Self {
		let files = tempfile::tempdir().unwrap();
		let to = files.path().join("exact");
		let folder = convert(folder(name).path(), &to, settings, &mut |_| ()).unwrap();
		Self { folder, _files: files }
	}

	/// With all bits that there are: what is lost then is not for want of bits.
	fn with_all_bits(name: &str, settings: Settings) -> Self {
		let settings = Settings {
			matrix_bits: 16,
			embedding_bits: 16,
			..settings
		};
		Self::with(name, Some(settings))
	}

	/// By the operators of a device, on this CPU.
	fn device(&self, way: Way) -> Box<dyn Backend> {
		// Its threads wait for each other by spinning, and tensors are small here.
		float::threads(Some(1));
		let right = Right::of(Device::Cpu, &[way]).unwrap();
		let package = self.folder.package().unwrap();
		let plan = Plan {
			memory: 1 << 30,
			..plan(1)
		};
		right.load(&package, &plan, Path::PLAIN).unwrap()
	}

	fn backend(&self, threads: usize) -> Box<dyn Backend> {
		exact::load(&self.folder, &plan(threads)).unwrap()
	}

	/// What the referee says after each token: logits and final state.
	fn referee(&self, tokens: &[u32]) -> Vec<(Vec<i32>, Vec<i32>)> {
		let mut decoder = Decoder::new(self.folder.package().unwrap()).unwrap();
		let mut all = Vec::new();
		for token in tokens {
			decoder.push(*token, &mut Nobody).unwrap();
			all.push((decoder.logits(&mut Nobody).unwrap(), decoder.state().to_vec()));
		}
		all
	}

	/// The referee's answer of so many tokens.
	fn answer(&self, input: &[u32], sampler: Sampler, count: usize) -> Vec<u32> {
		let mut decoder = Decoder::new(self.folder.package().unwrap()).unwrap();
		decoder.push_all(input, &mut Nobody).unwrap();
		let mut answer = Vec::new();
		loop {
			let logits = decoder.logits(&mut Nobody).unwrap();
			let token = sampler.choose(&logits, decoder.position() - 1).token;
			answer.push(token);
			if answer.len() == count {
				return answer;
			}
			decoder.push(token, &mut Nobody).unwrap();
		}
	}
}

fn plan(threads: usize) -> Plan {
	Plan {
		threads,
		memory: 64 << 20,
		limits: Limits::default(),
	}
}

fn race(seed: u64) -> Sampler {
	Sampler::Race(Race {
		inverse: 1 << 20,
		top: 40,
		mass: 60_000,
		seed,
	})
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
	let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
	dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn admitted(backend: &mut dyn Backend, input: &[u32], limit: u32, scope: Option<u64>) -> (Sequence, usize) {
	match backend.admit(&Admit { input, limit, scope }).unwrap() {
		Admission::Now { sequence, known } => (sequence, known as usize),
		Admission::Later => panic!("there is room"),
	}
}

#[test]
fn every_logit_and_state_is_the_referee_s() {
	let mut random = Random(5);
	let mut values = 0;
	for name in DECODERS {
		let made = Made::of(name);
		for mut backend in [
			made.backend(1),
			made.backend(2),
			made.device(Way::Doubles),
			made.device(Way::Bytes),
		] {
			assert_eq!(backend.facts().class, Class::Exact);
			for case in cases(name) {
				let right = made.referee(&case.input);
				let (sequence, _) = admitted(&mut *backend, &case.input, 1, None);
				let mut at = 0;
				while at < case.input.len() {
					let end = (at + random.between(1, 9) as usize).min(case.input.len());
					let part = Part {
						sequence,
						tokens: &case.input[at..end],
						wanted: Wanted::Logits,
						states: true,
					};
					let outcome = backend.step(&[part]).unwrap().remove(0).unwrap();
					assert_eq!(outcome.logits.as_ref(), Some(&right[end - 1].0), "{name}: {end}");
					let states: Vec<_> = right[at..end].iter().flat_map(|(_, state)| state.clone()).collect();
					values += states.len() + right[end - 1].0.len();
					assert_eq!(outcome.states, Some(Numbers::Exact(states)), "{name}: {end}");
					at = end;
				}
				backend.release(sequence);
			}
		}
	}
	println!("{values} values");
}

/// So the conversion has understood each architecture: biases, norms of heads, scaled rotations.
#[test]
fn logits_are_near_those_of_the_float_model() {
	for name in DECODERS {
		let made = Made::with_all_bits(name, Settings::TOKENS);
		let mut backend = made.backend(1);
		for case in cases(name) {
			let (sequence, _) = admitted(&mut *backend, &case.input, 1, None);
			let exact = common::logits(&mut *backend, sequence, &case.input);
			let near = cosine(&exact, &case.logits());
			println!("{name}: {near}");
			assert!(near > 0.999_99, "{name}, {:?}: {near}", case.text);
			backend.release(sequence);
		}
	}
	for name in ENCODERS {
		let made = Made::with_all_bits(name, Settings::EMBEDDING);
		let mut backend = made.backend(2);
		let package = made.folder.package().unwrap();
		for case in cases(name) {
			let vectors = backend.embed(&[&case.input, &case.input[..1]]);
			for (vector, input) in vectors.into_iter().zip([&case.input[..], &case.input[..1]]) {
				let Numbers::Exact(vector) = vector.unwrap() else {
					panic!()
				};
				let right = forward::embed(&package, input, &mut Nobody).unwrap();
				assert!(vector.iter().copied().eq(right.into_iter().map(i32::from)), "{name}");
				if input.len() == case.input.len() {
					let near = cosine(&floats(&vector), &case.embedding());
					println!("{name}: {near}");
					assert!(near > 0.999_99, "{name}, {:?}: {near}", case.text);
				}
			}
		}
	}
}

/// Words of ten bits and of sixteen, as well as bytes, by the operators of a device.
#[test]
fn a_device_computes_the_referee_s_values_of_every_fixture() {
	for (name, settings) in DECODERS
		.map(|name| (name, Settings::TOKENS))
		.into_iter()
		.chain(ENCODERS.map(|name| (name, Settings::EMBEDDING)))
	{
		// all-MiniLM takes a minute here.
		let long = std::env::var("ATELIER_LONG").is_ok_and(|long| long == "1");
		if name == "minilm" && !long {
			continue;
		}
		for bits in [10, 16] {
			let settings = Settings {
				matrix_bits: bits,
				embedding_bits: bits,
				..settings
			};
			let made = Made::with(name, Some(settings));
			let package = made.folder.package().unwrap();
			let way = if bits == 10 { Way::Bytes } else { Way::Doubles };
			let mut backend = made.device(way);
			for case in cases(name).iter().take(2) {
				if ENCODERS.contains(&name) {
					let vector = backend.embed(&[&case.input]).remove(0).unwrap();
					let right = forward::embed(&package, &case.input, &mut Nobody).unwrap();
					let right = right.into_iter().map(i32::from).collect();
					assert_eq!(vector, Numbers::Exact(right), "{name}, {bits} bits");
				} else {
					let (sequence, _) = admitted(&mut *backend, &case.input, 1, None);
					let logits = common::logits(&mut *backend, sequence, &case.input);
					let right = made.referee(&case.input);
					assert_eq!(logits, floats(&right.last().unwrap().0), "{name}, {bits} bits");
				}
			}
		}
	}
}

#[test]
fn without_a_gpu_one_is_refused_by_name_and_the_cpu_serves() {
	let made = Made::of("tiny-decoder");
	let error = exact::place(&made.folder, &plan(1), Device::Cuda(999)).err().unwrap();
	assert!(matches!(error, Error::NoDevice { .. }), "{error}");
	let placed = exact::place(&made.folder, &plan(1), Device::Cpu).unwrap();
	assert!(matches!(placed.by, By::Kernels { because: None, .. }), "{}", placed.by);
}

#[test]
fn answers_of_many_at_once_are_the_referee_s() {
	let made = Made::of("qwen3");
	let engine = exact::serve(&made.folder, &plan(2)).unwrap();
	let cases = cases("qwen3");
	let mut asked = Vec::new();
	for (number, case) in (0..).zip(cases.iter().cycle().take(24)) {
		let sampler = if number % 3 == 0 { Sampler::Greedy } else { race(number) };
		let mut request = Request::greedy(Input::Tokens(case.input.clone()), 12);
		request.sampler = sampler;
		request.ends = Some(Vec::new());
		// Some share their beginnings with others, some do not.
		request.scope = (number % 2 == 0).then_some(7);
		asked.push((engine.answer(request).unwrap(), case, sampler));
	}
	for (answering, case, sampler) in asked {
		let answer = answering.wait().unwrap();
		assert_eq!(answer.tokens, made.answer(&case.input, sampler, 12));
		assert_eq!(answer.stop, StopReason::Limit);
	}
}

/// From a request to a claim that no charge about its states, tokens and ends can be brought against.
#[test]
fn what_an_answer_commits_to_is_what_the_referee_computes() {
	for name in ["tiny-decoder", "qwen2"] {
		let made = Made::of(name);
		let engine = exact::serve(&made.folder, &plan(2)).unwrap();
		for (number, case) in (0..).zip(cases(name)) {
			let states = States::of(&engine.facts());
			let mut request = Request::greedy(Input::Tokens(case.input.clone()), 9);
			request.sampler = race(number);
			request.ends = Some(Vec::new());
			request.watch = Some(states.watch());
			let answer = engine.answer(request).unwrap().wait().unwrap();
			let committed = states.committed(&case.input, &answer).unwrap();

			let tokens: Vec<_> = case.input.iter().chain(&answer.tokens).copied().collect();
			let positions = &tokens[..tokens.len() - 1];
			let right: Vec<_> = positions
				.iter()
				.zip(made.referee(positions))
				.map(|(token, (_, state))| State::of::<Portable>(*token, &state))
				.collect();
			assert_eq!(committed.state, state_tree::<Portable>(&right).unwrap().commitment());
			assert_eq!(committed.answer.count, 1);
			// Without the state of one position there is no claim.
			let error = states.committed(&case.input[1..], &answer).err().unwrap();
			assert!(matches!(error, Error::StatesMissing { .. }), "{error}");
		}
	}
}

/// Who checks an answer computes it again in one pass, and finds the same commitments; or the token that is wrong.
#[test]
fn an_answer_is_checked_in_one_pass() {
	let mut random = Random(41);
	for name in ["llama", "qwen3", "tiny-decoder"] {
		let made = Made::of(name);
		let engine = exact::serve(&made.folder, &plan(1)).unwrap();
		let mut replay = Replay::load(&made.folder, &plan(1)).unwrap();
		// The second answer is read in two pieces.
		for (count, sampler) in [(1, Sampler::Greedy), (150, race(7))] {
			let count = count.min(engine.facts().positions - 8);
			let input: Vec<u32> = (0..8)
				.map(|_| random.between(0, i64::from(engine.facts().vocabulary) - 1) as u32)
				.collect();
			let states = States::of(&engine.facts());
			let mut request = Request::greedy(Input::Tokens(input.clone()), count);
			request.sampler = sampler;
			request.ends = Some(Vec::new());
			request.watch = Some(states.watch());
			let answer = engine.answer(request).unwrap().wait().unwrap();
			let committed = states.committed(&input, &answer).unwrap();
			let again = replay.run(&input, &answer.tokens, sampler).unwrap();
			assert_eq!((again.wrong, again.committed), (None, committed), "{name}");
			// The same states, and another answer.
			let place = random.between(0, i64::from(count) - 1) as usize;
			let mut wrong = answer.tokens.clone();
			wrong[place] = (wrong[place] + 1) % engine.facts().vocabulary;
			let again = replay.run(&input, &wrong, sampler).unwrap();
			assert_eq!(again.wrong, Some(place), "{name}");
			assert_ne!(again.committed.answer, committed.answer);
			assert!(matches!(replay.run(&input, &[], sampler), Err(Error::NoAnswerWanted)));
			assert!(replay.run(&[], &wrong, sampler).is_err());
		}
	}
}

/// As the chain looks for it: in the texts of the tokens, which need not be characters.
#[test]
fn an_answer_ends_with_the_token_in_which_a_string_is_complete() {
	let made = Made::of("tiny-decoder");
	let texts = made.folder.texts().unwrap().unwrap();
	let engine = exact::serve(&made.folder, &plan(1)).unwrap();
	let mut random = Random(31);
	let mut stopped = 0;
	for case in cases("tiny-decoder") {
		for seed in 0..12 {
			let whole = made.answer(&case.input, race(seed), 24);
			let bytes: Vec<u8> = whole.iter().flat_map(|token| texts[*token as usize].clone()).collect();
			// Any string of the answer, if it is one.
			let start = random.between(0, bytes.len() as i64 - 5) as usize;
			let Ok(string) = String::from_utf8(bytes[start..start + random.between(1, 5) as usize].to_vec()) else {
				continue;
			};
			let mut text: Vec<u8> = Vec::new();
			let first = whole.iter().position(|token| {
				text.extend(&texts[*token as usize]);
				text.windows(string.len()).any(|found| found == string.as_bytes())
			});
			let first = first.unwrap();

			let mut request = Request::greedy(Input::Tokens(case.input.clone()), 24);
			request.sampler = race(seed);
			request.ends = Some(Vec::new());
			request.stops = vec![string.clone()];
			let answer = engine.answer(request).unwrap().wait().unwrap();
			assert_eq!(answer.tokens, whole[..=first], "{string:?}");
			assert_eq!(answer.stop, StopReason::Stop);
			assert!(!answer.text.contains(&string), "{string:?} in {:?}", answer.text);
			stopped += 1;
		}
	}
	assert!(stopped > 20, "{stopped}");
}

#[test]
fn beginnings_are_read_once_and_change_nothing() {
	let made = Made::of("tiny-decoder");
	let mut backend = made.backend(1);
	let mut random = Random(11);
	let vocabulary = backend.facts().vocabulary;
	let mut token = || random.between(0, i64::from(vocabulary) - 1) as u32;
	let beginning: Vec<u32> = (0..40).map(|_| token()).collect();
	let mut reused = 0;
	for round in 0..12 {
		let input: Vec<u32> = beginning.iter().copied().chain((0..5).map(|_| token())).collect();
		let scope = Some(u64::from(round % 4 == 3));
		let (sequence, known) = admitted(&mut *backend, &input, 4, scope);
		reused += known;
		let last = common::logits(&mut *backend, sequence, &input[known..]);
		assert_eq!(
			last,
			floats(&made.referee(&input).last().unwrap().0),
			"{round}: {known}"
		);
		backend.release(sequence);
	}
	assert!(reused >= 8 * 40, "{reused}");
	// Who wants all states reads all tokens.
	let (_, known) = admitted(&mut *backend, &beginning, 4, None);
	assert_eq!(known, 0);
}

#[test]
fn nobody_gets_more_than_there_is() {
	let made = Made::of("tiny-decoder");
	let small = Plan {
		memory: 1 << 20,
		..plan(1)
	};
	assert!(matches!(
		exact::load(&made.folder, &small).err(),
		Some(Error::ModelTooLarge { .. })
	));
	let mut backend = made.backend(1);
	let pages = backend.memory().pages;
	let positions = backend.facts().positions;
	let input = vec![1; positions as usize / 2];
	let mut held = Vec::new();
	loop {
		let admit = Admit {
			input: &input,
			limit: positions / 2,
			scope: Some(0),
		};
		match backend.admit(&admit).unwrap() {
			Admission::Now { sequence, .. } => held.push(sequence),
			Admission::Later => break,
		}
		assert!(held.len() as u32 <= pages);
	}
	// All that was promised can be had.
	for sequence in &held {
		let part = Part {
			sequence: *sequence,
			tokens: &input,
			wanted: Wanted::Nothing,
			states: false,
		};
		assert!(backend.step(&[part]).unwrap()[0].is_ok());
	}
	let more = vec![1; positions as usize];
	let part = |tokens| Part {
		sequence: held[0],
		tokens,
		wanted: Wanted::Nothing,
		states: false,
	};
	assert!(matches!(backend.step(&[part(&more)]).unwrap()[0], Err(Error::NoRoom)));
	let first = held[0];
	backend.release(first);
	let (sequence, known) = admitted(&mut *backend, &input, positions / 2, Some(0));
	assert_eq!(known, input.len() - 1);
	backend.release(sequence);
	for sequence in held {
		backend.release(sequence);
	}
	assert_eq!(backend.memory().free, pages);
}

#[test]
fn a_package_with_a_number_outside_of_its_format_is_not_served() {
	let made = Made::of("llama");
	let path = made.folder.path().join(PACKAGE);
	let mut bytes = fs::read(&path).unwrap();
	bytes[0] = 0x80;
	fs::write(&path, bytes).unwrap();
	let spoilt = ExactFolder::open(made.folder.path()).unwrap();
	let error = exact::load(&spoilt, &plan(1)).err().unwrap();
	assert!(matches!(error, Error::ExactModel { .. }), "{error}");
}
