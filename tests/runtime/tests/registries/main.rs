// SPDX-License-Identifier: Apache-2.0

//! Models, data and pots as the real runtime joins them.

mod court;
mod history;
mod holds;
mod money;
mod origins;
mod randomness;
mod removal;
mod safe_mode;
mod subjects;
mod world;
