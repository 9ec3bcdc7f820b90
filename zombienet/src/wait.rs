// SPDX-License-Identifier: Apache-2.0

//! Waiting with a deadline that names what was waited for.

use crate::Error;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often a probe looks. Blocks come every three seconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// What one look at the network found.
pub enum Seen<T> {
	Yes(T),
	/// Not yet; what was there instead, for the error message.
	NotYet(String),
}

/// Looks with `probe` until it sees what it looks for.
///
/// An error of the probe does not end the wait: nodes that are starting or were killed refuse connections.
pub async fn until<T>(
	what: impl Into<String>,
	limit: Duration,
	mut probe: impl AsyncFnMut() -> Result<Seen<T>, Error>,
) -> Result<T, Error> {
	let what = what.into();
	let start = Instant::now();
	loop {
		let last = match probe().await {
			Ok(Seen::Yes(found)) => {
				tracing::info!("{what}: after {:.1} s", start.elapsed().as_secs_f32());
				return Ok(found);
			}
			Ok(Seen::NotYet(instead)) => instead,
			Err(error) => error.to_string(),
		};
		if start.elapsed() >= limit {
			return Err(Error::Timeout {
				what,
				waited: start.elapsed(),
				last,
			});
		}
		sleep(INTERVAL).await;
	}
}
