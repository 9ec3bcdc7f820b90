// SPDX-License-Identifier: Apache-2.0

//! What the commitments of a claim cost who serves: hashing every final state while the answer is made, and the trees at
//! its end. Measured inside of serving, by the thread's own clock around it, so that noise meets both alike.

use crate::{
	Error,
	clock::{Start, thread},
	speed::{request, tokens},
};
use atelier_engine::{
	claim::{Committed, States},
	serve::{Answer, Engine},
};
use std::sync::{
	Arc,
	atomic::{AtomicU64, Ordering},
};

/// Requests of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
	pub input: u32,
	pub answer: u32,
	/// At once.
	pub requests: u32,
}

/// Seconds of the processors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
	/// In all.
	pub all: f64,
	/// For hashing states and for the trees.
	pub claims: f64,
}

/// An answer and what its claim commits to.
pub struct Claimed {
	pub input: Vec<u32>,
	pub answer: Answer,
	pub committed: Committed,
}

/// Serves a job with claims.
pub fn serve(engine: &Engine, job: Job) -> Result<(Cost, Vec<Claimed>), Error> {
	let nanoseconds = Arc::new(AtomicU64::new(0));
	let add = |spent: f64, to: &AtomicU64| to.fetch_add((spent * 1e9) as u64, Ordering::Relaxed);
	let start = Start::now();
	let mut asked = Vec::new();
	for number in 0..job.requests {
		let states = States::of(&engine.facts());
		let (mut watch, hashing) = (states.watch(), nanoseconds.clone());
		let mut request = request(engine, number, job.input, job.answer);
		request.watch = Some(Box::new(move |first, numbers| {
			let before = thread();
			watch(first, numbers);
			add(thread() - before, &hashing);
		}));
		asked.push((engine.answer(request)?, tokens(engine, number, job.input), states));
	}
	let mut claimed = Vec::new();
	for (answering, input, states) in asked {
		let answer = answering.wait()?;
		let before = thread();
		let committed = states.committed(&input, &answer)?;
		add(thread() - before, &nanoseconds);
		claimed.push(Claimed {
			input,
			answer,
			committed,
		});
	}
	let cost = Cost {
		all: start.spent().cpu,
		claims: nanoseconds.load(Ordering::Relaxed) as f64 * 1e-9,
	};
	Ok((cost, claimed))
}

/// The same without claims: seconds of the processors.
pub fn serve_without(engine: &Engine, job: Job) -> Result<f64, Error> {
	let start = Start::now();
	let asked: Result<Vec<_>, Error> = (0..job.requests)
		.map(|number| Ok(engine.answer(request(engine, number, job.input, job.answer))?))
		.collect();
	for answering in asked? {
		answering.wait()?;
	}
	Ok(start.spent().cpu)
}
