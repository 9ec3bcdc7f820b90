// SPDX-License-Identifier: Apache-2.0

//! What may be asked, and what is refused by which name. `verify.mjs` asks the same of the wasm module.

mod cases;

use atelier_referee::{
	claim::{Claim, Request},
	commit::{self, Commitment, Kind, mountain},
	dispute::{Charge, ChargeError, Evidence, EvidenceError, VerdictError},
	model::Shape,
};
use atelier_referee_browser::{
	LIMIT,
	error::Error,
	fields::{self, Field},
	fraud, receipt,
};
use cases::{Named, ReceiptCase};
use codec::{Encode, MaxEncodedLen};

/// A question about a receipt; a field that has no name here is not given.
fn receipt_question(fields: &[Named]) -> Vec<u8> {
	let order = [
		"claim",
		"units",
		"index",
		"root",
		"inclusion",
		"request",
		"input",
		"answer",
		"vector",
	];
	let of = |name| fields.iter().find(|(other, _)| *other == name);
	fields::write(order.map(|name| of(name).map(|(_, bytes)| bytes.as_slice())))
}

fn verify_receipt(fields: &[Named]) -> Result<mountain::Interval, Error> {
	receipt::Question::read(&receipt_question(fields))?.verify()
}

fn fraud_question(fields: &[Named]) -> Vec<u8> {
	fields::write(fields.iter().map(|(_, bytes)| Some(bytes.as_slice())))
}

fn verify_fraud(fields: &[Named]) -> Result<bool, Error> {
	fraud::Question::read(&fraud_question(fields))?.verify()
}

/// The fields with another value of one of them.
fn with(fields: &[Named], name: &str, bytes: Vec<u8>) -> Vec<Named> {
	let change = |(other, old): &Named| (*other, if *other == name { bytes.clone() } else { old.clone() });
	fields.iter().map(change).collect()
}

fn without(fields: &[Named], name: &str) -> Vec<Named> {
	fields.iter().filter(|(other, _)| *other != name).cloned().collect()
}

fn field<'a>(fields: &'a [Named], name: &str) -> &'a [u8] {
	let (_, bytes) = fields.iter().find(|(other, _)| *other == name).expect("it is there");
	bytes
}

#[test]
fn every_question_fits() {
	let receipt = Claim::max_encoded_len()
		+ mountain::Root::max_encoded_len()
		+ mountain::Inclusion::max_encoded_len()
		+ Request::max_encoded_len()
		+ 2 * 4 * receipt::MAX_TOKENS
		+ 2 * receipt::MAX_NUMBERS;
	let fraud = Claim::max_encoded_len()
		+ Request::max_encoded_len()
		+ Shape::max_encoded_len()
		+ 3 * Commitment::max_encoded_len()
		+ Charge::max_encoded_len()
		+ Evidence::max_encoded_len();
	// And what the lengths take.
	assert!(receipt.max(fraud) + 1_024 <= LIMIT, "{receipt} and {fraud} of {LIMIT}");
}

#[test]
fn receipts_are_accepted_with_their_units() {
	for ReceiptCase { fields, units, .. } in cases::receipts(7) {
		assert_eq!(verify_receipt(&fields), Ok(units));
		// What is optional may be left out.
		for name in ["answer", "vector", "input"] {
			assert_eq!(verify_receipt(&without(&fields, name)), Ok(units));
		}
	}
}

#[test]
fn tampered_receipts_are_refused_by_name() {
	let cases = cases::receipts(7);
	let root_mismatch = Error::Receipt(commit::Error::RootMismatch);
	for ReceiptCase {
		fields,
		units,
		claim,
		request,
	} in &cases
	{
		let refused = |fields: Vec<Named>, error| assert_eq!(verify_receipt(&fields), Err(error));
		let bare = without(&without(&without(fields, "request"), "input"), "answer");
		let bare = without(&bare, "vector");

		// Another claim, at its place: only the root says so.
		let other = Claim {
			worker: [9; 32],
			..*claim
		};
		refused(with(&bare, "claim", other.encode()), root_mismatch);
		refused(
			with(&bare, "index", u64::MAX.encode()),
			Error::Receipt(commit::Error::OutOfRange),
		);
		let other = mountain::Root {
			digest: [9; 32],
			..decoded(field(fields, "root"))
		};
		refused(with(&bare, "root", other.encode()), root_mismatch);
		let other = units.to - units.from + 1;
		refused(
			with(&bare, "units", other.encode()),
			Error::Receipt(commit::Error::WrongUnits),
		);
		let few = Error::Receipt(commit::Error::TooFewSiblings);
		refused(with(&bare, "inclusion", Vec::<[u8; 40]>::new().encode()), few);

		// Another request, input or answer is noticed where it is given, and only there.
		let other = Request {
			salt: [9; 32],
			..request.clone()
		};
		refused(with(fields, "request", other.encode()), Error::AnotherRequest);
		let lied = Claim {
			version: [9; 32],
			..*claim
		};
		refused(with(fields, "claim", lied.encode()), Error::AnotherRequest);
		assert_eq!(verify_receipt(&bare), Ok(*units));

		let mut input = field(fields, "input").to_vec();
		input[0] ^= 1;
		refused(with(fields, "input", input.clone()), Error::AnotherInput);
		input.truncate(input.len() - 4);
		refused(with(fields, "input", input), Error::AnotherInput);
		refused(without(fields, "request"), Error::Absent(Field::Request));

		for (name, width, named) in [("answer", 4, Field::Answer), ("vector", 2, Field::Vector)] {
			let Some((_, answer)) = fields.iter().find(|(other, _)| *other == name) else {
				continue;
			};
			let mut other = answer.clone();
			other[0] ^= 1;
			refused(with(fields, name, other), Error::AnotherAnswer);
			let shorter = answer[..answer.len() - width].to_vec();
			refused(with(fields, name, shorter), Error::AnotherAnswer);
			let torn = answer[..answer.len() - 1].to_vec();
			refused(
				with(fields, name, torn),
				Error::Encoding(named, commit::Error::TrailingBytes),
			);
		}
	}
	let long = vec![0; 4 * (receipt::MAX_TOKENS + 1)];
	let fields = with(&cases[0].fields, "input", long);
	let too_long = Error::Encoding(Field::Input, commit::Error::TooLong);
	assert_eq!(verify_receipt(&fields), Err(too_long));
}

