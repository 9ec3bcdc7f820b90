// SPDX-License-Identifier: Apache-2.0

//! The runtime's version. `spec_version` grows with every release; `transaction_version` only when the encoding of
//! existing transactions changes.

use alloc::borrow::Cow;
use sp_version::RuntimeVersion;

/// The version as a literal: the macro that embeds it into the wasm reads it from the source.
macro_rules! version {
	($spec_version:tt) => {
		#[sp_version::runtime_version]
		pub const VERSION: RuntimeVersion = RuntimeVersion {
			spec_name: Cow::Borrowed("atelier"),
			impl_name: Cow::Borrowed("atelier-node"),
			authoring_version: 1,
			spec_version: $spec_version,
			impl_version: 0,
			apis: crate::RUNTIME_API_VERSIONS,
			transaction_version: 1,
			system_version: 1,
		};
	};
}

#[cfg(not(next_spec_version))]
version!(100);
// The second wasm of the upgrade test differs in this alone.
#[cfg(next_spec_version)]
version!(101);
