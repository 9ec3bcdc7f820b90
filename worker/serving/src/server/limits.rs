// SPDX-License-Identifier: Apache-2.0

//! How much strangers may use, and how fast.

use std::{collections::HashMap, hash::Hash, time::Duration};
use tokio::time::Instant;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
	/// On average.
	pub a_second: u32,
	/// At once, after nothing was done for long enough.
	pub at_once: u32,
}

/// What a server takes on. Memory that strangers can make it use is at most about
/// `connections` × `streams` × (what the transport and a task keep for each, and 1 KiB) + `reading` and that of strangers +
/// `answers` × positions × 8 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Connections in all, and of one endpoint.
	pub connections: usize,
	pub connections_of_peer: usize,
	/// Streams of a connection at once.
	pub streams: usize,
	/// Sessions that are attached, in all and by one connection.
	pub sessions: usize,
	pub sessions_of_connection: usize,
	/// Answers that are being made, in all and of one session.
	pub answers: usize,
	pub answers_of_session: usize,
	/// KiB of large messages that are being read, in all: of those who have attached a session, and of strangers.
	pub reading: usize,
	pub reading_of_strangers: usize,
	/// Messages that could not be read before a connection ends.
	pub strikes: u32,
	/// What an endpoint may say, where questions that cost more count more.
	pub peer: Rate,
	/// Answers of a session.
	pub session: Rate,
	/// What an auditor may ask.
	pub auditor: Rate,
	/// For how long a stream may be silent, and a message of 64 KiB be on its way in either direction.
	pub idle: Duration,
	pub message: Duration,
	/// For how long an answer goes on that nobody reads.
	pub linger: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connections: 2_048,
			connections_of_peer: 16,
			streams: 64,
			sessions: 4_096,
			sessions_of_connection: 64,
			answers: 512,
			answers_of_session: 32,
			reading: 64 << 10,
			reading_of_strangers: 16 << 10,
			strikes: 8,
			peer: Rate {
				a_second: 200,
				at_once: 1_000,
			},
			session: Rate {
				a_second: 50,
				at_once: 200,
			},
			auditor: Rate {
				a_second: 1,
				at_once: 64,
			},
			idle: Duration::from_secs(60),
			message: Duration::from_secs(10),
			linger: Duration::from_secs(20),
		}
	}
}

impl Limits {
	/// For how long a message of so many bytes may be on its way.
	pub(super) fn time_for(&self, bytes: u32) -> Duration {
		self.message.saturating_mul((bytes >> 16).saturating_add(1))
	}
}

/// What may still be done now, by when all of it will have been made up for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
	free: Instant,
}

impl Bucket {
	pub fn new() -> Self {
		Self { free: Instant::now() }
	}

	/// Does something of this weight, or says how long it must wait.
	pub fn take(&mut self, rate: Rate, weight: u32) -> Result<(), Duration> {
		let now = Instant::now();
		let each = Duration::from_secs(1)
			.checked_div(rate.a_second)
			.unwrap_or(Duration::MAX);
		let most = each.saturating_mul(rate.at_once);
		let owed = self.free.saturating_duration_since(now);
		let with = owed.saturating_add(each.saturating_mul(weight));
		match with.checked_sub(most).filter(|wait| !wait.is_zero()) {
			Some(wait) => Err(wait),
			None => {
				self.free = now.checked_add(with).unwrap_or(now);
				Ok(())
			}
		}
	}

	/// Whether nothing is owed.
	pub fn rested(&self) -> bool {
		self.free <= Instant::now()
	}
}

/// A bucket for each of many, of whom only those are kept who have done something of late.
pub(super) struct Buckets<K> {
	buckets: HashMap<K, Bucket>,
	most: usize,
}

impl<K: Eq + Hash + Copy> Buckets<K> {
	pub fn new(most: usize) -> Self {
		Self {
			buckets: HashMap::new(),
			most,
		}
	}

	pub fn take(&mut self, who: K, rate: Rate, weight: u32) -> Result<(), Duration> {
		if self.buckets.len() >= self.most && !self.buckets.contains_key(&who) {
			self.buckets.retain(|_, bucket| !bucket.rested());
			if self.buckets.len() >= self.most {
				return Err(Duration::from_secs(1));
			}
		}
		self.buckets.entry(who).or_insert_with(Bucket::new).take(rate, weight)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const RATE: Rate = Rate {
		a_second: 10,
		at_once: 5,
	};

	#[tokio::test]
	async fn so_many_at_once_and_then_as_many_a_second() {
		let mut bucket = Bucket::new();
		for _ in 0..5 {
			bucket.take(RATE, 1).unwrap();
		}
		let wait = bucket.take(RATE, 1).unwrap_err();
		assert!(wait <= Duration::from_millis(100), "{wait:?}");
		tokio::time::sleep(wait).await;
		bucket.take(RATE, 1).unwrap();
		bucket.take(RATE, 1).unwrap_err();
	}

	#[tokio::test]
	async fn a_crowd_is_forgotten_when_it_has_rested() {
		let mut buckets = Buckets::new(3);
		for who in 0..3 {
			buckets.take(who, RATE, 1).unwrap();
		}
		buckets.take(3, RATE, 1).unwrap_err();
		tokio::time::sleep(Duration::from_millis(120)).await;
		buckets.take(3, RATE, 1).unwrap();
		assert_eq!(buckets.buckets.len(), 1);
	}
}
