// SPDX-License-Identifier: Apache-2.0

//! `cargo bench -p atelier-referee-benches`: how long each step takes natively, with hashing and without.

use atelier_referee_benches::steps;
use atelier_referee_browser::bench::Question;
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::Duration;

fn decide(criterion: &mut Criterion) {
	let questions: Vec<_> = steps()
		.expect("every step is decided")
		.iter()
		.map(|step| {
			(
				step.name.clone(),
				Question::read(&step.question).expect("it was written"),
			)
		})
		.collect();
	for (group, hashing) in [("hashing", true), ("free", false)] {
		let mut group = criterion.benchmark_group(group);
		group
			.warm_up_time(Duration::from_millis(100))
			.measurement_time(Duration::from_millis(700))
			.sample_size(30);
		for (name, question) in &questions {
			group.bench_function(name, |bencher| {
				bencher.iter(|| question.repeat(hashing, 1));
			});
		}
	}
}

criterion_group!(benches, decide);
criterion_main!(benches);
