// SPDX-License-Identifier: Apache-2.0

//! How many bytes go out in a second, to all together.

use std::{
	sync::{Mutex, PoisonError},
	time::Duration,
};
use tokio::time::Instant;

/// Hands out moments at which bytes may go, one after the other.
#[derive(Debug)]
pub(crate) struct Pace {
	each_second: u64,
	next: Mutex<Instant>,
}

impl Pace {
	pub fn new(each_second: u64) -> Self {
		Self {
			each_second: each_second.max(1),
			next: Mutex::new(Instant::now()),
		}
	}

	/// Returns when so many bytes may go.
	pub async fn take(&self, bytes: u64) {
		let takes = Duration::from_secs_f64(bytes as f64 / self.each_second as f64);
		let turn = {
			let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
			// What nobody used is over.
			let turn = (*next).max(Instant::now());
			*next = turn + takes;
			turn
		};
		tokio::time::sleep_until(turn).await;
	}
}
