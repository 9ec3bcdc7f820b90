// SPDX-License-Identifier: Apache-2.0

//! What claims cost who serves (docs/benchmarks.md, `scripts/bench claims`).
//!
//! - `claims table [TURNS [THREADS]]`: of serving's CPU time, with a random model of 76 million parameters.
//! - `claims prepare FOLDER`, then `claims count FOLDER`: the same work once, for callgrind to count instructions.

use atelier_engine::{
	exact,
	serve::{Engine, Limits},
};
use atelier_measure::{
	claims::{Job, serve, serve_without},
	figures::Figures,
	random::Size,
	served::{Class, Model, Plan},
	shapes::{LARGE, Shape},
};
use atelier_models::exact::ExactFolder;
use std::{error::Error, path::Path};

/// Many tokens of answers, and many tokens of inputs.
const DECODE: (u32, u32) = (128, 256);
const PREFILL: (u32, u32) = (1_024, 32);

fn job((input, answer): (u32, u32), requests: u32) -> Job {
	Job {
		input,
		answer,
		requests,
	}
}

/// Positions that are computed.
fn positions(job: Job) -> f64 {
	f64::from(job.requests * (job.input + job.answer - 1))
}

fn main() -> Result<(), Box<dyn Error>> {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	let number = |place: usize, or: u32| {
		arguments
			.get(place)
			.and_then(|number| number.parse().ok())
			.unwrap_or(or)
	};
	match arguments.first().map(String::as_str) {
		Some("table") => table(number(1, 5), number(2, 1)),
		Some("prepare") => prepare(Path::new(arguments.get(1).ok_or("which folder?")?)),
		Some("count") => count(Path::new(arguments.get(1).ok_or("which folder?")?)),
		_ => Err("usage: claims table [TURNS [THREADS]] | prepare FOLDER | count FOLDER".into()),
	}
}

fn table(turns: u32, threads: u32) -> Result<(), Box<dyn Error>> {
	let mut model = Model::random(Size::default())?;
	let plan = Plan {
		device: atelier_engine::float::Device::Cpu,
		threads: threads.try_into()?,
		memory: 4 << 30,
		running: 32,
	};
	let engine = model.serve(Class::Exact, &plan)?;
	let small = Shape::small(&model.sizes);
	println!(
		"{} threads, {turns} turns; parts of the CPU time of serving, medians, in brackets least and most\n",
		threads
	);
	println!(
		"| input, answer | requests at once | hashing and trees | all that claims add, by pairs | µs of serving a token | µs of hashing |"
	);
	println!("| --- | --- | --- | --- | --- | --- |");
	let mut large = Vec::new();
	for shape in [DECODE, PREFILL] {
		for requests in [1, 8, 32] {
			if shape == PREFILL && requests == 32 {
				continue;
			}
			let job = job(shape, requests);
			let (mut inside, mut pairs, mut each, mut hashing) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
			for turn in 0..turns {
				// Who goes first changes.
				let (with, without) = if turn % 2 == 0 {
					let with = serve(&engine, job)?.0;
					(with, serve_without(&engine, job)?)
				} else {
					let without = serve_without(&engine, job)?;
					(serve(&engine, job)?.0, without)
				};
				inside.push(100.0 * with.claims / with.all);
				pairs.push(100.0 * (with.all / without - 1.0));
				each.push((with.all - with.claims) / positions(job) * 1e6);
				hashing.push(with.claims / positions(job) * 1e6);
			}
			let of = |measured: Vec<f64>| Figures::of(measured).ok_or("nothing was measured");
			let (inside, pairs, each, hashing) = (of(inside)?, of(pairs)?, of(each)?, of(hashing)?);
			println!(
				"| {}, {} | {requests} | {:.2}% ({:.2} to {:.2}) | {:+.1}% ({:+.1} to {:+.1}) | {:.0} | {:.2} |",
				shape.0,
				shape.1,
				inside.median,
				inside.least,
				inside.most,
				pairs.median,
				pairs.least,
				pairs.most,
				each.median,
				hashing.median
			);
			// The vocabulary is multiplied with those positions after which a token is chosen.
			let of_head = f64::from(job.answer) / f64::from(job.input + job.answer - 1);
			let products = |shape: &Shape| shape.weights() as f64 + shape.head() as f64 * of_head;
			for other in LARGE {
				let hash = hashing.median * other.hashed() as f64 / small.hashed() as f64;
				let compute = each.median * products(&other) / products(&small);
				large.push(format!(
					"| {} | {}, {} | {requests} | {:.1} | {:.2}% |",
					other.name,
					shape.0,
					shape.1,
					hash,
					100.0 * hash / compute
				));
			}
		}
	}
	println!("\nWith larger models, if a multiplication and a hashed byte take as long as here:\n");
	println!("| parameters | input, answer | requests at once | µs of hashing a position | of serving |");
	println!("| --- | --- | --- | --- | --- |");
	for row in large {
		println!("{row}");
	}
	Ok(())
}

fn prepare(folder: &Path) -> Result<(), Box<dyn Error>> {
	let model = Model::random(Size::default())?;
	atelier_convert::folder::convert(model.folder(), folder, None, &mut |_| ())?;
	Ok(())
}

/// Callgrind writes what was counted before and after each of these functions.
#[inline(never)]
fn counted_with(engine: &Engine, job: Job) -> Result<(), Box<dyn Error>> {
	serve(engine, job)?;
	Ok(())
}

#[inline(never)]
fn counted_without(engine: &Engine, job: Job) -> Result<(), Box<dyn Error>> {
	serve_without(engine, job)?;
	Ok(())
}

fn count(folder: &Path) -> Result<(), Box<dyn Error>> {
	let plan = exact::Plan {
		threads: 1,
		memory: 4 << 30,
		limits: Limits::default(),
	};
	let engine = exact::serve(&ExactFolder::open(folder)?, &plan)?;
	// Shorter, since counting is slow.
	for job in [job((32, 64), 8), job((512, 8), 1)] {
		counted_with(&engine, job)?;
		counted_without(&engine, job)?;
	}
	Ok(())
}
