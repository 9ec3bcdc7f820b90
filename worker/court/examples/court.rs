// SPDX-License-Identifier: Apache-2.0

//! What a trace commitment and an audit take, by model size, as Markdown:
//! `cargo run --release -p atelier-court --example court --features cheats`.
//!
//! Models are random ones of the shapes that are named. `COURT_MODELS=demo,76M,1B` leaves others out, `COURT_TOKENS` are the
//! tokens of the input and of the answer each (128), `COURT_THREADS` the threads (2).

use atelier_court::{Answered, Audit, Defence, Drawn, Given, Needs, Replay, Served, Verdict, cheats::Scene};
use atelier_kernels::{
	Kernels, Model as Packed, Threads,
	decoder::{Decoder, Race},
};
use atelier_primitives::ids::WorkerId;
use atelier_referee::{
	dispute::{Charge, Game, Move, Next},
	hash::Portable,
	model::{Layout, Matrix, Order, Shape, Tensor, Use, Vectors},
	ops::{
		attention::Head,
		linear::{Format, Row},
		norm::Norm,
		rotary::Angle,
	},
	samples::Random,
	tables::Activation,
	trace::{At, Counts, Graph, Place, Stage, step::Doubt},
};
use std::{sync::Arc, time::Instant};

/// Seconds of the chain's time for any trace, and leaves for each further tick of three seconds (runtime/src/parameters.rs).
const TRACE_PERIOD: f64 = 3_600.0;
const LEAVES_PER_SECOND: f64 = 32_768.0 / 3.0;

/// A decoder as Llama has it.
fn shape(width: u32, layers: u16, heads: u16, key_heads: u16, head_width: u16, hidden: u32, vocabulary: u32) -> Shape {
	Shape {
		answers: Use::Tokens,
		layers,
		width,
		heads,
		key_heads,
		head_width,
		rotary_width: head_width,
		hidden,
		vocabulary,
		positions: 16_384,
		window: 0,
		norm: Norm::Rms,
		order: Order::Before,
		gains: false,
		head_norm: false,
		activation: Activation::Silu,
		gated: true,
		tied: true,
		matrices: Format::Byte,
		embeddings: Format::Byte,
		residual_fraction: 12,
		hidden_fraction: 12,
		epsilon: 10_995_116,
	}
}

fn models() -> Vec<(&'static str, Shape)> {
	vec![
		(
			"tests",
			Shape {
				tied: false,
				positions: 160,
				..shape(32, 2, 4, 2, 8, 48, 320)
			},
		),
		(
			"demo",
			Shape {
				tied: false,
				positions: 512,
				..shape(192, 4, 3, 1, 64, 512, 2_048)
			},
		),
		("76M", shape(768, 12, 12, 4, 64, 2_048, 2_048)),
		("1B", shape(2_048, 16, 32, 8, 64, 8_192, 128_256)),
		("8B", shape(4_096, 32, 32, 8, 128, 14_336, 128_256)),
	]
}

fn parameters(shape: &Shape) -> u64 {
	let layout = Layout::new(*shape);
	layout
		.tensors()
		.filter_map(|tensor| match tensor {
			Tensor::Numbers(matrix) if !(shape.tied && matrix == Matrix::Vocabulary) => {
				let (rows, columns) = layout.size(matrix);
				Some(u64::from(rows) * u64::from(columns))
			}
			_ => None,
		})
		.sum()
}

