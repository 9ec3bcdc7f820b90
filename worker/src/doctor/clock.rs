// SPDX-License-Identifier: Apache-2.0

//! Whether time passes as it should: deadlines are the chain's, and a worker whose clock is wrong misses them.

use super::Check;
use std::{
	process::{Command, Stdio},
	thread::sleep,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long both clocks are watched.
const WATCHED: Duration = Duration::from_millis(200);
/// How far apart they may be then.
const APART: Duration = Duration::from_millis(50);
/// 2026-01-01: nobody had this program before.
const EARLIEST: u64 = 1_767_225_600;

pub fn checks() -> [Check; 2] {
	[passing(), synchronised(&ask())]
}

fn passing() -> Check {
	let (wall, steady) = (SystemTime::now(), Instant::now());
	sleep(WATCHED);
	let steady = steady.elapsed();
	judge(wall, SystemTime::now().duration_since(wall).ok(), steady)
}

/// By the time of day, how much of it passed, and how much did by the clock that is never set.
fn judge(wall: SystemTime, passed: Option<Duration>, steady: Duration) -> Check {
	const NAME: &str = "clock";
	const SET: &str = "set the clock, by NTP: apt-get install chrony";
	if wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) < EARLIEST {
		return Check::fail(NAME, "the year is wrong", SET);
	}
	match passed {
		None => Check::fail(NAME, "it went backwards", SET),
		Some(passed) if passed.abs_diff(steady) > APART => {
			let found = format!("{} ms passed while {} ms did", passed.as_millis(), steady.as_millis());
			Check::fail(
				NAME,
				found,
				"the clock jumps: on a virtual machine choose another clock source, and let only one program set it",
			)
		}
		Some(_) => Check::ok(NAME, "it goes forward, and steadily"),
	}
}

/// Whether the system says that its clock is set by NTP.
fn ask() -> Option<bool> {
	let asked = Command::new("timedatectl")
		.args(["show", "--property=NTPSynchronized", "--value"])
		.stdin(Stdio::null())
		.stderr(Stdio::null())
		.output()
		.ok()
		.filter(|asked| asked.status.success())?;
	match asked.stdout.trim_ascii() {
		b"yes" => Some(true),
		b"no" => Some(false),
		_ => None,
	}
}

fn synchronised(by_ntp: &Option<bool>) -> Check {
	const NAME: &str = "clock is set";
	match by_ntp {
		Some(true) => Check::ok(NAME, "by NTP"),
		Some(false) => Check::warn(
			NAME,
			"nobody sets it",
			"apt-get install chrony, or timedatectl set-ntp true",
		),
		None => Check::warn(
			NAME,
			"whether NTP sets it is not known: timedatectl does not say",
			"in a container the host sets it; look there",
		),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::doctor::Verdict;

	#[test]
	fn a_clock_that_stands_jumps_or_is_of_another_year_fails() {
		let now = SystemTime::now();
		let passed = |ms: u64| Some(Duration::from_millis(ms));
		let verdict = |passed| judge(now, passed, WATCHED).verdict;
		assert_eq!(verdict(passed(210)), Verdict::Ok);
		assert_eq!(verdict(passed(0)), Verdict::Fail);
		assert_eq!(verdict(passed(5_000)), Verdict::Fail);
		assert_eq!(verdict(None), Verdict::Fail);
		assert_eq!(judge(UNIX_EPOCH, passed(200), WATCHED).verdict, Verdict::Fail);
	}

	#[test]
	fn who_sets_it_is_never_guessed() {
		assert_eq!(synchronised(&None).verdict, Verdict::Warn);
		assert_eq!(synchronised(&Some(false)).verdict, Verdict::Warn);
		assert_eq!(synchronised(&Some(true)).verdict, Verdict::Ok);
	}
}
