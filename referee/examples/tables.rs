// SPDX-License-Identifier: Apache-2.0

//! Makes the tables of the spec: `cargo run -p atelier-referee --example tables` writes `referee/src/tables/values.rs`.
//!
//! Every entry is the exact value rounded half up, computed with 200 bits of fraction, so the tables do not depend on
//! anybody's floating point.

use num_bigint::BigInt;
use std::fmt::Write;

/// Bits of fraction.
const FRACTION: u32 = 200;

/// A number with `FRACTION` bits of fraction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Real(BigInt);

impl Real {
	fn ratio(numerator: i64, denominator: i64) -> Self {
		Self((BigInt::from(numerator) << FRACTION) / denominator)
	}

	fn whole(value: i64) -> Self {
		Self::ratio(value, 1)
	}

	fn add(&self, other: &Self) -> Self {
		Self(&self.0 + &other.0)
	}

	fn sub(&self, other: &Self) -> Self {
		Self(&self.0 - &other.0)
	}

	fn mul(&self, other: &Self) -> Self {
		Self((&self.0 * &other.0) >> FRACTION)
	}

	fn div(&self, other: &Self) -> Self {
		Self((&self.0 << FRACTION) / &other.0)
	}

	fn is_zero(&self) -> bool {
		self.0 == BigInt::from(0)
	}

	/// Times 2^`bits`, rounded half up.
	fn rounded(&self, bits: u32) -> i64 {
		let half = BigInt::from(1) << (FRACTION - bits - 1);
		((&self.0 + half) >> (FRACTION - bits))
			.try_into()
			.expect("table entries are small")
	}

	/// e^self, by its series after halving the argument ten times.
	fn exp(&self) -> Self {
		let small = Self(&self.0 >> 10);
		let mut sum = Self::whole(1);
		let mut term = Self::whole(1);
		for n in 1.. {
			term = term.mul(&small).div(&Self::whole(n));
			if term.is_zero() || term.0 == BigInt::from(-1) {
				break;
			}
			sum = sum.add(&term);
		}
		(0..10).fold(sum, |power, _| power.mul(&power))
	}

	/// The natural logarithm of a positive number, by Newton's steps from a rough start.
	fn ln(&self) -> Self {
		let rough = (self.0.bits() as f64 - f64::from(FRACTION)) * core::f64::consts::LN_2;
		let mut guess = Self::ratio((rough * 1e6) as i64, 1_000_000);
		for _ in 0..12 {
			// guess + 2 (x - e^guess) / (x + e^guess)
			let power = guess.exp();
			let step = self.sub(&power).mul(&Self::whole(2)).div(&self.add(&power));
			guess = guess.add(&step);
		}
		guess
	}

	fn log2(&self) -> Self {
		self.ln().div(&Self::whole(2).ln())
	}

	/// The error function, by its series.
	fn erf(&self) -> Self {
		let square = self.mul(self);
		let mut power = self.clone();
		let mut sum = self.clone();
		for n in 1.. {
			power = Self(-power.mul(&square).0).div(&Self::whole(n));
			let term = power.div(&Self::whole(2 * n + 1));
			if term.is_zero() || term.0 == BigInt::from(-1) {
				break;
			}
			sum = sum.add(&term);
		}
		// 2 / sqrt(pi)
		sum.mul(&Self::whole(2)).div(&pi().sqrt())
	}

	fn sqrt(&self) -> Self {
		Self((&self.0 << FRACTION).sqrt())
	}

	fn tanh(&self) -> Self {
		let square = self.add(self).exp();
		square.sub(&Self::whole(1)).div(&square.add(&Self::whole(1)))
	}
}

/// Machin's formula.
fn pi() -> Real {
	let arctan_of_inverse = |n: i64| {
		let mut power = Real::ratio(1, n);
		let mut sum = power.clone();
		for k in 1.. {
			power = Real(-power.0 / (n * n));
			let term = Real(&power.0 / (2 * k + 1));
			if term.is_zero() {
				break;
			}
			sum = sum.add(&term);
		}
		sum
	};
	let quarter = arctan_of_inverse(5).mul(&Real::whole(4)).sub(&arctan_of_inverse(239));
	quarter.mul(&Real::whole(4))
}

