// SPDX-License-Identifier: Apache-2.0

//! Attention of several sequences in one step, each to its own pages.
//!
//! Several query heads share a key head: they are laid out so that nothing is repeated in memory. A sequence's pages are
//! read where they lie if they are one run, and are gathered otherwise. The next tokens of many answers are computed
//! together, behind a mask, where gathering their pages costs less than one call for each of them.

use super::cache::{Cache, PAGE};
use crate::{backend::pages::Span, load::config::DecoderConfig};
use tch::{Device, Kind, TchError, Tensor};

/// Answers are computed together while copies of their keys and values of one layer, padded to the longest, take no more
/// bytes than this.
///
/// On a CPU it was measured by serving 32 answers of a random decoder, in tokens of a second of CPU time: at 2.6 MB 5,400 to
/// 6,000 together against 4,400 alone, at 12.6 MB 294 to 310 against 309 to 313. On a GPU each call costs more beside the
/// copies; the bound there only keeps their memory small, and was not measured yet.
pub fn together(device: Device) -> u64 {
	match device {
		Device::Cpu => 4 << 20,
		_ => 256 << 20,
	}
}

/// What each layer of a step does.
pub struct Attention {
	heads: i64,
	key_heads: i64,
	head_size: i64,
	looks: Vec<Look>,
	/// Where the new tokens' keys and values go.
	slots: Tensor,
}

/// Some rows of a step and what they look at.
enum Look {
	Alone {
		first: i64,
		rows: i64,
		length: i64,
		place: Place,
		mask: Option<Tensor>,
	},
	/// Each row is the next token of an answer.
	Together {
		rows: i64,
		pages: Tensor,
		/// False where there is nothing to see.
		mask: Tensor,
	},
}

enum Place {
	/// From this slot on.
	Run(i64),
	Pages(Tensor),
}

impl Attention {
	/// The spans follow each other in a step's rows; those of one token, being answers, come first.
	pub fn plan(config: &DecoderConfig, spans: &[Span], (kind, device): (Kind, Device)) -> Result<Self, TchError> {
		let answers = spans.iter().take_while(|span| span.new == 1).count();
		let (next, rest) = spans.split_at(answers);
		let longest = next.iter().map(|span| u64::from(span.past) + 1).max().unwrap_or(0);
		let numbers = answers as u64 * longest * u64::from(config.key_heads) * u64::from(config.head_size) * 2;
		let bytes = numbers * kind.elt_size_in_bytes() as u64;
		let mut looks = Vec::new();
		let alone = match answers > 1 && bytes <= together(device) {
			true => {
				looks.push(Look::together(next, device)?);
				rest
			}
			false => spans,
		};
		let mut first = (spans.len() - alone.len()) as i64;
		for span in alone {
			looks.push(Look::alone(span, first, device)?);
			first += i64::from(span.new);
		}
		let slots: Vec<i64> = spans
			.iter()
			.flat_map(|span| span.slots(span.positions(), PAGE))
			.collect();
		Ok(Self {
			heads: config.heads.into(),
			key_heads: config.key_heads.into(),
			head_size: config.head_size.into(),
			looks,
			slots: Tensor::f_from_slice(&slots)?.f_to_device(device)?,
		})
	}

	/// Queries, keys and values of tokens by heads by dimensions; gives tokens by all of their dimensions.
	pub fn apply(
		&self,
		cache: &Cache,
		layer: usize,
		queries: &Tensor,
		keys: &Tensor,
		values: &Tensor,
	) -> Result<Tensor, TchError> {
		cache.write(layer, &self.slots, keys, values)?;
		let seen = self.looks.iter().map(|look| self.look(look, cache, layer, queries));
		let seen = seen.collect::<Result<Vec<_>, _>>()?;
		match seen.as_slice() {
			[one] => Ok(one.shallow_clone()),
			several => Tensor::f_cat(several, 0),
		}
	}

