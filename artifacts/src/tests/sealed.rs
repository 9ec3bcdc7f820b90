// SPDX-License-Identifier: Apache-2.0

//! Seals: what they keep, and what is refused.

use super::bytes;
use crate::{
	Check, Checks, Error,
	sealed::{ContentKey, open, open_checked, seal, sealed_bytes},
};

const HEADER: usize = 80;
const SEALED_PIECE: usize = 65_536 + 16;

async fn sealed(key: &ContentKey, clear: &[u8]) -> Vec<u8> {
	let mut output = Vec::new();
	seal(key, clear, &mut output).await.unwrap();
	output
}

async fn opened(key: &ContentKey, sealed: &[u8]) -> Result<Vec<u8>, Error> {
	let mut output = Vec::new();
	let length = open(key, sealed, &mut output).await?;
	assert_eq!(length, output.len() as u64);
	Ok(output)
}

#[tokio::test]
async fn what_was_sealed_opens() {
	let key = ContentKey::generate().unwrap();
	for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000] {
		let clear = bytes(length as u64, length);
		let sealed = sealed(&key, &clear).await;
		assert_eq!(Some(sealed.len() as u64), sealed_bytes(length as u64), "{length}");
		assert_eq!(opened(&key, &sealed).await.unwrap(), clear);
	}
	assert_eq!(sealed_bytes(u64::MAX), None);
}

#[tokio::test]
async fn the_same_is_never_sealed_the_same() {
	let key = ContentKey::generate().unwrap();
	assert_ne!(sealed(&key, b"input").await, sealed(&key, b"input").await);
}

#[tokio::test]
async fn another_key_opens_nothing() {
	let (key, other) = (ContentKey::generate().unwrap(), ContentKey::generate().unwrap());
	let sealed = sealed(&key, b"an answer").await;
	assert!(matches!(opened(&other, &sealed).await, Err(Error::SealedByAnotherKey)));
}

#[tokio::test]
async fn every_changed_byte_is_seen() {
	let key = ContentKey::generate().unwrap();
	let sealed = sealed(&key, &bytes(1, 200)).await;
	for place in 0..sealed.len() {
		let mut changed = sealed.clone();
		changed[place] ^= 1;
		assert!(opened(&key, &changed).await.is_err(), "{place}");
	}
}

#[tokio::test]
async fn nothing_is_cut_added_or_moved() {
	let key = ContentKey::generate().unwrap();
	let whole = sealed(&key, &bytes(1, 200_000)).await;
	let piece = |index: usize| {
		let from = HEADER + index * SEALED_PIECE;
		&whole[from..(from + SEALED_PIECE).min(whole.len())]
	};
	let joined = |pieces: &[usize]| {
		let mut output = whole[..HEADER].to_vec();
		pieces.iter().for_each(|index| output.extend_from_slice(piece(*index)));
		output
	};
	assert_eq!(joined(&[0, 1, 2, 3]), whole);
	for order in [
		&[][..],
		&[0],
		&[0, 1, 2],
		&[1, 0, 2, 3],
		&[0, 2, 3],
		&[0, 0, 1, 2, 3],
		&[0, 1, 2, 3, 3],
		&[3],
	] {
		assert!(opened(&key, &joined(order)).await.is_err(), "{order:?}");
	}
	for length in [0, 10, HEADER - 1, HEADER, whole.len() - 1, whole.len() - 17] {
		assert!(opened(&key, &whole[..length]).await.is_err(), "{length}");
	}
}

#[tokio::test]
async fn pieces_of_another_blob_do_not_fit() {
	let key = ContentKey::generate().unwrap();
	let one = sealed(&key, &bytes(1, 100_000)).await;
	let other = sealed(&key, &bytes(2, 100_000)).await;
	let mixed = [&one[..HEADER + SEALED_PIECE], &other[HEADER + SEALED_PIECE..]].concat();
	assert!(matches!(opened(&key, &mixed).await, Err(Error::SealBroken)));
}

/// Control: without the defence a blob that was cut between two pieces is taken for a whole one.
#[tokio::test]
async fn without_its_defence_a_cut_blob_opens() {
	let key = ContentKey::generate().unwrap();
	let whole = sealed(&key, &bytes(1, 200_000)).await;
	let cut = &whole[..HEADER + 2 * SEALED_PIECE];
	let mut output = Vec::new();
	open_checked(&key, cut, &mut output, Checks::without(Check::Truncation))
		.await
		.unwrap();
	assert_eq!(output, bytes(1, 200_000)[..65_536]);
	assert!(matches!(opened(&key, cut).await, Err(Error::SealBroken)));
}

/// Control: without the commitment only the tags decide, and tags of this cipher can be made to fit two keys. Here it is enough
/// to see that nothing else looks at the key.
#[tokio::test]
async fn without_the_commitment_a_header_of_another_key_is_taken() {
	let key = ContentKey::generate().unwrap();
	let mut sealed = sealed(&key, b"an answer").await;
	sealed[48..HEADER].fill(7);
	let mut output = Vec::new();
	open_checked(&key, &*sealed, &mut output, Checks::without(Check::KeyCommitment))
		.await
		.unwrap();
	assert_eq!(output, b"an answer");
	assert!(matches!(opened(&key, &sealed).await, Err(Error::SealedByAnotherKey)));
}

#[test]
fn a_disclosed_key_is_the_one_of_the_request() {
	use atelier_referee::hash::{Blake2b256, Portable};
	let key = ContentKey::generate().unwrap();
	let committed = Portable::hash(&*key.disclose());
	assert_eq!(key.commitment(), committed);
	assert_eq!(ContentKey::disclosed(*key.disclose(), &committed).unwrap(), key);
	assert!(matches!(
		ContentKey::disclosed([0; 32], &committed),
		Err(Error::OtherContentKey)
	));
}
