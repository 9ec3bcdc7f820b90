// SPDX-License-Identifier: Apache-2.0

//! What a fingerprint costs while answers are made.
//!
//! usage: fingerprint                            nanoseconds of a token by the width of a model
//!        fingerprint WIDTH TOKENS               only makes fingerprints, to count instructions:
//!                                               valgrind --tool=callgrind .. fingerprint 4096 3200
//!        fingerprint FOLDER [DTYPE [THREADS]]   serves a model of a folder with and without, in turns, and says by how much the
//!                                               CPU time differs

use atelier_engine::{
	Error,
	backend::{Answers, Class, Facts, Numbers},
	fingerprint::{Fingerprint, Layout, Prints},
	float::{self, Device, Plan},
	load::{Folder, checkpoint::Float},
	serve::{Engine, Input, Limits, Request},
};
use atelier_referee::ops::sampling::philox;
use std::{fs, path::Path, time::Instant};

const INPUT: usize = 128;
const ANSWER: u32 = 64;
const REQUESTS: u32 = 32;
const ROUNDS: usize = 7;

fn main() -> Result<(), Error> {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	let number = |place: usize| arguments.get(place).and_then(|text| text.parse::<u32>().ok());
	match (arguments.first(), number(0), number(1)) {
		(_, Some(width), Some(tokens)) => {
			made(width, tokens, &states(width))?;
			Ok(())
		}
		(Some(folder), None, _) => serving(
			Path::new(folder),
			arguments.get(1).map_or("f32", String::as_str),
			number(2).unwrap_or(1),
		),
		_ => widths(),
	}
}

/// Of 16 groups, which take different numbers of seeds: mostly small numbers, some large, as final states are.
fn states(width: u32) -> Vec<f32> {
	let one = |place: u32| {
		let parts = philox([place, 0, 0, 5], [3, 3]).map(|random| random as f32 / u32::MAX as f32 - 0.5);
		parts.iter().sum::<f32>() * if place.is_multiple_of(97) { 8.0 } else { 1.0 }
	};
	(0..width * 32 * 16).map(one).collect()
}

/// As decoding gives them: one position after the other. Gives the seconds of the engine's thread, and those of whoever asks
/// for the fingerprint.
fn made(width: u32, tokens: u32, states: &[f32]) -> Result<[f64; 2], Error> {
	let facts = Facts {
		vocabulary: 1,
		positions: tokens,
		width,
		answers: Answers::Tokens,
		class: Class::Float(Float::BF16),
	};
	let rows: Vec<_> = states
		.chunks_exact(width as usize)
		.map(|row| Numbers::Float(row.to_vec()))
		.collect();
	let prints = Prints::of(Layout::of(Float::BF16), &facts)?;
	let mut watch = prints.watch();
	let start = Instant::now();
	for (position, row) in (0..tokens).zip(rows.iter().cycle()) {
		watch(position, row);
	}
	let picked = start.elapsed().as_secs_f64();
	prints.fingerprint(tokens as usize, 1)?;
	Ok([picked, start.elapsed().as_secs_f64() - picked])
}

fn widths() -> Result<(), Error> {
	println!("| width | ns of the engine's thread for a token | ns of tables for a token | bytes of 1,024 tokens |");
	println!("| --- | --- | --- | --- |");
	for width in [192, 768, 2_048, 4_096, 8_192, 16_384] {
		let states = states(width);
		let tokens = 3_200;
		let mut least = [f64::INFINITY; 2];
		for _ in 0..ROUNDS {
			for (least, seconds) in least.iter_mut().zip(made(width, tokens, &states)?) {
				*least = least.min(seconds * 1e9 / f64::from(tokens));
			}
		}
		let [picked, tables] = least;
		let bytes = Fingerprint::bytes_of(Layout::of(Float::BF16), 1_024);
		println!("| {width} | {picked:.0} | {tables:.0} | {bytes} |");
	}
	Ok(())
}

/// Time of this process on all processors.
fn cpu() -> f64 {
	let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
	let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
	fields
		.skip(11)
		.take(2)
		.filter_map(|ticks| ticks.parse::<f64>().ok())
		.sum::<f64>()
		/ 100.0
}

fn serving(folder: &Path, dtype: &str, threads: u32) -> Result<(), Error> {
	float::threads(u16::try_from(threads).ok());
	let float = [Float::F32, Float::F16, Float::BF16];
	let plan = Plan {
		device: Device::Cpu,
		float: float
			.into_iter()
			.find(|float| float.name() == dtype)
			.unwrap_or(Float::F32),
		memory: 8 << 30,
		limits: Limits {
			running: REQUESTS as usize,
			..Limits::default()
		},
	};
	let engine = float::serve(&Folder::new(folder), &plan)?;
	println!("| what | without, CPU s | with, CPU s | more |");
	println!("| --- | --- | --- | --- |");
	for (what, limit) in [("prefill", 1), ("prefill and decode", ANSWER)] {
		let mut least = [f64::INFINITY; 2];
		for _ in 0..ROUNDS {
			for (least, with) in least.iter_mut().zip([false, true]) {
				*least = least.min(ask(&engine, &plan, with, limit)?);
			}
		}
		let [without, with] = least;
		println!(
			"| {what} | {without:.2} | {with:.2} | {:.2}% |",
			(with / without - 1.0) * 100.0
		);
	}
	Ok(())
}

fn ask(engine: &Engine, plan: &Plan, with: bool, limit: u32) -> Result<f64, Error> {
	let start = cpu();
	let vocabulary = engine.facts().vocabulary;
	let asked = (0..REQUESTS).map(|number| {
		let input = (0..INPUT as u32)
			.map(|place| (number * 31 + place * 7) % vocabulary)
			.collect();
		let prints = Prints::of(Layout::of(plan.float), &engine.facts())?;
		let mut request = Request::greedy(Input::Tokens(input), limit);
		request.ends = Some(Vec::new());
		request.watch = with.then(|| prints.watch());
		Ok((engine.answer(request)?, prints))
	});
	for (answering, prints) in asked.collect::<Result<Vec<_>, Error>>()? {
		let answer = answering.wait()?;
		if with {
			prints.fingerprint(INPUT, answer.tokens.len())?;
		}
	}
	Ok(cpu() - start)
}
