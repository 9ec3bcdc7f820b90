// SPDX-License-Identifier: Apache-2.0

//! Provenance: datasets, the consent of their owners, and attestations.

#![cfg_attr(not(feature = "std"), no_std)]
