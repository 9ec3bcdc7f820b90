// SPDX-License-Identifier: Apache-2.0

//! The cheats. What each claims is not what the model says, and its trace follows from what it did as far as possible.

use super::{Conduct, Forged, Moment, Scene, forge};
use crate::{Given, Served, sheet::Vector, walk::Row};
use atelier_referee::{
	claim::{StopReason, token_tree},
	commit::{Bounded, Kind},
	hash::Portable,
	model::{Layout, Matrix, Order, Tensor, Use},
	ops::sampling::{Race, Sampler},
	samples::{self, Random, Values},
	trace::{At, Place, Stage},
};
use std::collections::BTreeMap;

/// A way to cheat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
	/// A bit of a weight is another one.
	WrongWeight,
	/// Another model of the same shape.
	AnotherModel,
	/// The tokens of another model; states and trace of the right one that takes them in.
	CheapTokens,
	/// The last layer is left out.
	EarlyExit,
	/// The first one is.
	SkippedLayer,
	/// Tokens are chosen by another seed, or another rule.
	WrongSeed,
	/// A token is another one, and everything after it follows.
	ChosenToken,
	/// A token is another one only in what is claimed.
	ClaimedToken,
	/// A token that the model does not have.
	UnknownToken,
	/// The input has a token that the model does not have, and was answered all the same.
	UnknownInput,
	/// Another input was answered.
	EditedPrompt,
	/// A key is another one than what was computed, for all that see it.
	EditedKey,
	/// What comes into the first layer is.
	EditedNumber,
	/// The answer ends before its end, and says that it was one.
	Truncated,
	/// The answer goes on after its end, to be paid for more.
	Padded,
	/// It goes on after a string that ends it.
	IgnoredStop,
	/// It ends and says that a string has ended it.
	FalseStop,
	/// States of one position are given for all.
	CopiedStates,
	/// One state is another one.
	OneState,
	/// A state is left out of a leaf that has others.
	TornStates,
	/// A token is left out of a leaf of the answer, and counted.
	TornAnswer,
	/// The claim counts more tokens of the input.
	InflatedInput,
	/// The claim is about another version.
	AnotherVersion,
	/// The claim is to another request.
	AnotherRequest,
	/// The trace is noise.
	GarbageTrace,
	/// A leaf of the trace holds no values.
	MalformedLeaf,
	/// A leaf is longer than any move.
	EndlessLeaf,
	/// A value that is decided in parts is wrong, and the parts are named right.
	HonestParts,
	/// They are named so that they give it.
	LyingParts,
	/// No trace is committed to.
	NoTrace,
	/// No move is made.
	NoMoves,
	/// Only some are.
	FewMoves,
	/// States are served that were not committed to.
	WithheldStates,
	/// An input is served that is not the request's.
	WithheldInput,
	/// Of a model that embeds: a number of the vector is wrong, also in the trace.
	WrongVector,
	/// It is wrong only in what is claimed.
	ClaimedVector,
}

/// What a cheat claims, and how it behaves.
#[derive(Clone)]
pub struct Cheat {
	/// The model and the request: some cheats need a request of their own.
	pub scene: Scene,
	pub served: Served,
	pub conduct: Conduct,
}

impl Strategy {
	/// All of them.
	pub const ALL: [Self; 36] = [
		Self::WrongWeight,
		Self::AnotherModel,
		Self::CheapTokens,
		Self::EarlyExit,
		Self::SkippedLayer,
		Self::WrongSeed,
		Self::ChosenToken,
		Self::ClaimedToken,
		Self::UnknownToken,
		Self::UnknownInput,
		Self::EditedPrompt,
		Self::EditedKey,
		Self::EditedNumber,
		Self::Truncated,
		Self::Padded,
		Self::IgnoredStop,
		Self::FalseStop,
		Self::CopiedStates,
		Self::OneState,
		Self::TornStates,
		Self::TornAnswer,
		Self::InflatedInput,
		Self::AnotherVersion,
		Self::AnotherRequest,
		Self::GarbageTrace,
		Self::MalformedLeaf,
		Self::EndlessLeaf,
		Self::HonestParts,
		Self::LyingParts,
		Self::NoTrace,
		Self::NoMoves,
		Self::FewMoves,
		Self::WithheldStates,
		Self::WithheldInput,
		Self::WrongVector,
		Self::ClaimedVector,
	];

