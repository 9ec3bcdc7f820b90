// SPDX-License-Identifier: Apache-2.0

//! A fixed number of threads. No value depends on how many there are: a thread computes whole values.

use crate::Error;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Most threads of a pool.
const MOST: usize = 1_024;

/// Threads that compute.
#[derive(Debug)]
pub struct Threads {
	pool: ThreadPool,
	count: usize,
}

impl Threads {
	/// So many.
	pub fn new(count: usize) -> Result<Self, Error> {
		let count = count.clamp(1, MOST);
		let pool = ThreadPoolBuilder::new()
			.num_threads(count)
			.thread_name(|number| format!("exact-{number}"))
			.build()
			.map_err(|error| Error::Threads {
				threads: count,
				reason: error.to_string(),
			})?;
		Ok(Self { pool, count })
	}

	/// How many there are.
	pub fn count(&self) -> usize {
		self.count
	}

	/// Computes something on them.
	pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
		self.pool.install(work)
	}
}
