// SPDX-License-Identifier: Apache-2.0

//! What a check of an exact answer costs, as a part of what the answer cost (docs/benchmarks.md, `scripts/bench audit`).
//!
//! usage: audit [TURNS [THREADS]]     a random model of 76 million parameters

use atelier_engine::{
	exact::{self, Replay},
	float::Device,
	serve::Limits,
};
use atelier_measure::{
	audit::{freivalds, measure},
	claims::Job,
	figures::Figures,
	random::Size,
	served::{Class, Model, Plan},
	shapes::{LARGE, Shape},
};
use std::error::Error;

const MEMORY: u64 = 4 << 30;

fn main() -> Result<(), Box<dyn Error>> {
	let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u32>());
	let turns = arguments.next().transpose()?.unwrap_or(5);
	let threads = arguments.next().transpose()?.unwrap_or(1);
	let mut model = Model::random(Size::default())?;
	let plan = Plan {
		device: Device::Cpu,
		threads: threads.try_into()?,
		memory: MEMORY,
		running: 32,
	};
	let engine = model.serve(Class::Exact, &plan)?;
	let exact = exact::Plan {
		threads: threads as usize,
		memory: MEMORY,
		limits: Limits::default(),
	};
	let mut replay = Replay::load(model.exact()?, &exact)?;
	println!(
		"{threads} threads, {turns} turns; seconds of CPU time for one answer, medians, in brackets least and most\n"
	);
	println!("| input, answer | requests at once | answering | checking | part |");
	println!("| --- | --- | --- | --- | --- |");
	let mut position = f64::INFINITY;
	for (input, answer) in [(128, 512), (1_024, 32)] {
		for requests in [1, 8] {
			let job = Job {
				input,
				answer,
				requests,
			};
			let (mut answering, mut checking, mut parts) = (Vec::new(), Vec::new(), Vec::new());
			for _ in 0..turns {
				let cost = measure(&engine, &mut replay, job)?;
				answering.push(cost.answer);
				checking.push(cost.audit);
				parts.push(100.0 * cost.audit / cost.answer);
			}
			let of = |measured: Vec<f64>| Figures::of(measured).ok_or("nothing was measured");
			let (answering, checking, parts) = (of(answering)?, of(checking)?, of(parts)?);
			println!(
				"| {input}, {answer} | {requests} | {:.2} | {:.2} | {:.0}% ({:.0} to {:.0}) |",
				answering.median, checking.median, parts.median, parts.least, parts.most
			);
			position = position.min(checking.median / f64::from(input + answer - 1));
		}
	}

	let small = Shape::small(&model.sizes);
	println!("\nFreivalds' check of the products, if the sums of all rows were sent along:\n");
	println!(
		"| shape | once, s | a token, ms | computing a token again, ms | 1,055 positions: check to computing | sums sent a token, KB |"
	);
	println!("| --- | --- | --- | --- | --- | --- |");
	// One matrix stands for all: both costs are proportional, to its weights and to its sides.
	let one = freivalds(small.inner.try_into()?, small.hidden.try_into()?)?;
	let weight = one.once / (small.inner * small.hidden) as f64;
	let side = one.token / (small.inner + small.hidden) as f64;
	for shape in [small].into_iter().chain(LARGE) {
		let (once, token) = (weight * shape.weights() as f64, side * shape.sides() as f64);
		let again = position * shape.weights() as f64 / small.weights() as f64;
		let positions = 1_055.0;
		let rows: u64 = shape.matrices().iter().map(|(rows, _)| rows).sum();
		println!(
			"| {} | {:.2} | {:.2} | {:.2} | {:.0}% | {:.0} |",
			shape.name,
			once,
			token * 1e3,
			again * 1e3,
			100.0 * (once + token * positions) / (again * positions),
			(rows * shape.layers * 8) as f64 / 1e3
		);
	}
	Ok(())
}
