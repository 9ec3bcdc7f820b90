// SPDX-License-Identifier: Apache-2.0

//! Every architecture computes what the reference implementation does (scripts/record-float-fixtures).
#![cfg(feature = "libtorch")]

mod common;

use atelier_engine::{
	backend::{Backend, Numbers, Part, Wanted},
	float::{self, Device, Plan},
	load::checkpoint::Float,
	serve::{Engine, Input, Limits, Request},
};
use atelier_referee::{claim::StopReason, ops::sampling::Sampler};
use common::{DECODERS, ENCODERS, admitted, cases, distance, floats, folder, logits};

fn plan(float: Float) -> Plan {
	// The models are tiny: two threads would mostly wait for each other.
	float::threads(Some(1));
	Plan {
		device: Device::Cpu,
		float,
		memory: 512 << 20,
		limits: Limits::default(),
	}
}

fn backend(name: &str, float: Float) -> Box<dyn Backend> {
	float::load(&folder(name), &plan(float)).unwrap()
}

fn serve(name: &str) -> Engine {
	float::serve(&folder(name), &plan(Float::F32)).unwrap()
}

/// Of logits: rounding to 16 bits of fraction is 0.000,008 of it, the largest difference seen 0.000,01.
const TOLERANCE: f32 = 5e-5;

#[test]
fn the_tokenizer_gives_the_reference_tokens() {
	for name in DECODERS.iter().chain(&ENCODERS) {
		let text = folder(name).text().unwrap();
		for case in cases(name) {
			assert_eq!(text.encode(&case.text).unwrap(), case.input, "{name}: {}", case.text);
		}
	}
}

#[test]
fn logits_are_the_reference_logits() {
	for name in DECODERS {
		let mut backend = backend(name, Float::F32);
		for case in cases(name) {
			let sequence = admitted(&mut *backend, &case.input, 1);
			let found = distance(&logits(&mut *backend, sequence, &case.input), &case.logits());
			assert!(found < TOLERANCE, "{name}, {:?}: {found}", case.text);
			backend.release(sequence);
		}
	}
}

/// Token by token, in pieces, and several texts beside each other in one step.
#[test]
fn however_the_tokens_come_the_logits_are_the_same() {
	for name in DECODERS {
		let mut backend = backend(name, Float::F32);
		let cases = cases(name);
		for piece in [1, 2, 7] {
			for case in &cases {
				let sequence = admitted(&mut *backend, &case.input, 1);
				let mut last = Vec::new();
				for tokens in case.input.chunks(piece) {
					last = logits(&mut *backend, sequence, tokens);
				}
				let found = distance(&last, &case.logits());
				assert!(found < TOLERANCE, "{name}, {:?} by {piece}: {found}", case.text);
				backend.release(sequence);
			}
		}
		let sequences: Vec<_> = cases
			.iter()
			.map(|case| admitted(&mut *backend, &case.input, 1))
			.collect();
		let part = |(sequence, tokens)| Part {
			sequence,
			tokens,
			wanted: Wanted::Logits,
			states: false,
		};
		// All but the last token of each in one step, the last ones in another: inputs together, then answers together.
		let split = cases.iter().map(|case| case.input.split_at(case.input.len() - 1));
		let (first, last): (Vec<_>, Vec<_>) = split.unzip();
		let parts = sequences
			.iter()
			.copied()
			.zip(first)
			.filter(|(_, tokens)| !tokens.is_empty());
		assert!(
			backend
				.step(&parts.map(part).collect::<Vec<_>>())
				.unwrap()
				.iter()
				.all(Result::is_ok)
		);
		let parts: Vec<_> = sequences.iter().copied().zip(last).map(part).collect();
		for (outcome, case) in backend.step(&parts).unwrap().into_iter().zip(&cases) {
			let found = distance(&floats(&outcome.unwrap().logits.unwrap()), &case.logits());
			assert!(found < TOLERANCE, "{name}, {:?} together: {found}", case.text);
		}
	}
}

#[test]
fn greedy_answers_are_the_reference_answers() {
	for name in DECODERS {
		let engine = serve(name);
		let cases = cases(name);
		let asked: Vec<_> = cases
			.iter()
			.map(|case| {
				let mut request = Request::greedy(Input::Text(case.text.clone()), case.answer.len() as u32);
				request.ends = Some(Vec::new());
				engine.answer(request).unwrap()
			})
			.collect();
		for (answering, case) in asked.into_iter().zip(&cases) {
			let answer = answering.wait().unwrap();
			assert_eq!(answer.tokens, case.answer, "{name}: {}", case.text);
			assert_eq!(answer.text, engine.text().decode(&case.answer).unwrap(), "{name}");
			assert_eq!(
				(answer.stop, answer.input_count),
				(StopReason::Limit, case.input.len() as u32)
			);
		}
	}
}

