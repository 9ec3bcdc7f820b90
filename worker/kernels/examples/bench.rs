// SPDX-License-Identifier: Apache-2.0

//! What the kernels take on this machine, as Markdown: `cargo run --release -p atelier-kernels --example bench --features controls`.
//!
//! Every number is the quickest of some runs. `BENCH_ONLY=kernels`, `model`, `prefill` or `decode` leaves the rest out, and so does
//! `BENCH_PATH` with the name of a path. `BENCH_THREADS` are the most threads of the model, 2 if it is not set.
#![allow(
	unsafe_code,
	reason = "the peak of multiplications with floats is measured with chosen instructions"
)]

use atelier_kernels::{
	Kernels, Model, Path, Threads,
	decoder::{Decoder, Race, Sequence, Step, Wanted},
	measure,
};
use atelier_referee::{
	model::{Order, Package, Shape, Use},
	ops::{
		linear::Format,
		norm::Norm,
		sampling::{self, Sampler},
	},
	samples::{self, Random},
	tables::Activation,
};
use std::{
	hint::black_box,
	sync::Arc,
	time::{Duration, Instant},
};

fn main() {
	let only = std::env::var("BENCH_ONLY").unwrap_or_default();
	machine();
	if !["model", "prefill", "decode"].contains(&only.as_str()) {
		products();
		attention();
		choices();
	}
	if only != "kernels" {
		model(&only);
	}
}

fn best(runs: usize, mut work: impl FnMut() -> Duration) -> Duration {
	(0..runs).map(|_| work()).min().unwrap_or_default()
}

/// Wall time, or, with `BENCH_CLOCK=cpu`, the time that all threads of this process were running: for one thread on a machine that
/// others use too.
fn timed(work: impl FnOnce()) -> Duration {
	let cpu = std::env::var("BENCH_CLOCK").is_ok_and(|clock| clock == "cpu");
	let (start, before) = (Instant::now(), running());
	work();
	match cpu {
		true => running().saturating_sub(before),
		false => start.elapsed(),
	}
}

/// How long the threads of this process have been running.
fn running() -> Duration {
	let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
	let nanos = tasks.filter_map(|task| {
		let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
		text.split(' ').next()?.parse::<u64>().ok()
	});
	Duration::from_nanos(nanos.sum())
}

fn load() -> String {
	let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
	loads.split(' ').take(1).collect()
}

/// Sums of 12 vectors of 16 floats, multiplied and added; so many products.
#[inline(always)]
fn floats(rounds: usize) -> f32 {
	let mut sums = [[1.0_f32; 16]; 12];
	let factors = black_box([0.999_f32; 16]);
	for _ in 0..rounds {
		for sums in &mut sums {
			for (sum, factor) in sums.iter_mut().zip(&factors) {
				*sum = sum.mul_add(*factor, *factor);
			}
		}
	}
	sums.iter().flatten().sum()
}

#[cfg(target_arch = "x86_64")]
fn peak() -> f64 {
	#[target_feature(enable = "avx2,fma,avx512f")]
	fn wide(rounds: usize) -> f32 {
		floats(rounds)
	}
	#[target_feature(enable = "avx2,fma")]
	fn narrow(rounds: usize) -> f32 {
		floats(rounds)
	}
	let rounds = 20_000_000;
	let time = best(5, || {
		timed(|| {
			// SAFETY: each is called only where the CPU has its instructions.
			unsafe {
				if is_x86_feature_detected!("avx512f") {
					black_box(wide(black_box(rounds)));
				} else if is_x86_feature_detected!("fma") {
					black_box(narrow(black_box(rounds)));
				}
			}
		})
	});
	(rounds * 12 * 16) as f64 / time.as_secs_f64() * 1e-9
}

#[cfg(not(target_arch = "x86_64"))]
fn peak() -> f64 {
	let rounds = 200_000;
	let time = best(20, || {
		timed(|| {
			black_box(floats(black_box(rounds)));
		})
	});
	(rounds * 12 * 16) as f64 / time.as_secs_f64() * 1e-9
}

/// GB/s of reading memory that no cache of one core holds, on so many threads.
fn bandwidth(threads: usize) -> f64 {
	let words: Vec<u64> = (0..(512 << 17) as u64).collect();
	let time = best(5, || {
		timed(|| {
			std::thread::scope(|scope| {
				for part in words.chunks(words.len() / threads) {
					scope.spawn(move || black_box(part.iter().fold(0_u64, |sum, word| sum.wrapping_add(*word))));
				}
			})
		})
	});
	(words.len() * 8) as f64 / time.as_secs_f64() * 1e-9
}

fn machine() {
	println!("f32 FMA on one thread: {:.0} G/s\n", peak());
	for threads in [1, 2] {
		println!("reading 512 MiB on {threads} threads: {:.1} GB/s\n", bandwidth(threads));
	}
	println!("load at the start: {}\n", load());
}

fn decoder_shape() -> Shape {
	Shape {
		answers: Use::Tokens,
		layers: 12,
		width: 768,
		heads: 12,
		key_heads: 12,
		head_width: 64,
		rotary_width: 64,
		hidden: 2_048,
		vocabulary: 32_000,
		positions: 2_048,
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
		hidden_fraction: 16,
		epsilon: 11_000_000,
	}
}