	fn look(&self, look: &Look, cache: &Cache, layer: usize, queries: &Tensor) -> Result<Tensor, TchError> {
		let [keys, values] = cache.layer(layer)?;
		let group = self.heads / self.key_heads;
		match look {
			Look::Alone {
				first,
				rows,
				length,
				place,
				mask,
			} => {
				let read = |slots: &Tensor| -> Result<_, TchError> {
					let slots = match place {
						Place::Run(first) => slots.f_narrow(0, *first, *length)?,
						Place::Pages(pages) => {
							let pages = cache.by_page(slots)?.f_index_select(0, pages)?;
							pages
								.f_view([-1, self.key_heads, self.head_size])?
								.f_narrow(0, 0, *length)?
						}
					};
					slots
						.f_permute([1, 0, 2])?
						.f_unsqueeze(1)?
						.f_expand([-1, group, -1, -1], false)
				};
				// Key heads are the batch and the queries that share one are the heads.
				let queries = queries.f_narrow(0, *first, *rows)?;
				let queries = queries
					.f_view([*rows, self.key_heads, group, self.head_size])?
					.f_permute([1, 2, 0, 3])?;
				let causal = mask.is_none() && *rows > 1;
				attend(&queries, &read(keys)?, &read(values)?, mask.as_ref(), causal)?
					.f_permute([2, 0, 1, 3])?
					.f_reshape([*rows, self.heads * self.head_size])
			}
			Look::Together { rows, pages, mask } => {
				let read = |slots: &Tensor| -> Result<_, TchError> {
					let pages = cache.by_page(slots)?.f_index_select(0, pages)?;
					pages
						.f_view([*rows, -1, self.key_heads, self.head_size])?
						.f_permute([0, 2, 1, 3])
				};
				// The queries that share a key head are rows of it: there is one token, and no order among them.
				let queries = queries.f_narrow(0, 0, *rows)?;
				let queries = queries.f_view([*rows, self.key_heads, group, self.head_size])?;
				let mask = mask.f_expand([*rows, self.key_heads, group, -1], false)?;
				attend(&queries, &read(keys)?, &read(values)?, Some(&mask), false)?
					.f_reshape([*rows, self.heads * self.head_size])
			}
		}
	}
}

fn attend(
	queries: &Tensor,
	keys: &Tensor,
	values: &Tensor,
	mask: Option<&Tensor>,
	causal: bool,
) -> Result<Tensor, TchError> {
	Tensor::f_scaled_dot_product_attention(queries, keys, values, mask, 0.0, causal, None, false)
}

impl Look {
	fn alone(span: &Span, first: i64, device: Device) -> Result<Self, TchError> {
		let (past, rows) = (i64::from(span.past), i64::from(span.new));
		let length = past + rows;
		let used = span.used(PAGE);
		let run = used
			.iter()
			.zip(used.iter().skip(1))
			.all(|(page, next)| page + 1 == *next);
		let place = match used.first().filter(|_| run) {
			Some(page) => Place::Run(i64::from(*page) * i64::from(PAGE)),
			None => Place::Pages(numbers(used.iter().map(|page| i64::from(*page)), device)?),
		};
		let mask = match past > 0 && rows > 1 {
			true => {
				let all = Tensor::f_ones([rows, length], (Kind::Bool, device))?;
				Some(all.f_tril(past)?)
			}
			false => None,
		};
		Ok(Self::Alone {
			first,
			rows,
			length,
			place,
			mask,
		})
	}

	fn together(spans: &[Span], device: Device) -> Result<Self, TchError> {
		let most = spans.iter().map(|span| span.used(PAGE).len()).max().unwrap_or(0);
		// Where there is no page, the first one stands behind the mask.
		let pages = spans.iter().flat_map(|span| {
			let own = span.used(PAGE).iter().map(|page| i64::from(*page));
			own.chain(std::iter::repeat(0)).take(most)
		});
		let lengths = numbers(spans.iter().map(|span| i64::from(span.past) + 1), device)?;
		let places = Tensor::f_arange((most * PAGE as usize) as i64, (Kind::Int64, device))?;
		let mask = places.f_unsqueeze(0)?.f_lt_tensor(&lengths.f_unsqueeze(1)?)?;
		Ok(Self::Together {
			rows: spans.len() as i64,
			pages: numbers(pages, device)?,
			mask: mask.f_unsqueeze(1)?.f_unsqueeze(1)?,
		})
	}
}

fn numbers(numbers: impl Iterator<Item = i64>, device: Device) -> Result<Tensor, TchError> {
	Tensor::f_from_slice(&numbers.collect::<Vec<_>>())?.f_to_device(device)
}
