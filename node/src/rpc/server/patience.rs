// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A connection that is given up when its client does not read what it asked for.

use crate::rpc::limits::Patience;
use std::{
	future::Future,
	io,
	pin::Pin,
	task::{Context, Poll, ready},
	time::Duration,
};
use tokio::{
	io::{AsyncRead, AsyncWrite, ReadBuf},
	time::{Instant, Sleep},
};

/// Bytes that a client reads within its time, or the connection ends with `TimedOut`.
pub struct Patient<T> {
	io: T,
	patience: Patience,
	unread: Option<Unread>,
}

/// Something waits for the client.
struct Unread {
	since: Instant,
	read: u64,
	/// Set while the client takes nothing.
	end: Option<Pin<Box<Sleep>>>,
}

impl<T> Patient<T> {
	/// Of a new connection.
	pub fn new(io: T, patience: Patience) -> Self {
		Self {
			io,
			patience,
			unread: None,
		}
	}

	fn waits(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
		let unread = self.unread.get_or_insert_with(Unread::now);
		let Patience { grace, rate } = self.patience;
		let patience = grace.saturating_add(Duration::from_secs(unread.read / rate.max(1)));
		let since = unread.since;
		let end = unread
			.end
			.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(since + patience)));
		ready!(end.as_mut().poll(context));
		Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client does not read"))
	}
}

impl Unread {
	fn now() -> Self {
		Self {
			since: Instant::now(),
			read: 0,
			end: None,
		}
	}
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
	fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
		match Pin::new(&mut self.io).poll_write(context, bytes) {
			Poll::Ready(Ok(taken)) => {
				let unread = self.unread.get_or_insert_with(Unread::now);
				unread.read = unread.read.saturating_add(taken as u64);
				unread.end = None;
				Poll::Ready(Ok(taken))
			}
			Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
			Poll::Pending => self.waits(context).map(Err),
		}
	}

	fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		// Whoever flushes has written all that there was.
		let flushed = Pin::new(&mut self.io).poll_flush(context);
		if let Poll::Ready(Ok(())) = flushed {
			self.unread = None;
		}
		flushed
	}

	fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		Pin::new(&mut self.io).poll_shutdown(context)
	}
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
	fn poll_read(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		buffer: &mut ReadBuf<'_>,
	) -> Poll<io::Result<()>> {
		Pin::new(&mut self.io).poll_read(context, buffer)
	}
}
