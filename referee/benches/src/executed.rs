// SPDX-License-Identifier: Apache-2.0

//! The step as wasm, by the engine and with the settings by which the node runs its runtime.

use anyhow::{Context, Result, ensure};
use std::{path::Path, time::Instant};
use wasmtime::{Config, Engine, Instance, Memory, Module, OptLevel, Store, TypedFunc};

/// Calls of which the fastest counts, and decisions in each.
const CALLS: usize = 12;
const DECISIONS: u32 = 20;

/// Enough for any number of decisions here.
const FUEL: u64 = u64::MAX / 2;

/// The module, once to be timed and once to be counted.
pub struct Executed {
	timed: Module,
	counted: Module,
}

/// What one decision takes.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
	pub nanoseconds: f64,
	/// One for each instruction.
	pub fuel: u64,
}

/// An instance that has a question in its memory.
struct Asked {
	store: Store<()>,
	repeat: TypedFunc<(u32, u32, u32), i32>,
	length: u32,
	hashing: bool,
}

impl Executed {
	/// Compiles a module.
	pub fn load(file: &Path) -> Result<Self> {
		let compiled = |fuel| {
			let mut config = Config::new();
			config.cranelift_opt_level(OptLevel::SpeedAndSize).consume_fuel(fuel);
			let engine = Engine::new(&config)?;
			Module::from_file(&engine, file).with_context(|| file.display().to_string())
		};
		Ok(Self {
			timed: compiled(false)?,
			counted: compiled(true)?,
		})
	}

	/// What deciding takes, with hashing or without.
	pub fn decide(&self, question: &[u8], hashing: bool) -> Result<Taken> {
		let mut counted = Asked::new(&self.counted, question, hashing)?;
		let fuel = counted.fuel(1)?.saturating_sub(counted.fuel(0)?);
		let mut timed = Asked::new(&self.timed, question, hashing)?;
		// Reading the question is in both times.
		let (read, decided) = (timed.least_time(0)?, timed.least_time(DECISIONS)?);
		Ok(Taken {
			nanoseconds: (decided - read) / f64::from(DECISIONS),
			fuel,
		})
	}
}

impl Asked {
	fn new(module: &Module, question: &[u8], hashing: bool) -> Result<Self> {
		let mut store = Store::new(module.engine(), ());
		// Fails exactly where fuel is not counted.
		let _ = store.set_fuel(FUEL);
		let instance = Instance::new(&mut store, module, &[])?;
		let area = instance
			.get_typed_func::<(), u32>(&mut store, "area")?
			.call(&mut store, ())?;
		let memory: Memory = instance
			.get_memory(&mut store, "memory")
			.context("the module has memory")?;
		memory.write(&mut store, area as usize, question)?;
		Ok(Self {
			repeat: instance.get_typed_func(&mut store, "repeat")?,
			store,
			length: question.len().try_into()?,
			hashing,
		})
	}

	fn call(&mut self, times: u32) -> Result<()> {
		let verdict = self
			.repeat
			.call(&mut self.store, (self.length, self.hashing.into(), times))?;
		ensure!(verdict == 1, "not decided: {verdict}");
		Ok(())
	}

	fn fuel(&mut self, times: u32) -> Result<u64> {
		let before = self.store.get_fuel()?;
		self.call(times)?;
		Ok(before.saturating_sub(self.store.get_fuel()?))
	}

	fn least_time(&mut self, times: u32) -> Result<f64> {
		let mut least = f64::INFINITY;
		for _ in 0..CALLS {
			let started = Instant::now();
			self.call(times)?;
			least = least.min(started.elapsed().as_nanos() as f64);
		}
		Ok(least)
	}
}
