// SPDX-License-Identifier: Apache-2.0

//! One-shot jobs, up to the answer.

use super::*;
use crate::{HostHash, Order, Sealed};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	work,
};
use atelier_referee::{
	claim::{token_tree, Claim, Origin, StopReason},
	commit::{Commitment, Kind, Tree},
	hash::Blake2b256,
};
use sp_runtime::DispatchResult;

/// A job for 100 tokens in and 50 out, which is 300 units; the chain draws.
pub fn order() -> Order<Balance> {
	Order {
		version: V,
		request: [8; 32],
		wanted: WANTED,
		sealed: false,
		input: 100,
		output: 50,
		most: 2 * PRICE,
		worker: None,
		audits: 0,
		time: TIME,
	}
}

pub fn chosen(worker: WorkerId) -> Order<Balance> {
	Order {
		worker: Some(worker),
		..order()
	}
}

/// What is held for that: the most that the worker may ask.
pub fn most() -> Balance {
	let priced = 300 * (2 * PRICE + FEE);
	priced + priced * 2 / 100 + priced * 5 / 100
}

pub fn submit(order: Order<Balance>) -> JobId {
	let id = crate::NextJob::<Test>::get();
	dispatch(PAYER, crate::Call::submit { order: Box::new(order) }).unwrap();
	id
}

/// A job at its last stage before the answer.
pub fn started(order: Order<Balance>) -> JobId {
	let job = submit(order);
	dispatch(WORKER, crate::Call::accept { job }).unwrap();
	dispatch(WORKER, crate::Call::start { job }).unwrap();
	job
}

/// A claim of worker 0 for a job: so many tokens in and out.
pub fn claim(job: JobId, input: u32, output: u32) -> Claim {
	let nothing = Commitment {
		kind: Kind::State,
		count: 1,
		root: [3; 32],
	};
	Claim {
		genesis: genesis(),
		origin: Origin::Job(job.0),
		worker: work::named(W),
		version: work::named_version(V),
		request: [8; 32],
		answer: tokens(output).commitment(),
		state: nothing,
		input_count: input,
		output_count: output,
		stop: StopReason::End,
	}
}

/// The answer of so many tokens: 0, 1, 2 and so on.
pub fn tokens(count: u32) -> Tree {
	let tokens: Vec<u32> = (0..count.min(10_000)).collect();
	token_tree::<HostHash>(Kind::Tokens, &tokens).unwrap()
}

/// Its bytes.
pub fn token_bytes(count: u32) -> Vec<u8> {
	(0..count).flat_map(u32::to_le_bytes).collect()
}

/// An encrypted answer.
pub const ANSWER: &[u8] = b"what the payer was sent, which nobody else can read";

pub fn whole() -> Sealed {
	Sealed::Whole {
		bytes: ANSWER.len() as u32,
		hash: HostHash::hash(ANSWER),
	}
}

pub fn deliver(job: JobId, claim: Claim) -> DispatchResult {
	let sealed = crate::Jobs::<Test>::get(job).is_some_and(|job| job.order.sealed);
	deliver_as(job, claim, sealed.then(whole))
}

pub fn deliver_as(job: JobId, claim: Claim, answer: Option<Sealed>) -> DispatchResult {
	dispatch(
		WORKER,
		crate::Call::deliver {
			job,
			claim: Box::new(claim),
			answer,
		},
	)
}

/// A job of which the answer was delivered: 100 tokens in, 25 out, 200 units.
pub fn delivered(order: Order<Balance>) -> JobId {
	let job = started(order);
	deliver(job, claim(job, 100, 25)).unwrap();
	job
}
