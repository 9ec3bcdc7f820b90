// SPDX-License-Identifier: Apache-2.0

//! A file that is not what it should be is an error that names what is wrong with it.

mod common;

use atelier_quality::{Error, folder::Folder, weights::Weights};
use common::{HIDDEN, VOCABULARY, decoder, encoder};
use proptest::prelude::*;
use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::json;

mod weights {
	use super::*;

	#[test]
	fn cut_anywhere_is_not_a_whole_file() {
		let model = decoder();
		let file = model.file();
		for length in [0, 7, 8, 100, file.len() / 2, file.len() - 1] {
			let written = model.write_with(&file[..length]);
			assert!(
				matches!(written.folder.decoder(), Err(Error::BrokenSafetensors { .. })),
				"{length} bytes"
			);
		}
	}

	proptest! {
		#[test]
		fn spoilt_anywhere_never_panics(places in proptest::collection::vec((0usize..4_000, any::<u8>()), 1..4)) {
			let model = decoder();
			let mut file = model.file();
			for (place, byte) in places {
				file[place] = byte;
			}
			// Spoilt values are as good as others; a spoilt header is an error.
			if let Ok(decoder) = model.write_with(&file).folder.decoder() {
				prop_assert!(decoder.logits(&[1, 2, 3]).is_ok());
			}
		}
	}

	#[test]
	fn any_missing_tensor_is_named() {
		for model in [decoder(), encoder()] {
			for missing in model.tensors.keys() {
				let mut model = model.clone();
				model.tensors.remove(missing);
				let written = model.write();
				let error = match written.folder.decoder() {
					Err(Error::OtherKind) => written.folder.encoder().err(),
					other => other.err(),
				};
				assert!(
					matches!(error, Some(Error::MissingTensor { name }) if name == *missing),
					"{missing}"
				);
			}
		}
	}

	#[test]
	fn wrong_shape_says_both_shapes() {
		let mut model = decoder();
		model.add("lm_head.weight", &[HIDDEN, VOCABULARY]);
		let error = model.write().folder.decoder().unwrap_err();
		let Error::WrongShape { name, found, wanted } = error else {
			panic!("{error}")
		};
		assert_eq!(
			(name.as_str(), found, wanted),
			("lm_head.weight", vec![8, 16], vec![16, 8])
		);
	}

	#[test]
	fn integers_and_infinities_are_refused() {
		let mut model = decoder();
		let bytes = 1i64.to_le_bytes();
		let view = TensorView::new(Dtype::I64, vec![1], &bytes).unwrap();
		let written = model.write_with(&serialize([("model.embed_tokens.weight", view)], None).unwrap());
		assert!(matches!(
			written.folder.decoder(),
			Err(Error::NotFloat { found: Dtype::I64, .. })
		));

		let gain = &mut model.tensors.get_mut("model.norm.weight").unwrap().1;
		gain[3] = f32::INFINITY;
		assert!(
			matches!(model.write().folder.decoder(), Err(Error::NotFinite { name }) if name == "model.norm.weight")
		);
	}

	#[test]
	fn half_precision_is_read_exactly() {
		// 1.5 and -2 in both formats; 2^-24 is the smallest number of F16.
		let half: Vec<u8> = [0x3e00u16, 0xc000, 0x0001]
			.iter()
			.flat_map(|v| v.to_le_bytes())
			.collect();
		let brain: Vec<u8> = [0x3fc0u16, 0xc000, 0x3380]
			.iter()
			.flat_map(|v| v.to_le_bytes())
			.collect();
		let views = [
			("half", TensorView::new(Dtype::F16, vec![3], &half).unwrap()),
			("brain", TensorView::new(Dtype::BF16, vec![3], &brain).unwrap()),
		];
		let written = decoder().write_with(&serialize(views, None).unwrap());
		let weights: Weights = written.folder.weights().unwrap();
		for name in ["half", "brain"] {
			assert_eq!(
				weights.tensor(name, &[3]).unwrap().values,
				[1.5, -2.0, 2f32.powi(-24)],
				"{name}"
			);
		}
	}
}

mod config {
	use super::*;

	fn error_with(field: &str, value: serde_json::Value) -> Error {
		let mut model = decoder();
		model.config[field] = value;
		model.write().folder.decoder().unwrap_err()
	}

	#[test]
	fn unknown_architecture_is_named() {
		let error = error_with("architectures", json!(["MambaForCausalLM"]));
		assert!(matches!(error, Error::UnknownArchitecture { found } if found == "MambaForCausalLM"));
		let error = error_with("architectures", json!(null));
		assert!(matches!(error, Error::UnknownArchitecture { found } if found.is_empty()));
	}

	#[test]
	fn what_is_not_implemented_is_refused() {
		for (field, value) in [
			("rope_scaling", json!({ "rope_type": "llama3", "factor": 8.0 })),
			("hidden_act", json!("gelu")),
			("attention_bias", json!(true)),
		] {
			let error = error_with(field, value);
			assert!(
				matches!(error, Error::UnsupportedField { field: found, .. } if found == field),
				"{field}"
			);
		}
	}

	#[test]
	fn sizes_that_cannot_be_are_refused() {
		for (field, value) in [
			("num_attention_heads", 0),
			("num_key_value_heads", 3),
			("head_dim", 3),
			("head_dim", usize::MAX - 1),
		] {
			let error = error_with(field, json!(value));
			assert!(
				matches!(error, Error::ImpossibleField { field: found, .. } if found == field),
				"{field}"
			);
		}
	}

	#[test]
	fn absent_and_broken_fields_are_told() {
		let error = error_with("rms_norm_eps", json!("small"));
		assert!(matches!(error, Error::BrokenConfig { .. }));
		assert!(matches!(
			Folder::new("/nowhere").config(),
			Err(Error::Unreadable { .. })
		));
	}
}

mod tokenizer {
	use super::*;

	#[test]
	fn a_broken_file_is_told() {
		let written = decoder().write();
		assert!(matches!(written.folder.tokens(), Err(Error::Unreadable { .. })));
		std::fs::write(written.folder.path().join("tokenizer.json"), "{\"version\":").unwrap();
		assert!(matches!(written.folder.tokens(), Err(Error::BrokenTokenizer { .. })));
	}
}

mod slice {
	use super::*;

	#[test]
	fn a_part_of_a_window_is_told() {
		let written = decoder().write();
		std::fs::write(written.folder.path().join("validation-slice.bin"), [0; 515]).unwrap();
		assert!(matches!(
			written.folder.validation_slice(),
			Err(Error::BrokenSlice { .. })
		));
	}
}

#[test]
fn a_model_of_the_other_kind_is_told() {
	assert!(matches!(encoder().write().folder.decoder(), Err(Error::OtherKind)));
	assert!(matches!(decoder().write().folder.encoder(), Err(Error::OtherKind)));
}
