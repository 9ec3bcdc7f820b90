// SPDX-License-Identifier: Apache-2.0

//! What keeps somebody from taking part in a dispute.

use atelier_kernels::Error as KernelError;
use atelier_referee::{
	commit::{self, Kind},
	dispute::{ChargeError, VerdictError},
	forward::InputError,
	model::{PackageError, ShapeError},
	trace::{GraphError, step::StepError},
};

/// Nothing can be said or done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
	/// The bytes of a package are not those that were registered.
	#[error("the package is not the one that was registered")]
	AnotherPackage,
	/// The texts of the tokens are not those that were registered.
	#[error("the texts of the tokens are not those that were registered")]
	AnotherVocabulary,
	/// What was given does not belong to what was committed to.
	#[error("what was given does not belong to the commitment to {0:?}")]
	NotCommitted(Kind),
	/// The claim is wrong by itself, or about something else.
	#[error(transparent)]
	Case(#[from] ChargeError),
	#[error(transparent)]
	Graph(#[from] GraphError),
	#[error(transparent)]
	Shape(#[from] ShapeError),
	#[error(transparent)]
	Package(#[from] PackageError),
	#[error(transparent)]
	Commitment(#[from] commit::Error),
	#[error(transparent)]
	Input(#[from] InputError),
	#[error(transparent)]
	Step(#[from] StepError),
	#[error("the evidence decides nothing: {0}")]
	Verdict(VerdictError),
	#[error(transparent)]
	Kernels(#[from] KernelError),
	/// Fewer or more tokens than there are positions.
	#[error("{found} tokens for {positions} positions")]
	WrongTokens { found: usize, positions: u32 },
	/// The memory for a trace is not granted.
	#[error("the trace takes {needs} bytes of memory, {budget} are granted")]
	TooLarge { needs: u64, budget: u64 },
	/// A leaf that nobody has.
	#[error("there is no leaf {number} of {kind:?}")]
	NoLeaf { kind: Kind, number: u64 },
	/// It is the other party's move.
	#[error("it is the other party's move")]
	NotOurTurn,
	/// The leaf that was looked at was not told.
	#[error("the leaf that the other party has shown is not known")]
	NotSeen,
	/// Evidence that was put together proves nothing: whoever sent it would lose.
	#[error("what was found wrong cannot be proved")]
	NoProof,
	/// The engine and the plain computation do not agree: nobody is accused for that.
	#[error("the engine's values are not those of the plain computation at position {position}")]
	EngineDiffers { position: u32 },
}
