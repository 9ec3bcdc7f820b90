// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn an_alias_is_one_accounts_and_names_resolve() {
	execute(|| {
		assert_ok!(Models::claim_alias(signed(1), names("meta")));
		happened(Event::AliasClaimed {
			owner: 1,
			alias: names("meta").try_into().unwrap(),
		});
		assert_eq!(Models::alias_of(1), Some(names("meta")));
		assert!(held(1) > 0);
		assert_ok!(Models::create_model(signed(1), names("llama")));
		let version = publish(1, ModelId(0), float(1));
		assert_eq!(Models::resolve(names("meta/llama")), Some((ModelId(0), None)));
		assert_eq!(
			Models::resolve(names("meta/llama@0")),
			Some((ModelId(0), Some(version)))
		);
		for wrong in [
			"",
			"/",
			"@",
			"meta",
			"meta/",
			"meta/llama@",
			"meta/llama@1",
			"meta/llama@00",
			"meta/llama@+0",
			"meta/other@0",
			"other/llama@0",
			"meta/llama@0@0",
			"meta/llama@4294967296",
		] {
			assert_eq!(Models::resolve(names(wrong)), None, "{wrong}");
		}
	});
}

#[test]
fn fails_for_what_is_taken_or_no_name() {
	execute(|| {
		assert_ok!(Models::claim_alias(signed(1), names("meta")));
		assert_noop!(Models::claim_alias(signed(2), names("meta")), Error::<Test>::AliasTaken);
		assert_noop!(Models::claim_alias(signed(1), names("other")), Error::<Test>::HasAlias);
		assert_noop!(Models::claim_alias(signed(2), names("Meta")), Error::<Test>::NotAName);
		assert_noop!(
			Models::claim_alias(signed(2), vec![b'a'; 33]),
			Error::<Test>::NameTooLong
		);
		let refused = Models::claim_alias(signed(11), names("poor")).unwrap_err();
		assert_eq!(refused, sp_runtime::TokenError::FundsUnavailable.into());
	});
}

#[test]
fn a_released_alias_is_anybodys_and_its_deposit_returns() {
	execute(|| {
		assert_noop!(Models::release_alias(signed(1)), Error::<Test>::NoAlias);
		assert_ok!(Models::claim_alias(signed(1), names("meta")));
		assert_ok!(Models::release_alias(signed(1)));
		happened(Event::AliasReleased {
			owner: 1,
			alias: names("meta").try_into().unwrap(),
		});
		assert_eq!(held(1), 0);
		assert_ok!(Models::claim_alias(signed(2), names("meta")));
	});
}
