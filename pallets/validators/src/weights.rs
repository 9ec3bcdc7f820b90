// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply; measured ones are in the runtime.

use frame_support::weights::Weight;

/// One function per call, and one for the offence handler.
pub trait WeightInfo {
	fn add_validator() -> Weight;
	fn remove_validator() -> Weight;
	fn purge_keys() -> Weight;
	fn on_offence() -> Weight;
}

/// Free of charge, for mocks.
impl WeightInfo for () {
	fn add_validator() -> Weight {
		Weight::zero()
	}
	fn remove_validator() -> Weight {
		Weight::zero()
	}
	fn purge_keys() -> Weight {
		Weight::zero()
	}
	fn on_offence() -> Weight {
		Weight::zero()
	}
}
