// SPDX-License-Identifier: Apache-2.0

//! Writes the golden vectors: `cargo run -p atelier-referee --features samples --example vectors` makes `referee/vectors/`.
//!
//! What they say must never change for a published version of the spec: it decides what other implementations have to give.

use atelier_referee::{
	arith,
	claim::token_tree,
	commit::{Kind, Tree},
	forward::{Decoder, Nobody, Observer, embed},
	hash::{Blake2b256, Portable},
	model::{Package, Shape, Use},
	ops::{
		attention::{Head, WeightedSum, weight},
		feed_forward,
		linear::{Format, Point, Row, dot, finish},
		norm::{Gain, Length, Norm, Statistics},
		pooling,
		quantise::{exponent, quantise},
		rotary::Angle,
		sampling::{self, Race, Sampler},
	},
	samples::{self, Random, Values},
	tables::{self, Activation},
	trace::{Counts, Graph, Leaf, Place, Stage},
};
use codec::Encode;
use serde_json::{Map, Value, json};
use std::{fs, io, path::Path};

/// Cases of each operator.
const CASES: usize = 32;

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number of any size, small ones as often as large ones; now and then an extreme one.
fn number(random: &mut Random, bits: i64) -> i64 {
	let limit = |bits: i64| if bits >= 63 { i64::MAX } else { (1_i64 << bits) - 1 };
	match random.between(0, 7) {
		0 => limit(bits),
		1 => -limit(bits) - 1,
		2 => 0,
		_ => {
			let limit = limit(random.between(1, bits));
			random.between(-limit, limit)
		}
	}
}

fn numbers(random: &mut Random, count: i64, bits: i64) -> Vec<i32> {
	(0..count).map(|_| number(random, bits) as i32).collect()
}

fn activations(random: &mut Random, count: i64) -> Vec<i16> {
	(0..count)
		.map(|_| number(random, 15).clamp(-32_639, 32_639) as i16)
		.collect()
}

fn cases(random: &mut Random, mut case: impl FnMut(&mut Random) -> Value) -> Value {
	(0..CASES).map(|_| case(random)).collect()
}

