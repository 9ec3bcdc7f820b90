// SPDX-License-Identifier: Apache-2.0

//! What calls cost, as `make weights` measured it; one file for each pallet.

pub mod pallet_disputes;
pub mod pallet_jobs;
pub mod pallet_models;
pub mod pallet_provenance;
pub mod pallet_rewards;
pub mod pallet_validators;
pub mod pallet_workers;
