// SPDX-License-Identifier: Apache-2.0

//! The pool: all pages there may ever be. A page goes back to it when the last sequence that shares it lets go.

use crate::lines::WordLine;
use std::sync::{
	Arc, Mutex, PoisonError,
	atomic::{AtomicUsize, Ordering},
};

/// Sixteen positions of a sequence: keys and values of all layers and heads.
#[derive(Debug)]
pub struct Page {
	lines: Vec<WordLine>,
	pool: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
	/// Lines of a page.
	lines: usize,
	/// Most pages.
	limit: usize,
	used: AtomicUsize,
	/// Memory of pages that nobody has.
	free: Mutex<Vec<Vec<WordLine>>>,
}

/// Where pages come from.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Shared>);

impl Pool {
	/// At most `limit` pages of so many lines.
	pub fn new(lines: usize, limit: usize) -> Self {
		Self(Arc::new(Shared {
			lines,
			limit,
			used: AtomicUsize::new(0),
			free: Mutex::new(Vec::new()),
		}))
	}

	/// A page with anything in it; none if all are used.
	pub fn take(&self) -> Option<Page> {
		let taken = self.0.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
			(used < self.0.limit).then(|| used + 1)
		});
		taken.ok()?;
		let old = self.0.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
		Some(Page {
			lines: old.unwrap_or_else(|| vec![WordLine::ZERO; self.0.lines]),
			pool: self.0.clone(),
		})
	}

	/// Pages that are used.
	pub fn used(&self) -> usize {
		self.0.used.load(Ordering::Relaxed)
	}

	/// Most pages.
	pub fn limit(&self) -> usize {
		self.0.limit
	}
}

impl Page {
	pub fn lines(&self) -> &[WordLine] {
		&self.lines
	}

	pub fn lines_mut(&mut self) -> &mut [WordLine] {
		&mut self.lines
	}

	/// Becomes what another page is.
	pub fn copy_from(&mut self, other: &Self) {
		for (to, from) in self.lines.iter_mut().zip(&other.lines) {
			*to = *from;
		}
	}
}

impl Drop for Page {
	fn drop(&mut self) {
		let lines = core::mem::take(&mut self.lines);
		self.pool
			.free
			.lock()
			.unwrap_or_else(PoisonError::into_inner)
			.push(lines);
		self.pool.used.fetch_sub(1, Ordering::Relaxed);
	}
}