fn products() {
	println!("| product | path | tokens | G multiply-adds/s | GB/s of weights |");
	println!("| --- | --- | --- | --- | --- |");
	for (format, columns) in [(Format::Byte, 768), (Format::Byte, 2_048), (Format::Word, 768)] {
		let rows = 2_304;
		let shape = Shape {
			layers: 1,
			vocabulary: 16,
			width: columns,
			hidden: rows,
			matrices: format,
			..decoder_shape()
		};
		for path in Path::available() {
			for tokens in [1, 8, 128] {
				let Some(time) = measure::products(path, shape, tokens) else {
					continue;
				};
				let weights = (rows * columns) as f64;
				println!(
					"| {rows} x {columns} {format:?} | {path} | {tokens} | {:.1} | {:.1} |",
					weights * tokens as f64 / time.as_secs_f64() * 1e-9,
					weights * format.width() as f64 / time.as_secs_f64() * 1e-9
				);
			}
		}
	}
	println!();
}

fn attention() {
	println!("| attention, width 64 | path | queries | µs | G multiply-adds/s |");
	println!("| --- | --- | --- | --- | --- |");
	for positions in [512, 4_096] {
		for path in Path::available() {
			for queries in [1, 4] {
				let time = measure::attention(path, 64, positions, queries);
				println!(
					"| {positions} positions | {path} | {queries} | {:.1} | {:.1} |",
					time.as_secs_f64() * 1e6,
					(positions * queries * 128) as f64 / time.as_secs_f64() * 1e-9
				);
			}
		}
	}
	println!();
}

fn choices() {
	let mut random = Random(3);
	// As logits are: a few stand out.
	let logits: Vec<i32> = (0..150_000)
		.map(|_| (0..8).map(|_| random.between(-80_000, 80_000) as i32).sum())
		.collect();
	println!("| choice among 150,000 | path | µs | the referee's, µs |");
	println!("| --- | --- | --- | --- |");
	let race = |inverse, top, mass| {
		Sampler::Race(sampling::Race {
			inverse,
			top,
			mass,
			seed: 1,
		})
	};
	for (name, sampler) in [
		("greedy", Sampler::Greedy),
		("temperature 1", race(1_512_775, 0, 65_536)),
		("temperature 1, top 40", race(1_512_775, 40, 65_536)),
		("temperature 1, mass 0.9", race(1_512_775, 0, 58_982)),
	] {
		let referee = best(3, || {
			timed(|| {
				black_box(sampler.choose(&logits, 0));
			})
		});
		for path in Path::available() {
			println!(
				"| {name} | {path} | {:.0} | {:.0} |",
				measure::choice(path, sampler, &logits).as_secs_f64() * 1e6,
				referee.as_secs_f64() * 1e6
			);
		}
	}
	println!();
}

fn model(only: &str) {
	let shape = decoder_shape();
	let bytes = samples::package(shape, samples::Values::Ordinary, &mut Random(4));
	let package = Package::checked(shape, &bytes).expect("a package");
	let paths = match std::env::var("BENCH_PATH") {
		Ok(name) => Path::available()
			.into_iter()
			.filter(|path| path.name() == name)
			.collect(),
		Err(_) => Path::available(),
	};
	println!(
		"| model of {} MB | path | threads | tokens/s | load |",
		bytes.len() / 1_000_000
	);
	println!("| --- | --- | --- | --- | --- |");
	for path in paths {
		if path == Path::PLAIN {
			continue;
		}
		let start = Instant::now();
		let model = Arc::new(Model::new(&package, Kernels::unchecked(path)).expect("a model"));
		eprintln!("packed in {:.2?}, {} MB", start.elapsed(), model.bytes() / 1_000_000);
		let most = std::env::var("BENCH_THREADS").map_or(2, |most| most.parse().expect("BENCH_THREADS is a number"));
		for threads in 1..=most {
			let pool = Arc::new(Threads::new(threads).expect("threads"));
			let row = |what: &str, rate: f64| println!("| {what} | {path} | {threads} | {rate:.1} | {} |", load());
			for count in [128, 512].into_iter().filter(|_| only != "decode") {
				let mut decoder = Decoder::new(model.clone(), pool.clone(), 1 << 30).expect("a decoder");
				let tokens = samples::tokens(&shape, count, &mut Random(5));
				let time = best(5, || {
					let sequence = decoder.open();
					let time = timed(|| drop(black_box(decoder.prefill(sequence, &tokens))));
					decoder.close(sequence).expect("open");
					time
				});
				row(&format!("prefill of {count}"), f64::from(count) / time.as_secs_f64());
			}
			if only == "prefill" {
				continue;
			}
			for count in [1, 8, 32] {
				let mut decoder = Decoder::new(model.clone(), pool.clone(), 4 << 30).expect("a decoder");
				let tokens = samples::tokens(&shape, 64, &mut Random(6));
				let sequences: Vec<Sequence> = (0..count).map(|_| decoder.open()).collect();
				let steps: Vec<_> = sequences
					.iter()
					.map(|sequence| Step {
						sequence: *sequence,
						tokens: &tokens,
						logits: Wanted::None,
						states: Wanted::None,
					})
					.collect();
				decoder.run(&steps);
				let rounds = 8;
				let time = best(4, || {
					timed(|| {
						for round in 0..rounds {
							let next: Vec<_> = sequences.iter().map(|sequence| (*sequence, round)).collect();
							let logits: Vec<_> = decoder.decode(&next).into_iter().flatten().collect();
							let races: Vec<_> = logits
								.iter()
								.map(|logits| Race {
									sampler: Sampler::Greedy,
									logits,
									position: 64,
								})
								.collect();
							black_box(decoder.choose(&races));
						}
					})
				});
				let rate = f64::from(count) * f64::from(rounds) / time.as_secs_f64();
				row(&format!("decode, batch {count}, after 64 to 96"), rate);
			}
		}
	}
}
