// SPDX-License-Identifier: Apache-2.0

//! A tokenizer of one's own: byte-level BPE, so that no text is unknown to it.

use super::Error;
use tokenizers::{
	AddedToken, Tokenizer,
	models::{
		TrainerWrapper,
		bpe::{BPE, BpeTrainer},
	},
	pre_tokenizers::byte_level::ByteLevel,
	processors::template::TemplateProcessing,
};

/// Stands before every text, and after it.
pub const BEGIN: &str = "<s>";
pub const END: &str = "</s>";

/// Of these texts, with exactly so many tokens: the two special ones, 256 bytes, and the most frequent pairs.
pub fn train(documents: &[String], vocabulary: u32) -> Result<Tokenizer, Error> {
	let wrong = |source| Error::NoTokenizer { source };
	let mut tokenizer = Tokenizer::new(BPE::default());
	tokenizer.with_pre_tokenizer(Some(ByteLevel::default().add_prefix_space(false)));
	tokenizer.with_decoder(Some(ByteLevel::default()));
	let special = [BEGIN, END].map(|token| AddedToken::from(token, true));
	let trainer = BpeTrainer::builder()
		.vocab_size(vocabulary as usize)
		.special_tokens(special.to_vec())
		.initial_alphabet(ByteLevel::alphabet().into_iter().collect())
		.show_progress(false)
		.build();
	let texts = documents.iter().map(String::as_str);
	tokenizer
		.train(&mut TrainerWrapper::BpeTrainer(trainer), texts)
		.map_err(wrong)?;
	let before = TemplateProcessing::builder()
		.try_single(format!("{BEGIN} $A"))
		.map_err(|message| wrong(message.into()))?
		.special_tokens(vec![(BEGIN, 0)])
		.build()
		.map_err(|error| wrong(error.to_string().into()))?;
	tokenizer.with_post_processor(Some(before));
	let tokens = tokenizer.get_vocab_size(true);
	match tokens == vocabulary as usize {
		true => Ok(tokenizer),
		false => Err(Error::SmallTokenizer { tokens, vocabulary }),
	}
}