fn operators() -> Map<String, Value> {
	let random = &mut Random(1);
	let mut all = Map::new();
	all.insert(
		"round_shift".into(),
		cases(random, |random| {
			let (value, shift) = (number(random, 63), random.between(0, 70) as u32);
			json!({ "value": value, "shift": shift, "result": arith::round_shift(value, shift) })
		}),
	);
	all.insert(
		"div_round".into(),
		cases(random, |random| {
			let (value, divisor) = (number(random, 62), number(random, 40).max(1));
			json!({ "value": value, "divisor": divisor, "result": arith::div_round(value, divisor) })
		}),
	);
	all.insert(
		"exp2".into(),
		cases(random, |random| {
			let exponent = random.between(0, 20 << 16);
			json!({ "exponent": exponent, "result": tables::exp2_negative(exponent) })
		}),
	);
	all.insert(
		"log2".into(),
		cases(random, |random| {
			let value = number(random, 63).unsigned_abs().max(1);
			json!({ "value": value.to_string(), "result": tables::log2(value) })
		}),
	);
	for (name, activation) in [
		("silu", Activation::Silu),
		("gelu", Activation::Gelu),
		("gelu_tanh", Activation::GeluTanh),
	] {
		all.insert(
			name.into(),
			cases(random, |random| {
				let x = number(random, 21) as i32;
				json!({ "x": x, "result": activation.apply(x) })
			}),
		);
	}
	all.insert(
		"quantise".into(),
		cases(random, |random| {
			let numbers = numbers(random, 6, 31);
			let exponent = exponent(numbers.iter().copied());
			let result: Vec<_> = numbers.iter().map(|number| quantise(*number, exponent)).collect();
			json!({ "numbers": numbers, "exponent": exponent, "result": result })
		}),
	);
	all.insert(
		"linear".into(),
		cases(random, |random| {
			let format = random.pick([Format::Byte, Format::Word]);
			let count = random.between(1, 8);
			let activations = activations(random, count);
			let stored: Vec<i16> = match format {
				Format::Byte => (0..count).map(|_| random.between(-127, 127) as i16).collect(),
				Format::Word => self::activations(random, count),
			};
			let bytes: Vec<u8> = match format {
				Format::Byte => stored.iter().map(|number| *number as u8).collect(),
				Format::Word => stored.iter().flat_map(|number| number.to_le_bytes()).collect(),
			};
			let row = Row {
				mantissa: random.between(1, 32_767) as u16,
				shift: random.between(10, 30) as i8,
				bias: number(random, 24) as i32,
			};
			let point = Point {
				exponent: random.between(0, 16) as u8,
				fraction: random.between(8, 18) as u8,
			};
			let (to, onto) = (random.between(8, 18) as u8, number(random, 24) as i32);
			json!({
				"format": format!("{format:?}"), "stored": stored, "activations": activations,
				"mantissa": row.mantissa, "shift": row.shift, "bias": row.bias,
				"exponent": point.exponent, "fraction": point.fraction, "to": to, "onto": onto,
				"result": finish(dot(format, &bytes, &activations), row, point, to, onto),
			})
		}),
	);
	all.insert(
		"norm".into(),
		cases(random, |random| {
			let norm = random.pick([Norm::Rms, Norm::Layer]);
			let (count, bits) = (random.between(1, 8), random.between(4, 31));
			let numbers = numbers(random, count, bits);
			let (fraction, epsilon) = (random.between(8, 18) as u8, random.pick([1, 1_099_512, 10_995_116]));
			let gain = Gain {
				gain: number(random, 20) as i32,
				bias: number(random, 20) as i32,
			};
			let to = random.between(8, 18) as u8;
			let statistics = Statistics::of(norm, &numbers, fraction, epsilon);
			let normal: Vec<_> = numbers.iter().map(|number| statistics.normal(*number)).collect();
			let result: Vec<_> = normal.iter().map(|normal| gain.apply(*normal, to)).collect();
			json!({
				"norm": format!("{norm:?}"), "numbers": numbers, "fraction": fraction, "epsilon": epsilon,
				"mean": statistics.mean, "bits": statistics.bits, "inverse": statistics.inverse.to_string(),
				"normal": normal, "gain": gain.gain, "bias": gain.bias, "to": to, "result": result,
			})
		}),
	);
	all.insert(
		"length".into(),
		cases(random, |random| {
			let count = random.between(1, 8);
			let numbers = numbers(random, count, 31);
			let length = Length::of(&numbers);
			let result: Vec<_> = numbers.iter().map(|number| length.unit(*number)).collect();
			json!({ "numbers": numbers, "result": result })
		}),
	);
	all.insert(
		"rotary".into(),
		cases(random, |random| {
			let [first, second] = [(); 2].map(|()| number(random, 24) as i32);
			let angle = Angle {
				cosine: number(random, 15) as i16,
				sine: number(random, 15) as i16,
			};
			let shift = random.between(0, 10) as u8;
			json!({
				"first": first, "second": second, "cosine": angle.cosine, "sine": angle.sine, "shift": shift,
				"result": [angle.first(first, second, shift), angle.second(first, second, shift)],
			})
		}),
	);
	all.insert(
		"attention".into(),
		cases(random, |random| {
			let (width, positions) = (random.between(1, 4) * 2, random.between(1, 5));
			let head = Head {
				query_shift: 4,
				key_shift: 4,
				value_shift: random.between(0, 8) as u8,
				score_shift: random.between(10, 30) as u8,
				score_mantissa: random.between(1, 32_767) as u16,
			};
			let query = activations(random, width);
			let keys: Vec<_> = (0..positions).map(|_| activations(random, width)).collect();
			let values: Vec<_> = (0..positions).map(|_| activations(random, 1)[0]).collect();
			let scores: Vec<_> = keys.iter().map(|key| head.score(&query, key)).collect();
			let largest = scores.iter().copied().max().unwrap_or(0);
			let weights: Vec<_> = scores.iter().map(|score| weight(largest, *score)).collect();
			let mut sum = WeightedSum::default();
			weights
				.iter()
				.zip(&values)
				.for_each(|(weight, value)| sum.add(*weight, *value));
			json!({
				"query": query, "keys": keys, "values": values, "mantissa": head.score_mantissa,
				"score_shift": head.score_shift, "value_shift": head.value_shift,
				"scores": scores, "weights": weights, "result": head.output(sum),
			})
		}),
	);
	all.insert(
		"feed_forward".into(),
		cases(random, |random| {
			let (activated, to) = (number(random, 31) as i32, random.between(8, 18) as u8);
			let up = random.one_in(2).then(|| number(random, 31) as i32);
			json!({ "activated": activated, "up": up, "to": to, "result": feed_forward::product(activated, up, to) })
		}),
	);
	all.insert(
		"mean".into(),
		cases(random, |random| {
			let (sum, positions) = (number(random, 48), random.between(1, 131_072) as u32);
			json!({ "sum": sum, "positions": positions, "result": pooling::mean(sum, positions) })
		}),
	);
	all.insert(
		"clock".into(),
		cases(random, |random| {
			let bits = random.bits() as u32 >> random.between(0, 31);
			json!({ "random": bits, "result": sampling::clock(bits) })
		}),
	);
	all.insert(
		"random".into(),
		cases(random, |random| {
			let (seed, position, token) = (random.bits(), random.bits() as u32, random.bits() as u32);
			let result = sampling::random(seed, position, token);
			json!({ "seed": seed.to_string(), "position": position, "token": token, "result": result })
		}),
	);
	all.insert(
		"choice".into(),
		cases(random, |random| {
			let count = random.between(1, 12);
			let logits = numbers(random, count, 20);
			let (sampler, position) = (samples::sampler(random), random.between(0, 1_000) as u32);
			let choice = sampler.choose(&logits, position);
			json!({
				"logits": logits, "sampler": settings(sampler), "position": position, "largest": choice.largest,
				"top": choice.top, "weight": choice.weight, "least": choice.least, "token": choice.token,
			})
		}),
	);
	all
}

