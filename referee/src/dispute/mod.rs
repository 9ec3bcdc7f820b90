// SPDX-License-Identifier: Apache-2.0

//! How a dispute about an answer is decided: by recomputing one value from what was opened against commitments.
//!
//! - `charge`: what a challenger says is wrong;
//! - `evidence`: what is opened to decide it, and who can give it;
//! - `verdict`: the decision, and the proof of a fraud in one step;
//! - `game`: the way to such a step when the trace is withheld;
//! - `worst`: the largest dispute that there can be.

mod charge;
mod evidence;
mod game;
mod verdict;
mod worst;

#[cfg(test)]
mod tests;

pub use charge::{Case, Charge, ChargeError, Ends};
pub use evidence::{Evidence, EvidenceError, Holder, Opened, gather};
pub use game::{Game, MAX_PARTS, Move, MoveError, Next, Parts, Party};
pub use verdict::{InParts, VerdictError, is_fraud, is_fraud_in_parts, stands, wrong_part};
pub use worst::{Worst, worst};
