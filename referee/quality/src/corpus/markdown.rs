// SPDX-License-Identifier: Apache-2.0

//! The running text of a Markdown document.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Stands where something was that is not text; a sentence that contains it is not used.
pub const NOT_TEXT: char = '\u{fffc}';

/// Paragraphs and list items, each on one line. Left out are code blocks, tables, headings, HTML, footnotes, and what
/// stands below a heading about licences or contributing, since that is the same everywhere.
pub fn paragraphs(markdown: &str) -> Vec<String> {
	let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_MATH;
	let mut reader = Reader::default();
	// Rustdoc resolves `[Name]` itself: it is text, and not a broken link.
	for event in Parser::new_with_broken_link_callback(markdown, options, Some(|_| Some(("".into(), "".into())))) {
		reader.read(event);
	}
	reader.finish();
	reader.paragraphs
}

#[derive(Default)]
struct Reader {
	paragraphs: Vec<String>,
	current: String,
	/// How many open elements hide their content.
	hidden: usize,
	in_heading: bool,
	/// The last heading was about licences.
	in_licence: bool,
}

impl Reader {
	fn read(&mut self, event: Event<'_>) {
		match event {
			Event::Start(Tag::Heading { .. }) => {
				self.finish();
				self.in_heading = true;
			}
			Event::End(TagEnd::Heading(_)) => {
				let heading = std::mem::take(&mut self.current).to_lowercase();
				self.in_licence = ["licen", "contribut", "copyright"]
					.iter()
					.any(|word| heading.contains(word));
				self.in_heading = false;
			}
			Event::Start(tag) if hides(&tag) => {
				self.current.push(NOT_TEXT);
				self.hidden += 1;
			}
			Event::End(end) if hides_end(&end) => self.hidden = self.hidden.saturating_sub(1),
			Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::BlockQuote(_))
			| Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_)) => self.finish(),
			_ if self.hidden > 0 => {}
			Event::Text(text) => self.current.push_str(&text),
			// A word in code font is a word.
			Event::Code(code) if code.chars().all(|c| c.is_ascii_alphabetic()) => self.current.push_str(&code),
			Event::SoftBreak | Event::HardBreak => self.current.push(' '),
			Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
				self.current.push(NOT_TEXT)
			}
			_ => {}
		}
	}

	/// Ends the paragraph.
	fn finish(&mut self) {
		let paragraph = std::mem::take(&mut self.current);
		let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
		if !paragraph.is_empty() && !self.in_licence && !self.in_heading {
			self.paragraphs.push(paragraph);
		}
	}
}

fn hides(tag: &Tag<'_>) -> bool {
	matches!(
		tag,
		Tag::CodeBlock(_) | Tag::Table(_) | Tag::HtmlBlock | Tag::FootnoteDefinition(_) | Tag::Image { .. }
	)
}

fn hides_end(end: &TagEnd) -> bool {
	matches!(
		end,
		TagEnd::CodeBlock | TagEnd::Table | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition | TagEnd::Image
	)
}

#[cfg(test)]
mod tests {
	use super::{NOT_TEXT, paragraphs};

	#[test]
	fn only_running_text_is_kept() {
		let text = paragraphs(
			"# A heading\n\nSee [the `Name`] and\n[a link](https://example.org).\n\n```\ncode\n```\n\n- an item\n- another\n\n\
			 | a | b |\n|---|---|\n| c | d |\n\n## License\n\nMIT.\n\n## More\n\nThe end.",
		);
		let kept: Vec<_> = text
			.iter()
			.map(|t| t.trim_matches(&[NOT_TEXT, ' '][..]))
			.filter(|t| !t.is_empty())
			.collect();
		assert_eq!(kept, ["See the Name and a link.", "an item", "another", "The end."]);
	}

	#[test]
	fn code_in_a_sentence_leaves_a_mark() {
		assert_eq!(paragraphs("Call `f(x)` now."), [format!("Call {NOT_TEXT} now.")]);
	}
}
