// SPDX-License-Identifier: Apache-2.0

//! The few instructions that products are made of, by the width of a register and by what a CPU has.
//!
//! Every function must be inlined into one that was compiled for the instructions; that is what makes calling it sound, and
//! fast.

use core::arch::x86_64::*;

/// Registers of some numbers of 32 bits, and sums of products of words in them.
pub trait Words {
	type Vector: Copy;
	/// Numbers of 32 bits of a register.
	const LANES: usize;
	/// All zeros.
	unsafe fn zero() -> Self::Vector;
	/// A register from memory that is aligned to its size.
	unsafe fn load(from: *const u8) -> Self::Vector;
	/// Four bytes, in every lane.
	unsafe fn splat(from: *const u8) -> Self::Vector;
	/// Adds to each lane the products of its two words.
	unsafe fn words(sum: Self::Vector, left: Self::Vector, right: Self::Vector) -> Self::Vector;
	/// To memory, in order.
	unsafe fn store(from: Self::Vector, to: *mut i32);
}

/// Sums of products of bytes.
pub trait Bytes: Words {
	/// Adds to each lane the products of its four bytes, which do not saturate.
	unsafe fn bytes(sum: Self::Vector, unsigned: Self::Vector, signed: Self::Vector) -> Self::Vector;
}

/// Bytes that become words before they are multiplied.
pub trait Widened: Words {
	/// Twice as many bytes as lanes, as words.
	unsafe fn widen(from: *const u8) -> Self::Vector;
	/// Eight bytes, in every two lanes.
	unsafe fn splat_unit(from: *const u8) -> Self::Vector;
}

pub struct Avx2;
pub struct AvxVnni;
pub struct Avx512;
pub struct Avx512Vnni;

macro_rules! words {
	($name:ty, $vector:ty, $lanes:literal, $zero:expr, $load:ident, $splat:ident, $store:ident, |$sum:ident, $left:ident, $right:ident| $words:expr) => {
		impl Words for $name {
			type Vector = $vector;
			const LANES: usize = $lanes;
			#[inline(always)]
			unsafe fn zero() -> $vector {
				// SAFETY: of all functions here: the caller has the instructions, and pointers to as many bytes as are moved.
				unsafe { $zero }
			}
			#[inline(always)]
			unsafe fn load(from: *const u8) -> $vector {
				// SAFETY: as above.
				unsafe { $load(from.cast()) }
			}
			#[inline(always)]
			unsafe fn splat(from: *const u8) -> $vector {
				// SAFETY: as above; units are of eight bytes, so four of them are aligned.
				unsafe { $splat(from.cast::<i32>().read()) }
			}
			#[inline(always)]
			unsafe fn words($sum: $vector, $left: $vector, $right: $vector) -> $vector {
				// SAFETY: as above.
				unsafe { $words }
			}
			#[inline(always)]
			unsafe fn store(from: $vector, to: *mut i32) {
				// SAFETY: as above.
				unsafe { $store(to.cast(), from) }
			}
		}
	};
}

words!(
	Avx2,
	__m256i,
	8,
	_mm256_setzero_si256(),
	_mm256_load_si256,
	_mm256_set1_epi32,
	_mm256_storeu_si256,
	|sum, left, right| _mm256_add_epi32(sum, _mm256_madd_epi16(left, right))
);
words!(
	AvxVnni,
	__m256i,
	8,
	_mm256_setzero_si256(),
	_mm256_load_si256,
	_mm256_set1_epi32,
	_mm256_storeu_si256,
	|sum, left, right| _mm256_dpwssd_avx_epi32(sum, left, right)
);
words!(
	Avx512,
	__m512i,
	16,
	_mm512_setzero_si512(),
	_mm512_load_si512,
	_mm512_set1_epi32,
	_mm512_storeu_si512,
	|sum, left, right| _mm512_add_epi32(sum, _mm512_madd_epi16(left, right))
);
words!(
	Avx512Vnni,
	__m512i,
	16,
	_mm512_setzero_si512(),
	_mm512_load_si512,
	_mm512_set1_epi32,
	_mm512_storeu_si512,
	|sum, left, right| _mm512_dpwssd_epi32(sum, left, right)
);

impl Bytes for AvxVnni {
	#[inline(always)]
	unsafe fn bytes(sum: __m256i, unsigned: __m256i, signed: __m256i) -> __m256i {
		// SAFETY: the caller has the instructions.
		unsafe { _mm256_dpbusd_avx_epi32(sum, unsigned, signed) }
	}
}

impl Bytes for Avx512Vnni {
	#[inline(always)]
	unsafe fn bytes(sum: __m512i, unsigned: __m512i, signed: __m512i) -> __m512i {
		// SAFETY: the caller has the instructions.
		unsafe { _mm512_dpbusd_epi32(sum, unsigned, signed) }
	}
}

impl Widened for Avx2 {
	#[inline(always)]
	unsafe fn widen(from: *const u8) -> __m256i {
		// SAFETY: the caller has the instructions and a pointer to 16 bytes.
		unsafe { _mm256_cvtepi8_epi16(_mm_load_si128(from.cast())) }
	}
	#[inline(always)]
	unsafe fn splat_unit(from: *const u8) -> __m256i {
		// SAFETY: the caller has the instructions and a pointer to an aligned unit.
		unsafe { _mm256_set1_epi64x(from.cast::<i64>().read()) }
	}
}

impl Widened for Avx512 {
	#[inline(always)]
	unsafe fn widen(from: *const u8) -> __m512i {
		// SAFETY: the caller has the instructions and a pointer to 32 bytes.
		unsafe { _mm512_cvtepi8_epi16(_mm256_load_si256(from.cast())) }
	}
	#[inline(always)]
	unsafe fn splat_unit(from: *const u8) -> __m512i {
		// SAFETY: the caller has the instructions and a pointer to an aligned unit.
		unsafe { _mm512_set1_epi64(from.cast::<i64>().read()) }
	}
}
