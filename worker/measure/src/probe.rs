// SPDX-License-Identifier: Apache-2.0

//! How much of what a device can do at most is used: of its memory when one answer grows, of its products when inputs are
//! read.

use crate::{Error, served::Sizes, speed::INPUT};
use atelier_engine::{
	float::{
		Device,
		probe::{Most, most},
	},
	load::checkpoint::Float,
};
use serde_json::{Value, json};

/// Of a float class: what the device can do, and parts of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Used {
	pub float: Float,
	pub most: Most,
	/// Of the memory's speed, by reading every weight once for each token of a single answer.
	pub memory: f64,
	/// Of the products, by multiplying every weight with each token of the inputs.
	pub products: f64,
}

impl Used {
	/// By the tokens a second of a single answer, and of the largest batch of inputs.
	pub fn of(device: Device, float: Float, sizes: &Sizes, decode: f64, prefill: f64) -> Result<Self, Error> {
		let most = most(device, float)?;
		let multiplied = sizes.multiplied as f64;
		// The last matrix is multiplied with the last token of an input only.
		let table = f64::from(sizes.vocabulary) * f64::from(sizes.hidden);
		let of_token = multiplied - table + table / f64::from(INPUT);
		Ok(Self {
			float,
			most,
			memory: decode * multiplied * float.bytes() as f64 / most.bytes,
			products: prefill * of_token / most.products,
		})
	}

	pub fn json(&self) -> Value {
		json!({
			"class": self.float.name(), "bytesPerSecond": self.most.bytes, "productsPerSecond": self.most.products,
			"memoryUsed": self.memory, "productsUsed": self.products,
		})
	}

	/// A row of a table.
	pub fn row(&self) -> String {
		format!(
			"| {} | {:.1} | {:.2} | {:.0}% | {:.0}% |",
			self.float.name(),
			self.most.bytes / 1e9,
			self.most.products / 1e12,
			100.0 * self.memory,
			100.0 * self.products
		)
	}

	/// What stands above such rows.
	pub const HEAD: &str = "| class | memory, GB/s | products, 10^12/s | of memory, one answer | of products, inputs |\n\
		| --- | --- | --- | --- | --- |";
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parts_are_of_what_was_measured() {
		let sizes = Sizes {
			parameters: 1_000_000,
			hidden: 100,
			layers: 1,
			vocabulary: 1_280,
			positions: 10,
			multiplied: 1_000_000,
		};
		let used = Used::of(Device::Cpu, Float::F32, &sizes, 10.0, 20.0).expect("measured");
		assert!((used.memory * used.most.bytes - 10.0 * 4_000_000.0).abs() < 1.0);
		// 128,000 of the weights only for one token of 128.
		assert!((used.products * used.most.products - 20.0 * 873_000.0).abs() < 1.0);
	}
}
