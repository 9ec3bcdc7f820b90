// SPDX-License-Identifier: Apache-2.0

//! Memory does not grow with the number of requests. In a file of its own: it looks at the whole process.

#[cfg(feature = "libtorch")]
mod common;

use atelier_engine::{
	backend::double::Double,
	serve::{Engine, Input, Limits, Request, Words},
};
use std::collections::VecDeque;

/// Bytes of this process that are in memory.
fn resident() -> usize {
	let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
	pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4_096
}

/// Full sizes in `make test-long`.
#[cfg(feature = "libtorch")]
fn full() -> bool {
	std::env::var("NEXTEST_PROFILE").is_ok_and(|profile| profile == "long")
}

/// Many requests, of which some are cancelled, some end in errors, and some have a new beginning.
fn ask(engine: &Engine, count: usize) {
	let mut asked = VecDeque::new();
	for number in 0..count {
		let input = (0..1 + number % 40)
			.map(|place| ((number / 3 * 7 + place * number) % 250) as u32)
			.collect();
		let request = Request {
			scope: Some(number as u64 % 3),
			stops: vec!["never".into()],
			..Request::greedy(Input::Tokens(input), 1 + number as u32 % 4)
		};
		let answering = engine.answer(request).unwrap();
		if number % 5 == 0 {
			answering.cancel();
		}
		if number % 7 != 0 {
			asked.push_back(answering);
		}
		assert!(engine.answer(Request::greedy(Input::Tokens(vec![100_000]), 1)).is_err());
		while asked.len() > 50 {
			let _ = asked.pop_front().unwrap().wait();
		}
	}
}

fn growth(engine: &Engine, count: usize) -> usize {
	// What is kept for good is there after some.
	ask(engine, count / 5);
	let before = resident();
	ask(engine, count);
	resident().saturating_sub(before)
}

#[test]
fn ten_thousand_requests_leave_nothing_behind() {
	let words = Words {
		text: Double::text(256).unwrap(),
		chat: None,
		ends: Vec::new(),
		texts: None,
	};
	let engine = Engine::start(Box::new(Double::new(128, 256)), words, Limits::default()).unwrap();
	let growth = growth(&engine, 10_000);
	println!("10,000 requests of the double: {growth} bytes");
	// 400 bytes for each request would be 4 MB.
	assert!(growth < 4 << 20, "{growth} bytes");

	#[cfg(feature = "libtorch")]
	{
		use atelier_convert::folder::convert;
		use atelier_engine::{
			exact,
			float::{self, Device, Plan},
			load::checkpoint::Float,
		};
		float::threads(Some(1));
		let plan = Plan {
			device: Device::Cpu,
			float: Float::F32,
			memory: 16 << 20,
			limits: Limits::default(),
		};
		let engine = float::serve(&common::folder("llama"), &plan).unwrap();
		let count = if full() { 10_000 } else { 1_000 };
		let growth = self::growth(&engine, count);
		println!("{count} requests of a model in floats: {growth} bytes");
		assert!(growth < 8 << 20, "{growth} bytes");

		let files = tempfile::tempdir().unwrap();
		let folder = convert(
			common::folder("llama").path(),
			&files.path().join("exact"),
			None,
			&mut |_| (),
		)
		.unwrap();
		let plan = exact::Plan {
			threads: 1,
			memory: 16 << 20,
			limits: Limits::default(),
		};
		let engine = exact::serve(&folder, &plan).unwrap();
		let growth = self::growth(&engine, 10_000);
		println!("10,000 requests of an exact model: {growth} bytes");
		assert!(growth < 4 << 20, "{growth} bytes");
	}
}
