// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! HTTP/1.1 as little as a test needs, and as wrong as it wants.

use std::{
	io::{self, Read, Write},
	net::{Shutdown, SocketAddr, TcpStream},
	time::Duration,
};

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
	pub status: u16,
	pub body: Vec<u8>,
}

/// Connects, with timeouts that turn a hanging server into an error.
pub fn connect(server: SocketAddr) -> io::Result<TcpStream> {
	let stream = TcpStream::connect_timeout(&server, Duration::from_secs(20))?;
	stream.set_read_timeout(Some(Duration::from_secs(60)))?;
	stream.set_write_timeout(Some(Duration::from_secs(60)))?;
	stream.set_nodelay(true)?;
	Ok(stream)
}

/// Posts a JSON text on a connection of its own.
pub fn post(server: SocketAddr, body: &[u8]) -> io::Result<Answer> {
	let mut stream = connect(server)?;
	let head = format!(
		"POST / HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
		body.len()
	);
	stream.write_all(head.as_bytes())?;
	// A server that has seen enough answers and closes; what it said still counts.
	let _ = stream.write_all(body);
	answer(&mut stream)
}

/// Asks for a page.
pub fn get(server: SocketAddr, path: &str) -> io::Result<Answer> {
	let mut stream = connect(server)?;
	write!(
		stream,
		"GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n"
	)?;
	answer(&mut stream)
}

/// Sends bytes, whatever they are, ends, and returns what comes back until the server closes.
pub fn send_raw(server: SocketAddr, bytes: &[u8]) -> io::Result<Vec<u8>> {
	let mut stream = connect(server)?;
	let _ = stream.write_all(bytes);
	let _ = stream.shutdown(Shutdown::Write);
	let mut back = Vec::new();
	match stream.read_to_end(&mut back) {
		Ok(_) => Ok(back),
		Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(back),
		Err(error) => Err(error),
	}
}

/// Reads an answer until the server closes.
pub fn answer(stream: &mut TcpStream) -> io::Result<Answer> {
	let mut bytes = Vec::new();
	if let Err(error) = stream.read_to_end(&mut bytes)
		&& (error.kind() != io::ErrorKind::ConnectionReset || bytes.is_empty())
	{
		return Err(error);
	}
	parse(&bytes).ok_or_else(|| {
		io::Error::new(
			io::ErrorKind::InvalidData,
			format!(
				"not HTTP: {:?}",
				String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
			),
		)
	})
}

fn parse(bytes: &[u8]) -> Option<Answer> {
	let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
	let head = std::str::from_utf8(&bytes[..end]).ok()?.to_ascii_lowercase();
	let status = head.split(' ').nth(1)?.parse().ok()?;
	let body = &bytes[end + 4..];
	let body = if head.contains("transfer-encoding: chunked") {
		joined(body)?
	} else {
		body.to_vec()
	};
	Some(Answer { status, body })
}

/// Joins the chunks of a body.
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
	let mut body = Vec::new();
	loop {
		let end = rest.windows(2).position(|window| window == b"\r\n")?;
		let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
		if length == 0 {
			return Some(body);
		}
		body.extend(rest.get(end + 2..end + 2 + length)?);
		rest = rest.get(end + 2 + length + 2..)?;
	}
}
