// SPDX-License-Identifier: Apache-2.0

//! Encrypted blobs: inputs and answers that only the payer, the worker and drawn auditors may read.
//!
//! A request that is sealed commits to a content key by its hash ([`Request::sealed`]). Everything of that piece of work is
//! encrypted by this key, each blob with a salt of its own:
//!
//! | bytes | what |
//! | --- | --- |
//! | 16 | `atelier sealed 1` |
//! | 32 | the salt, random |
//! | 32 | the commitment to key and salt |
//! | the rest | pieces of 64 KiB, each with a tag of 16 bytes, the last one shorter or as long |
//!
//! The pieces are ChaCha20-Poly1305 in the STREAM construction: each has its number and whether it is the last in its nonce, so
//! that none can be left out, moved, repeated or cut off. ChaCha20-Poly1305 alone does not bind a ciphertext to a key: one can
//! make bytes that open under two. So the key of the cipher and the commitment are both derived from content key and salt by
//! BLAKE3, and nothing is opened whose commitment is not that of the key: a second key would need another preimage of it.
//!
//! [`Request::sealed`]: atelier_referee::claim::Request

use crate::{Check, Checks, Error};
use atelier_referee::hash::{Blake2b256, Digest, Portable};
use chacha20poly1305::{
	ChaCha20Poly1305, KeyInit,
	aead::stream::{DecryptorBE32, EncryptorBE32},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const MAGIC: &[u8; 16] = b"atelier sealed 1";
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const HEADER: usize = MAGIC.len() + SALT + COMMITMENT;
/// Bytes of a piece in the clear, and of its tag.
const PIECE: usize = 65_536;
const TAG: usize = 16;
/// Of the nonce, what is the same for all pieces of a blob; five more bytes are the piece's number and whether it is the last.
const NONCE: usize = 7;
const CONTEXT: &str = "atelier 2026 sealed artifact: key, nonce and commitment";

/// What encrypts all blobs of one piece of work.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

impl std::fmt::Debug for ContentKey {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("ContentKey")
	}
}

impl ContentKey {
	/// A new one.
	pub fn generate() -> Result<Self, Error> {
		let mut key = [0; 32];
		getrandom::fill(&mut key).map_err(|_| Error::NoRandomness)?;
		Ok(Self(key))
	}

	/// One that was disclosed, if it is the one that the request commits to.
	pub fn disclosed(key: [u8; 32], sealed: &Digest) -> Result<Self, Error> {
		let key = Self(key);
		if key.commitment() == *sealed {
			Ok(key)
		} else {
			Err(Error::OtherContentKey)
		}
	}

	/// What a request commits to: the hash of the key.
	pub fn commitment(&self) -> Digest {
		Portable::hash(&self.0)
	}

	/// The key itself, for whoever it is disclosed to.
	pub fn disclose(&self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.0)
	}

	fn derive(&self, salt: &[u8; SALT]) -> Derived {
		let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
		hasher.update(&self.0).update(salt);
		let mut output = hasher.finalize_xof();
		let mut derived = Derived::default();
		output.fill(&mut derived.key);
		output.fill(&mut derived.nonce);
		output.fill(&mut derived.commitment);
		derived
	}
}

#[derive(Default, Zeroize, ZeroizeOnDrop)]
struct Derived {
	key: [u8; 32],
	nonce: [u8; NONCE],
	commitment: [u8; COMMITMENT],
}

impl Derived {
	fn cipher(&self) -> ChaCha20Poly1305 {
		ChaCha20Poly1305::new(&self.key.into())
	}
}

/// Bytes of a sealed blob of so many bytes in the clear, if there can be such a one.
pub fn sealed_bytes(clear: u64) -> Option<u64> {
	let pieces = clear.div_ceil(PIECE as u64).max(1);
	let tags = pieces.checked_mul(TAG as u64)?;
	clear.checked_add(tags)?.checked_add(HEADER as u64)
}

