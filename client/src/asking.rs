// SPDX-License-Identifier: Apache-2.0

//! Asking the views of a block.

use crate::{At, Error};
use subxt::{error::ViewFunctionError, view_functions::Payload};

/// What a view answers in this block.
pub async fn ask<P: Payload>(at: &At, question: P) -> Result<P::ReturnType, Error> {
	at.view_functions().call(question).await.map_err(|error| match error {
		ViewFunctionError::IncompatibleCodegen
		| ViewFunctionError::PalletNotFound(_)
		| ViewFunctionError::ViewFunctionNotFound { .. } => Error::OtherRuntime,
		other => other.into(),
	})
}

/// This block's number, as the registries count.
pub fn number(at: &At) -> u32 {
	u32::try_from(at.block_number()).unwrap_or(u32::MAX)
}
