// SPDX-License-Identifier: Apache-2.0

//! The largest dispute: no real one is larger, and those about the largest models fit into the chain.

use atelier_referee::samples::{Answer, Committed, Sample};
use atelier_referee::{
	commit::Bounded,
	dispute::{Case, Charge, Stops, gather, worst},
	model::{Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	samples::Random,
	tables::Activation,
	trace::{Counts, Graph},
};
use codec::Encode;

#[test]
fn no_evidence_is_larger_than_the_worst() {
	let mut random = Random(17);
	for sample in Sample::all(15) {
		let mut committed = Committed::new(Answer::of(&sample));
		let worst = worst(&committed.answer.graph).expect("it can be computed");
		assert!(worst.fits);
		let case = committed.case();
		let case = Case {
			vocabulary: Some(committed.vocabulary.commitment()),
			stops: Stops::of(&[Bounded::try_from(vec![b'c'; 64]).expect("short")]),
			..case
		};
		let doubts = committed.answer.doubts(&mut random);
		let positions = (0..committed.answer.graph.positions()).map(Charge::State);
		let tokens = (0..committed.answer.graph.counts().output).map(Charge::Stop);
		let values = doubts.iter().step_by(5).copied().map(Charge::Value);
		for charge in values.chain(positions).chain(tokens) {
			if charge.parts(&case) > 1 {
				continue;
			}
			let evidence = gather(&case, &mut committed, charge, None)
				.expect("can be brought")
				.expect("is there");
			// Two ranges and their siblings more or less: tiny trees are cut differently elsewhere.
			let size = evidence.encoded_size() as u64;
			assert!(
				size <= worst.evidence + 1_024,
				"{charge:?}: {size} of {}",
				worst.evidence
			);
		}
	}
}

/// A decoder of today's kind.
fn decoder(
	layers: u16,
	width: u32,
	heads: u16,
	key_heads: u16,
	head_width: u16,
	hidden: u32,
	vocabulary: u32,
) -> Shape {
	let shape = Shape {
		answers: Use::Tokens,
		layers,
		width,
		heads,
		key_heads,
		head_width,
		rotary_width: head_width,
		hidden,
		vocabulary,
		positions: 32_768,
		window: 0,
		norm: Norm::Rms,
		order: Order::Before,
		gains: false,
		head_norm: false,
		activation: Activation::Silu,
		gated: true,
		tied: false,
		matrices: Format::Byte,
		embeddings: Format::Byte,
		residual_fraction: 12,
		hidden_fraction: 12,
		epsilon: 10_995_116,
	};
	shape.checked().expect("within the limits")
}

#[test]
fn disputes_about_large_models_fit() {
	let models = [
		("10 M", decoder(6, 288, 6, 6, 48, 768, 32_000)),
		("125 M", decoder(12, 768, 12, 12, 64, 2_048, 32_000)),
		("1 B", decoder(16, 2_048, 32, 8, 64, 8_192, 128_256)),
		("8 B", decoder(32, 4_096, 32, 8, 128, 14_336, 128_256)),
		("32 B", decoder(64, 5_120, 40, 8, 128, 27_648, 152_064)),
		("70 B", decoder(80, 8_192, 64, 8, 128, 28_672, 128_256)),
	];
	println!("| parameters | tokens | leaves | answers | KiB in all | KiB that decide | largest step |");
	println!("| --- | --- | --- | --- | --- | --- | --- |");
	for (name, shape) in models {
		for tokens in [2_048, 8_192, 16_384] {
			let graph = Graph::new(
				shape,
				Counts {
					input: tokens / 2,
					output: tokens / 2,
				},
			)
			.expect("within the limits");
			let worst = worst(&graph).expect("it can be computed");
			println!(
				"| {name} | {tokens} | 2^{:.1} | {} | {} | {} | {:?} |",
				(worst.leaves as f64).log2(),
				worst.answers,
				worst.bytes.div_ceil(1_024),
				worst.evidence.div_ceil(1_024),
				worst.stage
			);
			assert!(worst.fits, "{name}, {tokens} tokens");
			assert!(worst.bytes <= 256 * 1_024, "{name}, {tokens} tokens");
			assert!(worst.answers <= 9, "{name}, {tokens} tokens");
		}
	}
}
