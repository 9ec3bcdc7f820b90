// SPDX-License-Identifier: Apache-2.0

//! How many tokens a second this machine serves, exactly and in floats: the same decoder, the same serving core, the same
//! requests and threads.
//!
//! usage: throughput [HIDDEN LAYERS [THREADS]]     a decoder with random weights of that size, by default 768 and 12
//! (numbers do not depend on what the weights are). Prints a table of prefill, and of decoding at several batch sizes; with
//! the tokens that a second of CPU time makes, since other work on the machine disturbs the clock more. The last columns are
//! the quotients by the clock to f32, which is libtorch's fastest on a CPU without bf16 units.

use atelier_engine::{
	Error,
	claim::States,
	exact,
	float::{self, Device, Plan},
	load::{Folder, checkpoint::Float},
	serve::{Engine, Input, Limits, Request},
};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::json;
use std::{fs, path::Path, time::Instant};

const TOKENIZER: &str = concat!(
	env!("CARGO_MANIFEST_DIR"),
	"/../../referee/quality/models/tiny-decoder/tokenizer.json"
);
const VOCABULARY: usize = 1_024;
/// Tokens of an input and of an answer.
const INPUT: u32 = 128;
const ANSWER: u32 = 64;
/// Bytes for the model and what it remembers.
const MEMORY: u64 = 8 << 30;

fn main() -> Result<(), Box<dyn std::error::Error>> {
	let arguments: Vec<usize> = std::env::args()
		.skip(1)
		.filter_map(|argument| argument.parse().ok())
		.collect();
	let hidden = arguments.first().copied().unwrap_or(768);
	let layers = arguments.get(1).copied().unwrap_or(12);
	let threads = float::threads(arguments.get(2).and_then(|threads| u16::try_from(*threads).ok()));
	let folder = tempfile::tempdir()?;
	let parameters = write(folder.path(), hidden, layers)?;
	println!(
		"{:.1} million parameters, {threads} threads, inputs of {INPUT} tokens",
		parameters as f64 / 1e6
	);
	println!(
		"| class | requests at once | prefill tokens/s | of CPU time | decode tokens/s | of CPU time | prefill to f32 | decode to f32 |"
	);
	println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
	let limits = Limits {
		running: 32,
		..Limits::default()
	};
	let mut first = Vec::new();
	for dtype in [Float::F32, Float::BF16] {
		let plan = Plan {
			device: Device::Cpu,
			float: dtype,
			memory: MEMORY,
			limits,
		};
		let engine = float::serve(&Folder::new(folder.path()), &plan)?;
		measure(dtype.name(), &engine, false, &mut first)?;
	}
	let to = folder.path().join("exact");
	let made = atelier_convert::folder::convert(folder.path(), &to, None, &mut |_| ())?;
	let plan = exact::Plan {
		threads: threads as usize,
		memory: MEMORY,
		limits,
	};
	let engine = exact::serve(&made, &plan)?;
	measure("exact", &engine, false, &mut first)?;
	measure("exact, with claims", &engine, true, &mut first)?;
	Ok(())
}

/// Prints a row for each number of requests. The first class is what the others are compared with.
fn measure(class: &str, engine: &Engine, claims: bool, first: &mut Vec<(f64, f64)>) -> Result<(), Error> {
	ask(engine, claims, 1, 2)?;
	for (place, requests) in [1, 8, 32].into_iter().enumerate() {
		let (prefill, decode) = (prefill(engine, claims, requests)?, decode(engine, claims, requests)?);
		if first.len() == place {
			first.push((prefill.wall, decode.wall));
		}
		let (first_prefill, first_decode) = first.get(place).copied().unwrap_or((1.0, 1.0));
		println!(
			"| {class} | {requests} | {:.0} | {:.0} | {:.1} | {:.1} | {:.2} | {:.2} |",
			prefill.wall,
			prefill.cpu,
			decode.wall,
			decode.cpu,
			prefill.wall / first_prefill,
			decode.wall / first_decode,
		);
	}
	Ok(())
}

/// By the clock and by the time of all processors.
struct Seconds {
	wall: f64,
	cpu: f64,
}

impl Seconds {
	/// So many tokens in these, less those of another run.
	fn rate(&self, tokens: u32, less: &Self) -> Self {
		Self {
			wall: f64::from(tokens) / (self.wall - less.wall),
			cpu: f64::from(tokens) / (self.cpu - less.cpu),
		}
	}
}

