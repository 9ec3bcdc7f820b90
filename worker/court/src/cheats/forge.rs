// SPDX-License-Identifier: Apache-2.0

//! A forward pass in which something is changed on the way, and all that follows follows from the change.

use super::Scene;
use crate::{
	sheet::{Sheet, Vector},
	walk::{Cache, Heads, Row, Walk},
};
use atelier_referee::{
	model::{Package, Use},
	ops::sampling::Sampler,
	trace::Stage,
};

/// When something can be changed: the vectors of it are the row's, and not yet in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
	/// Before the first layer.
	Embedded,
	/// After the first half of a layer; the keys and values are those that others will see.
	Heads(u16),
	/// After a layer.
	Layer(u16),
	/// After the choice.
	Chosen,
	/// After pooling; there is no row.
	Pooled,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Forged {
	/// The tokens that were chosen.
	pub answer: Vec<u32>,
	/// The numbers that leave the last layer, of each position.
	pub numbers: Vec<Vec<i32>>,
	/// The vector of a model that embeds.
	pub unit: Vec<i16>,
	/// The leaves of each position, or, of a model that embeds, of all.
	pub leaves: Vec<Vec<Vec<u8>>>,
}

impl Forged {
	/// The same with fewer tokens.
	pub fn cut(&mut self, scene: &Scene, tokens: usize) {
		if scene.shape.answers == Use::Tokens {
			self.answer.truncate(tokens);
			let positions = scene.input.len() + tokens.saturating_sub(1);
			self.numbers.truncate(positions);
			self.leaves.truncate(positions);
		}
	}

	/// All leaves in their order.
	pub fn all(&self) -> Vec<Vec<u8>> {
		self.leaves.concat()
	}
}

/// Changes something.
pub type Change<'c> = &'c mut dyn FnMut(Moment, &mut Row, Option<&mut Heads>);

/// Computes an answer with a package of the scene's shape, which may be another one; as many tokens as the request allows.
pub fn forge(scene: &Scene, bytes: &[u8], input: &[u32], sampler: Sampler, change: Change<'_>) -> Forged {
	let package = Package::new(scene.shape, bytes).expect("it has the bytes of the shape");
	let walk = Walk { package };
	match scene.shape.answers {
		Use::Tokens => tokens(scene, walk, input, sampler, change),
		Use::Embedding => vector(scene, walk, input, change),
	}
}

fn tokens(scene: &Scene, walk: Walk<'_>, input: &[u32], sampler: Sampler, change: Change<'_>) -> Forged {
	let layers = scene.shape.layers;
	let mut caches = vec![Cache::default(); layers.into()];
	let mut forged = Forged::default();
	let mut next: Vec<u32> = input.to_vec();
	let last = input.len() as u32 + scene.request.limit - 1;
	for position in 0..last {
		let mut row = walk.embed(&[(position, next[position as usize])]).pop().expect("one");
		change(Moment::Embedded, &mut row, None);
		for layer in 0..layers {
			let cache = &mut caches[usize::from(layer)];
			let rows = std::slice::from_mut(&mut row);
			let mut heads = walk.project(layer, rows);
			change(Moment::Heads(layer), &mut rows[0], Some(&mut heads[0]));
			cache.push(&heads[0]);
			walk.attend(layer, rows, &heads, cache);
			change(Moment::Layer(layer), &mut row, None);
		}
		forged.numbers.push(row.numbers.clone());
		if position as usize + 1 >= input.len() {
			walk.choose(std::slice::from_mut(&mut row), sampler);
			change(Moment::Chosen, &mut row, None);
			let token = match row.sheet.get(Stage::Choice) {
				Some(Vector::Choice(choice)) => choice.token,
				_ => panic!("something was chosen"),
			};
			forged.answer.push(token);
			// A token that the model does not have is taken in as its first.
			next.push(if token < scene.shape.vocabulary { token } else { 0 });
		}
		forged.leaves.push(row.sheet.leaves());
	}
	forged
}

fn vector(scene: &Scene, walk: Walk<'_>, input: &[u32], change: Change<'_>) -> Forged {
	let mut forged = Forged::default();
	let mut all = Vec::new();
	let mut end = |sheet: &mut Sheet| all.extend(std::mem::take(sheet).leaves());
	let tokens: Vec<_> = (0..).zip(input.iter().copied()).collect();
	let mut rows = walk.embed(&tokens);
	for row in &mut rows {
		change(Moment::Embedded, row, None);
		end(&mut row.sheet);
	}
	for layer in 0..scene.shape.layers {
		let mut cache = Cache::default();
		let mut heads = walk.project(layer, &mut rows);
		for (row, heads) in rows.iter_mut().zip(&mut heads) {
			change(Moment::Heads(layer), row, Some(&mut *heads));
			cache.push(heads);
			end(&mut row.sheet);
		}
		walk.attend(layer, &mut rows, &heads, &cache);
		for row in &mut rows {
			change(Moment::Layer(layer), row, None);
			end(&mut row.sheet);
		}
	}
	let mut sums = vec![0_i64; scene.shape.width as usize];
	for row in &rows {
		for (sum, number) in sums.iter_mut().zip(&row.numbers) {
			*sum += i64::from(*number);
		}
	}
	let mut row = Row {
		position: 0,
		numbers: Vec::new(),
		sheet: Walk::pool(&sums, rows.len() as u32),
	};
	change(Moment::Pooled, &mut row, None);
	if let Some(Vector::Activations(unit)) = row.sheet.get(Stage::Unit) {
		forged.unit = unit.clone();
	}
	end(&mut row.sheet);
	forged.numbers = rows.into_iter().map(|row| row.numbers).collect();
	forged.leaves = vec![all];
	forged
}
