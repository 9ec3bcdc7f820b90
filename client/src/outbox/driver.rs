// SPDX-License-Identifier: Apache-2.0

//! What an outbox does all the time: hands over, looks at each final block for what became of it, hands over again.

use super::{
	Order,
	flights::{Flight, Flights, Lacks, Signed},
};
use crate::{
	At, Block, Chain, Config, Error, Final, Finals, Included, Key, Nodes, Refusal,
	chain::PATIENCE,
	error::told,
	runtime::{storage, transactions},
};
use std::{
	collections::{BTreeSet, VecDeque},
	sync::Arc,
	time::Duration,
};
use subxt::{
	client::OnlineClientAtBlockImpl, config::DefaultExtrinsicParamsBuilder, error::DispatchError,
	extrinsics::Extrinsics, rpcs,
};
use tokio::{sync::mpsc, time::MissedTickBehavior};

/// Most calls in flight: what the pool of a node takes from one account without dropping any.
const IN_FLIGHT: usize = 64;
/// How often it is looked at what the node lacks.
const TICK: Duration = Duration::from_secs(1);
/// Blocks that a signature is good for: ten minutes of three-second blocks, in which a full chain gets to it, rounded to
/// what transactions can say.
const LIFE: u64 = 256;
/// How often a call is signed anew because no block took it in time.
const LIVES: u32 = 3;
/// How often a call may lose its number to somebody else.
const LOSSES: u32 = 3;
/// How long a node may take to say what is in a block.
const LOOK: Duration = Duration::from_secs(60);
/// How often a node may fail to say what is in a block before the next is asked.
const TRIES: u32 = 4;
/// Ticks after which a number that nobody has is filled by a call that does nothing.
const HOLE: u32 = 3;

/// A call with what happened to it so far.
#[derive(Debug)]
struct Sent {
	/// None: it only fills a number.
	order: Option<Order>,
	lives: u32,
	losses: u32,
	/// What a node said about it last.
	told: String,
}

pub(super) struct Driver {
	nodes: Arc<Nodes>,
	key: Key,
	orders: mpsc::Receiver<Order>,
	/// Calls without a number.
	waiting: VecDeque<Sent>,
	/// None: no node has said yet what the account's next number is.
	flights: Option<Flights<Sent>>,
	/// For how many ticks a number was lacking that nobody has.
	hole: u32,
	/// Every final block from now on is looked at.
	followed: bool,
}

impl Driver {
	pub fn new(nodes: Arc<Nodes>, key: Key, orders: mpsc::Receiver<Order>) -> Self {
		Self {
			nodes,
			key,
			orders,
			waiting: VecDeque::new(),
			flights: None,
			hole: 0,
			followed: false,
		}
	}

	pub async fn run(mut self) {
		let mut finals = Finals::after(self.nodes.clone(), None);
		let mut tick = tokio::time::interval(TICK);
		tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
		let mut open = true;
		while open || !self.idle() {
			let room = IN_FLIGHT.saturating_sub(self.in_flight().saturating_add(self.waiting.len()));
			let mut orders = Vec::new();
			tokio::select! {
				received = self.orders.recv_many(&mut orders, room), if open && room > 0 => {
					open = received > 0;
					self.waiting.extend(orders.into_iter().map(|order| Sent::new(Some(order))));
					self.dispatch().await;
				}
				next = finals.next() => match next {
					Some(Ok(Final::Block(block))) => {
						self.look(*block).await;
						self.followed = true;
					}
					Some(Ok(Final::Missed { first, last })) => self.unseen(first, last),
					Some(Err(error)) => return self.stop(&error),
					None => return,
				},
				_ = tick.tick() => self.dispatch().await,
			}
		}
	}

	fn in_flight(&self) -> usize {
		self.flights.as_ref().map_or(0, Flights::len)
	}

	fn idle(&self) -> bool {
		self.waiting.is_empty() && self.in_flight() == 0
	}

	/// Hands over what waits, and what the node lacks. What fails because of the node is tried again at the next tick.
	async fn dispatch(&mut self) {
		// What is handed over before the first block is seen could be final in one that is never looked at.
		if self.idle() || !self.followed {
			return;
		}
		let Ok(chain) = self.nodes.chain().await else {
			return;
		};
		let handed = tokio::time::timeout(PATIENCE, self.hand_over(&chain)).await;
		if !matches!(handed, Ok(Ok(()))) && !self.nodes.lives(&chain).await {
			self.nodes.give_up(&chain).await;
		}
	}