/// A control: with another weight, head or rotation the logits would differ by far more than the tolerance.
#[test]
fn a_small_change_of_the_config_is_noticed() {
	for (name, field, value) in [
		("llama", "rms_norm_eps", serde_json::json!(0.01)),
		(
			"llama",
			"rope_parameters",
			serde_json::json!({ "rope_type": "default", "rope_theta": 9_000.0 }),
		),
		(
			"llama-scaled",
			"rope_parameters",
			serde_json::json!({ "rope_type": "default", "rope_theta": 10_000.0 }),
		),
		(
			"qwen3",
			"rope_parameters",
			serde_json::json!({ "rope_type": "default", "rope_theta": 10_000.0 }),
		),
	] {
		let changed = tempfile::tempdir().unwrap();
		for file in ["config.json", "model.safetensors", "tokenizer.json"] {
			std::fs::copy(folder(name).path().join(file), changed.path().join(file)).unwrap();
		}
		let path = changed.path().join("config.json");
		let mut config: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
		config[field] = value;
		std::fs::write(&path, config.to_string()).unwrap();
		let mut backend = float::load(&atelier_engine::load::Folder::new(changed.path()), &plan(Float::F32)).unwrap();
		let case = cases(name).pop().unwrap();
		let sequence = admitted(&mut *backend, &case.input, 1);
		let found = distance(&logits(&mut *backend, sequence, &case.input), &case.logits());
		assert!(found > 20.0 * TOLERANCE, "{name}, {field}: {found}");
	}
}

/// Weights and activations in 16 bits: the tolerance is what the format loses, with room for another order of sums.
#[test]
fn half_precision_is_near() {
	for (float, tolerance) in [(Float::BF16, 0.08), (Float::F16, 0.01)] {
		for name in DECODERS {
			let mut backend = backend(name, float);
			let mut worst = 0_f32;
			for case in cases(name) {
				let sequence = admitted(&mut *backend, &case.input, 1);
				let scale = case.logits().iter().fold(0_f32, |most, logit| most.max(logit.abs()));
				let found = distance(&logits(&mut *backend, sequence, &case.input), &case.logits());
				worst = worst.max(found / scale);
				backend.release(sequence);
			}
			assert!(
				worst < tolerance,
				"{name} in {}: {worst} of the largest logit",
				float.name()
			);
		}
	}
}

#[test]
fn embeddings_are_the_reference_embeddings() {
	for name in ENCODERS {
		let engine = serve(name);
		let cases = cases(name);
		// Alone, and padded to the longest.
		let inputs: Vec<_> = cases.iter().map(|case| Input::Text(case.text.clone())).collect();
		let together = engine.embed(inputs.clone()).unwrap().wait().unwrap();
		let alone = inputs
			.into_iter()
			.map(|input| engine.embed(vec![input]).unwrap().wait().unwrap().remove(0));
		for (how, vectors) in [("together", together), ("alone", alone.collect())] {
			for (vector, case) in vectors.iter().zip(&cases) {
				let Numbers::Float(vector) = vector else { panic!() };
				let found = distance(vector, &case.embedding());
				assert!(found < 2e-6, "{name}, {:?} {how}: {found}", case.text);
			}
		}
	}
}

#[test]
fn a_seeded_choice_can_be_replayed_from_the_logits() {
	let case = cases("tiny-decoder").remove(1);
	let sampler = atelier_engine::serve::sampler(0.9, 40, 0.95, 7).unwrap();
	let engine = serve("tiny-decoder");
	let mut request = Request::greedy(Input::Tokens(case.input.clone()), 12);
	request.sampler = sampler;
	let answer = engine.answer(request).unwrap().wait().unwrap();
	let mut backend = backend("tiny-decoder", Float::F32);
	let sequence = admitted(&mut *backend, &case.input, 12);
	let mut tokens = case.input.clone();
	for (place, &chosen) in answer.tokens.iter().enumerate() {
		let part = Part {
			sequence,
			tokens: &tokens,
			wanted: Wanted::Logits,
			states: false,
		};
		let logits = backend.step(&[part]).unwrap().remove(0).unwrap().logits.unwrap();
		let position = (case.input.len() + place) as u32 - 1;
		assert_eq!(sampler.choose(&logits, position).token, chosen);
		tokens = vec![chosen];
	}
	assert_ne!(
		answer.tokens,
		case.answer[..12],
		"a race at this temperature is not greedy"
	);
	assert_ne!(sampler, Sampler::Greedy);
}

#[test]
fn states_are_those_of_every_token() {
	let case = cases("llama").pop().unwrap();
	let engine = serve("llama");
	let (sender, seen) = std::sync::mpsc::channel();
	let mut request = Request::greedy(Input::Tokens(case.input.clone()), 5);
	request.ends = Some(Vec::new());
	request.scope = Some(1);
	request.watch = Some(Box::new(move |first, states| {
		let Numbers::Float(states) = states else { panic!() };
		sender.send((first, states.len() / 32)).unwrap();
	}));
	let answer = engine.answer(request).unwrap().wait().unwrap();
	assert_eq!(answer.known, 0);
	let count = case.input.len() as u32;
	// The last token of the answer is not taken in: nothing comes after it.
	let mut wanted = vec![(0, count as usize)];
	wanted.extend((0..4).map(|place| (count + place, 1)));
	assert_eq!(seen.iter().collect::<Vec<_>>(), wanted);
}
