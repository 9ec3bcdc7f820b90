// SPDX-License-Identifier: Apache-2.0

//! Memory and disk.

use super::Check;
use crate::data;
use rustix::fs::statvfs;
use std::{fs::read_to_string, path::Path};

const GIB: u64 = 1 << 30;

pub fn checks() -> [Check; 2] {
	[memory(free()), disk(&data::folder())]
}

/// Bytes that can be had without pushing others out, and that this process may have.
fn free() -> Option<u64> {
	let all = read_to_string("/proc/meminfo").ok()?;
	let line = all.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
	let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
	let number = |name: &str| {
		read_to_string(Path::new("/sys/fs/cgroup").join(name))
			.ok()?
			.trim()
			.parse::<u64>()
			.ok()
	};
	let group = number("memory.max")
		.zip(number("memory.current"))
		.map(|(most, now)| most.saturating_sub(now));
	Some(kilobytes.saturating_mul(1_024).min(group.unwrap_or(u64::MAX)))
}

fn memory(free: Option<u64>) -> Check {
	const NAME: &str = "memory";
	let Some(free) = free else {
		return Check::warn(
			NAME,
			"how much is free is not known",
			"a model needs its size and room for answers: 2 GiB for a small one",
		);
	};
	let found = format!("{:.1} GiB free", free as f64 / GIB as f64);
	match free / GIB {
		0..2 => Check::fail(
			NAME,
			found,
			"a small model and its answers need 2 GiB: end other programs, or use a larger machine",
		),
		2..8 => Check::warn(NAME, found, "enough for models up to about a billion parameters"),
		_ => Check::ok(NAME, found),
	}
}

fn disk(data: &Path) -> Check {
	const NAME: &str = "disk";
	// It may not be there yet.
	let there = data
		.ancestors()
		.find(|folder| folder.exists())
		.unwrap_or(Path::new("."));
	let room = match statvfs(there) {
		Ok(room) => room,
		Err(error) => {
			return Check::warn(
				NAME,
				format!("{}: {error}", there.display()),
				"name another folder by ATELIER_DATA",
			);
		}
	};
	let free = room.f_bavail.saturating_mul(room.f_frsize);
	let found = format!("{:.1} GiB free for {}", free as f64 / GIB as f64, data.display());
	match free / GIB {
		0..2 => Check::fail(
			NAME,
			found,
			"free some, or name a folder on another disk by ATELIER_DATA",
		),
		2..20 => Check::warn(
			NAME,
			found,
			"enough for small models only: one of 8 billion parameters takes 16 GB as floats and 9 GB exact",
		),
		_ => Check::ok(NAME, found),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::doctor::Verdict;

	#[test]
	fn little_is_warned_of_and_too_little_refused() {
		assert!(free().is_some_and(|free| free > 1 << 20));
		for (free, verdict) in [
			(Some(GIB), Verdict::Fail),
			(Some(4 * GIB), Verdict::Warn),
			(Some(64 * GIB), Verdict::Ok),
			(None, Verdict::Warn),
		] {
			assert_eq!(memory(free).verdict, verdict, "{free:?}");
		}
	}

	#[test]
	fn a_folder_that_is_not_there_yet_is_on_the_disk_of_its_parent() {
		let check = disk(Path::new("/nowhere/at/all"));
		assert!(check.found.contains("GiB free for /nowhere/at/all"), "{}", check.found);
	}
}