	/// The cheat in a scene; none if it makes no difference there, or is not one for such a model.
	pub fn cheat(self, mut scene: Scene, random: &mut Random) -> Option<Cheat> {
		let honest = scene.answered();
		let cheat = match scene.shape.answers {
			Use::Tokens => self.about_tokens(&mut scene, random)?,
			Use::Embedding => self.about_vector(&mut scene, random)?,
		};
		let (served, conduct) = cheat;
		let withheld = matches!(self, Self::WithheldStates | Self::WithheldInput);
		// What is the honest claim is no cheat.
		let differs = served.claim != honest.claim || withheld;
		differs.then_some(Cheat { scene, served, conduct })
	}

	fn about_tokens(self, scene: &mut Scene, random: &mut Random) -> Option<(Served, Conduct)> {
		let limit = scene.request.limit;
		let vocabulary = scene.shape.vocabulary;
		let which = random.between(0, i64::from(limit) - 1) as u32;
		match self {
			Self::WrongVector | Self::ClaimedVector => None,
			// Their claims end before the limit for a reason that is none.
			Self::Truncated | Self::FalseStop => {
				let mut honest = scene.honest();
				let unused = (0..vocabulary).find(|token| !honest.answer.contains(token))?;
				let length = random.between(1, i64::from(limit) - 1) as usize;
				honest.cut(scene, length);
				let stop = if self == Self::Truncated {
					scene.request.ends = Bounded::try_from(vec![unused]).ok()?;
					StopReason::End
				} else {
					let never = Bounded::try_from(b"zz".to_vec()).ok()?;
					scene.request.stops = Bounded::try_from(vec![never]).ok()?;
					StopReason::Stop
				};
				Some(plain(scene, &honest, stop))
			}
			Self::Padded | Self::IgnoredStop => {
				let honest = scene.honest();
				let early = honest.answer.get(..honest.answer.len() - 1)?;
				let token = *early.get(random.between(0, early.len() as i64 - 1) as usize)?;
				if self == Self::Padded {
					scene.request.ends = Bounded::try_from(vec![token]).ok()?;
				} else {
					let text = scene.texts.get(token as usize).filter(|text| !text.is_empty())?.clone();
					scene.request.stops = Bounded::try_from(vec![Bounded::try_from(text).ok()?]).ok()?;
				}
				Some(plain(scene, &honest, StopReason::Limit))
			}
			Self::WrongSeed => {
				let sampler = match scene.request.sampler {
					Sampler::Greedy => Sampler::Race(Race {
						inverse: 300_000,
						top: 0,
						mass: 65_536,
						seed: 1,
					}),
					Sampler::Race(race) => Sampler::Race(Race {
						seed: race.seed ^ 1,
						..race
					}),
				};
				let forged = forge(scene, &scene.bytes, &scene.input, sampler, &mut |_, _, _| ());
				Some(ended(scene, forged))
			}
			Self::CheapTokens => {
				let cheap = another(scene, random);
				let cheap = forge(scene, &cheap, &scene.input, scene.request.sampler, &mut |_, _, _| ());
				let first = scene.input.len() as u32 - 1;
				let token = |position: u32| cheap.answer[(position - first) as usize];
				Some(ended(scene, choosing(scene, &mut |position, _| token(position))))
			}
			Self::ChosenToken | Self::UnknownToken => {
				let at = scene.input.len() as u32 - 1 + which;
				let forged = choosing(scene, &mut |position, token| match position == at {
					true if self == Self::UnknownToken => vocabulary + 5,
					true => (token + 1) % vocabulary,
					false => token,
				});
				Some(ended(scene, forged))
			}
			Self::ClaimedToken => {
				let honest = scene.honest();
				let mut claimed = honest.clone();
				let token = claimed.answer.get_mut(which as usize)?;
				*token = (*token + 1) % vocabulary;
				let (_, conduct) = plain(scene, &honest, StopReason::Limit);
				Some((scene.served(&claimed, StopReason::Limit), conduct))
			}
			_ => self.about_any(scene, random),
		}
	}

