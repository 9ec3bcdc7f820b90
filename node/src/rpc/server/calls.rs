// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Carries out the calls of one message, single or batch.

use futures::future::{BoxFuture, FutureExt};
use jsonrpsee::{
	ConnectionId, Extensions, MethodCallback, MethodResponse, MethodSink, Methods,
	core::{
		server::{BatchResponseBuilder, BoundedSubscriptions, SubscriptionState, helpers::prepare_error},
		traits::IdProvider,
	},
	server::{BatchRequestConfig, middleware::rpc::RpcServiceT},
	types::{
		ErrorCode, ErrorObject, Id, InvalidRequest, Notification, Params, Request,
		error::{
			BATCHES_NOT_SUPPORTED_CODE, BATCHES_NOT_SUPPORTED_MSG, reject_too_big_batch_request,
			reject_too_many_subscriptions,
		},
	},
};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The calls that one connection may make.
#[derive(Clone)]
pub struct Calls {
	pub methods: Methods,
	pub connection: ConnectionId,
	/// Most bytes of an answer.
	pub max_answer: usize,
	/// Where a connection that stays gets notified; others cannot subscribe.
	pub subscriptions: Option<Subscriptions>,
}

/// The subscriptions of one connection.
#[derive(Clone)]
pub struct Subscriptions {
	/// Counts them.
	pub limit: BoundedSubscriptions,
	/// Takes what they notify.
	pub sink: MethodSink,
	/// Names them.
	pub ids: Arc<dyn IdProvider>,
}

impl<'a> RpcServiceT<'a> for Calls {
	type Future = BoxFuture<'a, MethodResponse>;

	fn call(&self, request: Request<'a>) -> Self::Future {
		let Self {
			methods,
			connection,
			max_answer,
			subscriptions,
		} = self;
		let Request {
			id,
			method,
			params,
			extensions,
			..
		} = request;
		let refuse = |id: Id<'_>, error: ErrorObject<'_>, extensions| {
			futures::future::ready(MethodResponse::error(id, error).with_extensions(extensions)).boxed()
		};
		let parameters = Params::new(params.as_ref().map(|params| params.get()));
		match (methods.method(&method), subscriptions) {
			(None, _) => refuse(id, ErrorCode::MethodNotFound.into(), extensions),
			(Some(MethodCallback::Sync(call)), _) => {
				futures::future::ready(call(id, parameters, *max_answer, extensions)).boxed()
			}
			(Some(MethodCallback::Async(call)), _) => call(
				id.into_owned(),
				parameters.into_owned(),
				*connection,
				*max_answer,
				extensions,
			),
			(Some(MethodCallback::Unsubscription(call)), Some(_)) => {
				futures::future::ready(call(id, parameters, *connection, *max_answer, extensions)).boxed()
			}
			(Some(MethodCallback::Subscription(call)), Some(subscriptions)) => match subscriptions.limit.acquire() {
				Some(subscription_permit) => {
					let state = SubscriptionState {
						conn_id: *connection,
						id_provider: &*subscriptions.ids,
						subscription_permit,
					};
					call(id, parameters, subscriptions.sink.clone(), state, extensions)
				}
				None => refuse(id, reject_too_many_subscriptions(subscriptions.limit.max()), extensions),
			},
			// Over HTTP.
			(Some(_), None) => refuse(id, ErrorCode::InternalError.into(), extensions),
		}
	}
}

/// Most calls and bytes of a batch.
#[derive(Clone, Copy)]
pub struct BatchLimits {
	pub calls: BatchRequestConfig,
	pub max_answer: usize,
}

/// Carries out a message; nothing is answered to a notification.
pub async fn answer<S>(
	service: &S,
	message: &[u8],
	limits: BatchLimits,
	extensions: Extensions,
) -> Option<MethodResponse>
where
	for<'a> S: RpcServiceT<'a> + Sync,
{
	match message.trim_ascii_start().first() {
		Some(b'{') => single(service, message, extensions).await,
		Some(b'[') => batch(service, message, limits, extensions).await,
		_ => Some(MethodResponse::error(
			Id::Null,
			ErrorObject::from(ErrorCode::ParseError),
		)),
	}
}

/// Notifications are read no further.
type Ignored<'a> = Notification<'a, Option<&'a RawValue>>;

async fn single<S>(service: &S, message: &[u8], extensions: Extensions) -> Option<MethodResponse>
where
	for<'a> S: RpcServiceT<'a> + Sync,
{
	if let Ok(mut request) = serde_json::from_slice::<Request<'_>>(message) {
		request.extensions = extensions;
		return Some(service.call(request).await);
	}
	if serde_json::from_slice::<Ignored<'_>>(message).is_ok() {
		return None;
	}
	let (id, code) = prepare_error(message);
	Some(MethodResponse::error(id, ErrorObject::from(code)))
}

async fn batch<S>(service: &S, message: &[u8], limits: BatchLimits, extensions: Extensions) -> Option<MethodResponse>
where
	for<'a> S: RpcServiceT<'a> + Sync,
{
	let refuse = |error: ErrorObject<'_>| Some(MethodResponse::error(Id::Null, error));
	let most = match limits.calls {
		BatchRequestConfig::Disabled => {
			let error = ErrorObject::borrowed(BATCHES_NOT_SUPPORTED_CODE, BATCHES_NOT_SUPPORTED_MSG, None);
			return refuse(error);
		}
		BatchRequestConfig::Limit(most) => most as usize,
		BatchRequestConfig::Unlimited => usize::MAX,
	};
	let Ok(calls) = serde_json::from_slice::<Vec<&RawValue>>(message) else {
		return refuse(ErrorCode::ParseError.into());
	};
	if calls.len() > most {
		return refuse(reject_too_big_batch_request(most));
	}

	let mut answers = BatchResponseBuilder::new_with_limit(limits.max_answer);
	let mut notified = false;
	for call in calls {
		let answer = if let Ok(mut request) = serde_json::from_str::<Request<'_>>(call.get()) {
			request.extensions = extensions.clone();
			service.call(request).await
		} else if serde_json::from_str::<Ignored<'_>>(call.get()).is_ok() {
			notified = true;
			continue;
		} else {
			let id = serde_json::from_str::<InvalidRequest<'_>>(call.get()).map_or(Id::Null, |invalid| invalid.id);
			MethodResponse::error(id, ErrorObject::from(ErrorCode::InvalidRequest))
		};
		if let Err(too_large) = answers.append(&answer) {
			return Some(too_large);
		}
	}
	if notified && answers.is_empty() {
		return None;
	}
	Some(MethodResponse::from_batch(answers.finish()))
}