/// The bytes of a model: what a number is does not matter for how long it takes.
fn package(shape: Shape) -> Vec<u8> {
	let layout = Layout::new(shape);
	let mut random = Random(1);
	let mut bytes = vec![0; layout.chunks() as usize * 1_024];
	for tensor in layout.tensors() {
		let place = layout.bytes(tensor);
		let place = &mut bytes[place.start as usize..place.end as usize];
		match tensor {
			Tensor::Numbers(_) => {
				for some in place.chunks_mut(8) {
					let bits = random
						.bits()
						.to_le_bytes()
						.map(|byte| if byte == 0x80 { 0 } else { byte });
					some.copy_from_slice(&bits[..some.len()]);
				}
			}
			Tensor::Rows(matrix) => {
				let (_, columns) = layout.size(matrix);
				let row = Row {
					mantissa: 20_000,
					shift: 21 + columns.max(1).ilog2() as i8 / 2,
					bias: 0,
				};
				place
					.chunks_exact_mut(Row::BYTES)
					.for_each(|to| to.copy_from_slice(&row.write()));
			}
			Tensor::Vectors(Vectors::Angles) => {
				let angle = Angle {
					cosine: 23_170,
					sine: 23_170,
				};
				place
					.chunks_exact_mut(Angle::BYTES)
					.for_each(|to| to.copy_from_slice(&angle.write()));
			}
			Tensor::Vectors(Vectors::Heads(_)) => {
				let head = Head {
					query_shift: 4,
					key_shift: 4,
					value_shift: 4,
					score_shift: 23,
					score_mantissa: 20_000,
				};
				place
					.chunks_exact_mut(Head::BYTES)
					.for_each(|to| to.copy_from_slice(&head.write()));
			}
			Tensor::Vectors(_) => (),
		}
	}
	bytes
}

fn megabytes(bytes: u64) -> f64 {
	bytes as f64 / 1e6
}

/// The most memory that this process has had.
fn peak() -> f64 {
	let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
	let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
	kilobytes.unwrap_or(0.0) / 1_000.0
}

/// Seconds that the threads of this process have been running: on a machine that others use too, wall time says little.
fn running() -> f64 {
	let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
	let nanos = tasks.filter_map(|task| {
		let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
		text.split(' ').next()?.parse::<f64>().ok()
	});
	nanos.sum::<f64>() / 1e9
}

fn setting(name: &str, usual: u32) -> u32 {
	std::env::var(name)
		.ok()
		.and_then(|value| value.parse().ok())
		.unwrap_or(usual)
}

/// What follows from shapes alone.
fn sizes() {
	println!(
		"| model | parameters | positions | leaves | trace, MB | tree kept, MB | keys and values, MB | on the way, MB | products, 10^9 | chain's time, s |"
	);
	println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
	for (name, shape) in models() {
		for (input, output) in [(64, 64), (128, 128), (1_000, 1_000), (6_000, 2_000)] {
			if input + output > shape.positions {
				continue;
			}
			let graph = Graph::new(shape, Counts { input, output }).expect("within the limits");
			let needs = Needs::of(&graph);
			println!(
				"| {name} | {:.1} M | {} | {} | {:.0} | {:.2} | {:.1} | {:.0} | {:.0} | {:.0} |",
				parameters(&shape) as f64 / 1e6,
				graph.positions(),
				needs.leaves,
				megabytes(needs.bytes),
				megabytes(needs.tree),
				megabytes(needs.cache),
				megabytes(needs.working),
				needs.products as f64 / 1e9,
				time(needs.leaves),
			);
		}
	}
}

/// The chain's time for a trace.
fn time(leaves: u64) -> f64 {
	TRACE_PERIOD + leaves as f64 / LEAVES_PER_SECOND
}

fn main() {
	let only = std::env::var("COURT_MODELS").unwrap_or_else(|_| "demo,76M".into());
	let threads = setting("COURT_THREADS", 2) as usize;
	let tokens = setting("COURT_TOKENS", 128);
	rayon::ThreadPoolBuilder::new()
		.num_threads(threads)
		.build_global()
		.expect("threads");
	sizes();
	println!();
	println!("{threads} threads, {tokens} tokens of input and as many of the answer");
	println!();
	println!(
		"| model | positions | commitment, s | processor, s | 10^9 products a processor's second | part of the chain's time | kept, MB | longest move, s | fast audit, s | processor, s | most memory, MB |"
	);
	println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
	for (name, shape) in models() {
		if only.split(',').any(|other| other == name) {
			measure(name, shape, tokens.min(shape.positions / 2), threads);
		}
	}
}

