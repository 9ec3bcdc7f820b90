// SPDX-License-Identifier: Apache-2.0

//! What an exact model is: its shape, and where each of its numbers lies in its package.

mod package;
mod shape;

pub use package::{CHUNK, Layout, Matrix, Package, PackageError, Rows, Tensor, Vectors};
pub use shape::{Limit, Order, Shape, ShapeError, Use};