/// Time of this process on all processors: user and system, in hundredths of a second.
fn cpu() -> f64 {
	let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
	// The name before them is in brackets and may contain spaces.
	let fields = stat
		.rsplit(')')
		.next()
		.unwrap_or_default()
		.split_whitespace()
		.skip(11)
		.take(2);
	fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// How long it takes until all of so many answers are there.
fn ask(engine: &Engine, claims: bool, requests: u32, limit: u32) -> Result<Seconds, Error> {
	let (start, cpu_start) = (Instant::now(), cpu());
	let asked = (0..requests).map(|number| {
		let input: Vec<_> = (0..INPUT)
			.map(|place| (number * 31 + place * 7) % VOCABULARY as u32)
			.collect();
		let states = States::of(&engine.facts());
		let mut request = Request::greedy(Input::Tokens(input.clone()), limit);
		request.ends = Some(Vec::new());
		request.watch = claims.then(|| states.watch());
		Ok((engine.answer(request)?, input, states))
	});
	for (answering, input, states) in asked.collect::<Result<Vec<_>, Error>>()? {
		let answer = answering.wait()?;
		if claims {
			states.committed(&input, &answer)?;
		}
	}
	Ok(Seconds {
		wall: start.elapsed().as_secs_f64(),
		cpu: cpu() - cpu_start,
	})
}

fn prefill(engine: &Engine, claims: bool, requests: u32) -> Result<Seconds, Error> {
	let nothing = Seconds { wall: 0.0, cpu: 0.0 };
	Ok(ask(engine, claims, requests, 1)?.rate(requests * INPUT, &nothing))
}

/// Without the time of the inputs.
fn decode(engine: &Engine, claims: bool, requests: u32) -> Result<Seconds, Error> {
	let inputs = ask(engine, claims, requests, 1)?;
	Ok(ask(engine, claims, requests, ANSWER + 1)?.rate(requests * ANSWER, &inputs))
}

/// A folder with a decoder of random weights; gives the number of its parameters.
fn write(folder: &Path, hidden: usize, layers: usize) -> Result<usize, Box<dyn std::error::Error>> {
	let (heads, key_heads, inner) = (hidden / 64, hidden / 192, hidden * 8 / 3 / 64 * 64);
	let config = json!({
		"architectures": ["LlamaForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": hidden,
		"intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": heads,
		"num_key_value_heads": key_heads.max(1), "head_dim": 64, "max_position_embeddings": 1_024,
		"rms_norm_eps": 1e-5, "rope_theta": 1e4, "hidden_act": "silu", "tie_word_embeddings": true,
	});
	fs::write(folder.join("config.json"), config.to_string())?;
	fs::copy(TOKENIZER, folder.join("tokenizer.json"))?;
	let keys = key_heads.max(1) * 64;
	let mut shapes = vec![
		("model.embed_tokens.weight".to_owned(), vec![VOCABULARY, hidden]),
		("model.norm.weight".into(), vec![hidden]),
	];
	for layer in 0..layers {
		for (name, shape) in [
			("input_layernorm", vec![hidden]),
			("post_attention_layernorm", vec![hidden]),
			("self_attn.q_proj", vec![heads * 64, hidden]),
			("self_attn.k_proj", vec![keys, hidden]),
			("self_attn.v_proj", vec![keys, hidden]),
			("self_attn.o_proj", vec![hidden, heads * 64]),
			("mlp.gate_proj", vec![inner, hidden]),
			("mlp.up_proj", vec![inner, hidden]),
			("mlp.down_proj", vec![hidden, inner]),
		] {
			shapes.push((format!("model.layers.{layer}.{name}.weight"), shape));
		}
	}
	let mut state = 1_u64;
	let mut random = || {
		// Knuth's linear congruential generator: anything that is not constant will do.
		state = state
			.wrapping_mul(6_364_136_223_846_793_005)
			.wrapping_add(1_442_695_040_888_963_407);
		((state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5) * 0.1
	};
	let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = shapes
		.into_iter()
		.map(|(name, shape)| {
			let count: usize = shape.iter().product();
			(name, shape, (0..count).flat_map(|_| random().to_le_bytes()).collect())
		})
		.collect();
	let views = tensors
		.iter()
		.map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
	let views = views.collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
	fs::write(folder.join("model.safetensors"), safetensors::serialize(views, None)?)?;
	Ok(tensors
		.iter()
		.map(|(_, shape, _)| shape.iter().product::<usize>())
		.sum())
}