fn settings(sampler: Sampler) -> Value {
	match sampler {
		Sampler::Greedy => json!("greedy"),
		Sampler::Race(Race {
			inverse,
			top,
			mass,
			seed,
		}) => {
			json!({ "inverse": inverse, "top": top, "mass": mass, "seed": seed.to_string() })
		}
	}
}

/// All leaves of a trace.
#[derive(Default)]
struct Leaves(Vec<Vec<u8>>);

impl Observer for Leaves {
	fn see(&mut self, _: Place, values: atelier_referee::trace::Values<'_>) {
		self.0.extend(Leaf::of(values).iter().map(Leaf::write));
	}
}

fn described(shape: &Shape) -> Value {
	json!({
		"answers": format!("{:?}", shape.answers), "layers": shape.layers, "width": shape.width,
		"heads": shape.heads, "key_heads": shape.key_heads, "head_width": shape.head_width,
		"rotary_width": shape.rotary_width, "hidden": shape.hidden, "vocabulary": shape.vocabulary,
		"positions": shape.positions, "window": shape.window, "norm": format!("{:?}", shape.norm),
		"order": format!("{:?}", shape.order), "gains": shape.gains, "head_norm": shape.head_norm,
		"activation": format!("{:?}", shape.activation), "gated": shape.gated, "tied": shape.tied,
		"matrices": format!("{:?}", shape.matrices), "embeddings": format!("{:?}", shape.embeddings),
		"residual_fraction": shape.residual_fraction, "hidden_fraction": shape.hidden_fraction,
		"epsilon": shape.epsilon,
	})
}

