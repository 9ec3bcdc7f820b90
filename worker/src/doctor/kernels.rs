// SPDX-License-Identifier: Apache-2.0

//! Whether this processor computes exact values, and how fast.

use super::Check;
use atelier_kernels::{Kernels, NoneRight, Path, Verdict};

const NAME: &str = "exact kernels";

pub fn check() -> Check {
	of(Kernels::detect())
}

fn list<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> String {
	verdicts.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn of(kernels: Result<Kernels, NoneRight>) -> Check {
	const BROKEN: &str = "this processor or this build computes wrongly: try another build, update the processor's microcode, and report it";
	let kernels = match kernels {
		Ok(kernels) => kernels,
		Err(none) => return Check::fail(NAME, format!("{none}: {}", list(none.verdicts.iter())), BROKEN),
	};
	let path = kernels.path();
	let wrong: Vec<_> = kernels
		.verdicts()
		.iter()
		.filter(|verdict| verdict.wrong.is_some())
		.collect();
	if !wrong.is_empty() {
		let wrong = list(wrong.into_iter());
		return Check::warn(
			NAME,
			format!("{wrong}. {path} is used instead, which gives right values more slowly"),
			BROKEN,
		);
	}
	let names: Vec<_> = kernels.verdicts().iter().map(|verdict| verdict.path.name()).collect();
	let found = format!("{path}; all agree with the referee: {}", names.join(", "));
	if path == Path::PLAIN {
		return Check::warn(
			NAME,
			found,
			"no vector instructions that we use: exact models run, about 50 times slower than they could",
		);
	}
	if !path.name().contains("VNNI") {
		return Check::warn(
			NAME,
			found,
			"without VNNI exact models are about half as fast; nothing is wrong",
		);
	}
	Check::ok(NAME, found)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::doctor;

	#[test]
	fn what_is_broken_is_named_with_what_is_used_instead() {
		let right = of(Kernels::detect());
		assert_ne!(right.verdict, doctor::Verdict::Fail, "{right:?}");
		let available = Path::available();
		let first = available[0];
		let all_broken = of(Kernels::select(available.iter().map(|path| path.broken())));
		assert_eq!(all_broken.verdict, doctor::Verdict::Fail);
		assert!(all_broken.found.contains("Products"), "{}", all_broken.found);
		let plain = of(Kernels::select([first.broken(), Path::PLAIN]));
		assert_eq!(plain.verdict, doctor::Verdict::Warn);
		assert!(plain.found.contains("plain is used instead"), "{}", plain.found);
	}
}
