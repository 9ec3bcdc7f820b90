// SPDX-License-Identifier: Apache-2.0

//! The curve as a picture: training loss as a line, validation loss as dots, over steps.

use super::{Error, curve::Point, files::unwritable};
use embedded_graphics::{
	Pixel,
	mono_font::{MonoTextStyle, ascii::FONT_9X15},
	pixelcolor::Rgb888,
	prelude::*,
	primitives::{Circle, Line, PrimitiveStyle},
	text::{Alignment, Text},
};
use std::{convert::Infallible, fs::File, io::BufWriter, path::Path};

const WIDTH: i32 = 900;
const HEIGHT: i32 = 540;
const LEFT: i32 = 70;
const RIGHT: i32 = 20;
const TOP: i32 = 40;
const BOTTOM: i32 = 50;

const INK: Rgb888 = Rgb888::new(40, 40, 40);
const GRID: Rgb888 = Rgb888::new(225, 225, 225);
const TRAINING: Rgb888 = Rgb888::new(120, 150, 200);
const VALIDATION: Rgb888 = Rgb888::new(200, 60, 30);

/// Writes the picture. A curve without points has none.
pub fn write(path: &Path, points: &[Point]) -> Result<(), Error> {
	let Some(last) = points.last() else { return Ok(()) };
	let losses = points
		.iter()
		.flat_map(|point| [Some(point.loss), point.validation_loss])
		.flatten();
	let (low, high) = losses.fold((f64::MAX, f64::MIN), |(low, high), loss| {
		(low.min(loss), high.max(loss))
	});
	let frame = Frame {
		steps: last.step.max(1) as f64,
		low: low.floor(),
		high: high.ceil().max(low.floor() + 1.0),
	};
	let mut canvas = Canvas {
		bytes: vec![255; (WIDTH * HEIGHT * 3) as usize],
	};
	// Drawing into memory cannot fail.
	let Ok(()) = draw(&mut canvas, &frame, points);
	let file = File::create(path).map_err(unwritable(path))?;
	let mut encoder = png::Encoder::new(BufWriter::new(file), WIDTH as u32, HEIGHT as u32);
	encoder.set_color(png::ColorType::Rgb);
	let written = encoder
		.write_header()
		.and_then(|mut writer| writer.write_image_data(&canvas.bytes));
	written.map_err(|source| Error::NoPicture { source })
}

/// Which values are at the picture's ends.
struct Frame {
	steps: f64,
	low: f64,
	high: f64,
}

impl Frame {
	fn at(&self, step: f64, loss: f64) -> Point2 {
		let (width, height) = (f64::from(WIDTH - LEFT - RIGHT), f64::from(HEIGHT - TOP - BOTTOM));
		let across = step / self.steps * width;
		let down = (self.high - loss) / (self.high - self.low) * height;
		Point2::new(LEFT + across.round() as i32, TOP + down.round() as i32)
	}
}

type Point2 = embedded_graphics::geometry::Point;

fn draw(canvas: &mut Canvas, frame: &Frame, points: &[Point]) -> Result<(), Infallible> {
	let ink = MonoTextStyle::new(&FONT_9X15, INK);
	let line = |canvas: &mut Canvas, from, to, colour, width| {
		Line::new(from, to)
			.into_styled(PrimitiveStyle::with_stroke(colour, width))
			.draw(canvas)
	};
	// About eight lines of a round distance.
	let step = nice((frame.high - frame.low) / 8.0);
	let mut loss = (frame.low / step).ceil() * step;
	while loss <= frame.high + step / 100.0 {
		let (from, to) = (frame.at(0.0, loss), frame.at(frame.steps, loss));
		line(canvas, from, to, GRID, 1)?;
		let place = from + Point2::new(-8, 5);
		Text::with_alignment(&format!("{loss:.2}"), place, ink, Alignment::Right).draw(canvas)?;
		loss += step;
	}
	let step = nice(frame.steps / 6.0).max(1.0);
	let mut at = 0.0;
	while at <= frame.steps {
		let (from, to) = (frame.at(at, frame.low), frame.at(at, frame.high));
		line(canvas, from, to, GRID, 1)?;
		let place = from + Point2::new(0, 20);
		Text::with_alignment(&format!("{at:.0}"), place, ink, Alignment::Center).draw(canvas)?;
		at += step;
	}
	let middle = Point2::new((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
	Text::with_alignment("step", middle, ink, Alignment::Center).draw(canvas)?;
	Text::new("loss in nats per token:", Point2::new(LEFT, 24), ink).draw(canvas)?;
	let blue = MonoTextStyle::new(&FONT_9X15, TRAINING);
	Text::new("training", Point2::new(LEFT + 220, 24), blue).draw(canvas)?;
	let red = MonoTextStyle::new(&FONT_9X15, VALIDATION);
	Text::new("validation", Point2::new(LEFT + 310, 24), red).draw(canvas)?;
	for (point, next) in points.iter().zip(points.iter().skip(1)) {
		let (from, to) = (
			frame.at(point.step as f64, point.loss),
			frame.at(next.step as f64, next.loss),
		);
		line(canvas, from, to, TRAINING, 2)?;
	}
	for point in points {
		let Some(loss) = point.validation_loss else { continue };
		Circle::with_center(frame.at(point.step as f64, loss), 7)
			.into_styled(PrimitiveStyle::with_fill(VALIDATION))
			.draw(canvas)?;
	}
	Ok(())
}

/// The next of 1, 2, 5, 10, and these by powers of ten.
fn nice(distance: f64) -> f64 {
	let power = libm::pow(10.0, libm::floor(libm::log10(distance.max(1e-9))));
	let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
	steps.into_iter().find(|step| *step >= distance).unwrap_or(10.0 * power)
}

/// Three bytes a pixel, row by row.
struct Canvas {
	bytes: Vec<u8>,
}

impl OriginDimensions for Canvas {
	fn size(&self) -> Size {
		Size::new(WIDTH as u32, HEIGHT as u32)
	}
}

impl DrawTarget for Canvas {
	type Color = Rgb888;
	type Error = Infallible;

	fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Infallible> {
		for Pixel(place, colour) in pixels {
			if !(0..WIDTH).contains(&place.x) || !(0..HEIGHT).contains(&place.y) {
				continue;
			}
			let start = ((place.y * WIDTH + place.x) * 3) as usize;
			if let Some(pixel) = self.bytes.get_mut(start..start + 3) {
				pixel.copy_from_slice(&[colour.r(), colour.g(), colour.b()]);
			}
		}
		Ok(())
	}
}
