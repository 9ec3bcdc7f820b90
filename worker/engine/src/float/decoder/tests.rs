// SPDX-License-Identifier: Apache-2.0

//! A sequence whose numbers overflow, and those that get its pages after it.

use super::FloatDecoder;
use crate::{
	Error,
	backend::{Admission, Admit, Backend, Part, Sequence, Wanted},
	float::{Device, Plan, threads},
	load::{Folder, checkpoint::Float, config::Config},
	serve::Limits,
};
use safetensors::SafeTensors;
use std::{fs, path::Path};

/// A token whose vector is nearly as large as f16 can hold: what attention adds is too much.
const HUGE: u32 = 300;

fn with_huge_token() -> FloatDecoder {
	threads(Some(1));
	let from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/llama"));
	let to = tempfile::tempdir().unwrap();
	fs::copy(from.join("config.json"), to.path().join("config.json")).unwrap();
	let mut weights = fs::read(from.join("model.safetensors")).unwrap();
	let (header, metadata) = SafeTensors::read_metadata(&weights).unwrap();
	let embedding = metadata.info("model.embed_tokens.weight").unwrap().data_offsets.0;
	let row = 8 + header + embedding + HUGE as usize * 32 * 4;
	for number in weights[row..row + 32 * 4].as_chunks_mut().0 {
		*number = 65_500_f32.to_le_bytes();
	}
	let output = metadata
		.info("model.layers.0.self_attn.o_proj.weight")
		.unwrap()
		.data_offsets;
	for number in weights[8 + header + output.0..8 + header + output.1].as_chunks_mut().0 {
		*number = (300.0 * f32::from_le_bytes(*number)).to_le_bytes();
	}
	fs::write(to.path().join("model.safetensors"), weights).unwrap();
	let folder = Folder::new(to.path());
	let Config::Decoder(config) = folder.config().unwrap() else {
		panic!()
	};
	let plan = Plan {
		device: Device::Cpu,
		float: Float::F16,
		memory: 64 << 20,
		limits: Limits {
			running: 2,
			..Limits::default()
		},
	};
	FloatDecoder::load(&folder, config, &plan).unwrap()
}

fn admitted(decoder: &mut FloatDecoder, input: &[u32], limit: u32) -> Sequence {
	let admit = Admit {
		input,
		limit,
		scope: Some(0),
	};
	match decoder.admit(&admit).unwrap() {
		Admission::Now { sequence, .. } => sequence,
		Admission::Later => panic!(),
	}
}

fn part(sequence: Sequence, tokens: &[u32]) -> Part<'_> {
	Part {
		sequence,
		tokens,
		wanted: Wanted::Logits,
		states: false,
	}
}

/// Two answers that grow together, of different lengths.
fn of_two(decoder: &mut FloatDecoder) -> Vec<Result<Vec<i32>, Error>> {
	let inputs: [&[u32]; 2] = [&[1, 2, 3], &[4; 40]];
	let sequences = inputs.map(|input| admitted(decoder, input, 2));
	let parts: Vec<_> = sequences
		.iter()
		.zip(inputs)
		.map(|(sequence, input)| part(*sequence, input))
		.collect();
	assert!(decoder.step(&parts).unwrap().iter().all(Result::is_ok));
	let parts = sequences.map(|sequence| part(sequence, &[5]));
	let outcomes = decoder.step(&parts).unwrap();
	let _ = sequences.map(|sequence| decoder.release(sequence));
	outcomes
		.into_iter()
		.map(|outcome| outcome.map(|outcome| outcome.logits.unwrap()))
		.collect()
}

/// Fills every page with what is no number, as far as a sequence can.
fn spoil(decoder: &mut FloatDecoder) {
	let sequences = [9, 10].map(|token| {
		let input = [vec![HUGE; 100], vec![token; 50]].concat();
		let sequence = admitted(decoder, &input, 10);
		let outcome = decoder.step(&[part(sequence, &input)]).unwrap().remove(0);
		assert!(matches!(outcome, Err(Error::NotFiniteOutput)), "{outcome:?}");
		sequence
	});
	assert_eq!(decoder.memory().free, 0);
	let _ = sequences.map(|sequence| decoder.release(sequence));
}

#[test]
fn pages_of_numbers_that_overflowed_harm_nobody_later() {
	let mut decoder = with_huge_token();
	let clean = of_two(&mut decoder).into_iter().map(Result::unwrap).collect::<Vec<_>>();
	spoil(&mut decoder);
	let after = of_two(&mut decoder).into_iter().map(Result::unwrap).collect::<Vec<_>>();
	assert_eq!(clean, after);
}

/// The control of the test above.
#[test]
fn pages_that_were_not_zeroed_would() {
	let mut decoder = with_huge_token();
	decoder.leaves_spoilt = true;
	spoil(&mut decoder);
	assert!(of_two(&mut decoder).iter().any(Result::is_err));
}

#[test]
fn an_overflow_is_its_own_sequences() {
	let mut decoder = with_huge_token();
	let alone = of_two(&mut decoder);
	let sequences = [&[1_u32, 2, 3][..], &[HUGE, 2, 3]].map(|input| (admitted(&mut decoder, input, 2), input));
	let parts = sequences.map(|(sequence, input)| part(sequence, input));
	let outcomes = decoder.step(&parts).unwrap();
	assert!(outcomes[0].is_ok());
	assert!(matches!(outcomes[1], Err(Error::NotFiniteOutput)));
	let outcome = decoder.step(&[part(sequences[0].0, &[5])]).unwrap().remove(0).unwrap();
	let logits = outcome.logits.unwrap();
	// A hundredth: beside others, sums are in another order.
	let near = |(a, b): (&i32, &i32)| (a - b).abs() < 655;
	assert!(logits.iter().zip(alone[0].as_ref().unwrap()).all(near));
}
