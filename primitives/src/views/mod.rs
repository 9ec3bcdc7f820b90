// SPDX-License-Identifier: Apache-2.0

//! What clients read: the answers of view functions.

pub mod models;