	async fn hand_over(&mut self, chain: &Chain) -> Result<(), Error> {
		let awaited = chain.next(&self.key.account()).await?;
		let flights = self.flights.get_or_insert_with(|| Flights::begin(awaited));
		let lacks = flights.lacks(awaited);
		if let Lacks::From(number) = lacks {
			for number in flights.from(number) {
				self.submit(chain, number).await?;
			}
		}
		self.hole = match lacks {
			Lacks::Number(_) => self.hole.saturating_add(1),
			_ => 0,
		};
		if self.hole > HOLE && self.waiting.is_empty() {
			self.waiting.push_back(Sent::new(None));
		}
		if self.waiting.is_empty() {
			return Ok(());
		}
		let at = chain.finalised().await?;
		let mut awaited = awaited;
		// This may be cut off at any question: a call waits until it is signed, and is in flight from then on.
		while let Some(sent) = self.waiting.front() {
			let number = self.flights.as_ref().map_or(awaited, |flights| flights.number(awaited));
			let signed = match self.sign(&at, sent, number) {
				Err(Error::OtherRuntime) => {
					if let Some(sent) = self.waiting.pop_front() {
						sent.tell(|_| Error::OtherRuntime);
					}
					continue;
				}
				signed => signed?,
			};
			if let (Some(flights), Some(call)) = (&mut self.flights, self.waiting.pop_front()) {
				let handed = false;
				flights.put(number, Flight { call, signed, handed });
			}
			self.submit(chain, number).await?;
			awaited = awaited.max(number.saturating_add(1));
			self.hole = 0;
		}
		Ok(())
	}

	/// Nothing is asked: a call that is being signed cannot be cut off.
	fn sign(&self, at: &At, sent: &Sent, number: u64) -> Result<Signed, Error> {
		let signer = at.transactions();
		let block = at.block_number();
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(LIFE, block, at.block_hash())
			.nonce(number)
			.build();
		let encoded = match &sent.order {
			Some(order) => {
				// It was encoded for the runtime before an upgrade.
				let call = signer.from_call_data_bytes(&order.call);
				let call = call.map_err(|_| Error::OtherRuntime)?;
				signer.create_signable_offline(&call, params)?.sign(&self.key.0)?
			}
			None => {
				let nothing = transactions().system().remark(Vec::new());
				signer.create_signable_offline(&nothing, params)?.sign(&self.key.0)?
			}
		};
		Ok(Signed {
			hash: encoded.hash(),
			bytes: encoded.into_encoded(),
			until: block.saturating_add(LIFE),
		})
	}

	/// Hands one transaction to the node. An error: the node did not answer.
	async fn submit(&mut self, chain: &Chain, number: u64) -> Result<(), Error> {
		let Some(flight) = self.flights.as_mut().and_then(|flights| flights.get_mut(number)) else {
			return Ok(());
		};
		// Unless a node says at once that it cannot be, some node may have it from now on.
		let before = std::mem::replace(&mut flight.handed, true);
		let said = match chain.hand_over(&flight.signed.bytes).await {
			Ok(()) => Said::Taken,
			Err(rpcs::Error::User(error)) => Said::of(&error),
			Err(error) => return Err(error.into()),
		};
		match said {
			Said::Taken => {}
			// What one node refuses another may have.
			Said::Never(told) if !before => {
				let flight = self.flights.as_mut().and_then(|flights| flights.take(number));
				if let Some(flight) = flight {
					flight.call.refuse(told);
				}
			}
			Said::Never(told) | Said::Later(told) => flight.call.told = told,
		}
		Ok(())
	}

	/// What became of calls in a final block.
	async fn look(&mut self, mut block: Block) {
		let (mut failed, mut without) = (0_u32, BTreeSet::new());
		// A call must not get lost between two blocks: what fails is asked again, of the next node if it fails for long.
		while self.in_flight() > 0 && !self.looked(&block).await {
			tokio::time::sleep(TICK).await;
			let Ok(chain) = self.nodes.chain().await else {
				continue;
			};
			failed = failed.wrapping_add(1);
			match chain.again(block.position.hash).await {
				Ok(Some(at)) if failed % TRIES > 0 => {
					block.at = at;
					continue;
				}
				Ok(None) if !without.insert(chain.name()) || without.len() >= self.nodes.count() => {
					return self.unseen(block.position.number, block.position.number);
				}
				_ => self.nodes.give_up(&chain).await,
			}
		}
	}

	/// Whether it was found out.
	async fn looked(&mut self, block: &Block) -> bool {
		let nodes = self.nodes.clone();
		let Ok(chain) = nodes.chain().await else {
			return false;
		};
		let looked = nodes.watching(&chain, LOOK, self.try_look(block)).await;
		looked.is_some_and(|looked| looked.is_ok())
	}

	/// It may be cut off: nothing changes before everything is known.
	async fn try_look(&mut self, block: &Block) -> Result<(), Error> {
		let Some(flights) = &mut self.flights else {
			return Ok(());
		};
		let next = next_number(&block.at, self.key.account()).await?;
		let mut found = Vec::new();
		if flights.below(next).next().is_some() {
			let all = block.at.extrinsics().fetch().await?;
			for flight in flights.below(next) {
				found.push(carried_out(&all, flight, block).await?);
			}
		}
		// Nothing is asked any more: from here on nothing fails.
		for (flight, found) in flights.passed(next).into_iter().zip(found) {
			match found {
				Some(answer) => flight.call.answer(answer),
				None => self.waiting.extend(flight.call.lost()),
			}
		}
		for number in flights.expired(block.position.number) {
			if let Some(flight) = flights.take(number) {
				self.waiting.extend(flight.call.aged());
			}
		}
		Ok(())
	}