	fn about_vector(self, scene: &mut Scene, random: &mut Random) -> Option<(Served, Conduct)> {
		let forged = |change: &dyn Fn(&mut Vec<i16>)| {
			forge(
				scene,
				&scene.bytes,
				&scene.input,
				scene.request.sampler,
				&mut |moment, row, _| {
					if moment == Moment::Pooled
						&& let Some(Vector::Activations(unit)) = row.sheet.get(Stage::Unit)
					{
						let mut unit = unit.clone();
						change(&mut unit);
						row.sheet.set(Stage::Unit, Vector::Activations(unit));
					}
				},
			)
		};
		let last = scene.shape.width as usize - 1;
		match self {
			Self::WrongVector => Some(ended(scene, forged(&|unit: &mut Vec<i16>| unit[last] ^= 1))),
			Self::ClaimedVector => {
				let (_, conduct) = ended(scene, scene.honest());
				let wrong = forged(&|unit: &mut Vec<i16>| unit[last] ^= 1);
				Some((scene.served(&wrong, StopReason::Embedded), conduct))
			}
			Self::EarlyExit
			| Self::SkippedLayer
			| Self::WrongWeight
			| Self::AnotherModel
			| Self::UnknownInput
			| Self::EditedPrompt
			| Self::EditedKey
			| Self::EditedNumber
			| Self::CopiedStates
			| Self::OneState
			| Self::TornStates
			| Self::InflatedInput
			| Self::AnotherVersion
			| Self::AnotherRequest
			| Self::HonestParts
			| Self::LyingParts
			| Self::WithheldStates
			| Self::WithheldInput => self.about_any(scene, random),
			_ => None,
		}
	}

