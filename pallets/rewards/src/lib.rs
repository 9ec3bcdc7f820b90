// SPDX-License-Identifier: Apache-2.0

//! Rewards: pots, what is owed to whom, and payouts.

#![cfg_attr(not(feature = "std"), no_std)]
