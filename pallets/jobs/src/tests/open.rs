// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Opening, Quotes, SessionsOf, Using};
use atelier_primitives::{
	models::{Needs, Refused},
	terms::Forbidden,
	views::jobs::SessionPhase,
	work::{voucher::Quote, workers::Unfit},
};

fn refused_quote(change: impl FnOnce(&mut Quote<AccountId, Balance>), why: Error<Test>) {
	let mut quote = quote(W, PAYER, 7);
	change(&mut quote);
	refused(|| open_with(PAYER, quote, opening(100_000, 200, PAYER)), why);
}

fn refused_opening(change: impl FnOnce(&mut Opening<AccountId, Balance>), why: Error<Test>) {
	let mut opening = opening(100_000, 200, PAYER);
	change(&mut opening);
	refused(|| open_with(PAYER, quote(W, PAYER, 7), opening), why);
}

#[test]
fn holds_the_deposit_and_pays_the_reservation() {
	execute(|| {
		let before = (free(WORKER), all_of(PAYER));
		let quote = Quote {
			reservation: 2_500,
			..quote(W, PAYER, 7)
		};
		open_with(PAYER, quote, opening(100_000, 200, PAYER)).unwrap();
		assert_eq!(held(PAYER), 100_000);
		assert_eq!(free(WORKER), before.0 + 2_500);
		assert_eq!(all_of(PAYER), before.1 - 2_500);
		happened(Event::SessionOpened {
			session: SessionId(0),
			payer: acc(PAYER),
			spender: None,
			worker: W,
			version: V,
			deposit: 100_000,
			expiry: 201,
		});
		let view = Jobs::session(SessionId(0)).unwrap();
		assert_eq!((view.phase, view.ends), (SessionPhase::Open, 201 + CHALLENGE));
		assert!(<Jobs as Needs>::needed(V) && !<Jobs as Needs>::needed(VersionId(9)));
	});
}

#[test]
fn fails_for_a_quote_that_is_not_for_this_payer_now() {
	execute(|| {
		refused_quote(|quote| quote.payer = acc(OTHER), Error::NotForThisPayer);
		refused_quote(|quote| quote.until = now() - 1, Error::QuoteExpired);
		refused_quote(|quote| quote.until = now() + CHALLENGE + 1, Error::QuoteTooLong);
		refused_quote(|quote| quote.worker = WorkerId(9), Error::UnknownWorker);
		// The worker of account 6 signs, but its key is another's.
		change(X, |fake| fake.signer = acc(NOBODY));
		refused_quote(|quote| quote.worker = X, Error::BadSignature);
	});
}

#[test]
fn fails_for_a_signature_of_something_else_or_of_another_chain() {
	execute(|| {
		let quote = quote(W, PAYER, 7);
		let other = Quote {
			price: PRICE + 1,
			..quote.clone()
		};
		for signature in [
			sign(WORKER, &other.message(&genesis())),
			sign(WORKER, &quote.message(&[9; 32])),
			sign(RIVAL, &quote.message(&genesis())),
		] {
			let call = Call::open {
				quote: Box::new(quote.clone()),
				signature,
				opening: Box::new(opening(100_000, 200, PAYER)),
			};
			refused(|| dispatch(PAYER, call), Error::<Test>::BadSignature);
		}
	});
}

#[test]
fn a_quote_opens_one_session_until_that_is_gone() {
	execute(|| {
		open_with(PAYER, quote(W, PAYER, 7), opening(100_000, 50, PAYER)).unwrap();
		refused(
			|| open_with(PAYER, quote(W, PAYER, 7), opening(100_000, 50, PAYER)),
			Error::<Test>::QuoteUsed,
		);
		assert_eq!(Quotes::<Test>::get(W, 7), Some(SessionId(0)));
		pass(50 + CHALLENGE + 2);
		assert_eq!(Quotes::<Test>::get(W, 7), None);
		assert_eq!(SessionsOf::<Test>::iter().count() + Using::<Test>::iter().count(), 0);
		// A session's number is not used again.
		open_with(PAYER, quote(W, PAYER, 7), opening(100_000, 50, PAYER)).unwrap();
		assert!(Jobs::session(SessionId(0)).is_none() && Jobs::session(SessionId(1)).is_some());
	});
}

#[test]
fn fails_for_times_that_are_none() {
	execute(|| {
		refused_opening(|opening| opening.expiry = now(), Error::ExpiryPassed);
		refused_opening(|opening| opening.expiry = now() + LIFE + 1, Error::LifeTooLong);
		refused_opening(|opening| opening.expiry = u32::MAX, Error::LifeTooLong);
		MaxLife::set(u32::MAX);
		refused_opening(|opening| opening.expiry = u32::MAX, Error::NoMoreNumbers);
	});
}

