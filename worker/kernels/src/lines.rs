// SPDX-License-Identifier: Apache-2.0

//! What kernels read and write: one cache line at a time, aligned to it.

/// Rows of a matrix that lie together; also positions of a page, and numbers of an output line.
pub const ROWS: usize = 16;

/// Four columns of sixteen rows of bytes: all four of the first row, then of the second.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct ByteLine(pub [i8; 64]);

/// Two columns of sixteen rows of words: both of the first row, then of the second.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct WordLine(pub [i16; 32]);

/// One number for each of sixteen rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Numbers(pub [i32; ROWS]);

impl ByteLine {
	/// Columns of a line.
	pub const COLUMNS: usize = 4;
	pub const ZERO: Self = Self([0; 64]);
}

impl WordLine {
	/// Columns of a line.
	pub const COLUMNS: usize = 2;
	pub const ZERO: Self = Self([0; 32]);
}

impl Numbers {
	pub const ZERO: Self = Self([0; ROWS]);
}
