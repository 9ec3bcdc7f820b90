// SPDX-License-Identifier: Apache-2.0

//! How fast answers come: inputs read and tokens made in batches, the wait for a first token, and what batching brings.

use crate::{
	Error,
	clock::{Spent, Start},
	figures::{Figures, percentile},
	served::Class,
};
use atelier_engine::serve::{Answering, Engine, Event, Input, Request};
use serde_json::{Value, json};
use std::fmt::Write;

/// Tokens of an input and of an answer where rates are measured.
pub const INPUT: u32 = 128;
pub const ANSWER: u32 = 64;
/// Inputs whose first token is waited for.
const FIRST: [u32; 2] = [128, 512];
/// Answers that are growing beside it, and how long they may become.
const BESIDE: usize = 8;
const LONG: u32 = 1_024;
/// Requests of the comparison with the plain loop.
const LOOP: u32 = 16;

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Extent {
	/// Requests at once.
	pub batches: Vec<u32>,
	/// Turns.
	pub turns: u32,
	/// First tokens that are waited for, of each kind and in each turn; with none, batching is not compared either.
	pub firsts: u32,
}

/// One class that is measured.
pub struct Measured {
	pub class: Class,
	pub engine: Engine,
	batches: Vec<Batch>,
	/// For each input, idle and beside others.
	firsts: [[Vec<f64>; 2]; FIRST.len()],
	/// The plain loop, and all at once.
	loops: [Vec<Spent>; 2],
}

/// Tokens a second with so many requests at once, of each turn.
struct Batch {
	requests: u32,
	prefill: Vec<Spent>,
	decode: Vec<Spent>,
}

impl Measured {
	pub fn new(class: Class, engine: Engine) -> Self {
		Self {
			class,
			engine,
			batches: Vec::new(),
			firsts: Default::default(),
			loops: Default::default(),
		}
	}

	/// Tokens a second of single answers by the clock, if they were measured.
	pub fn single(&self) -> Vec<f64> {
		let batch = self.batches.iter().find(|batch| batch.requests == 1);
		batch.map_or_else(Vec::new, |batch| batch.decode.iter().map(|spent| spent.wall).collect())
	}

	/// Tokens a second of inputs in the largest batch by the clock.
	pub fn most(&self) -> Vec<f64> {
		let batch = self.batches.iter().max_by_key(|batch| batch.requests);
		batch.map_or_else(Vec::new, |batch| batch.prefill.iter().map(|spent| spent.wall).collect())
	}

	/// The first tokens of the greedy answer to a fixed input: classes that compute the same model agree about them, or nearly.
	pub fn sample(&self, tokens: u32) -> Result<Vec<u32>, Error> {
		Ok(ask(&self.engine, 0, INPUT, tokens)?.wait()?.tokens)
	}
}

/// Asks for an answer of exactly so many tokens to an input that no other number has.
pub fn ask(engine: &Engine, number: u32, input: u32, limit: u32) -> Result<Answering, Error> {
	Ok(engine.answer(request(engine, number, input, limit))?)
}

/// Such a request, and nothing else.
pub fn request(engine: &Engine, number: u32, input: u32, limit: u32) -> Request {
	let mut request = Request::greedy(Input::Tokens(tokens(engine, number, input)), limit);
	request.ends = Some(Vec::new());
	request
}

/// The input of a number.
pub fn tokens(engine: &Engine, number: u32, count: u32) -> Vec<u32> {
	let vocabulary = engine.facts().vocabulary.max(1);
	(0..count).map(|place| (number * 31 + place * 7) % vocabulary).collect()
}

/// All at once, until every answer is complete.
fn all(engine: &Engine, requests: u32, limit: u32) -> Result<Spent, Error> {
	let start = Start::now();
	let asked: Result<Vec<_>, Error> = (0..requests).map(|number| ask(engine, number, INPUT, limit)).collect();
	for answering in asked? {
		answering.wait()?;
	}
	Ok(start.spent())
}

/// One after the other.
fn one_by_one(engine: &Engine, requests: u32, limit: u32) -> Result<Spent, Error> {
	let start = Start::now();
	for number in 0..requests {
		ask(engine, number, INPUT, limit)?.wait()?;
	}
	Ok(start.spent())
}

/// Seconds until the first token.
fn first(engine: &Engine, input: u32) -> Result<f64, Error> {
	let start = Start::now();
	// No number of others: nothing of it was computed before.
	let mut answering = ask(engine, 1_000, input, 2)?;
	while let Some(event) = answering.next_event() {
		if let Event::Token { .. } = event? {
			return Ok(start.spent().wall);
		}
	}
	Err(atelier_engine::Error::Stopped.into())
}

