// SPDX-License-Identifier: Apache-2.0

//! Every value of an answer, as its trace has them, without holding them: what is kept is the upper part of the tree, and the
//! keys and values of all positions. From these any position is computed again when one of its leaves is asked for.

use crate::{
	Error,
	sheet::{Sheet, Vector},
	size::{BLOCK, Needs, RECENT},
	tree::{Grower, Pruned},
	walk::{Cache, Heads, Row, Walk},
};
use atelier_referee::{
	claim::State,
	commit::{Commitment, Kind, leaf_digest},
	forward::InputError,
	hash::{Digest, Portable},
	model::{Package, Use},
	ops::sampling::{Choice, Sampler},
	trace::{At, Graph, Leaf, NUMBERS_OF_LEAF, Place, Stage, Values},
};
use rayon::prelude::*;
use std::collections::VecDeque;

/// Somebody's leaves with the tree above them.
pub trait Trail {
	/// The bytes of a leaf.
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error>;

	/// A node, counting levels from the leaves and nodes from the left.
	fn node(&mut self, level: u32, index: u64) -> Result<Digest, Error>;
}

/// The trace of an answer.
pub struct Trace<'a> {
	source: Leaves<'a>,
	tree: Pruned,
	/// The state of each position.
	states: Vec<State>,
	choices: Vec<Choice>,
}

/// What leaves are computed from.
struct Leaves<'a> {
	walk: Walk<'a>,
	graph: Graph,
	sampler: Sampler,
	tokens: Vec<u32>,
	/// Of each layer.
	caches: Vec<Cache>,
	/// What follows the last layer of a model that embeds.
	pooled: Sheet,
	recent: VecDeque<Again>,
}

/// A position that is computed again, as far as somebody has asked.
struct Again {
	row: Row,
	/// The embedding, then each layer.
	sheets: Vec<Sheet>,
	choice: Option<Sheet>,
}

impl Again {
	fn bytes(&self) -> usize {
		self.sheets.iter().chain(&self.choice).map(Sheet::bytes).sum()
	}
}

impl<'a> Trace<'a> {
	/// Of an answer whose positions take in these tokens. At most so many bytes of memory are taken beside the package.
	pub fn derive(
		package: Package<'a>,
		graph: Graph,
		sampler: Sampler,
		tokens: &[u32],
		budget: u64,
	) -> Result<Self, Error> {
		let needs = Needs::of(&graph).memory();
		if needs > budget {
			return Err(Error::TooLarge { needs, budget });
		}
		let positions = graph.positions();
		if tokens.len() != positions as usize {
			let found = tokens.len();
			return Err(Error::WrongTokens { found, positions });
		}
		if let Some(token) = tokens.iter().find(|token| **token >= graph.shape().vocabulary) {
			return Err(InputError::UnknownToken { token: *token }.into());
		}
		let source = Leaves {
			walk: Walk { package },
			caches: vec![Cache::default(); graph.shape().layers.into()],
			graph,
			sampler,
			tokens: tokens.to_vec(),
			pooled: Sheet::default(),
			recent: VecDeque::new(),
		};
		let deriving = Deriving {
			source,
			grower: Grower::new(Kind::Trace, graph.leaves()),
			states: Vec::with_capacity(tokens.len()),
			choices: Vec::new(),
		};
		match graph.shape().answers {
			Use::Tokens => deriving.by_position(),
			Use::Embedding => deriving.by_layer(),
		}
	}

	/// What the chain is told.
	pub fn commitment(&self) -> Commitment {
		self.tree.commitment()
	}

	/// Which leaves there are.
	pub fn graph(&self) -> &Graph {
		&self.source.graph
	}

	/// The right state of each position.
	pub fn states(&self) -> &[State] {
		&self.states
	}

	/// What is chosen after the positions from the last of the input on.
	pub fn choices(&self) -> &[Choice] {
		&self.choices
	}

