// SPDX-License-Identifier: Apache-2.0

//! What a device can do at most, by libtorch's simplest operators, and whether it computes at all.

use super::{
	Libtorch,
	device::{Device, Doing, kind},
};
use crate::{Error, load::checkpoint::Float};
use std::time::{Duration, Instant};
use tch::{Kind, TchError, Tensor};

/// What nothing that is computed on a device exceeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Most {
	/// Bytes that are read and written in a second, by a copy.
	pub bytes: f64,
	/// Multiplications, each with an addition, in a second, by a product of square matrices.
	pub products: f64,
}

/// How much is moved and multiplied at once: beyond all caches, and enough to fill the device.
struct Sizes {
	bytes: i64,
	side: i64,
}

impl Sizes {
	fn of(device: Device) -> Self {
		match device {
			Device::Cpu => Self {
				bytes: 256 << 20,
				side: 1_024,
			},
			Device::Cuda(_) => Self {
				bytes: 1 << 30,
				side: 8_192,
			},
		}
	}
}

/// Measures a device with numbers of this kind.
pub fn most(device: Device, float: Float) -> Result<Most, Error> {
	let on = device.torch()?;
	let sizes = Sizes::of(device);
	let _no_gradients = tch::no_grad_guard();
	let measured = || {
		let from = Tensor::f_ones([sizes.bytes], (Kind::Uint8, on))?;
		let mut to = Tensor::f_zeros([sizes.bytes], (Kind::Uint8, on))?;
		let copy = best(device, || to.f_copy_(&from))?;
		let square = || Tensor::f_randn([sizes.side; 2], (Kind::Float, on))?.f_to_kind(kind(float));
		let (a, b) = (square()?, square()?);
		let multiply = best(device, || a.f_matmul(&b).map(drop))?;
		Ok::<_, TchError>(Most {
			bytes: 2.0 * sizes.bytes as f64 / copy,
			products: (sizes.side as f64).powi(3) / multiply,
		})
	};
	measured().doing("measuring the device")
}

/// Seconds of the quickest of some runs, each of which takes long enough to be measured.
fn best(device: Device, mut work: impl FnMut() -> Result<(), TchError>) -> Result<f64, TchError> {
	let mut best = f64::INFINITY;
	let begin = Instant::now();
	let mut runs = 0;
	while runs < 3 || begin.elapsed() < Duration::from_millis(300) {
		finished(device);
		let start = Instant::now();
		work()?;
		finished(device);
		best = best.min(start.elapsed().as_secs_f64());
		runs += 1;
	}
	Ok(best)
}

/// Waits until the device has computed all that it was asked for.
fn finished(device: Device) {
	if let Device::Cuda(number) = device {
		tch::Cuda::synchronize(number.into());
	}
}

/// Multiplies two small matrices on a device; the largest difference to the same product in plain code.
pub fn self_test(device: Device) -> Result<f64, Error> {
	const SIDE: usize = 48;
	let on = device.torch()?;
	let number = |seed: usize| ((seed * 2_654_435_761) % 2_001) as f32 / 1_000.0 - 1.0;
	let a: Vec<f32> = (0..SIDE * SIDE).map(number).collect();
	let b: Vec<f32> = (SIDE * SIDE..2 * SIDE * SIDE).map(number).collect();
	let multiplied = || {
		let side = SIDE as i64;
		let matrix = |numbers: &[f32]| Tensor::f_from_slice(numbers)?.f_view([side, side])?.f_to_device(on);
		let product = matrix(&a)?.f_matmul(&matrix(&b)?)?;
		super::decoder::model::floats(&product)
	};
	let product = multiplied().doing("multiplying two matrices")?;
	let columns: Vec<Vec<f32>> = (0..SIDE)
		.map(|column| b.iter().skip(column).step_by(SIDE).copied().collect())
		.collect();
	let expected = a.chunks(SIDE).flat_map(|row| {
		let sum = move |column: &Vec<f32>| {
			row.iter()
				.zip(column)
				.map(|(a, b)| f64::from(*a) * f64::from(*b))
				.sum::<f64>()
		};
		columns.iter().map(sum)
	});
	let differences = product
		.iter()
		.zip(expected)
		.map(|(found, wanted)| (f64::from(*found) - wanted).abs());
	Ok(differences.fold(0.0, f64::max))
}

/// Every device that libtorch can compute on.
pub fn devices() -> Vec<Device> {
	let gpus = u16::try_from(Libtorch::start().gpus).unwrap_or(u16::MAX);
	[Device::Cpu].into_iter().chain((0..gpus).map(Device::Cuda)).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_processor_multiplies_and_moves() {
		assert!(devices().contains(&Device::Cpu));
		let difference = self_test(Device::Cpu).expect("a product");
		assert!(difference < 1e-4, "{difference}");
		// What the test compares with is not all zero.
		assert!(self_test(Device::Cuda(u16::MAX)).is_err());
		let most = most(Device::Cpu, Float::F32).expect("measured");
		assert!(most.bytes > 1e8 && most.products > 1e8, "{most:?}");
	}
}
