// SPDX-License-Identifier: Apache-2.0

//! Time by the clock, and time of the processors, which other work on the machine disturbs less.

use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Instant;

/// Seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
	pub wall: f64,
	/// Of all threads of this process.
	pub cpu: f64,
}

/// A moment.
#[derive(Clone, Copy, Debug)]
pub struct Start {
	wall: Instant,
	cpu: f64,
}

fn seconds(time: Timespec) -> f64 {
	time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Seconds that this thread has run.
pub fn thread() -> f64 {
	seconds(clock_gettime(ClockId::ThreadCPUTime))
}

impl Start {
	pub fn now() -> Self {
		Self {
			wall: Instant::now(),
			cpu: seconds(clock_gettime(ClockId::ProcessCPUTime)),
		}
	}

	/// What was spent since then.
	pub fn spent(&self) -> Spent {
		let now = Self::now();
		Spent {
			wall: now.wall.duration_since(self.wall).as_secs_f64(),
			cpu: now.cpu - self.cpu,
		}
	}
}

impl Spent {
	/// So many things in this time: a second's.
	pub fn rate(&self, count: u32) -> Self {
		Self {
			wall: f64::from(count) / self.wall,
			cpu: f64::from(count) / self.cpu,
		}
	}

	/// Without what a part of it takes.
	pub fn less(&self, part: &Self) -> Self {
		Self {
			wall: self.wall - part.wall,
			cpu: self.cpu - part.cpu,
		}
	}

	pub fn by(&self, other: &Self) -> Self {
		Self {
			wall: self.wall / other.wall,
			cpu: self.cpu / other.cpu,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{hint::black_box, time::Duration};

	#[test]
	fn sleeping_takes_no_processor_and_working_does() {
		let start = Start::now();
		std::thread::sleep(Duration::from_millis(30));
		let slept = start.spent();
		assert!(slept.wall >= 0.03, "{slept:?}");

		let (start, own) = (Start::now(), thread());
		let mut sum = 0_u64;
		while thread() - own < 0.02 {
			sum = black_box(sum.wrapping_add(1));
		}
		let worked = start.spent();
		assert!(worked.cpu >= 0.02, "{worked:?}");
		assert!((worked.rate(10).cpu - 10.0 / worked.cpu).abs() < 1e-6);
	}
}
