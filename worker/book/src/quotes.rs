// SPDX-License-Identifier: Apache-2.0

//! The quotes of a worker: no two have the same number, whatever crashes come between, and what is outstanding is known.

use crate::{
	Account, Balance, Book, Error,
	checks::{Check, on},
	store::{Draft, Key, Pending, Read, tag},
};
use atelier_primitives::{BlockNumber, work::voucher};
use codec::{Decode, Encode};

/// A quote.
pub type Quote = voucher::Quote<Account, Balance>;

/// Most quotes that are outstanding at once.
pub const MAX_QUOTES: u64 = 65_536;

/// What is known of all quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Outstanding {
	/// The number of the next one.
	pub next: u64,
	/// How many can still be used.
	pub quotes: u64,
	/// The most that can be deposited with them.
	pub capacity: Balance,
}

impl Book {
	/// Gives a quote its number. When this is done, the number is used: only then may it be signed.
	pub fn quote(&self, quote: Quote) -> Pending<Quote> {
		match self.worker() {
			Ok(worker) if worker == quote.worker => {}
			Ok(_) => return Pending::known(Err(Error::QuoteOfOtherWorker)),
			Err(error) => return Pending::known(Err(error)),
		}
		self.store.write(move |draft| {
			let mut all = all(draft)?;
			if all.quotes >= MAX_QUOTES {
				return Err(Error::TooManyQuotes(all.quotes));
			}
			let number = all.next;
			let quote = Quote { number, ..quote };
			if on(Check::Numbers) {
				all.next = number.checked_add(1).ok_or(Error::NoNumbersLeft)?;
			}
			all.quotes = all.quotes.saturating_add(1);
			all.capacity = all.capacity.saturating_add(quote.capacity);
			draft.put(Key::Quote(number), &quote);
			draft.put(Key::Quotes, &all);
			Ok(quote)
		})
	}

	/// What can still be used.
	pub fn outstanding(&self) -> Result<Outstanding, Error> {
		self.store.read(all)
	}

	/// The outstanding quotes after one.
	pub fn quotes(&self, after: Option<u64>, most: usize) -> Result<Vec<Quote>, Error> {
		let after = after.map(|number| Key::Quote(number).bytes());
		self.store.read(|view| {
			let records = view.scan(&[tag::QUOTE], after.as_deref(), most)?;
			records.iter().map(crate::store::Record::decode).collect()
		})
	}

	/// A final block says that a session was opened with a quote: it is not outstanding any more.
	pub fn used(&self, number: u64) -> Pending<Quote> {
		self.store.write(move |draft| {
			let quote = draft.get::<Quote>(Key::Quote(number))?;
			let quote = quote.ok_or(Error::UnknownQuote(number))?;
			close(draft, &[&quote])?;
			Ok(quote)
		})
	}

	/// Forgets quotes whose last block has passed: of those after one, at most so many are looked at. Says after which to go on, if
	/// there are more.
	pub fn expire_quotes(&self, now: BlockNumber, after: Option<u64>, most: usize) -> Pending<Option<u64>> {
		let after = after.map(|number| Key::Quote(number).bytes());
		self.store.write(move |draft| {
			let records = draft.scan(&[tag::QUOTE], after.as_deref(), most)?;
			let quotes: Vec<Quote> = records
				.iter()
				.map(crate::store::Record::decode)
				.collect::<Result<_, _>>()?;
			let gone: Vec<_> = quotes.iter().filter(|quote| quote.until < now).collect();
			close(draft, &gone)?;
			let last = quotes.last().map(|quote| quote.number);
			Ok(last.filter(|_| quotes.len() >= most))
		})
	}
}

fn all(read: &impl Read) -> Result<Outstanding, Error> {
	Ok(read.get(Key::Quotes)?.unwrap_or_default())
}

fn close(draft: &mut Draft<'_, '_>, quotes: &[&Quote]) -> Result<(), Error> {
	if quotes.is_empty() {
		return Ok(());
	}
	let mut all = all(draft)?;
	for quote in quotes {
		draft.remove(Key::Quote(quote.number));
		all.quotes = all.quotes.saturating_sub(1);
		all.capacity = all.capacity.saturating_sub(quote.capacity);
	}
	draft.put(Key::Quotes, &all);
	Ok(())
}
