// SPDX-License-Identifier: Apache-2.0

//! The decoder's forward pass.

mod common;

use atelier_quality::{
	Error,
	folder::Folder,
	loss::{of_window, perplexity},
};
use common::{HEAD, HIDDEN, VOCABULARY};
use ndarray::s;

/// What scripts/train-tiny-decoder computed by libtorch and wrote down.
#[test]
fn perplexity_is_the_one_that_training_reported() {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder().unwrap();
	let mut losses = Vec::new();
	for window in folder.validation_slice().unwrap() {
		losses.extend(of_window(&window, |tokens| decoder.logits(tokens)).unwrap());
	}
	let ours = perplexity(&losses);

	let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
	let report: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
	let reported = report["slice_perplexity"].as_f64().unwrap();
	assert!((ours / reported - 1.0).abs() < 1e-5, "{ours} here, {reported} reported");
	assert!(
		read("README.md").contains(&format!("{reported:.4}")),
		"the README has another number than {reported:.4}"
	);
}

#[test]
fn later_tokens_do_not_change_earlier_scores() {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder().unwrap();
	let tokens = &folder.validation_slice().unwrap()[0][..64];
	let all = decoder.logits(tokens).unwrap();
	for kept in [1, 17, 63] {
		let alone = decoder.logits(&tokens[..kept]).unwrap();
		let mut others = tokens.to_vec();
		others[kept..]
			.iter_mut()
			.for_each(|token| *token = (*token + 7) % 2_048);
		let with_others = decoder.logits(&others).unwrap();
		let earlier = all.slice(s![..kept, ..]);
		// The products of another length may be summed in another order.
		assert!(
			(&alone - &earlier).iter().all(|difference| difference.abs() < 1e-4),
			"{kept} tokens alone"
		);
		let difference = &with_others.slice(s![..kept, ..]) - &earlier;
		assert!(
			difference.iter().all(|difference| difference.abs() < 1e-4),
			"{kept} tokens before others"
		);
		// The change was one that is seen where it may be.
		let changed = &with_others.row(kept) - &all.row(kept);
		assert!(
			changed.iter().any(|difference| difference.abs() > 1e-2),
			"{kept}: no change after the changed token"
		);
	}
}

#[test]
fn position_matters() {
	let decoder = common::decoder().write().folder.decoder().unwrap();
	let (one, other) = (
		decoder.logits(&[1, 2, 3, 4]).unwrap(),
		decoder.logits(&[2, 1, 3, 4]).unwrap(),
	);
	assert!(
		(&one.row(3) - &other.row(3))
			.iter()
			.any(|difference| difference.abs() > 1e-4)
	);
}

#[test]
fn a_shared_key_head_is_as_good_as_two_equal_ones() {
	let grouped = common::decoder();
	let mut separate = grouped.clone();
	separate.config["num_key_value_heads"] = 4.into();
	for (name, (shape, values)) in &mut separate.tensors {
		if name.contains("k_proj") || name.contains("v_proj") {
			shape[0] *= 2;
			// Query heads 0 and 1 share key head 0.
			*values = values
				.chunks(HEAD * HIDDEN)
				.flat_map(|head| [head, head].concat())
				.collect();
		}
	}
	let tokens = [3, 1, 4, 1, 5, 9, 2, 6];
	let logits = |model: &common::Model| model.write().folder.decoder().unwrap().logits(&tokens).unwrap();
	assert!(
		(logits(&grouped) - logits(&separate))
			.iter()
			.all(|difference| difference.abs() < 1e-4)
	);
}

#[test]
fn a_tied_head_is_the_embedding() {
	let mut untied = common::decoder();
	let embedding = untied.tensors["model.embed_tokens.weight"].clone();
	untied.tensors.insert("lm_head.weight".into(), embedding);
	let mut tied = untied.clone();
	tied.tensors.remove("lm_head.weight");
	tied.config["tie_word_embeddings"] = true.into();
	let logits = |model: &common::Model| model.write().folder.decoder().unwrap().logits(&[1, 2, 3]).unwrap();
	assert_eq!(logits(&tied), logits(&untied));
}

#[test]
fn impossible_questions_are_errors() {
	let decoder = common::decoder().write().folder.decoder().unwrap();
	assert!(matches!(decoder.logits(&[]), Err(Error::NoTokens)));
	let unknown = VOCABULARY as u32;
	assert!(matches!(decoder.logits(&[unknown]), Err(Error::UnknownToken { token, .. }) if token == unknown));
	assert!(matches!(
		decoder.logits(&[0; 33]),
		Err(Error::TooLong { tokens: 33, limit: 32 })
	));
	assert!(of_window(&[], |tokens| decoder.logits(tokens)).is_err());
}