/// 32,767 * 2^(-i / 256).
fn exp2() -> Vec<i64> {
	let ln2 = Real::whole(2).ln();
	(0..=256)
		.map(|i| {
			// The last entry is a half, exactly, and its rounding must not depend on the last digits of a series.
			let power = match i {
				256 => Real::ratio(1, 2),
				_ => Real::ratio(-i, 256).mul(&ln2).exp(),
			};
			power.mul(&Real::whole(32_767)).rounded(0)
		})
		.collect()
}

/// log2(1 + i / 256), 16 bits of fraction.
fn log2() -> Vec<i64> {
	(0..=256)
		.map(|i| Real::ratio(256 + i, 256).log2().rounded(16))
		.collect()
}

/// log2(-ln(1 - v) / v) for v = i / 512, 16 bits of fraction.
fn race() -> Vec<i64> {
	(0..=256)
		.map(|i| match i {
			0 => 0,
			_ => {
				let v = Real::ratio(i, 512);
				let rate = Real(-Real::whole(1).sub(&v).ln().0);
				rate.div(&v).log2().rounded(16)
			}
		})
		.collect()
}

/// What an activation function takes away from max(x, 0) at |x| = i * `range` / 1024, 16 bits of fraction.
fn activation(range: i64, taken: impl Fn(&Real) -> Real) -> Vec<i64> {
	(0..=1_024)
		.map(|i| taken(&Real::ratio(i * range, 1_024)).rounded(16))
		.collect()
}

/// x * (1 - Phi(x))
fn gelu(x: &Real) -> Real {
	let root_of_two = Real::whole(2).sqrt();
	let upper = Real::whole(1).sub(&x.div(&root_of_two).erf());
	x.mul(&upper).div(&Real::whole(2))
}

/// x * (1 - tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
fn gelu_tanh(x: &Real) -> Real {
	let cube = x.mul(x).mul(x).mul(&Real::ratio(44_715, 1_000_000));
	let argument = Real::whole(2).div(&pi()).sqrt().mul(&x.add(&cube));
	// Beyond this it is 1 to more digits than the tables have, and the power would not fit.
	let tanh = if argument > Real::whole(40) {
		Real::whole(1)
	} else {
		argument.tanh()
	};
	x.mul(&Real::whole(1).sub(&tanh)).div(&Real::whole(2))
}

/// x / (1 + e^x)
fn silu(x: &Real) -> Real {
	x.div(&x.exp().add(&Real::whole(1)))
}

/// The whole file.
pub fn source() -> String {
	let mut file = String::from(
		"// SPDX-License-Identifier: Apache-2.0\n\n\
		 //! Made by `cargo run -p atelier-referee --example tables`; not to be edited.\n\n",
	);
	let mut table = |name: &str, kind: &str, what: &str, values: Vec<i64>| {
		let _ = writeln!(file, "/// {what}");
		let _ = writeln!(file, "#[rustfmt::skip]");
		let _ = writeln!(file, "pub const {name}: [{kind}; {}] = [", values.len());
		for line in values.chunks(16) {
			let line: Vec<_> = line.iter().map(ToString::to_string).collect();
			let _ = writeln!(file, "\t{},", line.join(", "));
		}
		let _ = writeln!(file, "];\n");
	};
	table("EXP2", "u16", "32,767 * 2^(-i / 256).", exp2());
	table("LOG2", "u32", "log2(1 + i / 256), 16 bits of fraction.", log2());
	table(
		"RACE",
		"u32",
		"log2(-ln(1 - v) / v) at v = i / 512, 16 bits of fraction.",
		race(),
	);
	table(
		"GELU",
		"u32",
		"x * (1 - Phi(x)) at x = i / 128, 16 bits of fraction.",
		activation(8, gelu),
	);
	table(
		"GELU_TANH",
		"u32",
		"x * (1 - tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2 at x = i / 128, 16 bits of fraction.",
		activation(8, gelu_tanh),
	);
	table(
		"SILU",
		"u32",
		"x / (1 + e^x) at x = i / 64, 16 bits of fraction.",
		activation(16, silu),
	);
	file.truncate(file.trim_end().len());
	file.push('\n');
	file
}

#[allow(dead_code, reason = "the test that includes this file has a main of its own")]
fn main() -> std::io::Result<()> {
	std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tables/values.rs"), source())
}
