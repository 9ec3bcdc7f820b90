// SPDX-License-Identifier: Apache-2.0

//! Texts as one stream of tokens, and windows that are spread over it.

use super::{Error, Progress};
use crate::text::Text;
use std::ops::ControlFlow;

/// Documents that are cut into tokens at once.
const AT_ONCE: usize = 256;

/// All documents after each other, each with the special tokens that the tokenizer puts around it, and the one that ends it.
pub fn stream(
	text: &Text,
	end: Option<u32>,
	documents: &[String],
	tell: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<u32>, Error> {
	let mut stream = Vec::new();
	let mut done = 0;
	for some in documents.chunks(AT_ONCE) {
		let texts = some.iter().map(String::as_str).collect();
		for tokens in text.documents(texts)? {
			stream.extend(tokens);
			stream.extend(end);
		}
		done += some.len() as u64;
		if tell(Progress::Tokenising {
			done,
			all: documents.len() as u64,
		})
		.is_break()
		{
			return Err(Error::Stopped { step: 0 });
		}
	}
	Ok(stream)
}

/// At most `count` windows of `tokens` tokens, spread evenly from the beginning of the stream to its end.
pub fn spread(stream: &[u32], tokens: usize, count: usize) -> Vec<&[u32]> {
	let Some(last) = stream.len().checked_sub(tokens) else {
		return Vec::new();
	};
	let starts = (0..count).map(|number| number * last / count.saturating_sub(1).max(1));
	starts.filter_map(|start| stream.get(start..start + tokens)).collect()
}

#[cfg(test)]
mod tests {
	use super::spread;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn windows_lie_within_the_stream(length in 0_usize..500, tokens in 1_usize..60, count in 0_usize..20) {
			let stream: Vec<_> = (0..length as u32).collect();
			let windows = spread(&stream, tokens, count);
			prop_assert_eq!(windows.len(), if length < tokens { 0 } else { count });
			prop_assert!(windows.iter().all(|window| window.len() == tokens));
			if let [first, .., last] = windows[..] {
				prop_assert_eq!(first[0], 0);
				prop_assert_eq!(last.last(), stream.last());
			}
		}
	}
}