fn measure(name: &str, shape: Shape, tokens: u32, threads: usize) {
	let bytes = package(shape);
	let mut random = Random(2);
	let input = atelier_referee::samples::tokens(&shape, tokens, &mut random);
	let texts = vec![Vec::new(); shape.vocabulary as usize];
	let scene = Scene::new(shape, bytes, texts, input, tokens, random);
	let model = scene.model();
	let package = model.package();
	let packed = Arc::new(Packed::new(&package, Kernels::detect().expect("kernels")).expect("a model"));
	let pool = Arc::new(Threads::new(threads).expect("threads"));
	let replay = || Replay::new(packed.clone(), pool.clone(), 4 << 30).expect("memory");

	let served = served(
		&scene,
		&mut Decoder::new(packed.clone(), pool.clone(), 4 << 30).expect("memory"),
		&mut replay(),
	);
	let answered = Answered::new(served.clone()).expect("it is what was committed to");

	let (start, before) = (Instant::now(), running());
	let mut audit = Audit {
		model: &model,
		replay: Some(replay()),
		budget: 8 << 30,
	};
	let drawn = Drawn {
		auditor: WorkerId(1),
		output: [1; 32],
		number: 0,
	};
	let verdict = audit.look(&served, drawn).expect("a verdict");
	assert!(matches!(verdict, Verdict::Right(_)), "{verdict:?}");
	let (audited, auditing) = (start.elapsed().as_secs_f64(), running() - before);
	drop(audit);

	let (start, before) = (Instant::now(), running());
	let mut defence = Defence::derive(&model, &answered, 8 << 30).expect("enough memory");
	let (derived, deriving) = (start.elapsed().as_secs_f64(), running() - before);
	assert_eq!(defence.wrong(), None);
	let longest = play(&mut defence);
	let graph = defence.case().graph;
	let needs = Needs::of(&graph);
	println!(
		"| {name} | {} | {derived:.1} | {deriving:.1} | {:.2} | {:.4} | {:.1} | {longest:.2} | {audited:.2} | {auditing:.2} | {:.0} |",
		graph.positions(),
		needs.products as f64 / deriving / 1e9,
		derived / time(needs.leaves),
		megabytes(defence.trace().bytes()),
		peak(),
	);
}

/// What the model answers, token by token.
fn served(scene: &Scene, decoder: &mut Decoder, replay: &mut Replay) -> Served {
	let sequence = decoder.open();
	let mut logits = decoder.prefill(sequence, &scene.input).expect("it runs");
	let mut answer = Vec::new();
	for position in scene.input.len() as u32 - 1.. {
		let race = Race {
			sampler: scene.request.sampler,
			logits: &logits,
			position,
		};
		let token = decoder.choose(&[race]).first().expect("one is chosen").token;
		answer.push(token);
		if answer.len() as u32 == scene.request.limit {
			break;
		}
		let next = decoder.decode(&[(sequence, token)]).pop().expect("one");
		logits = next.expect("it runs");
	}
	let counts = Counts {
		input: scene.input.len() as u32,
		output: answer.len() as u32,
	};
	let graph = Graph::new(scene.shape, counts).expect("within the limits");
	let (_, before) = answer.split_last().expect("there are tokens");
	let walked = [&scene.input, before].concat();
	let replayed = replay
		.run(&graph, &walked, scene.request.sampler, None)
		.expect("it runs");
	let (_, stop) = scene.end(&answer);
	scene.claiming(Given::Tokens(answer), replayed.states, stop)
}

/// Plays a game about the most expensive value, and gives the seconds of the longest move.
fn play(defence: &mut Defence<'_, '_>) -> f64 {
	let case = *defence.case();
	let place = Place {
		position: case.graph.positions() - 1,
		layer: case.graph.shape().layers - 1,
		stage: Stage::Mixed,
	};
	let at = At { place, leaf: 0 };
	let charge = Charge::Value(Doubt { at, value: 0, rival: 0 });
	let number = case.graph.number(at).expect("it exists");
	let mut game = Game::Top;
	let mut longest = 0.0_f64;
	loop {
		let played = match &game {
			Game::Nodes(nodes) => {
				let below = nodes.iter().position(|node| number >> node.level == node.index);
				Move::Descend(below.expect("it is below one of them") as u32)
			}
			Game::Seen => Move::Accuse(charge),
			Game::Part(..) => Move::Part(0),
			game => {
				let start = Instant::now();
				let played = defence.play(game).expect("a move");
				longest = longest.max(start.elapsed().as_secs_f64());
				played
			}
		};
		match game.play::<Portable>(&case, played).expect("within the rules") {
			Next::Go(next) => game = next,
			Next::Over { winner } => {
				assert_eq!(winner, atelier_referee::dispute::Party::Holder);
				return longest;
			}
		}
	}
}