#[test]
fn fails_for_deposits_outside_of_what_is_allowed() {
	execute(|| {
		refused_opening(|opening| opening.deposit = 999, Error::EscrowTooSmall);
		refused_opening(|opening| opening.deposit = 1_000_001, Error::AboveCapacity);
		change(W, |fake| fake.cover = 99_999);
		refused_opening(|_| {}, Error::AboveCover);
		change(W, |fake| fake.cover = 100_000);
		open(PAYER, W);
		MinEscrow::set(0);
		refused_opening(|opening| opening.deposit = 0, Error::EscrowTooSmall);
	});
}

#[test]
fn fails_for_more_than_may_depend_on_what_the_chain_cannot_judge() {
	execute(|| {
		let float = |number| Quote {
			version: FLOAT,
			..quote(W, PAYER, number)
		};
		refused(
			|| open_with(PAYER, float(1), opening(50_001, 50, PAYER)),
			Error::<Test>::AboveFloatCap,
		);
		open_with(PAYER, float(1), opening(50_000, 50, PAYER)).unwrap();
	});
}

#[test]
fn fails_where_the_version_may_not_be_used() {
	execute(|| {
		for (why, error) in [
			(Refused::Unknown, Error::<Test>::UnknownVersion),
			(Refused::Withdrawn, Error::VersionWithdrawn),
			(Refused::Overruled, Error::VersionOverruled),
			(Refused::Consent, Error::ConsentWithdrawn),
			(Refused::Terms(Forbidden::CommercialUse), Error::TermsForbidIt),
		] {
			Barred::mutate(|barred| barred.insert(V, why));
			refused_opening(|_| {}, error);
		}
	});
}

#[test]
fn fails_where_the_worker_is_not_fit() {
	execute(|| {
		for (why, error) in [
			(Unfit::NoOffer, Error::<Test>::NoOffer),
			(Unfit::NotLive, Error::NotLive),
			(Unfit::Leaving, Error::Leaving),
			(Unfit::WeightsUnattested, Error::WeightsUnattested),
			(Unfit::OfferExhausted, Error::OfferExhausted),
		] {
			change(W, |fake| fake.unfit = Some(why));
			refused_opening(|_| {}, error);
		}
		change(W, |fake| fake.convicted = true);
		refused_opening(|_| {}, Error::Convicted);
	});
}

#[test]
fn fails_without_the_money_and_leaves_nothing_behind() {
	execute(|| {
		let before = root();
		let poor = open_with(NOBODY, quote(W, NOBODY, 7), opening(100_000, 200, NOBODY));
		assert!(poor.is_err());
		// It has the deposit, but not the reservation beside it.
		let quote = Quote {
			reservation: RICH,
			..quote(W, PAYER, 7)
		};
		assert!(open_with(PAYER, quote, opening(100_000, 200, PAYER)).is_err());
		assert_eq!(root(), before);
	});
}

mod top_up {
	use super::*;

	fn top_up(who: u8, amount: Balance) -> sp_runtime::DispatchResult {
		let session = SessionId(0);
		dispatch(who, Call::top_up { session, amount })
	}

	#[test]
	fn adds_up_to_the_capacity() {
		execute(|| {
			let id = open(PAYER, W);
			top_up(PAYER, 900_000).unwrap();
			assert_eq!((held(PAYER), session(id).deposit), (1_000_000, 1_000_000));
			happened(Event::SessionToppedUp {
				session: id,
				amount: 900_000,
			});
			refused(|| top_up(PAYER, 1), Error::<Test>::AboveCapacity);
			refused(|| top_up(PAYER, Balance::MAX), Error::<Test>::AboveCapacity);
		});
	}

	#[test]
	fn fails_for_others_and_after_the_expiry() {
		execute(|| {
			refused(|| top_up(PAYER, 1), Error::<Test>::UnknownSession);
			open(PAYER, W);
			for who in [OTHER, WORKER] {
				refused(|| top_up(who, 1), Error::<Test>::NotAParty);
			}
			change(W, |fake| fake.cover = 100_000);
			refused(|| top_up(PAYER, 1), Error::<Test>::AboveCover);
			change(W, |fake| fake.cover = 1_000_000);
			sleep(200);
			top_up(PAYER, 1).unwrap();
			sleep(1);
			refused(|| top_up(PAYER, 1), Error::<Test>::NotOpen);
		});
	}
}
