// SPDX-License-Identifier: Apache-2.0

use super::*;

mod create_model {
	use super::*;

	#[test]
	fn holds_a_deposit_and_is_found() {
		execute(|| {
			assert_ok!(Models::create_model(signed(1), names("llama-7b")));
			happened(Event::ModelCreated {
				model: ModelId(0),
				owner: 1,
				slug: names("llama-7b").try_into().unwrap(),
			});
			let view = Models::model(ModelId(0)).unwrap();
			assert_eq!((view.owner, view.slug, view.versions), (1, names("llama-7b"), 0));
			assert_eq!(held(1), view.bytes);
			// Another owner's slug is another name.
			assert_ok!(Models::create_model(signed(2), names("llama-7b")));
			assert_noop!(
				Models::create_model(signed(1), names("llama-7b")),
				Error::<Test>::SlugTaken
			);
		});
	}

	#[test]
	fn names_are_small_letters_digits_and_hyphens() {
		execute(|| {
			for wrong in ["", "A", "a b", "a_b", "-a", "a-", "ä", "a/b", "a@1", "a\0"] {
				assert_noop!(Models::create_model(signed(1), names(wrong)), Error::<Test>::NotAName);
			}
			assert_ok!(Models::create_model(signed(1), vec![b'a'; 32]));
			assert_noop!(
				Models::create_model(signed(1), vec![b'a'; 33]),
				Error::<Test>::NameTooLong
			);
		});
	}

	#[test]
	fn fails_without_the_deposit_or_a_number() {
		execute(|| {
			let refused = Models::create_model(signed(11), names("a")).unwrap_err();
			assert_eq!(refused, sp_runtime::TokenError::FundsUnavailable.into());
			assert_eq!(crate::NextModel::<Test>::get(), ModelId(0));
			crate::NextModel::<Test>::put(ModelId(u32::MAX));
			assert_noop!(
				Models::create_model(signed(1), names("a")),
				Error::<Test>::NoMoreNumbers
			);
			assert_noop!(
				Models::create_model(RuntimeOrigin::none(), names("a")),
				sp_runtime::DispatchError::BadOrigin
			);
		});
	}

	#[test]
	fn who_holds_a_deposit_cannot_die() {
		execute(|| {
			model(1);
			let deposit = held(1);
			let all = Balances::transfer_all(signed(1), 2, false);
			assert_ok!(all);
			assert_eq!(held(1), deposit);
			assert!(System::account_exists(&1));
		});
	}
}

mod transfer {
	use super::*;

	#[test]
	fn takes_two_steps_and_moves_the_deposit() {
		execute(|| {
			let model = model(1);
			publish(1, model, float(1));
			let deposit = held(1);
			assert_ok!(Models::offer_model(signed(1), model, Some(2)));
			happened(Event::ModelOffered { model, to: 2 });
			assert_eq!(Models::model(model).unwrap().owner, 1);
			assert_ok!(Models::accept_model(signed(2), model));
			happened(Event::ModelTransferred { model, from: 1, to: 2 });
			assert_eq!((held(1), held(2)), (0, deposit));
			let view = Models::model(model).unwrap();
			assert_eq!((view.owner, view.offered), (2, None));
			assert!(Models::models_of(1, None, 9).is_empty());
			assert_eq!(Models::models_of(2, None, 9), [view]);
			assert_noop!(
				Models::withdraw_version(signed(1), VersionId(0)),
				Error::<Test>::NotOwner
			);
			assert_ok!(Models::withdraw_version(signed(2), VersionId(0)));
		});
	}

	#[test]
	fn an_offer_is_for_one_account_and_can_be_cancelled() {
		execute(|| {
			let model = model(1);
			assert_noop!(Models::accept_model(signed(2), model), Error::<Test>::NotOffered);
			assert_noop!(Models::offer_model(signed(1), model, None), Error::<Test>::NotOffered);
			assert_noop!(
				Models::offer_model(signed(1), model, Some(1)),
				Error::<Test>::OfferedToOwner
			);
			assert_noop!(Models::offer_model(signed(2), model, Some(3)), Error::<Test>::NotOwner);
			assert_noop!(
				Models::offer_model(signed(1), ModelId(9), Some(3)),
				Error::<Test>::UnknownModel
			);
			assert_noop!(Models::accept_model(signed(1), ModelId(9)), Error::<Test>::UnknownModel);
			assert_ok!(Models::offer_model(signed(1), model, Some(2)));
			assert_noop!(Models::accept_model(signed(3), model), Error::<Test>::NotOffered);
			assert_ok!(Models::offer_model(signed(1), model, None));
			happened(Event::OfferCancelled { model });
			assert_noop!(Models::accept_model(signed(2), model), Error::<Test>::NotOffered);
		});
	}

	#[test]
	fn fails_where_the_slug_is_taken_or_the_deposit_cannot_be_paid() {
		execute(|| {
			assert_ok!(Models::create_model(signed(1), names("a")));
			assert_ok!(Models::create_model(signed(2), names("a")));
			assert_ok!(Models::offer_model(signed(1), ModelId(0), Some(2)));
			assert_noop!(Models::accept_model(signed(2), ModelId(0)), Error::<Test>::SlugTaken);
			assert_ok!(Models::offer_model(signed(1), ModelId(0), Some(11)));
			let before = root();
			let refused = Models::accept_model(signed(11), ModelId(0)).unwrap_err();
			assert_eq!(refused, sp_runtime::TokenError::FundsUnavailable.into());
			assert_eq!(root(), before);
		});
	}
}

mod remove_model {
	use super::*;

	#[test]
	fn returns_the_deposit_and_the_slug() {
		execute(|| {
			assert_ok!(Models::create_model(signed(1), names("a")));
			assert_noop!(Models::remove_model(signed(2), ModelId(0)), Error::<Test>::NotOwner);
			assert_ok!(Models::remove_model(signed(1), ModelId(0)));
			happened(Event::ModelRemoved { model: ModelId(0) });
			assert_eq!(held(1), 0);
			assert_noop!(Models::remove_model(signed(1), ModelId(0)), Error::<Test>::UnknownModel);
			assert_ok!(Models::create_model(signed(1), names("a")));
			assert_eq!(Models::model(ModelId(0)), None, "numbers are given once");
		});
	}

	#[test]
	fn fails_with_versions() {
		execute(|| {
			let version = published(1, float(1));
			assert_ok!(Models::withdraw_version(signed(1), version));
			assert_noop!(Models::remove_model(signed(1), ModelId(0)), Error::<Test>::HasVersions);
			assert_ok!(Models::remove_version(signed(1), version));
			assert_ok!(Models::remove_model(signed(1), ModelId(0)));
			assert_eq!(held(1), 0);
		});
	}
}

#[test]
fn pages_are_bounded_and_end() {
	execute(|| {
		for _ in 0..70 {
			model(1);
		}
		let first = Models::models_of(1, None, u32::MAX);
		assert_eq!(first.len(), 64);
		let last = first.last().unwrap().slug.clone();
		let rest = Models::models_of(1, Some(last), u32::MAX);
		assert_eq!(rest.len(), 6);
		assert!(rest.iter().all(|model| !first.contains(model)));
		assert!(Models::models_of(1, Some(vec![b'a'; 33]), 9).is_empty());
	});
}