/// Answers that grow beside what is measured.
#[derive(Default)]
struct Others(Vec<Answering>);

impl Others {
	/// Makes sure that all of them are growing.
	fn keep(&mut self, engine: &Engine) -> Result<(), Error> {
		if !self.0.is_empty() && engine.status().running >= BESIDE {
			return Ok(());
		}
		self.0.clear();
		for number in 0..BESIDE as u32 {
			self.0.push(ask(engine, number, INPUT, LONG)?);
		}
		for answering in &mut self.0 {
			if let Some(event) = answering.next_event() {
				event?;
			}
		}
		Ok(())
	}
}

/// Measures the classes in turns. `done` hears how many parts of all are.
pub fn measure(classes: &mut [Measured], extent: &Extent, done: &mut dyn FnMut(u64, u64)) -> Result<(), Error> {
	let parts =
		u64::from(extent.turns) * classes.len() as u64 * (extent.batches.len() as u64 + u64::from(extent.firsts > 0));
	let mut part = 0;
	for measured in classes.iter_mut() {
		let batch = |requests: &u32| Batch {
			requests: *requests,
			prefill: Vec::new(),
			decode: Vec::new(),
		};
		measured.batches = extent.batches.iter().map(batch).collect();
		all(&measured.engine, 2, 4)?;
	}
	for _ in 0..extent.turns {
		for (place, requests) in extent.batches.iter().copied().enumerate() {
			for measured in classes.iter_mut() {
				let inputs = all(&measured.engine, requests, 1)?;
				let answers = all(&measured.engine, requests, ANSWER + 1)?.less(&inputs);
				if let Some(batch) = measured.batches.get_mut(place) {
					batch.prefill.push(inputs.rate(requests * INPUT));
					batch.decode.push(answers.rate(requests * ANSWER));
				}
				part += 1;
				done(part, parts);
			}
		}
		if extent.firsts == 0 {
			continue;
		}
		for measured in classes.iter_mut() {
			measured.wait(extent.firsts)?;
			measured.loops[0].push(one_by_one(&measured.engine, LOOP, ANSWER)?.rate(LOOP * ANSWER));
			measured.loops[1].push(all(&measured.engine, LOOP, ANSWER)?.rate(LOOP * ANSWER));
			part += 1;
			done(part, parts);
		}
	}
	Ok(())
}

impl Measured {
	/// Waits for first tokens.
	fn wait(&mut self, times: u32) -> Result<(), Error> {
		for (input, [idle, beside]) in FIRST.iter().zip(&mut self.firsts) {
			for _ in 0..times {
				idle.push(first(&self.engine, *input)?);
			}
			let mut others = Others::default();
			for _ in 0..times {
				others.keep(&self.engine)?;
				beside.push(first(&self.engine, *input)?);
			}
		}
		// What was cancelled is gone after the next step.
		all(&self.engine, 1, 2).map(drop)
	}
}

/// Quotients of turns.
fn quotients(these: &[Spent], those: &[Spent]) -> [Option<Figures>; 2] {
	let pairs: Vec<_> = these.iter().zip(those).map(|(this, that)| this.by(that)).collect();
	both(&pairs)
}

/// By the clock and of the processors.
fn both(measured: &[Spent]) -> [Option<Figures>; 2] {
	[
		Figures::of(measured.iter().map(|spent| spent.wall)),
		Figures::of(measured.iter().map(|spent| spent.cpu)),
	]
}

fn figures([wall, cpu]: [Option<Figures>; 2]) -> Value {
	let json = |figures: Option<Figures>| figures.map(|figures| figures.json());
	json!({ "wall": json(wall), "cpu": json(cpu) })
}

/// The class that others are compared with.
fn reference(classes: &[Measured]) -> Option<&Measured> {
	classes.iter().find(|measured| measured.class.name() == "f32")
}

