// SPDX-License-Identifier: Apache-2.0

//! The tiny decoder's tokenizer works on bytes, so nothing that is written is lost.

use atelier_quality::{folder::Folder, tokens::Tokens};
use proptest::prelude::*;
use std::sync::LazyLock;

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| Folder::tiny_decoder().tokens().unwrap());

proptest! {
	#[test]
	fn any_text_comes_back(text in "\\PC{0,60}[ \t\n]{0,3}\\PC{0,20}") {
		let ids = TOKENS.encode(&text).unwrap();
		prop_assert_eq!(ids[0], 0, "begins with <s>");
		prop_assert!(ids.iter().all(|&id| id < 2_048));
		prop_assert_eq!(TOKENS.decode(&ids).unwrap(), text);
	}
}

#[test]
fn special_tokens_have_their_ids() {
	assert_eq!(
		(TOKENS.id("<s>"), TOKENS.id("</s>"), TOKENS.id("<pad>")),
		(Some(0), Some(1), None)
	);
}