	/// The vector that a model answers with that embeds.
	pub fn unit(&self) -> &[i16] {
		match self.source.pooled.get(Stage::Unit) {
			Some(Vector::Activations(unit)) => unit,
			_ => &[],
		}
	}

	/// The numbers that leave the last layer at a position.
	pub fn numbers(&mut self, position: u32) -> Result<Vec<i32>, Error> {
		let layers = self.graph().shape().layers;
		Ok(self.source.again(position, layers)?.row.numbers.clone())
	}

	/// A leaf.
	pub fn leaf_at(&mut self, at: At) -> Result<Leaf, Error> {
		self.source.leaf(at)
	}

	/// The upper part of its tree.
	pub fn tree(&self) -> &Pruned {
		&self.tree
	}

	/// Bytes that it holds beside the package.
	pub fn bytes(&self) -> u64 {
		let caches = self.source.caches.iter();
		let caches: usize = caches
			.map(|cache| size_of_val(cache.keys.as_slice()) + size_of_val(cache.values.as_slice()))
			.sum();
		self.tree.bytes() + caches as u64
	}

	/// The nodes with which a descent begins.
	pub fn reveal_top(&mut self) -> Result<atelier_referee::commit::Revealed, Error> {
		let Self { source, tree, .. } = self;
		tree.reveal_top(&mut |number| source.digest(number))
	}

	/// The nodes with which a descent goes on.
	pub fn reveal_below(&mut self, level: u32, index: u64) -> Result<atelier_referee::commit::Revealed, Error> {
		let Self { source, tree, .. } = self;
		tree.reveal_below(level, index, &mut |number| source.digest(number))
	}
}

impl Trail for Trace<'_> {
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		self.source.bytes(number)
	}

	fn node(&mut self, level: u32, index: u64) -> Result<Digest, Error> {
		let Self { source, tree, .. } = self;
		tree.node(level, index, &mut |number| source.digest(number))
	}
}

