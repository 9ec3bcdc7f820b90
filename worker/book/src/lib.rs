// SPDX-License-Identifier: Apache-2.0

//! What a worker, or a requester, must still know after any crash: what it served, what was signed and settled, what it has
//! promised, and what it has to show if somebody asks.
//!
//! | what | where | rule |
//! | --- | --- | --- |
//! | answers of sessions | [`Book::append`] | on the disk before the requester has the end of the answer; never more units unsigned than the window |
//! | vouchers | [`Book::voucher`] | on the disk before the worker serves on their strength; only over the book's own receipts |
//! | settlements | [`Book::settlement`], [`Book::settled`] | only what extends the last one |
//! | answers of jobs | [`Book::deliver`] | one claim for one job |
//! | what auditors ask for | [`Book::covering`], [`Book::shown`], [`Book::answer`] | there until the settlement is concluded and no dispute is about it |
//! | a requester's vouchers | [`Book::sign`] | in the book before they are signed; a sequence never goes back |
//! | reports and votes of an auditor | [`Book::seal`], [`Book::vote`] | the only ones, until they are revealed |
//! | disputes | [`Book::dispute`] | what was committed to stays what it is |
//! | quotes | [`Book::quote`] | no number twice |
//!
//! A book is a folder. One process has it open. What is asked of it is answered when it is on the disk, all of it or nothing
//! ([`Pending`] can be waited for or awaited). Everything can be said twice: what the book knows already changes nothing, so who
//! does not know whether something was written says it again.
//!
//! **Never put back an old copy of a book.** It would give numbers and sequences a second time, and nobody can see that it is
//! old. A book that is lost is lost; what was signed in it is what the other side shows.
//!
//! Measured by `cargo run --release -p atelier-book --example appends -- FOLDER 4` on two cores with ext4, while others compiled
//! there (load 3 to 7), so the tails are theirs. Each sync is two `fdatasync`. Bytes are those of the file, free pages too.
//!
//! | tokens in, out | at once | answers a second | answers and vouchers | p50 of an append | p99 | bytes of an answer |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | 100, 25 | 1 | 494 | 250 | 0.9 ms | 12 ms | 9,508 |
//! | 100, 25 | 16 | 1,839 | 538 | 4.0 ms | 32 ms | 9,490 |
//! | 100, 25 | 64 | 2,388 | 1,872 | 15 ms | 174 ms | 9,535 |
//! | 500, 200 | 1 | 58 | 16 | 9.4 ms | 184 ms | 30,720 |
//! | 500, 200 | 16 | 446 | 77 | 21 ms | 331 ms | 34,025 |
//! | 500, 200 | 64 | 1,954 | 1,523 | 24 ms | 186 ms | 40,108 |
//!
//! A book of 535 MB was opened, and all of it looked at, in 1.5 s. After a crash a book of any length is looked at so.
//!
//! What the book cannot see: a disk that says it has kept what it has not. Where a disk says that it has not
//! ([`Error::DiskLost`]), the book is silent until it is opened again; start the machine again before, since the system shows
//! what it has in memory as if it were on the disk.

#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

mod answer;
mod asking;
mod audits;
mod checks;
mod disputes;
mod error;
mod jobs;
mod open;
mod quotes;
mod session;
mod store;

#[cfg(test)]
mod tests;

pub use answer::{Answered, Contents, MAX_BYTES, Output, States};
pub use asking::{Asked, MAX_ASKED, Resume};
pub use audits::{Audit, Ballot, Report, Stage};
pub use disputes::{Dispute, MAX_DISPUTES, MAX_NOTES};
pub use error::Error;
pub use open::{Options, Role};
pub use quotes::{MAX_QUOTES, Outstanding, Quote};
pub use session::{Appended, Covering, Due, Freed, Phase, Settlement, Shown, Signed, Standing, Terms, Verifier};
pub use store::Pending;

use atelier_referee::{commit::Bounded, hash::Digest};

/// An account.
pub type Account = [u8; 32];
/// An amount of the chain's token.
pub type Balance = u128;

/// Most bytes of a signature.
pub const MAX_SIGNATURE: usize = 128;
/// A signature as the chain reads it.
pub type Signature = Bounded<u8, MAX_SIGNATURE>;

/// A book.
pub struct Book {
	store: store::Store,
	genesis: Digest,
	role: Role,
}
