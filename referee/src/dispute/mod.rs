// SPDX-License-Identifier: Apache-2.0

//! How a dispute about an answer is decided: by recomputing one value from what was opened against commitments.
//!
//! - `case`: what is fixed when it begins;
//! - `ends`: what ends an answer;
//! - `charge`: what a challenger says is wrong;
//! - `records`: what it may be decided from, beside what values are computed from;
//! - `evidence`: what is opened to decide it, and who can give it;
//! - `verdict`: the decision, and the proof of a fraud in one step;
//! - `game`: the way to such a step when the trace is withheld;
//! - `worst`: the largest dispute that there can be.

mod case;
mod charge;
mod ends;
mod evidence;
mod game;
mod records;
mod verdict;
mod worst;

#[cfg(test)]
mod tests;

pub use case::{Case, ChargeError, Registered};
pub use charge::Charge;
pub use ends::{Ends, Stops};
pub use evidence::{Evidence, EvidenceError, Holder, Opened, gather};
pub use game::{Game, MAX_PARTS, Move, MoveError, Next, Parts, Party};
pub use records::Records;
pub use verdict::{InParts, VerdictError, is_fraud, is_fraud_in_parts, stands, wrong_part};
pub use worst::{Worst, worst};
