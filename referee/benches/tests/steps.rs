// SPDX-License-Identifier: Apache-2.0

//! What is measured is a decision, and the largest there is.

use atelier_referee::dispute::worst;
use atelier_referee_benches::{steps, steps::graph};
use atelier_referee_browser::bench::Question;

#[test]
fn every_step_is_decided_by_what_it_computes() {
	let verdict = |name: &str| {
		let steps = steps().expect("every step is decided");
		let step = steps.iter().find(|step| step.name == name).expect("it is there");
		Question::read(&step.question).expect("it was written").hashing()
	};
	// Of numbers up to 2^19 the exponent is five, as the trace has it. A sum of 28,672 products is hardly what it has.
	assert_eq!(verdict("ProductExponent"), Ok(false));
	assert_eq!(verdict("HiddenSum"), Ok(true));
}

#[test]
fn the_largest_step_is_among_them() {
	let worst = worst(&graph().expect("within the limits")).expect("it can be computed");
	let steps = steps().expect("every step is decided");
	let steps = steps.iter().filter(|step| !step.name.ends_with(" at the limits"));
	let most = steps.max_by_key(|step| step.operands).expect("there are some");
	assert_eq!(most.name, format!("{:?}", worst.stage));
	// `worst` counts more, not less: rows that lie across one more chunk, and how many leaves there are.
	assert!(most.operands <= worst.evidence && worst.evidence <= most.question.len() as u64 + 1_024);
}
