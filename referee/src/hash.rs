// SPDX-License-Identifier: Apache-2.0

//! The one hash of everything that the chain checks: BLAKE2b with 256 bits.

/// A hash.
pub type Digest = [u8; 32];

/// BLAKE2b-256 by whatever computes it fastest: the runtime has a host function for it.
pub trait Blake2b256 {
	/// The hash of a message.
	fn hash(message: &[u8]) -> Digest;
}

/// The hash in portable code, for everybody but the runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Portable;

impl Blake2b256 for Portable {
	fn hash(message: &[u8]) -> Digest {
		let mut digest = Digest::default();
		let hash = blake2b_simd::Params::new().hash_length(digest.len()).hash(message);
		digest.copy_from_slice(hash.as_bytes());
		digest
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn is_blake2b_with_256_bits() {
		// RFC 7693's function, as every other implementation gives it.
		let known = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
		let hex: String = Portable::hash(b"").iter().map(|byte| format!("{byte:02x}")).collect();
		assert_eq!(hex, known);
	}
}
