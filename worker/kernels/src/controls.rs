// SPDX-License-Identifier: Apache-2.0

//! For tests: how much of a thing they compare, and paths that compute wrongly.

use crate::Path;

/// The same paths, of which `ATELIER_BROKEN_KERNELS` many have a mistake, the fastest first.
pub(crate) fn broken(paths: Vec<Path>) -> Vec<Path> {
	let broken = std::env::var("ATELIER_BROKEN_KERNELS").map(|number| number.parse());
	let broken: usize = match broken {
		Ok(Ok(number)) => number,
		_ => 0,
	};
	let path = |(number, path): (usize, Path)| if number < broken { path.broken() } else { path };
	paths.into_iter().enumerate().map(path).collect()
}

/// How many times as much as usual: `ATELIER_KERNEL_FACTOR`, or 20 with `ATELIER_LONG=1`.
pub fn factor() -> u64 {
	match std::env::var("ATELIER_KERNEL_FACTOR").map(|number| number.parse()) {
		Ok(Ok(number)) => number,
		_ if std::env::var("ATELIER_LONG").is_ok_and(|long| long == "1") => 20,
		_ => 1,
	}
}