/// A tiny model, its answer, and the roots of everything.
fn model(answers: Use) -> Value {
	let (shape, mut random) = (0..)
		.map(Random)
		.find_map(|mut random| {
			let shape = samples::shape(&mut random);
			let small = shape.width <= 16 && shape.hidden <= 24 && shape.vocabulary <= 64 && shape.layers == 2;
			(shape.answers == answers && small && shape.key_heads < shape.heads).then_some((shape, random))
		})
		.expect("there are small ones");
	let bytes = samples::package(shape, Values::Ordinary, &mut random);
	let package = Package::new(shape, &bytes).expect("its own bytes");
	let tokens = samples::tokens(&shape, 5, &mut random);
	let sampler = samples::sampler(&mut random);
	let mut leaves = Leaves::default();
	let mut answer = Map::new();
	let mut all = tokens.clone();
	let output = match answers {
		Use::Embedding => {
			let embedding = embed(&package, &tokens, &mut leaves).expect("valid");
			answer.insert("embedding".into(), json!(embedding));
			0
		}
		Use::Tokens => {
			let mut decoder = Decoder::new(package).expect("tokens");
			let output = 3;
			for position in 0..tokens.len() as u32 + output - 1 {
				decoder.push(all[position as usize], &mut leaves).expect("valid");
				if position as usize + 1 >= tokens.len() {
					let logits = decoder.logits(&mut leaves).expect("there are tokens");
					let choice = sampler.choose(&logits, position);
					let place = Place {
						position,
						layer: 0,
						stage: Stage::Choice,
					};
					leaves.see(place, atelier_referee::trace::Values::Choice(choice));
					all.push(choice.token);
				}
			}
			let last = decoder.logits(&mut Nobody).expect("there are tokens");
			answer.insert("sampler".into(), settings(sampler));
			answer.insert("tokens".into(), json!(&all[tokens.len()..]));
			answer.insert("last_logits".into(), json!(last));
			output
		}
	};
	let graph = Graph::new(
		shape,
		Counts {
			input: tokens.len() as u32,
			output,
		},
	)
	.expect("within the limits");
	let root = |kind, leaves: &[Vec<u8>]| Tree::from_leaves::<Portable>(kind, leaves).expect("few").commitment();
	let chunks: Vec<_> = bytes.chunks(1_024).map(<[u8]>::to_vec).collect();
	let trace = root(Kind::Trace, &leaves.0);
	assert_eq!(trace.count, graph.leaves());
	let input = token_tree::<Portable>(Kind::Input, &tokens).expect("few").commitment();
	json!({
		"shape": described(&shape), "shape_scale": hex(&shape.encode()), "package": hex(&bytes),
		"input": tokens, "answer": answer,
		"weights_root": hex(&root(Kind::Weights, &chunks).root), "input_root": hex(&input.root),
		"trace_leaves": trace.count, "trace_root": hex(&trace.root),
		"first_leaf": hex(&Portable::hash(&leaves.0[0])),
	})
}

/// The files, by name.
pub fn files() -> Vec<(&'static str, String)> {
	let text = |value: Value| {
		let mut text = serde_json::to_string_pretty(&value).expect("it is JSON");
		// One line for each list of numbers.
		text = shorten(&text);
		text + "\n"
	};
	vec![
		("operators.json", text(Value::Object(operators()))),
		("decoder.json", text(model(Use::Tokens))),
		("encoder.json", text(model(Use::Embedding))),
	]
}

/// Puts lists without nesting on one line.
fn shorten(text: &str) -> String {
	let mut result = String::with_capacity(text.len());
	let mut rest = text;
	while let Some(open) = rest.find('[') {
		let (before, list) = rest.split_at(open);
		result.push_str(before);
		let end = list.find(']').map_or(list.len(), |end| end + 1);
		let (list, after) = match list[1..end].contains(['[', '{']) {
			true => list.split_at(1),
			false => list.split_at(end),
		};
		let words: Vec<_> = list.split_whitespace().collect();
		result.push_str(&words.join(" ").replace("[ ", "[").replace(" ]", "]"));
		rest = after;
	}
	result + rest
}

#[allow(dead_code, reason = "the test that includes this file has a main of its own")]
fn main() -> io::Result<()> {
	let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"));
	fs::create_dir_all(folder)?;
	for (name, text) in files() {
		fs::write(folder.join(name), text)?;
	}
	Ok(())
}
