// SPDX-License-Identifier: Apache-2.0

//! Frames from strangers: refused before they cost anything, and read whatever pieces they come in.

use atelier_wire::*;
use std::time::Duration;
use tokio::{
	io::{AsyncWriteExt, duplex},
	time::timeout,
};

fn head(kind: u8, length: u32) -> Vec<u8> {
	let mut bytes = vec![kind];
	bytes.extend(length.to_le_bytes());
	bytes
}

#[tokio::test]
async fn come_in_any_pieces_and_reading_can_be_stopped_anywhere() {
	let (mut there, here) = duplex(64);
	let ask = Question::Resume(Resume {
		session: atelier_primitives::ids::SessionId(7),
		after: 3,
	});
	let mut bytes = head(ask.kind() as u8, ask.body().len() as u32);
	bytes.extend(ask.body());
	let mut reader = FrameReader::new(here);
	for byte in &bytes {
		let nothing = timeout(Duration::from_millis(1), reader.question()).await;
		assert!(nothing.is_err(), "it is not whole yet");
		there.write_all(&[*byte]).await.unwrap();
	}
	assert_eq!(reader.question().await.unwrap(), Some(ask));
	drop(there);
	assert_eq!(reader.question().await.unwrap(), None);
}

#[tokio::test]
async fn that_are_too_long_are_refused_by_their_header() {
	for kind in KINDS {
		let (mut there, here) = duplex(64);
		there.write_all(&head(*kind as u8, kind.limit() + 1)).await.unwrap();
		let mut reader = FrameReader::new(here);
		let error = reader.header(|kind| Some(kind.limit())).await.unwrap_err();
		assert!(
			matches!(error, FrameError::Malformed(Malformed::TooLong { .. })),
			"{error}"
		);
	}
	// Or what the reader takes now.
	let (mut there, here) = duplex(64);
	there.write_all(&head(Kind::Ask as u8, 1_000)).await.unwrap();
	let error = FrameReader::new(here).header(|_| Some(999)).await.unwrap_err();
	assert!(matches!(
		error,
		FrameError::Malformed(Malformed::TooLong { limit: 999, .. })
	));
}

#[tokio::test]
async fn of_unknown_kinds_and_those_not_taken_are_refused() {
	for (code, taken) in [(0_u8, true), (99, true), (255, true), (Kind::Ask as u8, false)] {
		let (mut there, here) = duplex(64);
		there.write_all(&head(code, 0)).await.unwrap();
		let error = FrameReader::new(here)
			.header(|_| taken.then_some(10))
			.await
			.unwrap_err();
		let expected = match taken {
			true => matches!(error, FrameError::Malformed(Malformed::Kind { .. })),
			false => matches!(error, FrameError::NotTaken { kind: Kind::Ask }),
		};
		assert!(expected, "{code}: {error}");
	}
}

#[tokio::test]
async fn that_end_too_early_are_said_to() {
	for bytes in [head(Kind::Ask as u8, 500), vec![Kind::Ask as u8, 1]] {
		let (mut there, here) = duplex(64);
		there.write_all(&bytes).await.unwrap();
		drop(there);
		let error = FrameReader::new(here).question().await.unwrap_err();
		assert!(matches!(error, FrameError::Cut), "{error}");
	}
}

#[tokio::test]
async fn too_long_are_not_written() {
	let mut nowhere = tokio::io::sink();
	let error = write_frame(&mut nowhere, Kind::Models, &[0]).await.unwrap_err();
	assert!(matches!(error, WriteError::TooLong { found: 1, limit: 0, .. }));
}
