// SPDX-License-Identifier: Apache-2.0

//! Frames on a stream: one byte of kind, four of length (little-endian), the body.
//!
//! A length is compared with the limit of its kind, and of what the reader takes now, before anything is allocated; and no more
//! is allocated than has come. Reading can be stopped at any time and goes on where it was.

use crate::{Kind, Malformed, Question, Reply};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bytes before a body.
pub const HEADER: usize = 5;

/// How much is read at once.
const STEP: usize = 16_384;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
	pub kind: Kind,
	/// Bytes of the body.
	pub length: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum FrameError {
	#[error(transparent)]
	Malformed(#[from] Malformed),
	#[error("a message {} is not taken here now", kind.name())]
	NotTaken { kind: Kind },
	#[error("the stream ended in the middle of a message")]
	Cut,
	#[error("the stream failed")]
	Stream(#[from] io::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
	#[error("{found} bytes are more than the {limit} of a message {}", kind.name())]
	TooLong { kind: Kind, found: usize, limit: u32 },
	#[error("the stream failed")]
	Stream(#[from] io::Error),
}

/// Reads frames. What was read of one stays when a call is dropped.
pub struct FrameReader<R> {
	stream: R,
	/// Of the header, and how much of it has come.
	head: [u8; HEADER],
	filled: usize,
	header: Option<Header>,
	body: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
	pub fn new(stream: R) -> Self {
		Self {
			stream,
			head: [0; HEADER],
			filled: 0,
			header: None,
			body: Vec::new(),
		}
	}

	/// The next header; none at the end of the stream. Only kinds that `takes` gives a limit are taken, up to that limit or
	/// their own. Its body must be read before the next one.
	pub async fn header(&mut self, takes: impl Fn(Kind) -> Option<u32>) -> Result<Option<Header>, FrameError> {
		if let Some(header) = self.header {
			return Ok(Some(header));
		}
		while let Some(room) = self.head.get_mut(self.filled..).filter(|room| !room.is_empty()) {
			match self.stream.read(room).await? {
				0 if self.filled == 0 => return Ok(None),
				0 => return Err(FrameError::Cut),
				read => self.filled = self.filled.saturating_add(read),
			}
		}
		let [code, length @ ..] = self.head;
		let length = u32::from_le_bytes(length);
		let kind = Kind::of(code).ok_or(Malformed::Kind { kind: code })?;
		let taken = takes(kind).ok_or(FrameError::NotTaken { kind })?;
		let limit = taken.min(kind.limit());
		if length > limit {
			let found = usize::try_from(length).unwrap_or(usize::MAX);
			return Err(Malformed::TooLong { kind, found, limit }.into());
		}
		let header = Header { kind, length };
		self.header = Some(header);
		Ok(Some(header))
	}

	/// Whether a frame has begun to come.
	pub fn begun(&self) -> bool {
		self.filled > 0
	}

	/// The body of the header that was read.
	pub async fn body(&mut self) -> Result<(Kind, Vec<u8>), FrameError> {
		let header = self.header.ok_or(FrameError::Cut)?;
		let length = header.length as usize;
		while self.body.len() < length {
			let missing = length.saturating_sub(self.body.len());
			self.body.reserve(missing.min(STEP));
			let mut part = (&mut self.stream).take(missing as u64);
			if part.read_buf(&mut self.body).await? == 0 {
				return Err(FrameError::Cut);
			}
		}
		self.header = None;
		self.filled = 0;
		Ok((header.kind, std::mem::take(&mut self.body)))
	}

	/// The next question; none at the end.
	pub async fn question(&mut self) -> Result<Option<Question>, FrameError> {
		match self.header(|kind| Some(kind.limit())).await? {
			None => Ok(None),
			Some(_) => {
				let (kind, body) = self.body().await?;
				Ok(Some(Question::read(kind, &body)?))
			}
		}
	}

	/// The next reply; none at the end.
	pub async fn reply(&mut self) -> Result<Option<Reply>, FrameError> {
		match self.header(|kind| Some(kind.limit())).await? {
			None => Ok(None),
			Some(_) => {
				let (kind, body) = self.body().await?;
				Ok(Some(Reply::read(kind, &body)?))
			}
		}
	}
}

/// Writes a frame as a whole.
pub async fn write_frame<W: AsyncWrite + Unpin>(stream: &mut W, kind: Kind, body: &[u8]) -> Result<(), WriteError> {
	let length = u32::try_from(body.len()).ok().filter(|length| *length <= kind.limit());
	let length = length.ok_or(WriteError::TooLong {
		kind,
		found: body.len(),
		limit: kind.limit(),
	})?;
	let mut frame = Vec::with_capacity(HEADER.saturating_add(body.len()));
	frame.push(kind as u8);
	frame.extend_from_slice(&length.to_le_bytes());
	frame.extend_from_slice(body);
	stream.write_all(&frame).await?;
	stream.flush().await?;
	Ok(())
}

pub async fn write_question<W: AsyncWrite + Unpin>(stream: &mut W, question: &Question) -> Result<(), WriteError> {
	write_frame(stream, question.kind(), &question.body()).await
}

pub async fn write_reply<W: AsyncWrite + Unpin>(stream: &mut W, reply: &Reply) -> Result<(), WriteError> {
	write_frame(stream, reply.kind(), &reply.body()).await
}