	/// What can be done with any model.
	fn about_any(self, scene: &mut Scene, random: &mut Random) -> Option<(Served, Conduct)> {
		let sampler = scene.request.sampler;
		let again = |bytes: &[u8], input: &[u32]| forge(scene, bytes, input, sampler, &mut |_, _, _| ());
		match self {
			Self::WrongWeight => Some(ended(scene, again(&bent(scene, random), &scene.input))),
			Self::AnotherModel => Some(ended(scene, again(&another(scene, random), &scene.input))),
			Self::UnknownInput => {
				let forged = again(&scene.bytes, &scene.input);
				*scene.input.last_mut()? = scene.shape.vocabulary + 3;
				let tree = token_tree::<Portable>(Kind::Input, &scene.input).ok()?;
				scene.request.input = tree.commitment();
				Some(ended(scene, forged))
			}
			Self::EditedPrompt => {
				let mut input = scene.input.clone();
				let token = input.first_mut()?;
				*token = (*token + 1) % scene.shape.vocabulary;
				Some(ended(scene, again(&scene.bytes, &input)))
			}
			Self::EarlyExit => Some(ended(scene, without(scene, scene.shape.layers - 1))),
			Self::SkippedLayer => Some(ended(scene, without(scene, 0))),
			Self::EditedKey | Self::EditedNumber => {
				let position = random.between(0, scene.input.len() as i64 - 1) as u32;
				let keys = self == Self::EditedKey;
				Some(ended(scene, edited(scene, position, keys)))
			}
			Self::CopiedStates | Self::OneState => {
				let (mut served, conduct) = ended(scene, scene.honest());
				let numbers = served.states.first()?.numbers;
				let which = random.between(0, served.states.len() as i64 - 1) as usize;
				match self {
					Self::CopiedStates => served.states.iter_mut().for_each(|state| state.numbers = numbers),
					_ => served.states.get_mut(which)?.numbers[3] ^= 8,
				}
				let served = scene.claiming(served.given, served.states, served.claim.stop);
				Some((served, conduct))
			}
			Self::TornStates => {
				let (mut served, conduct) = ended(scene, scene.honest());
				served.states.pop();
				// The tree has as many leaves as before.
				let served = (!served.states.is_empty()).then_some(served)?;
				Some((scene.claiming(served.given, served.states, served.claim.stop), conduct))
			}
			Self::TornAnswer => {
				let (served, conduct) = ended(scene, scene.honest());
				let Given::Tokens(mut tokens) = served.given else {
					return None;
				};
				tokens.pop();
				let mut torn = scene.claiming(Given::Tokens(tokens), served.states, served.claim.stop);
				torn.claim.output_count = served.claim.output_count;
				(torn.claim.answer.count == served.claim.answer.count).then_some((torn, conduct))
			}
			Self::InflatedInput | Self::AnotherVersion | Self::AnotherRequest => {
				let (mut served, conduct) = ended(scene, scene.honest());
				match self {
					Self::InflatedInput => served.claim.input_count += 1,
					Self::AnotherVersion => served.claim.version[0] ^= 1,
					_ => served.claim.request[0] ^= 1,
				}
				Some((served, conduct))
			}
			Self::HonestParts | Self::LyingParts => {
				let (mut served, conduct) = ended(scene, scene.honest());
				let position = served.states.len() as u32 - 1;
				// Fewer positions are one part.
				if position < 16 {
					return None;
				}
				let place = Place {
					position,
					layer: 0,
					stage: Stage::Mixed,
				};
				let graph = crate::answered::case_without_trace(&scene.model(), &served.claim, &served.request);
				let number = graph.ok()?.graph.number(At { place, leaf: 0 })? as usize;
				let mut leaves = conduct.leaves?;
				*leaves.get_mut(number)?.get_mut(2)? ^= 1;
				served.states.last_mut()?.numbers[0] ^= 1;
				let served = scene.claiming(served.given, served.states, served.claim.stop);
				let conduct = Conduct {
					lies_in_parts: self == Self::LyingParts,
					..Conduct::of(leaves)
				};
				Some((served, conduct))
			}
			Self::WithheldStates => {
				let (mut served, conduct) = ended(scene, scene.honest());
				served.states.first_mut()?.numbers[0] ^= 1;
				Some((served, conduct))
			}
			Self::WithheldInput => {
				let (mut served, conduct) = ended(scene, scene.honest());
				let token = served.input.first_mut()?;
				*token = (*token + 1) % scene.shape.vocabulary;
				Some((served, conduct))
			}
			// The others behave badly in a dispute about an answer that is wrong.
			_ => {
				let (served, mut conduct) = Self::ChosenToken.about_tokens(scene, random)?;
				let leaves = conduct.leaves.as_mut()?;
				let choice = leaves.iter().rposition(|leaf| leaf.len() == 36)?;
				match self {
					Self::GarbageTrace => leaves
						.iter_mut()
						.for_each(|leaf| leaf.iter_mut().for_each(|byte| *byte = random.bits() as u8)),
					Self::MalformedLeaf => {
						let which = random.between(0, choice as i64) as usize;
						leaves.get_mut(which)?.pop();
					}
					Self::EndlessLeaf => leaves.get_mut(choice)?.resize(1_025, 0),
					Self::NoTrace => conduct.leaves = None,
					Self::NoMoves => conduct.moves = 0,
					Self::FewMoves => conduct.moves = random.between(1, 3) as u32,
					_ => return None,
				}
				Some((served, conduct))
			}
		}
	}
}

/// What a worker claims and defends that has computed this.
fn plain(scene: &Scene, forged: &Forged, stop: StopReason) -> (Served, Conduct) {
	(scene.served(forged, stop), Conduct::of(forged.all()))
}

