// SPDX-License-Identifier: Apache-2.0

//! Models: immutable versions, their lineage, terms, aliases and shares.

#![cfg_attr(not(feature = "std"), no_std)]
