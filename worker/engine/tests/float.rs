// SPDX-License-Identifier: Apache-2.0

//! The float class as it serves: memory, what is refused, and requests beside each other.
#![cfg(feature = "libtorch")]

mod common;

use atelier_engine::{
	Error,
	float::{self, Device, Plan},
	load::{Folder, checkpoint::Float},
	serve::{Engine, Input, Limits, Request},
};
use atelier_models::Error as Wrong;
use atelier_referee::claim::StopReason;
use common::{cases, folder};
use std::fs;

fn plan() -> Plan {
	float::threads(Some(1));
	Plan {
		device: Device::Cpu,
		float: Float::F32,
		memory: 64 << 20,
		limits: Limits::default(),
	}
}

fn error(folder: &Folder, plan: &Plan) -> Error {
	float::load(folder, plan).map(drop).unwrap_err()
}

mod memory {
	use super::*;

	#[test]
	fn a_model_that_needs_more_than_there_is_is_refused_with_what_it_needs() {
		for name in ["llama", "bert"] {
			let small = Plan {
				memory: 100_000,
				..plan()
			};
			let Error::ModelTooLarge { needs, budget: 100_000 } = error(&folder(name), &small) else {
				panic!()
			};
			let enough = Plan {
				memory: needs,
				..plan()
			};
			assert!(float::load(&folder(name), &enough).is_ok(), "{name}");
			let less = Plan {
				memory: needs - 1,
				..plan()
			};
			assert!(matches!(error(&folder(name), &less), Error::ModelTooLarge { .. }));
		}
	}

	#[test]
	fn a_backend_takes_no_more_than_it_was_given() {
		let backend = float::load(&folder("tiny-decoder"), &plan()).unwrap();
		let memory = backend.memory();
		assert!(memory.bytes <= 64 << 20 && memory.pages > 100, "{memory:?}");
		// A page of 16 tokens: 4 layers, keys and values, one head of 64 numbers.
		let page = 4 * 2 * 64 * 4 * 16;
		let more = float::load(
			&folder("tiny-decoder"),
			&Plan {
				memory: (64 << 20) + page,
				..plan()
			},
		)
		.unwrap();
		assert_eq!(more.memory().pages, memory.pages + 1);
	}

	#[test]
	fn an_answer_with_little_memory_is_the_answer() {
		let Error::ModelTooLarge { needs, .. } = error(&folder("llama"), &Plan { memory: 0, ..plan() }) else {
			panic!()
		};
		// Ten pages for many requests: they wait for each other.
		let page = 2 * 2 * 2 * 8 * 4 * 16;
		let engine = float::serve(
			&folder("llama"),
			&Plan {
				memory: needs + 9 * page,
				..plan()
			},
		)
		.unwrap();
		assert_eq!(engine.status().memory.pages, 10);
		let cases: Vec<_> = (0..4).flat_map(|_| cases("llama")).collect();
		let asked: Vec<_> = cases.iter().map(|case| engine.answer(greedy(case)).unwrap()).collect();
		for (answering, case) in asked.into_iter().zip(&cases) {
			assert_eq!(answering.wait().unwrap().tokens, case.answer);
		}
	}
}

fn greedy(case: &common::Case) -> Request {
	Request {
		ends: Some(Vec::new()),
		scope: Some(0),
		..Request::greedy(Input::Tokens(case.input.clone()), case.answer.len() as u32)
	}
}

fn serve(name: &str) -> Engine {
	float::serve(&folder(name), &plan()).unwrap()
}

mod weights {
	use super::*;
	use safetensors::{Dtype, SafeTensors, tensor::TensorView};

	/// A copy of a fixture whose final norm has other numbers.
	fn with_norm(values: &[f32]) -> (tempfile::TempDir, Folder) {
		let copy = tempfile::tempdir().unwrap();
		let from = folder("llama");
		for file in ["config.json", "tokenizer.json"] {
			fs::copy(from.path().join(file), copy.path().join(file)).unwrap();
		}
		let weights = fs::read(from.path().join("model.safetensors")).unwrap();
		let tensors = SafeTensors::deserialize(&weights).unwrap();
		let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
		let changed = tensors.iter().map(|(name, view)| match name {
			"model.norm.weight" => (name, TensorView::new(Dtype::F32, vec![values.len()], &bytes).unwrap()),
			_ => (name, view),
		});
		let changed = safetensors::serialize(changed.collect::<Vec<_>>(), None).unwrap();
		fs::write(copy.path().join("model.safetensors"), changed).unwrap();
		let folder = Folder::new(copy.path());
		(copy, folder)
	}