impl Leaves<'_> {
	fn bytes(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		let kind = Kind::Trace;
		let at = self.graph.at(number).ok_or(Error::NoLeaf { kind, number })?;
		self.leaf(at).map(|leaf| leaf.write())
	}

	fn digest(&mut self, number: u64) -> Result<Digest, Error> {
		let bytes = self.bytes(number)?;
		Ok(leaf_digest::<Portable>(Kind::Trace, number, &bytes))
	}

	fn leaf(&mut self, at: At) -> Result<Leaf, Error> {
		let kind = Kind::Trace;
		let number = self.graph.number(at).ok_or(Error::NoLeaf { kind, number: u64::MAX })?;
		let missing = Error::NoLeaf { kind, number };
		let Place { position, layer, stage } = at.place;
		let found = match stage {
			Stage::KeyTurned | Stage::ValueStored => self.cached(at),
			Stage::Pooled | Stage::Unit => self.pooled.leaf(stage, at.leaf),
			stage if stage >= Stage::LastStatistics => self.chosen(position)?.leaf(stage, at.leaf),
			stage if stage < Stage::AttentionStatistics => {
				let again = self.again(position, 0)?;
				again.sheets.first().and_then(|sheet| sheet.leaf(stage, at.leaf))
			}
			stage => {
				let again = self.again(position, layer.saturating_add(1))?;
				let sheet = again.sheets.get(usize::from(layer) + 1);
				sheet.and_then(|sheet| sheet.leaf(stage, at.leaf))
			}
		};
		found.ok_or(missing)
	}

	/// A leaf of keys or values.
	fn cached(&self, at: At) -> Option<Leaf> {
		let cache = self.caches.get(usize::from(at.place.layer))?;
		let all = match at.place.stage {
			Stage::KeyTurned => &cache.keys,
			_ => &cache.values,
		};
		let width = self.graph.shape().key_width() as usize;
		let vector = all.chunks(width.max(1)).nth(at.place.position as usize)?;
		let some = vector.chunks(NUMBERS_OF_LEAF as usize).nth(at.leaf as usize)?;
		Leaf::of(Values::Activations(some)).pop()
	}

	/// A position, computed again through so many layers.
	fn again(&mut self, position: u32, layers: u16) -> Result<&mut Again, Error> {
		let found = self.recent.iter().position(|again| again.row.position == position);
		let mut again = match found.and_then(|place| self.recent.remove(place)) {
			Some(again) => again,
			None => self.begin(position)?,
		};
		while again.sheets.len() <= usize::from(layers) {
			let layer = again.sheets.len().saturating_sub(1);
			let Some(cache) = self.caches.get(layer) else { break };
			let layer = layer as u16;
			let rows = std::slice::from_mut(&mut again.row);
			let heads = self.walk.project(layer, rows);
			self.walk.attend(layer, rows, &heads, cache);
			again.sheets.push(std::mem::take(&mut again.row.sheet));
		}
		self.keep(again);
		let missing = Error::NoLeaf {
			kind: Kind::Trace,
			number: u64::MAX,
		};
		self.recent.back_mut().ok_or(missing)
	}

	fn begin(&self, position: u32) -> Result<Again, Error> {
		let positions = self.graph.positions();
		let found = self.tokens.len();
		let token = self.tokens.get(position as usize);
		let token = *token.ok_or(Error::WrongTokens { found, positions })?;
		let mut row = self.walk.embed(&[(position, token)]).pop();
		let mut row = row.take().ok_or(Error::WrongTokens { found, positions })?;
		Ok(Again {
			sheets: vec![std::mem::take(&mut row.sheet)],
			row,
			choice: None,
		})
	}

	/// Keeps a position, and forgets others.
	fn keep(&mut self, again: Again) {
		let mut bytes: usize = self.recent.iter().map(Again::bytes).sum();
		bytes += again.bytes();
		while bytes > RECENT
			&& let Some(oldest) = self.recent.pop_front()
		{
			bytes = bytes.saturating_sub(oldest.bytes());
		}
		self.recent.push_back(again);
	}

	/// What follows the last layer at a position.
	fn chosen(&mut self, position: u32) -> Result<&Sheet, Error> {
		let (walk, sampler) = (self.walk, self.sampler);
		let again = self.again(position, self.graph.shape().layers)?;
		let Again { row, choice, .. } = again;
		Ok(choice.get_or_insert_with(|| {
			walk.choose(std::slice::from_mut(row), sampler);
			std::mem::take(&mut row.sheet)
		}))
	}
}

/// A trace that comes about.
struct Deriving<'a> {
	source: Leaves<'a>,
	grower: Grower,
	states: Vec<State>,
	choices: Vec<Choice>,
}