/// What was measured, for machines.
pub fn json(classes: &[Measured], extent: &Extent) -> Value {
	let reference = reference(classes);
	let of_class = |measured: &Measured| {
		let batches = extent.batches.iter().zip(&measured.batches).enumerate();
		let batches = batches.map(|(place, (requests, batch))| {
			let other = reference.and_then(|reference| reference.batches.get(place));
			let against =
				|these: &[Spent], those: Option<&[Spent]>| those.map(|those| figures(quotients(these, those)));
			json!({
				"requests": requests,
				"prefill": figures(both(&batch.prefill)),
				"decode": figures(both(&batch.decode)),
				"prefillToF32": against(&batch.prefill, other.map(|other| other.prefill.as_slice())),
				"decodeToF32": against(&batch.decode, other.map(|other| other.decode.as_slice())),
			})
		});
		let firsts = FIRST.iter().zip(&measured.firsts).flat_map(|(input, both)| {
			["idle", "beside"].into_iter().zip(both).map(move |(when, seconds)| {
				json!({
					"input": input, "when": when, "count": seconds.len(),
					"p50": percentile(seconds, 50), "p95": percentile(seconds, 95),
				})
			})
		});
		let [plain, batched] = &measured.loops;
		json!({
			"class": measured.class.name(),
			"batches": batches.collect::<Vec<_>>(),
			"firstToken": firsts.collect::<Vec<_>>(),
			"loop": figures(both(plain)),
			"batched": figures(both(batched)),
			"batchedToLoop": figures(quotients(batched, plain)),
		})
	};
	json!({
		"input": INPUT, "answer": ANSWER, "turns": extent.turns, "growingBeside": BESIDE, "loopRequests": LOOP,
		"classes": classes.iter().map(of_class).collect::<Vec<_>>(),
	})
}

/// A number with its spread.
fn spread(figures: Option<Figures>) -> String {
	figures.map_or_else(
		|| "-".into(),
		|figures| format!("{:.0} ±{:.0}%", figures.median, figures.spread() * 50.0),
	)
}

fn quotient([wall, cpu]: [Option<Figures>; 2]) -> String {
	let text =
		|figures: Option<Figures>| figures.map_or_else(|| "-".into(), |figures| format!("{:.2}", figures.median));
	format!("{} ({})", text(wall), text(cpu))
}

/// What was measured, for people.
pub fn text(classes: &[Measured], extent: &Extent) -> String {
	let mut out = String::new();
	// Writing to a string cannot fail.
	let _ = write_text(&mut out, classes, extent);
	out
}

fn write_text(out: &mut String, classes: &[Measured], extent: &Extent) -> std::fmt::Result {
	let reference = reference(classes);
	writeln!(
		out,
		"Tokens a second: medians of {} turns, with half of the spread; inputs of {INPUT} tokens, answers of {ANSWER}.",
		extent.turns
	)?;
	writeln!(
		out,
		"Quotients to f32 by the clock and, in brackets, by the time of the processors.\n"
	)?;
	writeln!(
		out,
		"| class | requests at once | prefill | of CPU time | decode | of CPU time | prefill to f32 | decode to f32 |"
	)?;
	writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
	for measured in classes {
		for (place, (requests, batch)) in extent.batches.iter().zip(&measured.batches).enumerate() {
			let other = reference.and_then(|reference| reference.batches.get(place));
			let [prefill, prefill_cpu] = both(&batch.prefill);
			let [decode, decode_cpu] = both(&batch.decode);
			let (prefills, decodes) = match other {
				Some(other) => (
					quotients(&batch.prefill, &other.prefill),
					quotients(&batch.decode, &other.decode),
				),
				None => ([None; 2], [None; 2]),
			};
			writeln!(
				out,
				"| {} | {requests} | {} | {} | {} | {} | {} | {} |",
				measured.class,
				spread(prefill),
				spread(prefill_cpu),
				spread(decode),
				spread(decode_cpu),
				quotient(prefills),
				quotient(decodes),
			)?;
		}
	}
	if extent.firsts == 0 {
		return Ok(());
	}
	writeln!(
		out,
		"\nMilliseconds to the first token; beside: while {BESIDE} answers grow.\n"
	)?;
	writeln!(out, "| class | input | idle p50 | idle p95 | beside p50 | beside p95 |")?;
	writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
	let ms =
		|seconds: &[f64], at| percentile(seconds, at).map_or_else(|| "-".into(), |time| format!("{:.0}", time * 1e3));
	for measured in classes {
		for (input, [idle, beside]) in FIRST.iter().zip(&measured.firsts) {
			writeln!(
				out,
				"| {} | {input} | {} | {} | {} | {} |",
				measured.class,
				ms(idle, 50),
				ms(idle, 95),
				ms(beside, 50),
				ms(beside, 95)
			)?;
		}
	}
	writeln!(
		out,
		"\n{LOOP} requests: tokens of answers a second, inputs read within that time.\n"
	)?;
	writeln!(out, "| class | one after the other | all at once | quotient |")?;
	writeln!(out, "| --- | --- | --- | --- |")?;
	for measured in classes {
		let [plain, batched] = &measured.loops;
		writeln!(
			out,
			"| {} | {} | {} | {} |",
			measured.class,
			spread(both(plain)[0]),
			spread(both(batched)[0]),
			quotient(quotients(batched, plain))
		)?;
	}
	Ok(())
}
