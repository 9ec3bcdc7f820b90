// SPDX-License-Identifier: Apache-2.0

//! Asking the views of a block.

use crate::{
	At, Error, chain::PATIENCE, error::told, runtime::runtime_types::atelier_primitives::views::Page as Generated,
};
use atelier_primitives::views::Page;
use codec::{Decode, Encode};
use subxt::{
	error::ViewFunctionError,
	ext::scale_decode::DecodeAsType,
	utils::Static,
	view_functions::{Payload, ViewFunctionsClient},
};

/// Bytes of a view's name in the runtime's interface.
const NAME: usize = 32;

/// Why the runtime did not ask a view.
#[derive(Decode)]
enum NotAsked {
	NoViews,
	NoSuchView([u8; NAME]),
	OtherArguments,
}

impl std::fmt::Display for NotAsked {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::NoViews => write!(f, "it has no views"),
			Self::NoSuchView(view) => write!(f, "it has no view {:?}", subxt::utils::H256(*view)),
			Self::OtherArguments => write!(f, "it cannot read the arguments"),
		}
	}
}

/// What a view answers in this block.
///
/// The runtime takes the arguments, and gives the answer, each as a list of bytes, which subxt 0.51 does not know: it would
/// read the length of the answer as the answer.
pub async fn ask<P: Payload>(at: &At, question: P) -> Result<P::ReturnType, Error> {
	let name = format!("{}::{}", question.pallet_name(), question.function_name());
	let failed = |told: String| Error::NotAnswered {
		view: name.clone(),
		told,
	};
	let views: ViewFunctionsClient<'_, _, _> = at.view_functions();
	views.validate(&question).map_err(other_runtime)?;
	let encoded = views.encode_args(&question).map_err(other_runtime)?;
	let (view, arguments) = encoded.split_at_checked(NAME).ok_or(Error::OtherRuntime)?;
	let mut asked = view.to_vec();
	arguments.encode_to(&mut asked);
	// A node whose runtime stops on the question may never say so.
	let answer = tokio::time::timeout(PATIENCE, views.call_raw(Some(&asked)))
		.await
		.map_err(|_| failed(format!("nothing came within {} s", PATIENCE.as_secs())))?
		.map_err(other_runtime)?;
	let answer: Result<Vec<u8>, NotAsked> =
		Decode::decode(&mut &answer[..]).map_err(|error| failed(error.to_string()))?;
	let answer = answer.map_err(|reason| failed(reason.to_string()))?;
	let metadata = at.metadata_ref();
	let of = metadata
		.pallet_by_name(question.pallet_name())
		.and_then(|pallet| pallet.view_function_by_name(question.function_name()))
		.ok_or(Error::OtherRuntime)?
		.output_ty();
	let mut rest = &answer[..];
	let read = P::ReturnType::decode_as_type(&mut rest, of, metadata.types()).map_err(|error| failed(told(&error)))?;
	match rest.is_empty() {
		true => Ok(read),
		false => Err(failed(format!("{} bytes too many", rest.len()))),
	}
}

fn other_runtime(error: ViewFunctionError) -> Error {
	match error {
		ViewFunctionError::IncompatibleCodegen
		| ViewFunctionError::PalletNotFound(_)
		| ViewFunctionError::ViewFunctionNotFound { .. } => Error::OtherRuntime,
		other => other.into(),
	}
}

/// What both sides speak of, taken out of what is generated.
pub(crate) trait Plain<T> {
	fn plain(self) -> T;
}

impl<T> Plain<T> for T {
	fn plain(self) -> T {
		self
	}
}

impl<T> Plain<T> for Static<T> {
	fn plain(self) -> T {
		self.0
	}
}

impl<T> Plain<Option<T>> for Option<Static<T>> {
	fn plain(self) -> Option<T> {
		self.map(|found| found.0)
	}
}

impl<T> Plain<Vec<T>> for Vec<Static<T>> {
	fn plain(self) -> Vec<T> {
		self.into_iter().map(|item| item.0).collect()
	}
}

/// A generated page.
pub(crate) fn page<From: Plain<Item>, After: Plain<Id>, Item, Id>(answer: Generated<From, After>) -> Page<Item, Id> {
	Page {
		items: answer.items.into_iter().map(Plain::plain).collect(),
		next: answer.next.map(Plain::plain),
	}
}

/// This block's number, as the registries count.
pub fn number(at: &At) -> u32 {
	u32::try_from(at.block_number()).unwrap_or(u32::MAX)
}
