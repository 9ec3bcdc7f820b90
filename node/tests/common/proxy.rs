// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A way to a node that is long, and that a test can block.

use std::{net::SocketAddr, time::Duration};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{
		TcpListener, TcpStream,
		tcp::{OwnedReadHalf, OwnedWriteHalf},
	},
	sync::{mpsc, watch},
	time::{Instant, sleep_until},
};

/// A way to a node. It ends with this.
pub struct Proxy {
	address: SocketAddr,
	frozen: watch::Sender<bool>,
}

impl Proxy {
	/// A way to this server, on which each answer is so long.
	pub async fn to(server: SocketAddr, delay: Duration) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
		let address = listener.local_addr().expect("it is bound");
		let (frozen, watched) = watch::channel(false);
		tokio::spawn(async move {
			let mut ended = watched.clone();
			loop {
				let client = tokio::select! {
					accepted = listener.accept() => accepted.expect("it listens").0,
					_ = ended.wait_for(|_| false) => return,
				};
				let Ok(server) = TcpStream::connect(server).await else {
					continue;
				};
				let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
				tokio::spawn(carry(from_client, to_server, Duration::ZERO, watched.clone()));
				tokio::spawn(carry(from_server, to_client, delay, watched.clone()));
			}
		});
		Self { address, frozen }
	}

	pub fn url(&self) -> String {
		format!("ws://{}", self.address)
	}

	/// Nothing more comes through, and nobody is told.
	pub fn freeze(&self) {
		self.frozen.send_replace(true);
	}
}

/// Carries bytes, each as long after it came. What is on its way does not hold up what follows.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration, mut frozen: watch::Receiver<bool>) {
	let (sender, mut received) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
	tokio::spawn(async move {
		let mut buffer = vec![0; 1 << 16];
		while let Ok(count) = from.read(&mut buffer).await {
			if count == 0 || sender.send((Instant::now() + delay, buffer[..count].to_vec())).is_err() {
				return;
			}
		}
	});
	while let Some((at, bytes)) = received.recv().await {
		sleep_until(at).await;
		// For ever, if it is; until the proxy is gone.
		if frozen.wait_for(|frozen| !frozen).await.is_err() || to.write_all(&bytes).await.is_err() {
			return;
		}
	}
}
