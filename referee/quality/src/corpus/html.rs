// SPDX-License-Identifier: Apache-2.0

//! The running text of an HTML page.

use super::markdown::NOT_TEXT;
use html5ever::{
	tendril::StrTendril,
	tokenizer::{
		BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
	},
};
use std::cell::RefCell;

/// Elements of which nothing is taken.
const HIDDEN: [&str; 16] = [
	"aside", "figure", "footer", "form", "head", "header", "math", "nav", "noscript", "pre", "script", "select",
	"style", "svg", "table", "textarea",
];
/// Elements that begin a paragraph.
const PARAGRAPHS: [&str; 3] = ["dd", "li", "p"];
/// Elements inside of one.
const INLINE: [&str; 21] = [
	"a", "abbr", "b", "cite", "del", "dfn", "em", "font", "i", "img", "ins", "mark", "q", "s", "small", "span",
	"strong", "sub", "u", "var", "wbr",
];
/// Elements inside of one whose content is a word only if it looks like one.
const CODE: [&str; 4] = ["code", "kbd", "samp", "tt"];

/// Paragraphs, list items and definitions, each on one line. Left out are code, tables, headings, and what is around the
/// page. Pages are read as tokens, and not as trees: many have elements that nobody closes.
pub fn paragraphs(page: &str) -> Vec<String> {
	let input = BufferQueue::default();
	input.push_back(StrTendril::from(page));
	let tokenizer = Tokenizer::new(Sink(RefCell::new(Reader::default())), TokenizerOpts::default());
	// Scripts are not run: the tokenizer never waits for one.
	let _ = tokenizer.feed(&input);
	tokenizer.end();
	let mut reader = tokenizer.sink.0.into_inner();
	reader.finish(false);
	reader.paragraphs
}

struct Sink(RefCell<Reader>);

#[derive(Default)]
struct Reader {
	paragraphs: Vec<String>,
	current: String,
	in_paragraph: bool,
	/// The element that hides everything, and how often it is open.
	hidden: Option<(String, usize)>,
	/// Where in the paragraph the code began that is not closed yet.
	code: Option<usize>,
}

impl TokenSink for Sink {
	type Handle = ();

	fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
		let mut reader = self.0.borrow_mut();
		match token {
			Token::CharacterTokens(text) => reader.text(&text),
			Token::TagToken(tag) => {
				reader.tag(&tag);
				if tag.kind == TagKind::StartTag {
					match &*tag.name {
						"script" => return TokenSinkResult::RawData(RawKind::ScriptData),
						"style" => return TokenSinkResult::RawData(RawKind::Rawtext),
						_ => {}
					}
				}
			}
			_ => {}
		}
		TokenSinkResult::Continue
	}
}

impl Reader {
	fn text(&mut self, text: &str) {
		if self.in_paragraph && self.hidden.is_none() {
			self.current.push_str(text);
		}
	}

	fn tag(&mut self, tag: &Tag) {
		let (name, start) = (&*tag.name, tag.kind == TagKind::StartTag);
		if let Some((hidden, depth)) = &mut self.hidden {
			if hidden == name {
				*depth = if start { *depth + 1 } else { *depth - 1 };
			}
			if *depth == 0 {
				self.hidden = None;
			}
		} else if start && HIDDEN.contains(&name) {
			self.finish(false);
			if !tag.self_closing {
				self.hidden = Some((name.to_owned(), 1));
			}
		} else if name == "br" {
			self.current.push(' ');
		} else if name == "sup" {
			// A footnote, or a power.
			self.current.push(NOT_TEXT);
		} else if CODE.contains(&name) {
			match start {
				true => self.code = self.code.or(Some(self.current.len())),
				false => self.end_code(),
			}
		} else if !INLINE.contains(&name) {
			self.finish(start && PARAGRAPHS.contains(&name));
		}
	}

	/// A word in code font is a word.
	fn end_code(&mut self) {
		let Some(start) = self.code.take() else { return };
		let code = self.current.split_off(start.min(self.current.len()));
		match code.chars().all(|c| c.is_ascii_alphabetic()) {
			true => self.current.push_str(&code),
			false => self.current.push(NOT_TEXT),
		}
	}

	/// Ends the paragraph; perhaps another one begins.
	fn finish(&mut self, begins: bool) {
		self.end_code();
		let paragraph = std::mem::take(&mut self.current);
		let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
		if !paragraph.is_empty() && self.in_paragraph {
			self.paragraphs.push(paragraph);
		}
		self.in_paragraph = begins;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_around_the_text_is_left_out() {
		let page = "<!DOCTYPE html><head><title>T</title><script>var a = '<p>no';</script></head><body><nav><p>no</p></nav>\
			<h1>Heading</h1> no <p>One &amp; <em>two</em>.<pre>no</pre> no <p>Three\n<a href=x>four</a>.<ul><li>Five<li>six</ul>\
			<table><tr><td><table></table><p>no</table><dl><dt>no<dd>Seven</dl><style>p {}</style> no";
		assert_eq!(paragraphs(page), ["One & two.", "Three four.", "Five", "six", "Seven"]);
	}

	#[test]
	fn code_is_a_word_only_if_it_looks_like_one() {
		let page = "<p>The <code><span>select</span></code> of <code>a_b</code> and <tt>f()</tt>.";
		assert_eq!(paragraphs(page), [format!("The select of {NOT_TEXT} and {NOT_TEXT}.")]);
	}

	#[test]
	fn what_is_never_closed_is_no_trouble() {
		for page in [
			"<",
			"<p",
			"<p><code>x",
			"</code></p></table>",
			"<table><p>x",
			"<p>a<p>b<p",
			"<!-- <p>x",
			"&#xffffffff;<p>&",
		] {
			let _ = paragraphs(page);
		}
		assert_eq!(paragraphs("<p><code>x"), ["x"]);
	}
}