/// Encrypts all that is read. Two pieces are in memory, however much there is.
pub async fn seal(
	key: &ContentKey,
	mut clear: impl AsyncRead + Unpin,
	mut sealed: impl AsyncWrite + Unpin,
) -> Result<(), Error> {
	let mut salt = [0; SALT];
	getrandom::fill(&mut salt).map_err(|_| Error::NoRandomness)?;
	let derived = key.derive(&salt);
	sealed.write_all(MAGIC).await?;
	sealed.write_all(&salt).await?;
	sealed.write_all(&derived.commitment).await?;
	let mut encryptor = EncryptorBE32::from_aead(derived.cipher(), (&derived.nonce).into());
	let mut piece = read_piece(&mut clear, PIECE).await?;
	loop {
		// Whether a piece is the last is known when there is nothing after it.
		let next = read_piece(&mut clear, PIECE).await?;
		if next.is_empty() {
			encryptor
				.encrypt_last_in_place(b"", &mut *piece)
				.map_err(|_| Error::TooLongToSeal)?;
			sealed.write_all(&piece).await?;
			break;
		}
		encryptor
			.encrypt_next_in_place(b"", &mut *piece)
			.map_err(|_| Error::TooLongToSeal)?;
		sealed.write_all(&piece).await?;
		piece = next;
	}
	sealed.flush().await?;
	Ok(())
}

/// Decrypts a sealed blob. Each piece is checked before it is written; whether it was the last is known at the end, so what was
/// written counts for nothing if this fails.
pub async fn open(
	key: &ContentKey,
	sealed: impl AsyncRead + Unpin,
	clear: impl AsyncWrite + Unpin,
) -> Result<u64, Error> {
	open_checked(key, sealed, clear, Checks::default()).await
}

pub(crate) async fn open_checked(
	key: &ContentKey,
	mut sealed: impl AsyncRead + Unpin,
	mut clear: impl AsyncWrite + Unpin,
	checks: Checks,
) -> Result<u64, Error> {
	let header = read_piece(&mut sealed, HEADER).await?;
	let rest = header.strip_prefix(MAGIC.as_slice()).ok_or(Error::NotSealed)?;
	let (salt, commitment) = rest.split_first_chunk::<SALT>().ok_or(Error::NotSealed)?;
	let derived = key.derive(salt);
	if commitment.len() != COMMITMENT {
		return Err(Error::NotSealed);
	}
	if commitment != derived.commitment && checks.on(Check::KeyCommitment) {
		return Err(Error::SealedByAnotherKey);
	}
	let mut decryptor = DecryptorBE32::from_aead(derived.cipher(), (&derived.nonce).into());
	let mut bytes = 0_u64;
	let mut piece = read_piece(&mut sealed, PIECE + TAG).await?;
	loop {
		let next = read_piece(&mut sealed, PIECE + TAG).await?;
		if next.is_empty() {
			match decryptor.decrypt_last_in_place(b"", &mut *piece) {
				Ok(()) => {}
				// Without this defence a cut between two pieces is taken for the end.
				Err(_) if !checks.on(Check::Truncation) => return Ok(bytes),
				Err(_) => return Err(Error::SealBroken),
			}
			bytes = bytes.saturating_add(piece.len() as u64);
			clear.write_all(&piece).await?;
			break;
		}
		decryptor
			.decrypt_next_in_place(b"", &mut *piece)
			.map_err(|_| Error::SealBroken)?;
		bytes = bytes.saturating_add(piece.len() as u64);
		clear.write_all(&piece).await?;
		piece = next;
	}
	clear.flush().await?;
	Ok(bytes)
}

/// So many bytes, or what there is.
async fn read_piece(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
	// With room for the tag, so that encryption does not move it and leave a copy.
	let mut piece = Zeroizing::new(Vec::with_capacity(most + TAG));
	from.take(most as u64).read_to_end(&mut piece).await?;
	Ok(piece)
}
