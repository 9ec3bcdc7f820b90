// SPDX-License-Identifier: Apache-2.0

//! Lists that come in pages, fetched whole up to a bound: a chain, or a node that lies, may have any number of things.

use crate::Error;
use atelier_primitives::views::Page;

/// Most pages of one list.
pub const MAX_PAGES: usize = 100;

/// Many things, and whether there are more than were fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<Item> {
	pub items: Vec<Item>,
	/// There are more than these.
	pub more: bool,
}

/// Asks for page after page until the last, at most [`MAX_PAGES`].
pub async fn whole<Item, Id>(
	mut page: impl AsyncFnMut(Option<Id>) -> Result<Page<Item, Id>, Error>,
) -> Result<Listing<Item>, Error> {
	let (mut items, mut after) = (Vec::new(), None);
	for _ in 0..MAX_PAGES {
		let answer = page(after).await?;
		items.extend(answer.items);
		after = answer.next;
		if after.is_none() {
			return Ok(Listing { items, more: false });
		}
	}
	Ok(Listing { items, more: true })
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A list of this many, ten on a page.
	async fn listed(all: u32) -> Listing<u32> {
		whole(async |after: Option<u32>| {
			let first = after.map_or(0, |last| last + 1);
			let end = all.min(first + 10);
			Ok(Page {
				items: (first..end).collect(),
				next: (end < all).then(|| end - 1),
			})
		})
		.await
		.unwrap()
	}

	#[tokio::test]
	async fn all_pages_come_in_their_order() {
		for all in [0, 1, 9, 10, 11, 995] {
			let listing = listed(all).await;
			assert_eq!(listing.items, (0..all).collect::<Vec<_>>());
			assert!(!listing.more);
		}
	}

	#[tokio::test]
	async fn a_list_without_an_end_is_left() {
		let listing = listed(u32::MAX).await;
		assert_eq!(listing.items.len(), MAX_PAGES * 10);
		assert!(listing.more);
		let empty = whole(async |_: Option<u32>| {
			Ok(Page {
				items: Vec::<u32>::new(),
				next: Some(7),
			})
		});
		assert!(empty.await.unwrap().more);
	}
}
