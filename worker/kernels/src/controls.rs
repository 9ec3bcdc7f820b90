// SPDX-License-Identifier: Apache-2.0

//! For tests: how much of a thing they compare.

/// How many times as much as usual: `ATELIER_KERNEL_FACTOR`, or 20 with `ATELIER_LONG=1`.
pub fn factor() -> u64 {
	match std::env::var("ATELIER_KERNEL_FACTOR").map(|number| number.parse()) {
		Ok(Ok(number)) => number,
		_ if std::env::var("ATELIER_LONG").is_ok_and(|long| long == "1") => 20,
		_ => 1,
	}
}
