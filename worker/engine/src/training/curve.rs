// SPDX-License-Identifier: Apache-2.0

//! How a training went: a JSON object for each few steps.

use super::{Error, files, trainer::Step};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, OpenOptions},
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
	pub step: u64,
	/// The mean of the steps since the last point.
	pub loss: f64,
	pub rate: f64,
	pub gradient_norm: f64,
	/// Tokens that were learnt from, since the beginning.
	pub tokens: u64,
	pub seconds: f64,
	/// Where it was asked for.
	#[serde(skip_serializing_if = "Option::is_none", default)]
	pub validation_loss: Option<f64>,
}

pub struct Curve {
	path: PathBuf,
	points: Vec<Point>,
	/// Losses since the last point.
	losses: Vec<f64>,
}

impl Curve {
	/// Of a run that stands at this step: what a run that went further has written after it is dropped.
	pub fn open(path: &Path, step: u64) -> Result<Self, Error> {
		let text = match step {
			0 => String::new(),
			_ => fs::read_to_string(path).unwrap_or_default(),
		};
		let points = text.lines().filter_map(|line| serde_json::from_str::<Point>(line).ok());
		let points: Vec<_> = points.filter(|point| point.step <= step).collect();
		let text: String = points.iter().filter_map(line).collect();
		files::write(path, text.as_bytes())?;
		Ok(Self {
			path: path.into(),
			points,
			losses: Vec::new(),
		})
	}

	pub fn points(&self) -> &[Point] {
		&self.points
	}

	pub fn took(&mut self, step: &Step) {
		self.losses.push(step.loss);
	}

	/// Writes a point after this step, which was the last one.
	pub fn point(&mut self, step: &Step, tokens: u64, seconds: f64, validation_loss: Option<f64>) -> Result<(), Error> {
		let point = Point {
			step: step.step,
			loss: self.losses.iter().sum::<f64>() / self.losses.len().max(1) as f64,
			rate: step.rate,
			gradient_norm: step.norm,
			tokens,
			seconds: (seconds * 10.0).round() / 10.0,
			validation_loss,
		};
		self.losses.clear();
		self.points.push(point);
		let file = OpenOptions::new().append(true).open(&self.path);
		let line = line(&point).unwrap_or_default();
		file.and_then(|mut file| file.write_all(line.as_bytes()))
			.map_err(files::unwritable(&self.path))
	}
}

fn line(point: &Point) -> Option<String> {
	serde_json::to_string(point).ok().map(|line| line + "\n")
}
