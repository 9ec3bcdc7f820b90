// SPDX-License-Identifier: Apache-2.0

//! What a check of an answer costs, beside what the answer cost: it is computed again in one pass over input and answer.
//! And what Freivalds' check would cost, if whoever answered also sent the sums of every product.

use crate::{
	Error,
	claims::{Job, serve},
	clock::{Start, thread},
};
use atelier_engine::{exact::Replay, serve::Engine};
use atelier_referee::{
	freivalds::Checker,
	hash::Portable,
	ops::{
		linear::{Format, dot},
		sampling::Sampler,
	},
};
use std::hint::black_box;

/// Seconds of the processors for one answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
	pub answer: f64,
	pub audit: f64,
}

/// Answers a job with claims, and checks the first of its answers.
pub fn measure(engine: &Engine, replay: &mut Replay, job: Job) -> Result<Cost, Error> {
	let (served, claimed) = serve(engine, job)?;
	let Some(one) = claimed.first() else {
		return Err(Error::Differs {
			what: "nothing was answered",
		});
	};
	let start = Start::now();
	let replayed = replay.run(&one.input, &one.answer.tokens, Sampler::Greedy)?;
	let audit = start.spent().cpu;
	if replayed.wrong.is_some() {
		return Err(Error::Differs { what: "a token" });
	}
	if replayed.committed != one.committed {
		return Err(Error::Differs { what: "a commitment" });
	}
	Ok(Cost {
		answer: served.all / f64::from(job.requests),
		audit,
	})
}

/// What Freivalds' check takes for a matrix, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Freivalds {
	/// Once for each audit, since the factors must be drawn after the sums were sent.
	pub once: f64,
	/// For each token.
	pub token: f64,
	/// What computing the sums takes the referee, for comparison.
	pub sums: f64,
}

/// Of a matrix of bytes.
pub fn freivalds(rows: usize, columns: usize) -> Result<Freivalds, Error> {
	const TIMES: u32 = 5;
	let weight = |place: usize| (place.wrapping_mul(2_654_435_761) >> 7) as u8;
	let matrix: Vec<u8> = (0..rows * columns).map(weight).collect();
	let vector: Vec<i16> = (0..columns).map(|place| place.wrapping_mul(40_503) as i16).collect();
	let sum = |row: &[u8]| dot(Format::Byte, row, &vector);
	let before = thread();
	let sums: Vec<i64> = matrix.chunks(columns.max(1)).map(sum).collect();
	let took = thread() - before;
	let (mut once, mut token) = (f64::INFINITY, f64::INFINITY);
	for seed in 0..TIMES {
		let before = thread();
		let checker = Checker::new::<Portable>(Format::Byte, columns, matrix.chunks(columns.max(1)), &[seed as u8; 32]);
		once = once.min(thread() - before);
		let before = thread();
		let agrees = black_box(&checker).agrees(&vector, &sums);
		token = token.min(thread() - before);
		if !agrees {
			return Err(Error::Differs { what: "a sum" });
		}
	}
	Ok(Freivalds {
		once,
		token,
		sums: took,
	})
}
