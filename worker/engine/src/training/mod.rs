// SPDX-License-Identifier: Apache-2.0

//! Training of decoders by libtorch, on one machine.
//!
//! 1. [`settings`] is what a human writes; [`texts`], [`tokenizer`] and [`stream`] make tokens of files, [`order`] says which
//!    of them are read when.
//! 2. [`parameters`] are the weights that learn, by the names that they have in files; [`lora`] learns beside them instead.
//! 3. [`network`] says what a decoder loses on a batch. Its layers are those of the float class.
//! 4. [`trainer`] is the inner loop: gradients, [`adamw`], [`schedule`]. Training by a network of machines is to drive it, too.
//! 5. [`checkpoint`], [`curve`] and [`chart`] are what a run leaves behind, [`run`] is all of it together.
//! 6. [`evaluate`] says how surprised a decoder is by a text.
//!
//! What looks random is a function of the seed ([`random`]): nothing is drawn from libtorch. On one machine, with as many
//! threads, a run that is resumed computes the same bits as one that was never stopped; another machine sums in another
//! order. Training on a GPU is written and was not tried yet.

pub mod adamw;
pub mod chart;
pub mod checkpoint;
pub mod curve;
pub mod decoder;
mod error;
pub mod evaluate;
mod files;
pub mod lora;
pub mod network;
pub mod order;
pub mod parameters;
pub mod random;
pub mod run;
pub mod schedule;
pub mod settings;
pub mod stream;
mod tensors;
pub mod texts;
pub mod tokenizer;
pub mod trainer;

pub use error::Error;
pub use run::{Trained, train};
pub use settings::Settings;

/// How far a training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
	/// Documents.
	Tokenising { done: u64, all: u64 },
	Training {
		step: u64,
		all: u64,
		loss: f64,
		rate: f64,
		validation_loss: Option<f64>,
	},
	/// Tokens of the validation text.
	Evaluating { done: u64, all: u64 },
}
