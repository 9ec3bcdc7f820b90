// SPDX-License-Identifier: Apache-2.0

//! Answers inside sessions: the worker's side and the requester's, which do not trust each other.
//!
//! 1. [`Server`] is the worker's side. It stands above an engine ([`Desk`]), a book that no crash makes forget ([`Ledger`]), and
//!    what the chain says ([`Sessions`]). It is handed connections and streams by whoever owns the endpoint.
//! 2. [`asking`] is the requester's side: it asks, looks at every claim, and signs for what it got and for nothing else.
//! 3. What is said between them is `atelier-wire`; docs/serving-protocol.md has the rules of both.
//!
//! A worker risks the window of a session, a requester what it has signed. Every rule that guards one of these has a switch
//! for tests, with which the attack succeeds that it stops.

pub mod asking;
pub mod chain;
mod checks;
pub mod desk;
pub mod keys;
pub mod ledger;
pub mod server;

pub use chain::{Sessions, Terms};
pub use desk::Desk;
pub use keys::Signer;
pub use ledger::Ledger;
pub use server::{Connection, Limits, Server, Worker};

/// What is locked is never left half done: a panic elsewhere does not make it wrong.
fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
