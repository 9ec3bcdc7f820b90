// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! One HTTP request and its answer.

use super::{
	calls::{self, BatchLimits},
	room::{Reservation, Room},
};
use crate::rpc::limits::SENDING;
use http_body::{Body, Frame, SizeHint};
use hyper::{
	Method, StatusCode,
	body::Bytes,
	header::{CONTENT_TYPE, HeaderValue},
};
use jsonrpsee::{
	MethodResponse,
	core::http_helpers::{HttpError, read_body},
	server::{
		HttpBody, HttpRequest, HttpResponse,
		http::{content_type_is_json, response},
		middleware::rpc::RpcServiceT,
	},
};
use std::{
	convert::Infallible,
	pin::Pin,
	task::{Context, Poll},
};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

/// An answer goes to the connection in pieces of this size, so that most of it still counts while the client reads.
const PIECE: usize = 64 * 1024;

/// What a request takes until its answer has left.
pub struct Place<'a> {
	/// One of the connections.
	pub slot: OwnedSemaphorePermit,
	/// Where there is room for the answer.
	pub room: &'a Room,
}

/// Answers a request.
pub async fn answer<S>(
	request: HttpRequest,
	service: &S,
	place: Place<'_>,
	batches: BatchLimits,
	max_request: u32,
) -> HttpResponse
where
	for<'a> S: RpcServiceT<'a> + Sync,
{
	if *request.method() != Method::POST {
		return response::method_not_allowed();
	}
	if !content_type_is_json(&request) {
		return response::unsupported_content_type();
	}
	let (head, body) = request.into_parts();
	let message = match timeout(SENDING, read_body(&head.headers, body, max_request)).await {
		Ok(Ok((message, _))) => message,
		Ok(Err(HttpError::TooLarge)) => return response::too_large(max_request),
		Ok(Err(HttpError::Malformed)) => return response::malformed(),
		// Larger than it said, or broken off.
		Ok(Err(HttpError::Stream(reason))) => {
			log::debug!(target: "rpc", "a request broke off: {reason}");
			return response::malformed();
		}
		Err(_) => return status(StatusCode::REQUEST_TIMEOUT),
	};
	let mut room = place.room.reserve(message.len()).await;
	let answer = calls::answer(service, &message, batches, head.extensions).await;
	// Nothing is said to a notification.
	let text = answer.map_or_else(String::new, MethodResponse::into_result);
	drop(message);
	room.answered(text.len());
	json(Pieces {
		rest: text.into(),
		_held: (place.slot, room),
	})
}

fn json(body: Pieces) -> HttpResponse {
	let mut response = HttpResponse::new(HttpBody::new(body));
	response.headers_mut().insert(
		CONTENT_TYPE,
		HeaderValue::from_static("application/json; charset=utf-8"),
	);
	response
}

fn status(status: StatusCode) -> HttpResponse {
	let mut response = HttpResponse::new(HttpBody::empty());
	*response.status_mut() = status;
	response
}

/// The rest of an answer, and what it holds.
struct Pieces {
	rest: Bytes,
	_held: (OwnedSemaphorePermit, Reservation),
}

impl Body for Pieces {
	type Data = Bytes;
	type Error = Infallible;

	fn poll_frame(
		mut self: Pin<&mut Self>,
		_: &mut Context<'_>,
	) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
		if self.rest.is_empty() {
			return Poll::Ready(None);
		}
		let piece = self.rest.len().min(PIECE);
		Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
	}

	fn is_end_stream(&self) -> bool {
		self.rest.is_empty()
	}

	fn size_hint(&self) -> SizeHint {
		SizeHint::with_exact(self.rest.len() as u64)
	}
}
