// SPDX-License-Identifier: Apache-2.0

//! The two directions of a request: what is asked, short and in time; what is answered, as fast as somebody reads it.

use bytes::Bytes;
use iroh::endpoint;
use iroh_blobs::util::{RecvStream, SendStream};
use std::{io, time::Duration};
use tokio::time::{Instant, timeout, timeout_at};

/// A request of at most so many bytes, until a moment. The protocol itself would allow a megabyte, and any time.
pub(crate) struct Asked<R> {
	inner: R,
	left: usize,
	until: Instant,
}

impl<R> Asked<R> {
	pub fn new(inner: R, most: usize, time: Duration) -> Self {
		Self {
			inner,
			left: most,
			until: Instant::now() + time,
		}
	}
}

impl<R: RecvStream> Asked<R> {
	/// There may be no more.
	async fn end(&mut self) -> io::Result<()> {
		match timeout_at(self.until, self.inner.recv_bytes(1)).await?? {
			more if more.is_empty() => Ok(()),
			_ => Err(io::Error::new(io::ErrorKind::InvalidData, "the request is too long")),
		}
	}
}

impl<R: RecvStream> RecvStream for Asked<R> {
	async fn recv_bytes(&mut self, len: usize) -> io::Result<Bytes> {
		if self.left == 0 {
			self.end().await?;
			return Ok(Bytes::new());
		}
		let bytes = timeout_at(self.until, self.inner.recv_bytes(len.min(self.left))).await??;
		self.left = self.left.saturating_sub(bytes.len());
		Ok(bytes)
	}

	async fn recv_bytes_exact(&mut self, len: usize) -> io::Result<Bytes> {
		if len > self.left {
			self.end().await?;
			return Err(io::ErrorKind::UnexpectedEof.into());
		}
		self.left = self.left.saturating_sub(len);
		timeout_at(self.until, self.inner.recv_bytes_exact(len)).await?
	}

	async fn recv_exact(&mut self, target: &mut [u8]) -> io::Result<()> {
		if target.len() > self.left {
			self.end().await?;
			return Err(io::ErrorKind::UnexpectedEof.into());
		}
		self.left = self.left.saturating_sub(target.len());
		timeout_at(self.until, self.inner.recv_exact(target)).await?
	}

	fn stop(&mut self, code: endpoint::VarInt) -> io::Result<()> {
		self.inner.stop(code)
	}

	fn id(&self) -> u64 {
		self.inner.id()
	}
}

/// An answer to somebody who reads: at least so many bytes in each span of time that we have to wait for it.
pub(crate) struct Answered {
	inner: endpoint::SendStream,
	least: u64,
	time: Duration,
	/// What goes out before the other side has taken any of it.
	window: u64,
	waited: Duration,
	sent: u64,
}

impl Answered {
	pub fn new(inner: endpoint::SendStream, least: u64, time: Duration, window: u64) -> Self {
		Self {
			inner,
			least: least.max(1),
			time,
			window,
			waited: Duration::ZERO,
			sent: 0,
		}
	}

	fn note(&mut self, bytes: usize, began: Instant) {
		self.waited = self.waited.saturating_add(began.elapsed());
		self.sent = self.sent.saturating_add(bytes as u64);
		if self.sent >= self.least {
			(self.sent, self.waited) = (0, Duration::ZERO);
		}
	}

	fn left(&self) -> Duration {
		self.time.saturating_sub(self.waited)
	}
}

impl SendStream for Answered {
	async fn send_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
		let (began, length) = (Instant::now(), bytes.len());
		timeout(self.left(), self.inner.write_chunk(bytes)).await??;
		self.note(length, began);
		Ok(())
	}

	async fn send(&mut self, buf: &[u8]) -> io::Result<()> {
		let began = Instant::now();
		timeout(self.left(), self.inner.write_all(buf)).await??;
		self.note(buf.len(), began);
		Ok(())
	}

	/// All was sent: until it has arrived the connection stays, as long as what is on its way may take.
	async fn sync(&mut self) -> io::Result<()> {
		// It is finished by being dropped, too.
		let _ = self.inner.finish();
		let spans = u32::try_from(self.window.div_ceil(self.least))
			.unwrap_or(u32::MAX)
			.max(1);
		// Who has it all goes, and is not heard of again.
		let _ = timeout(self.time.saturating_mul(spans), self.inner.stopped()).await?;
		Ok(())
	}

	fn reset(&mut self, code: endpoint::VarInt) -> io::Result<()> {
		Ok(self.inner.reset(code)?)
	}

	async fn stopped(&mut self) -> io::Result<Option<endpoint::VarInt>> {
		self.inner.stopped().await.map_err(io::Error::other)
	}

	fn id(&self) -> u64 {
		self.inner.id().index()
	}
}