impl<'a> Deriving<'a> {
	/// A model that answers with tokens: some positions through all layers, then the next.
	fn by_position(mut self) -> Result<Trace<'a>, Error> {
		let walk = self.source.walk;
		let graph = self.source.graph;
		let tokens: Vec<_> = (0..).zip(self.source.tokens.iter().copied()).collect();
		for block in tokens.chunks(BLOCK) {
			let mut rows = walk.embed(block);
			let mut digests = self.hashed(0, &mut rows);
			let mut add = |more: Vec<Vec<Digest>>| {
				for (all, more) in digests.iter_mut().rev().zip(more.into_iter().rev()) {
					all.extend(more);
				}
			};
			for layer in 0..graph.shape().layers {
				let heads = walk.project(layer, &mut rows);
				if let Some(cache) = self.source.caches.get_mut(usize::from(layer)) {
					heads.iter().for_each(|heads| cache.push(heads));
					walk.attend(layer, &mut rows, &heads, cache);
				}
				add(self.hashed(layer, &mut rows));
			}
			let first = rows.iter().position(|row| row.position >= graph.first_choice());
			let choosing = rows.split_at_mut(first.unwrap_or(block.len())).1;
			walk.choose(choosing, self.source.sampler);
			self.choices
				.extend(choosing.iter().filter_map(|row| match row.sheet.get(Stage::Choice) {
					Some(Vector::Choice(choice)) => Some(*choice),
					_ => None,
				}));
			// Rows that choose are the last ones.
			add(self.hashed(0, choosing));
			self.end(&rows);
			self.grower.extend(digests.into_iter().flatten());
		}
		self.finish()
	}

	/// A model that embeds: all positions through half a layer, then through the next half.
	fn by_layer(mut self) -> Result<Trace<'a>, Error> {
		let walk = self.source.walk;
		let graph = self.source.graph;
		let tokens: Vec<_> = (0..).zip(self.source.tokens.iter().copied()).collect();
		let mut rows = Vec::with_capacity(tokens.len());
		for block in tokens.chunks(BLOCK) {
			let mut some = walk.embed(block);
			let digests = self.hashed(0, &mut some);
			self.grower.extend(digests.into_iter().flatten());
			rows.extend(some);
		}
		for layer in 0..graph.shape().layers {
			let mut heads: Vec<Heads> = Vec::with_capacity(rows.len());
			let mut cache = Cache::default();
			for block in rows.chunks_mut(BLOCK) {
				let mut some = walk.project(layer, block);
				let digests = self.hashed(layer, block);
				self.grower.extend(digests.into_iter().flatten());
				for heads in &mut some {
					cache.push(heads);
					// Only queries are needed again.
					(heads.keys, heads.values) = Default::default();
				}
				heads.extend(some);
			}
			for (block, heads) in rows.chunks_mut(BLOCK).zip(heads.chunks(BLOCK)) {
				walk.attend(layer, block, heads, &cache);
				let digests = self.hashed(layer, block);
				self.grower.extend(digests.into_iter().flatten());
			}
			if let Some(to) = self.source.caches.get_mut(usize::from(layer)) {
				*to = cache;
			}
		}
		self.end(&rows);
		let mut sums = vec![0_i64; graph.shape().width as usize];
		for row in &rows {
			for (sum, number) in sums.iter_mut().zip(&row.numbers) {
				*sum = sum.saturating_add((*number).into());
			}
		}
		self.source.pooled = Walk::pool(&sums, graph.positions());
		let first = first(&graph, 0, 0, &self.source.pooled);
		self.grower.extend(self.source.pooled.digests(first));
		self.finish()
	}

	/// The digests of what rows have written down, which is forgotten.
	fn hashed(&self, layer: u16, rows: &mut [Row]) -> Vec<Vec<Digest>> {
		let graph = self.source.graph;
		rows.par_iter_mut()
			.map(|row| {
				let sheet = std::mem::take(&mut row.sheet);
				sheet.digests(first(&graph, row.position, layer, &sheet))
			})
			.collect()
	}

	/// Notes the states of rows that are through.
	fn end(&mut self, rows: &[Row]) {
		let tokens = &self.source.tokens;
		let state = |row: &Row| {
			let token = tokens.get(row.position as usize).copied().unwrap_or_default();
			State::of::<Portable>(token, &row.numbers)
		};
		let states: Vec<_> = rows.par_iter().map(state).collect();
		self.states.extend(states);
	}

	fn finish(self) -> Result<Trace<'a>, Error> {
		Ok(Trace {
			source: self.source,
			tree: self.grower.finish()?,
			states: self.states,
			choices: self.choices,
		})
	}
}

/// The number of the first leaf of a sheet.
fn first(graph: &Graph, position: u32, layer: u16, sheet: &Sheet) -> u64 {
	let stage = sheet.first().unwrap_or(Stage::Embedded);
	let place = Place { position, layer, stage };
	graph.number(At { place, leaf: 0 }).unwrap_or(u64::MAX >> 1)
}