	/// After blocks that nobody could look at, nobody knows what became of what they may have taken.
	fn unseen(&mut self, first: u64, last: u64) {
		let Some(flights) = &mut self.flights else { return };
		for flight in flights.passed(u64::MAX) {
			flight.call.tell(|call| Error::Unseen { call, first, last });
		}
		self.flights = None;
	}

	/// All who wait are told why nothing goes on.
	fn stop(&mut self, error: &Error) {
		let flights = self.flights.take().map(|mut flights| flights.passed(u64::MAX));
		for flight in flights.unwrap_or_default() {
			let told = error.to_string();
			flight.call.tell(|call| Error::Uncertain { call, told });
		}
		for sent in self.waiting.drain(..) {
			sent.refuse(error.to_string());
		}
	}
}

impl Sent {
	fn new(order: Option<Order>) -> Self {
		Self {
			order,
			lives: 1,
			losses: 0,
			told: String::new(),
		}
	}

	fn tell(self, why: impl FnOnce(String) -> Error) {
		if let Some(order) = self.order {
			// Whoever waited may have gone.
			let _gone = order.answer.send(Err(why(order.name)));
		}
	}

	fn refuse(self, told: String) {
		self.tell(|call| Error::NotIncluded { call, told });
	}

	/// A final block has it.
	fn answer(self, answer: Result<Included, Error>) {
		if let Some(order) = self.order {
			let _gone = order.answer.send(answer);
		}
	}

	/// Its number is used up by something else.
	fn lost(mut self) -> Option<Self> {
		self.order.as_ref()?;
		self.losses = self.losses.saturating_add(1);
		if self.losses <= LOSSES {
			return Some(self);
		}
		self.tell(|call| Error::NumbersTaken { call });
		None
	}

	/// No block took it in time, and none can any more.
	fn aged(mut self) -> Option<Self> {
		self.order.as_ref()?;
		self.lives = self.lives.saturating_add(1);
		if self.lives <= LIVES {
			return Some(self);
		}
		let told = match self.told.is_empty() {
			true => format!("it waited {} blocks", LIFE.saturating_mul(LIVES.into())),
			false => self.told.clone(),
		};
		self.refuse(told);
		None
	}
}

/// What a node says to a transaction.
enum Said {
	/// It has it.
	Taken,
	/// It may take it later.
	Later(String),
	/// It cannot be.
	Never(String),
}

impl Said {
	/// By the numbers and words of Substrate's nodes.
	fn of(error: &rpcs::UserError) -> Self {
		const INVALID: i32 = 1010;
		const KNOWN: i32 = 1013;
		let data = error
			.data
			.as_ref()
			.map(|data| data.get().trim_matches('"'))
			.unwrap_or_default();
		let told = match data.is_empty() {
			true => error.message.clone(),
			false => format!("{}: {data}", error.message),
		};
		match error.code {
			KNOWN => Self::Taken,
			// A block has its number already: the final one says whether by this one.
			INVALID if data.contains("outdated") || data.contains("future") || data.contains("ancient") => {
				Self::Later(told)
			}
			INVALID => Self::Never(told),
			_ => Self::Later(told),
		}
	}
}

/// An account's next number in a block.
async fn next_number(at: &At, who: crate::AccountId) -> Result<u64, Error> {
	let account = at.storage().try_fetch(storage().system().account(), (who,)).await?;
	Ok(account
		.map(|account| account.decode())
		.transpose()?
		.map_or(0, |account| account.nonce.into()))
}

/// What a call did, if this block has it. The first error: the node did not answer.
async fn carried_out(
	all: &Extrinsics<'_, Config, OnlineClientAtBlockImpl<Config>>,
	flight: &Flight<Sent>,
	block: &Block,
) -> Result<Option<Result<Included, Error>>, Error> {
	let call = flight
		.call
		.order
		.as_ref()
		.map(|order| order.name.clone())
		.unwrap_or_default();
	for extrinsic in all.iter() {
		let extrinsic = extrinsic?;
		if extrinsic.hash() != flight.signed.hash {
			continue;
		}
		let events = extrinsic.events().await?;
		for event in events.iter() {
			let event = event?;
			if event.pallet_name() == "System" && event.event_name() == "ExtrinsicFailed" {
				let reason = match DispatchError::decode_from(event.field_bytes(), block.at.metadata()) {
					Ok(error) => Refusal::from(&error),
					Err(error) => Refusal::Other(told(&error)),
				};
				return Ok(Some(Err(Error::Refused { call, reason })));
			}
		}
		return Ok(Some(Ok(Included {
			block: block.position.hash,
			extrinsic: flight.signed.hash,
			events,
			call,
			metadata: block.at.metadata(),
		})));
	}
	Ok(None)
}
