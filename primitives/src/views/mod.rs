// SPDX-License-Identifier: Apache-2.0

//! What view functions answer. Lists come in pages: `next` is where the page after starts.

pub mod rewards;
