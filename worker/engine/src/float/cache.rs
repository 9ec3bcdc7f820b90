// SPDX-License-Identifier: Apache-2.0

//! Keys and values of all sequences: for each layer one tensor of pages, which [`Pages`](crate::backend::pages::Pages)
//! gives out.
//!
//! Every slot always holds finite numbers, also those that nobody has written or uses any more: what attention masks out is
//! multiplied by zero, and zero times infinity is no number. That is why all of it is zero at first, and why the pages of
//! a sequence whose numbers overflowed are zeroed again.

use super::device::Doing;
use crate::{
	Error,
	load::{checkpoint::Float, config::DecoderConfig},
};
use tch::{Device, Kind, TchError, Tensor};

/// Tokens of a page: small, so that little is lost at the end of an answer, and a beginning of an input is found again
/// nearly to its end.
pub const PAGE: u32 = 16;

pub struct Cache {
	/// Slots by heads by dimensions.
	layers: Vec<[Tensor; 2]>,
	heads: i64,
	head_size: i64,
}

impl Cache {
	pub fn new(config: &DecoderConfig, pages: u32, (kind, device): (Kind, Device)) -> Result<Self, Error> {
		let (heads, head_size) = (i64::from(config.key_heads), i64::from(config.head_size));
		let slots = i64::from(pages) * i64::from(PAGE);
		let zeros = || Tensor::f_zeros([slots, heads, head_size], (kind, device)).doing("setting pages aside");
		let layers = (0..config.layers).map(|_| Ok([zeros()?, zeros()?]));
		Ok(Self {
			layers: layers.collect::<Result<_, Error>>()?,
			heads,
			head_size,
		})
	}

	/// Bytes of a page, in all layers.
	pub fn page_bytes(config: &DecoderConfig, float: Float) -> u64 {
		let numbers = u64::from(config.layers) * 2 * u64::from(config.key_heads) * u64::from(config.head_size);
		numbers.saturating_mul(u64::from(PAGE) * float.bytes() as u64)
	}

	/// Keys and values of a layer.
	pub fn layer(&self, layer: usize) -> Result<&[Tensor; 2], TchError> {
		self.layers
			.get(layer)
			.ok_or_else(|| TchError::Shape(format!("no layer {layer}")))
	}

	/// Writes the keys and values of some tokens to their slots.
	pub fn write(&self, layer: usize, slots: &Tensor, keys: &Tensor, values: &Tensor) -> Result<(), TchError> {
		let [all_keys, all_values] = self.layer(layer)?;
		let _same = all_keys.shallow_clone().f_index_copy_(0, slots, keys)?;
		let _same = all_values.shallow_clone().f_index_copy_(0, slots, values)?;
		Ok(())
	}

	/// A tensor of slots by pages.
	pub fn by_page(&self, tensor: &Tensor) -> Result<Tensor, TchError> {
		tensor.f_view([-1, i64::from(PAGE), self.heads, self.head_size])
	}

	/// Zeroes some pages.
	pub fn scrub(&self, pages: &[u32]) -> Result<(), TchError> {
		for tensor in self.layers.iter().flatten() {
			for &page in pages {
				let slots = tensor.f_narrow(0, i64::from(page) * i64::from(PAGE), PAGE.into())?;
				let _same = slots.shallow_clone().f_zero_()?;
			}
		}
		Ok(())
	}
}
