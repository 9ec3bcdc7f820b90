// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! WebSocket as little as a test needs, and as wrong as it wants.

use super::http;
use serde_json::Value;
use std::{
	io::{self, Read, Write},
	net::{SocketAddr, TcpStream},
};

/// An open WebSocket.
pub struct Socket {
	pub stream: TcpStream,
}

impl Socket {
	/// Connects; the status is what the server said where it refused.
	pub fn open(server: SocketAddr) -> io::Result<Result<Self, u16>> {
		let mut stream = http::connect(server)?;
		write!(
			stream,
			"GET / HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
		)?;
		let mut head = Vec::new();
		while !head.ends_with(b"\r\n\r\n") {
			let mut byte = [0];
			stream.read_exact(&mut byte)?;
			head.push(byte[0]);
		}
		let status = String::from_utf8_lossy(&head)
			.split(' ')
			.nth(1)
			.and_then(|status| status.parse().ok())
			.unwrap_or(0);
		Ok(if status == 101 {
			Ok(Self { stream })
		} else {
			Err(status)
		})
	}

	/// Sends a text message.
	pub fn send(&mut self, text: &str) -> io::Result<()> {
		self.stream.write_all(&frame(0x81, text.as_bytes()))
	}

	/// The next text message; `None` when the server closed.
	pub fn receive(&mut self) -> io::Result<Option<Value>> {
		loop {
			let mut head = [0; 2];
			if let Err(error) = self.stream.read_exact(&mut head) {
				return match error.kind() {
					io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => Ok(None),
					_ => Err(error),
				};
			}
			let length = match head[1] & 0x7f {
				126 => {
					let mut length = [0; 2];
					self.stream.read_exact(&mut length)?;
					u16::from_be_bytes(length) as usize
				}
				127 => {
					let mut length = [0; 8];
					self.stream.read_exact(&mut length)?;
					u64::from_be_bytes(length) as usize
				}
				length => length as usize,
			};
			let mut payload = vec![0; length];
			self.stream.read_exact(&mut payload)?;
			match head[0] & 0x0f {
				0x1 => {
					let value = serde_json::from_slice(&payload);
					return value.map(Some).map_err(io::Error::other);
				}
				0x8 => return Ok(None),
				_ => {}
			}
		}
	}

	/// The next answer to a request, leaving out what subscriptions send.
	pub fn answer(&mut self) -> io::Result<Option<Value>> {
		loop {
			match self.receive()? {
				Some(message) if message.get("method").is_some() => {}
				message => return Ok(message),
			}
		}
	}
}

/// A frame as a client sends it, masked with zeroes.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
	let mut frame = vec![first];
	match payload.len() {
		length @ 0..126 => frame.push(0x80 | length as u8),
		length @ 126..=0xffff => {
			frame.push(0x80 | 126);
			frame.extend((length as u16).to_be_bytes());
		}
		length => {
			frame.push(0x80 | 127);
			frame.extend((length as u64).to_be_bytes());
		}
	}
	frame.extend([0; 4]);
	frame.extend(payload);
	frame
}