fn decoded<T: codec::Decode + MaxEncodedLen>(bytes: &[u8]) -> T {
	commit::decode_exact(bytes).expect("an encoding")
}

#[test]
fn frauds_are_told_from_what_is_right() {
	let cases = cases::frauds(30);
	let frauds = cases.iter().filter(|case| case.fraud).count();
	assert!(frauds > 60 && cases.len() - frauds > 60, "{frauds} of {}", cases.len());
	for case in cases {
		assert_eq!(verify_fraud(&case.fields), Ok(case.fraud), "{:?}", case.charge);
	}
}

#[test]
fn tampered_frauds_are_refused_by_name() {
	for case in cases::frauds(30) {
		let fields = &case.fields;
		let refused = |name, bytes, error| assert_eq!(verify_fraud(&with(fields, name, bytes)), Err(error));
		let claim: Claim = decoded(field(fields, "claim"));
		let request: Request = decoded(field(fields, "request"));
		let trace: Commitment = decoded(field(fields, "trace"));
		let weights: Commitment = decoded(field(fields, "weights"));

		let other = Request {
			salt: [9; 32],
			..request.clone()
		};
		refused("request", other.encode(), Error::Case(ChargeError::AnotherRequest));
		let other = Claim {
			input_count: claim.input_count + 1,
			..claim
		};
		refused("claim", other.encode(), Error::Case(ChargeError::WrongInputCount));
		let wrong = |kind| Error::Case(ChargeError::WrongCommitment(kind));
		refused("trace", weights.encode(), wrong(Kind::Trace));
		let other = Commitment {
			count: trace.count + 1,
			..trace
		};
		refused("trace", other.encode(), wrong(Kind::Trace));

		// Roots that are another model's or another trace's, wherever something of them was opened.
		let mismatch = |kind| {
			let error = EvidenceError::Proof(kind, commit::Error::RootMismatch);
			Error::Verdict(VerdictError::Evidence(error))
		};
		let other = Commitment { root: [9; 32], ..trace };
		refused("trace", other.encode(), mismatch(Kind::Trace));
		if case.evidence.weights.is_some() {
			let other = Commitment {
				root: [9; 32],
				..weights
			};
			refused("weights", other.encode(), mismatch(Kind::Weights));
		}
		let mut torn = field(fields, "evidence").to_vec();
		torn.pop();
		refused(
			"evidence",
			torn.clone(),
			Error::Encoding(Field::Evidence, commit::Error::Malformed),
		);
		torn.extend([0; 2]);
		let read = verify_fraud(&with(fields, "evidence", torn));
		assert!(read.is_err(), "{read:?}");
	}
}

#[test]
fn what_is_no_question_is_refused_by_name() {
	let case = cases::frauds(1).remove(0);
	let question = fraud_question(&case.fields);
	let read = |question: &[u8]| fraud::Question::read(question).err();
	for length in 0..question.len() {
		assert!(read(&question[..length]).is_some());
	}
	assert_eq!(read(&[&question[..], &[0]].concat()), Some(Error::Fields));
	assert_eq!(read(&[]), Some(Error::Fields));
	assert_eq!(read(&vec![0; LIMIT + 1]), Some(Error::TooLong));
	let absent = fields::write([None]);
	assert_eq!(read(&absent), Some(Error::Absent(Field::Claim)));
	let empty = Error::Encoding(Field::Claim, commit::Error::Malformed);
	assert_eq!(read(&fields::write([Some(&[][..])])), Some(empty));
}
