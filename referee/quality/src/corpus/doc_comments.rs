// SPDX-License-Identifier: Apache-2.0

//! Doc comments of a Rust file, as the Markdown that they are.

/// Each run of `///` or `//!` lines, without the markers. Comments in `/** */` and `#[doc]` are rare and left out.
pub fn blocks(source: &str) -> Vec<String> {
	let mut blocks = Vec::new();
	let mut block = String::new();
	for line in source.lines() {
		match comment(line) {
			Some(text) => {
				block.push_str(text);
				block.push('\n');
			}
			None if block.is_empty() => {}
			None => blocks.push(std::mem::take(&mut block)),
		}
	}
	if !block.is_empty() {
		blocks.push(block);
	}
	blocks
}

fn comment(line: &str) -> Option<&str> {
	let line = line.trim_start();
	// Four slashes are a rule between sections.
	let text = match line.strip_prefix("///") {
		Some(rest) if rest.starts_with('/') => return None,
		Some(rest) => rest,
		None => line.strip_prefix("//!")?,
	};
	Some(text.strip_prefix(' ').unwrap_or(text))
}

#[cfg(test)]
mod tests {
	use super::blocks;

	#[test]
	fn runs_of_doc_lines_become_blocks() {
		let source = "//! Module.\n\n\t/// One,\n\t/// two.\nfn f() {} // no\n//// no\n// no\n///  Kept indent\n";
		assert_eq!(blocks(source), ["Module.\n", "One,\ntwo.\n", " Kept indent\n"]);
	}
}