/// The same, with the answer's end where it should be.
fn ended(scene: &Scene, mut forged: Forged) -> (Served, Conduct) {
	let (length, stop) = scene.end(&forged.answer);
	forged.cut(scene, length);
	plain(scene, &forged, stop)
}

/// Another model of the shape.
fn another(scene: &Scene, random: &mut Random) -> Vec<u8> {
	samples::package(scene.shape, Values::Ordinary, random)
}

/// The model with a bit of a weight changed.
fn bent(scene: &Scene, random: &mut Random) -> Vec<u8> {
	let layout = Layout::new(scene.shape);
	let matrix = random.pick([Matrix::Value(0), Matrix::Output(0), Matrix::Gate(0), Matrix::Down(0)]);
	let place = layout.bytes(Tensor::Numbers(matrix));
	let mut bytes = scene.bytes.clone();
	let at = random.between(place.start as i64, place.end as i64 - 1) as usize;
	bytes[at] ^= 1 << random.between(0, 5);
	bytes
}

/// What follows if tokens are chosen otherwise, by position and the right one.
fn choosing(scene: &Scene, choose: &mut dyn FnMut(u32, u32) -> u32) -> Forged {
	forge(
		scene,
		&scene.bytes,
		&scene.input,
		scene.request.sampler,
		&mut |moment, row, _| {
			if moment == Moment::Chosen
				&& let Some(Vector::Choice(choice)) = row.sheet.get(Stage::Choice)
			{
				let mut choice = *choice;
				choice.token = choose(row.position, choice.token);
				row.sheet.set(Stage::Choice, Vector::Choice(choice));
			}
		},
	)
}

/// Where the numbers are that leave a layer.
fn leaving(scene: &Scene) -> Stage {
	match scene.shape.order {
		Order::Before => Stage::HiddenSum,
		Order::After => Stage::AfterHiddenNormed,
	}
}

/// What follows if a layer changes nothing.
fn without(scene: &Scene, left_out: u16) -> Forged {
	let stage = leaving(scene);
	let mut entering: BTreeMap<u32, Vec<i32>> = BTreeMap::new();
	let mut change = |moment: Moment, row: &mut Row| match moment {
		Moment::Layer(layer) if layer == left_out => {
			row.numbers = entering.get(&row.position).cloned().unwrap_or_default();
			row.sheet.set(stage, Vector::Numbers(row.numbers.clone()));
		}
		Moment::Embedded | Moment::Layer(_) => {
			entering.insert(row.position, row.numbers.clone());
		}
		_ => (),
	};
	forge(
		scene,
		&scene.bytes,
		&scene.input,
		scene.request.sampler,
		&mut |moment, row, _| change(moment, row),
	)
}

/// What follows if a value is another one.
fn edited(scene: &Scene, position: u32, keys: bool) -> Forged {
	let embedded = match scene.shape.order {
		Order::Before => Stage::Embedded,
		Order::After => Stage::FirstNormed,
	};
	forge(
		scene,
		&scene.bytes,
		&scene.input,
		scene.request.sampler,
		&mut |moment, row, heads| {
			if row.position != position {
				return;
			}
			match (moment, heads) {
				(Moment::Heads(0), Some(heads)) if keys => {
					if let Some(key) = heads.keys.first_mut() {
						*key = key.wrapping_add(1 << 13);
					}
					row.sheet.set(Stage::KeyTurned, Vector::Activations(heads.keys.clone()));
				}
				(Moment::Embedded, _) if !keys => {
					if let Some(number) = row.numbers.first_mut() {
						*number = number.wrapping_add(1 << 12);
					}
					row.sheet.set(embedded, Vector::Numbers(row.numbers.clone()));
				}
				_ => (),
			}
		},
	)
}

impl Cheat {
	/// The same, giving its trace away.
	pub fn serving(mut self) -> Self {
		self.conduct.serves = true;
		self
	}

	/// How many tokens it claims.
	pub fn tokens(&self) -> usize {
		match &self.served.given {
			Given::Tokens(tokens) => tokens.len(),
			Given::Vector(_) => 0,
		}
	}
}
