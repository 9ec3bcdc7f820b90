// SPDX-License-Identifier: Apache-2.0

//! The text: enough of it, and the same each time.

use atelier_quality::corpus::{Corpus, Document};
use std::collections::{HashMap, HashSet};

/// One test, since reading the text takes seconds and each test is a process of its own.
#[test]
fn text_is_plentiful_distinct_and_the_same_each_time() {
	let corpus = Corpus::read().unwrap();
	assert_eq!(corpus, Corpus::read().unwrap());

	let sentences = corpus.sentences(usize::MAX);
	assert!(sentences.len() >= 4_000, "{} sentences", sentences.len());
	assert_eq!(corpus.sentences(100), sentences[..100]);
	assert_eq!(sentences.iter().collect::<HashSet<_>>().len(), sentences.len());

	let documents = corpus.documents();
	let origins: HashMap<_, _> = documents.iter().flat_map(of).collect();
	let in_all: usize = documents.iter().map(|document| of(document).count()).sum();
	assert_eq!(origins.len(), in_all, "a sentence occurs twice in the text");
	let mut per_crate = HashMap::new();
	for sentence in &sentences {
		*per_crate.entry(origins[sentence]).or_insert(0) += 1;
	}
	assert!(per_crate.values().all(|&count| count <= 40));
	// No crate is much of it.
	assert!(per_crate.len() >= 300, "{} crates", per_crate.len());

	assert!(
		documents
			.iter()
			.all(|document| !document.origin.starts_with("atelier-"))
	);
}

fn of(document: &Document) -> impl Iterator<Item = (&str, &str)> {
	document
		.paragraphs
		.iter()
		.flatten()
		.map(|sentence| (sentence.as_str(), document.origin.as_str()))
}
