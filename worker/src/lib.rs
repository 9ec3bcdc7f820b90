// SPDX-License-Identifier: Apache-2.0

//! What both programs share: `atelier-worker` (`launch.rs`), which links no libtorch, and `atelier-worker-engine`
//! (`main.rs`), which does. So nothing here may need libtorch.

pub mod data;
pub mod doctor;
pub mod output;
pub mod registry;