	#[test]
	fn that_are_wrong_are_named_when_they_are_loaded() {
		let (_copy, folder) = with_norm(&[1.0; 31]);
		assert!(
			matches!(error(&folder, &plan()), Error::Model(Wrong::WrongShape { name, .. }) if name == "model.norm.weight")
		);
		let (_copy, folder) = with_norm(&[f32::NAN; 32]);
		assert!(
			matches!(error(&folder, &plan()), Error::Model(Wrong::NotFinite { name }) if name == "model.norm.weight")
		);
		let (_copy, folder) = with_norm(&[1e6; 32]);
		assert!(float::load(&folder, &plan()).is_ok());
		let half = Plan {
			float: Float::F16,
			..plan()
		};
		assert!(matches!(error(&folder, &half), Error::OutOfRange { dtype: "f16", .. }));
	}

	#[test]
	fn of_another_architecture_are_not_left_out_in_silence() {
		let copy = tempfile::tempdir().unwrap();
		let from = folder("qwen3");
		let config = fs::read_to_string(from.path().join("config.json")).unwrap();
		// The norms of queries and keys would simply not be applied.
		fs::write(copy.path().join("config.json"), config.replace("Qwen3For", "LlamaFor")).unwrap();
		fs::copy(
			from.path().join("model.safetensors"),
			copy.path().join("model.safetensors"),
		)
		.unwrap();
		let error = error(&Folder::new(copy.path()), &plan());
		assert!(
			matches!(&error, Error::Model(Wrong::UnusedTensor { name }) if name.ends_with("_norm.weight")),
			"{error}"
		);
	}
}

#[test]
fn a_gpu_that_is_not_there_is_named() {
	let absent = Plan {
		device: Device::Cuda(63),
		..plan()
	};
	assert!(matches!(error(&folder("llama"), &absent), Error::NoDevice { device } if device == "cuda:63"));
}

#[test]
fn cancelled_requests_leave_the_others_as_they_are() {
	for name in ["llama", "qwen3", "tiny-decoder"] {
		let engine = serve(name);
		let cases = cases(name);
		let asked: Vec<_> = (0..6)
			.flat_map(|_| &cases)
			.map(|case| (engine.answer(greedy(case)).unwrap(), case))
			.collect();
		for (place, (mut answering, case)) in asked.into_iter().enumerate() {
			if place % 3 == 1 {
				// In the middle of a batch: after its first token, if it is not through yet.
				let _ = answering.next_event();
				answering.cancel();
				assert!(matches!(answering.wait(), Ok(_) | Err(Error::Cancelled)));
			} else {
				assert_eq!(answering.wait().unwrap().tokens, case.answer, "{name}: {}", case.text);
			}
		}
	}
}

#[test]
fn a_beginning_that_was_computed_before_gives_the_same_answer() {
	for name in ["llama-scaled", "mistral", "tiny-decoder"] {
		let engine = serve(name);
		let case = cases(name).pop().unwrap();
		let first = engine.answer(greedy(&case)).unwrap().wait().unwrap();
		let second = engine.answer(greedy(&case)).unwrap().wait().unwrap();
		assert_eq!((&first.tokens, first.known), (&case.answer, 0), "{name}");
		assert_eq!((&second.tokens, second.known > 0), (&case.answer, true), "{name}");
	}
}

#[test]
fn answers_end_at_the_models_own_end_and_at_strings() {
	let engine = serve("tiny-decoder");
	let case = cases("tiny-decoder").remove(1);
	let text = engine.text().decode(&case.answer).unwrap();
	let stop = text.split_whitespace().nth(3).unwrap().to_owned();
	let mut request = greedy(&case);
	request.stops = vec![stop.clone()];
	let answer = engine.answer(request).unwrap().wait().unwrap();
	assert_eq!(
		(answer.stop, answer.text.as_str()),
		(StopReason::Stop, &text[..text.find(&stop).unwrap()])
	);
	let mut request = greedy(&case);
	request.ends = Some(vec![case.answer[6]]);
	let answer = engine.answer(request).unwrap().wait().unwrap();
	let end = case.answer.iter().position(|token| *token == case.answer[6]).unwrap();
	assert_eq!(
		(answer.stop, answer.tokens.as_slice()),
		(StopReason::End, &case.answer[..=end])
	);
}
