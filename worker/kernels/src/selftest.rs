// SPDX-License-Identifier: Apache-2.0

//! placeholder
use crate::Path;

#[derive(Clone, Debug)]
pub struct Kernels { path: Path }
impl Kernels {
	pub fn unchecked(path: Path) -> Self { Self { path } }
	pub fn path(&self) -> Path { self.path }
}
