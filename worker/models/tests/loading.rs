// SPDX-License-Identifier: Apache-2.0

//! A folder that is not what it should be is an error that names what is wrong with it.

mod common;

use atelier_models::{
	Error,
	load::{Folder, checkpoint::Checkpoint, config::Config, pooling::Pooling},
};
use common::folder;
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;

/// A copy of a fixture, to be spoilt.
struct Copy(TempDir);

impl Copy {
	fn of(name: &str) -> Self {
		let copy = tempfile::tempdir().unwrap();
		for file in fs::read_dir(folder(name).path()).unwrap() {
			let file = file.unwrap();
			fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
		}
		Self(copy)
	}

	fn path(&self) -> &Path {
		self.0.path()
	}

	fn folder(&self) -> Folder {
		Folder::new(self.path())
	}

	fn write(&self, file: &str, content: impl AsRef<[u8]>) -> &Self {
		fs::write(self.path().join(file), content).unwrap();
		self
	}

	fn weights(&self) -> Vec<u8> {
		fs::read(self.path().join("model.safetensors")).unwrap()
	}

	/// The config with other fields.
	fn with(&self, fields: Value) -> Result<Config, Error> {
		let path = folder("llama").path().join("config.json");
		let mut config: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
		for (field, value) in fields.as_object().unwrap() {
			config[field] = value.clone();
		}
		self.write("config.json", config.to_string()).folder().config()
	}

	/// Changes the header of the weights.
	fn header(&self, change: impl FnOnce(&mut Value)) {
		let weights = self.weights();
		let length = u64::from_le_bytes(weights[..8].try_into().unwrap()) as usize;
		let mut header: Value = serde_json::from_slice(&weights[8..8 + length]).unwrap();
		change(&mut header);
		let header = header.to_string();
		let mut changed = (header.len() as u64).to_le_bytes().to_vec();
		changed.extend_from_slice(header.as_bytes());
		changed.extend_from_slice(&weights[8 + length..]);
		self.write("model.safetensors", changed);
	}
}

mod configs {
	use super::*;

	fn error(fields: Value) -> Error {
		Copy::of("llama").with(fields).unwrap_err()
	}

	#[test]
	fn what_is_not_implemented_is_named() {
		for (field, value) in [
			("hidden_act", json!("gelu")),
			("quantization_config", json!({ "quant_method": "gptq" })),
			(
				"rope_scaling",
				json!({ "rope_type": "yarn", "factor": 2.0, "rope_theta": 1e4 }),
			),
			("rope_scaling", json!({ "type": "dynamic", "factor": 2.0 })),
			("rope_scaling", json!({ "factor": 2.0 })),
			("rope_parameters", json!({ "rope_type": "longrope", "rope_theta": 1e4 })),
			(
				"rope_parameters",
				json!({ "full_attention": { "rope_type": "default" } }),
			),
			("partial_rotary_factor", json!(0.5)),
			("sliding_window", json!(64)),
			("layer_types", json!(["full_attention", "sliding_attention"])),
			("num_local_experts", json!(8)),
		] {
			let mut fields = json!({ field: value });
			if field == "rope_scaling" {
				fields["rope_parameters"] = Value::Null;
			}
			let error = error(fields);
			assert!(
				matches!(&error, Error::UnsupportedField { field: found, .. } if *found == field),
				"{field}: {error}"
			);
		}
		for architecture in ["MixtralForCausalLM", "GPT2LMHeadModel", ""] {
			let error = error(json!({ "architectures": [architecture] }));
			assert!(matches!(error, Error::UnknownArchitecture { found, .. } if found == architecture));
		}
		assert!(matches!(
			error(json!({ "architectures": null })),
			Error::UnknownArchitecture { .. }
		));
	}

	#[test]
	fn what_cannot_be_is_named() {
		for (field, value) in [
			("vocab_size", json!(0)),
			("vocab_size", json!(-5)),
			("vocab_size", json!(u64::MAX)),
			("hidden_size", json!("many")),
			("num_hidden_layers", json!(1.5)),
			("num_key_value_heads", json!(3)),
			("head_dim", json!(7)),
			("head_dim", json!(1 << 24)),
			("rms_norm_eps", json!(-1.0)),
			("rms_norm_eps", json!(0)),
			("tie_word_embeddings", json!("yes")),
		] {
			let error = error(json!({ field: value }));
			assert!(
				matches!(&error, Error::ImpossibleField { field: found, .. } if *found == field),
				"{field}: {error}"
			);
		}
		let no_heads = json!({ "head_dim": null, "hidden_size": 33 });
		assert!(matches!(
			error(no_heads),
			Error::ImpossibleField {
				field: "num_attention_heads",
				..
			}
		));
		assert!(matches!(
			error(json!({ "vocab_size": null })),
			Error::MissingField { field: "vocab_size" }
		));
		let flat = json!({ "rope_parameters": { "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 2.0, "high_freq_factor": 2.0, "original_max_position_embeddings": 8 } });
		assert!(matches!(
			error(flat),
			Error::ImpossibleField {
				field: "high_freq_factor",
				..
			}
		));
	}

	#[test]
	fn older_files_say_the_same_in_other_words() {
		let copy = Copy::of("llama");
		let new = copy.with(json!({ "rope_parameters": { "rope_type": "linear", "factor": 2.0, "rope_theta": 5e5 } }));
		let old = copy.with(
			json!({ "rope_parameters": null, "rope_theta": 5e5, "rope_scaling": { "type": "linear", "factor": 2.0 } }),
		);
		assert_eq!(new.unwrap(), old.unwrap());
		// A window of all positions is none.
		assert!(copy.with(json!({ "sliding_window": 160 })).is_ok());
	}

	#[test]
	fn that_are_no_json_are_named() {
		let copy = Copy::of("llama");
		for text in ["", "{", "[]", "null", "\u{0}"] {
			let error = copy.write("config.json", text).folder().config().unwrap_err();
			assert!(
				matches!(error, Error::BrokenConfig { .. } | Error::UnknownArchitecture { .. }),
				"{text:?}: {error}"
			);
		}
		fs::remove_file(copy.path().join("config.json")).unwrap();
		assert!(matches!(copy.folder().config(), Err(Error::Unreadable { .. })));
	}
}

mod checkpoints {
	use super::*;

	fn open(copy: &Copy) -> Result<Checkpoint, Error> {
		copy.folder().checkpoint()
	}

	const NORM: &str = "model.norm.weight";

	#[test]
	fn cut_or_grown_anywhere_are_not_whole() {
		let copy = Copy::of("llama");
		let weights = copy.weights();
		for length in [0, 7, 8, 100, weights.len() / 2, weights.len() - 1] {
			copy.write("model.safetensors", &weights[..length]);
			let error = open(&copy).err();
			assert!(
				matches!(error, Some(Error::BrokenSafetensors { .. } | Error::Unreadable { .. })),
				"{length}: {error:?}"
			);
		}
		copy.write("model.safetensors", [weights.as_slice(), &[0]].concat());
		assert!(matches!(open(&copy), Err(Error::BrokenSafetensors { .. })));
	}

	#[test]
	fn headers_that_lie_are_found_out() {
		let lies: [fn(&mut Value); 7] = [
			|header| header[NORM]["shape"] = json!([64]),
			|header| header[NORM]["shape"] = json!([u64::MAX, 2]),
			|header| header[NORM]["shape"] = json!([-1]),
			|header| header[NORM]["dtype"] = json!("F64"),
			|header| header[NORM]["dtype"] = json!("F77"),
			|header| header[NORM]["data_offsets"] = json!([0, 128]),
			|header| header[NORM]["data_offsets"] = json!([u64::MAX, 4]),
		];
		for (number, lie) in lies.into_iter().enumerate() {
			let copy = Copy::of("llama");
			copy.header(lie);
			assert!(
				matches!(open(&copy), Err(Error::BrokenSafetensors { .. })),
				"lie {number}"
			);
		}
		// The length of the header, up to more than memory.
		for length in [u64::MAX, 1 << 40, 99_000_000, 0, 1] {
			let copy = Copy::of("llama");
			let mut weights = copy.weights();
			weights[..8].copy_from_slice(&length.to_le_bytes());
			copy.write("model.safetensors", weights);
			assert!(matches!(open(&copy), Err(Error::BrokenSafetensors { .. })), "{length}");
		}
	}

	#[test]
	fn with_tensors_that_do_not_fit_are_named() {
		let copy = Copy::of("llama");
		let mut checkpoint = open(&copy).unwrap();
		assert!(matches!(checkpoint.take("nothing", &[1]), Err(Error::MissingTensor { name }) if name == "nothing"));
		let error = checkpoint.take(NORM, &[31]).unwrap_err();
		assert!(
			matches!(&error, Error::WrongShape { found, wanted, .. } if (found.as_slice(), wanted.as_slice()) == (&[32], &[31]))
		);
		assert!(matches!(
			open(&copy).unwrap().finish(|_| false),
			Err(Error::UnusedTensor { .. })
		));

		copy.header(|header| header[NORM]["dtype"] = json!("I32"));
		assert!(matches!(
			open(&copy).unwrap().take(NORM, &[32]),
			Err(Error::NotFloat { .. })
		));
	}

	#[test]
	fn with_values_that_are_no_numbers_are_named() {
		for bits in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
			let copy = Copy::of("llama");
			let mut weights = copy.weights();
			let length = u64::from_le_bytes(weights[..8].try_into().unwrap()) as usize;
			let header: Value = serde_json::from_slice(&weights[8..8 + length]).unwrap();
			let start = 8 + length + header[NORM]["data_offsets"][0].as_u64().unwrap() as usize;
			weights[start + 12..start + 16].copy_from_slice(&bits.to_le_bytes());
			copy.write("model.safetensors", weights);
			assert!(matches!(open(&copy).unwrap().take(NORM, &[32]), Err(Error::NotFinite { name }) if name == NORM));
		}
	}

	/// Writes the weights of a fixture in two files.
	fn in_two(copy: &Copy) -> Value {
		let weights = copy.weights();
		let tensors = safetensors::SafeTensors::deserialize(&weights).unwrap();
		let mut map = serde_json::Map::new();
		for (number, shard) in ["one.safetensors", "two.safetensors"].into_iter().enumerate() {
			let every = tensors.iter().enumerate();
			let own: Vec<_> = every
				.filter(|(place, _)| place % 2 == number)
				.map(|(_, tensor)| tensor)
				.collect();
			map.extend(own.iter().map(|(name, _)| ((*name).to_owned(), json!(shard))));
			copy.write(shard, safetensors::serialize(own, None).unwrap());
		}
		fs::remove_file(copy.path().join("model.safetensors")).unwrap();
		json!({ "metadata": {}, "weight_map": map })
	}

	const INDEX: &str = "model.safetensors.index.json";

	#[test]
	fn in_several_files_are_read_like_one() {
		let copy = Copy::of("llama");
		let whole = open(&copy).unwrap().take(NORM, &[32]).unwrap().bytes.to_vec();
		let index = in_two(&copy);
		copy.write(INDEX, index.to_string());
		let mut checkpoint = open(&copy).unwrap();
		assert_eq!(checkpoint.take(NORM, &[32]).unwrap().bytes, whole);
	}

	#[test]
	fn whose_index_lies_are_refused() {
		let copy = Copy::of("llama");
		assert!(open(&copy).is_ok());
		let index = in_two(&copy);
		assert!(matches!(open(&copy), Err(Error::NoWeights { .. })));
		let lie = |change: &dyn Fn(&mut Value)| {
			let mut index = index.clone();
			change(&mut index["weight_map"]);
			copy.write(INDEX, index.to_string());
			open(&copy).err().unwrap()
		};
		let other = if index["weight_map"][NORM] == "one.safetensors" {
			"two.safetensors"
		} else {
			"one.safetensors"
		};
		assert!(matches!(lie(&|map| map[NORM] = json!(other)), Error::NotInIndex { name, .. } if name == NORM));
		assert!(
			matches!(lie(&|map| map["ghost"] = json!("one.safetensors")), Error::NotInShard { name, .. } if name == "ghost")
		);
		assert!(matches!(
			lie(&|map| drop(map.as_object_mut().unwrap().remove(NORM))),
			Error::NotInIndex { .. }
		));
		assert!(matches!(
			lie(&|map| map[NORM] = json!("three.safetensors")),
			Error::Unreadable { .. } | Error::NotInIndex { .. }
		));
		for outside in ["../one.safetensors", "/etc/passwd", "..", "", "a/b"] {
			let error = lie(&|map| map[NORM] = json!(outside));
			assert!(
				matches!(&error, Error::ForeignShard { found } if found == outside),
				"{outside}: {error}"
			);
		}
		let many = |map: &mut Value| {
			(0..3_000).for_each(|number| map[format!("t{number}")] = json!(format!("{number}.safetensors")))
		};
		assert!(matches!(lie(&many), Error::TooManyShards { limit: 2_048, .. }));
		copy.write(INDEX, "{}");
		assert!(matches!(open(&copy), Err(Error::BrokenIndex { .. })));
	}
}

mod tokenizers {
	use super::*;

	#[test]
	fn of_another_model_are_refused() {
		// 320 tokens for a vocabulary of 300, of 1,024, and of one that is padded.
		for (vocabulary, fits) in [(300, false), (1_024, false), (320, true), (344, true), (400, false)] {
			let copy = Copy::of("llama");
			copy.with(json!({ "vocab_size": vocabulary })).unwrap();
			let text = copy.folder().text();
			assert_eq!(text.is_ok(), fits, "{vocabulary}");
			if let Err(error) = text {
				assert!(matches!(error, Error::TokenizerMismatch { .. }), "{error}");
			}
		}
	}

	#[test]
	fn that_are_none_are_named() {
		let copy = Copy::of("llama");
		for text in ["", "{}", "[1, 2]", "{\"model\": {\"type\": \"BPE\"}}"] {
			copy.write("tokenizer.json", text);
			assert!(
				matches!(copy.folder().text(), Err(Error::BrokenTokenizer { .. })),
				"{text}"
			);
		}
	}

	#[test]
	fn huge_files_are_not_read() {
		let copy = Copy::of("llama");
		let file = fs::File::create(copy.path().join("tokenizer.json")).unwrap();
		file.set_len(10 << 30).unwrap();
		assert!(matches!(copy.folder().text(), Err(Error::FileTooLarge { .. })));
	}
}

mod beside {
	use super::*;

	#[test]
	fn end_tokens_are_of_the_generation_config_or_the_config() {
		let copy = Copy::of("llama");
		copy.with(json!({ "eos_token_id": [5, 3, 5] })).unwrap();
		assert_eq!(copy.folder().end_tokens().unwrap(), [257]);
		copy.write("generation_config.json", "{}");
		assert_eq!(copy.folder().end_tokens().unwrap(), [3, 5]);
		copy.write("generation_config.json", "{\"eos_token_id\": 320}");
		assert!(matches!(
			copy.folder().end_tokens(),
			Err(Error::UnknownToken {
				token: 320,
				vocabulary: 320
			})
		));
		copy.write(
			"generation_config.json",
			json!({ "eos_token_id": (0..9).collect::<Vec<_>>() }).to_string(),
		);
		assert!(matches!(
			copy.folder().end_tokens(),
			Err(Error::TooManyEnds { found: 9, limit: 8 })
		));
		copy.write("generation_config.json", "{\"eos_token_id\": \"</s>\"}");
		assert!(matches!(
			copy.folder().end_tokens(),
			Err(Error::BrokenGeneration { .. })
		));
	}

	#[test]
	fn pooling_is_the_mean_unless_a_file_says_otherwise() {
		let copy = Copy::of("bert");
		assert_eq!(copy.folder().pooling().unwrap(), Pooling::Mean);
		fs::create_dir(copy.path().join("1_Pooling")).unwrap();
		let mode = |mode: &str| {
			copy.write(
				"1_Pooling/config.json",
				json!({ "word_embedding_dimension": 32, mode: true }).to_string(),
			);
			copy.folder().pooling()
		};
		assert_eq!(mode("pooling_mode_mean_tokens").unwrap(), Pooling::Mean);
		assert_eq!(mode("pooling_mode_cls_token").unwrap(), Pooling::First);
		assert!(matches!(
			mode("pooling_mode_max_tokens"),
			Err(Error::UnsupportedField { .. })
		));
	}

	#[test]
	fn a_chat_template_is_in_a_file_of_its_own_or_beside_the_tokens() {
		let copy = Copy::of("llama");
		let write = |copy: &Copy| {
			let chat = copy.folder().chat().unwrap()?;
			Some(
				chat.write(&[atelier_models::text::Message {
					role: "user".into(),
					content: "hi".into(),
				}])
				.unwrap(),
			)
		};
		assert_eq!(write(&copy), None);
		let inside =
			json!({ "bos_token": { "content": "<s>" }, "chat_template": "{{ bos_token }}[{{ messages[0].content }}]" });
		copy.write("tokenizer_config.json", inside.to_string());
		assert_eq!(write(&copy).unwrap(), "<s>[hi]");
		copy.write("chat_template.jinja", "({{ messages[0]['content'] | upper }})");
		assert_eq!(write(&copy).unwrap(), "(HI)");
		let several = json!({ "chat_template": [{ "name": "tool_use", "template": "no" }, { "name": "default", "template": "yes" }] });
		fs::remove_file(copy.path().join("chat_template.jinja")).unwrap();
		copy.write("tokenizer_config.json", several.to_string());
		assert_eq!(write(&copy).unwrap(), "yes");
	}
}

mod spoilt {
	use super::*;
	use proptest::prelude::*;

	/// Reads everything there is, and uses what can be read.
	fn read_all(copy: &Copy) {
		let folder = copy.folder();
		let _ = folder.config();
		let _ = folder.end_tokens();
		if let Ok(text) = folder.text()
			&& let Ok(tokens) = text.encode("Größe, naïve café: 漢字 and 🙂!")
		{
			let mut stream = text.stream();
			for token in tokens.into_iter().chain(0..320) {
				let _ = stream.push(token);
			}
		}
		if let Ok(Some(chat)) = folder.chat() {
			let message = atelier_models::text::Message {
				role: "user".into(),
				content: "hi".into(),
			};
			let _ = chat.write(&[message]);
		}
		if let Ok(mut checkpoint) = folder.checkpoint() {
			let _ = checkpoint.take("model.norm.weight", &[32]);
		}
	}

	const TEMPLATE: &str = "{{ bos_token }}{% for message in messages %}{% if loop.last %}{{ message.content.strip() | tojson }}{% endif %}[{{ message['role'][:2] ~ '!' }}]{% endfor %}";

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		/// A few wrong bytes anywhere in any file: an error or another model, never a panic.
		#[test]
		fn anywhere_never_panics(places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
			let copy = Copy::of("llama");
			copy.write("chat_template.jinja", TEMPLATE);
			for file in ["config.json", "generation_config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors"] {
				let path = copy.path().join(file);
				let whole = fs::read(&path).unwrap();
				let mut spoilt = whole.clone();
				for (place, byte) in &places {
					// Of the weights, the header.
					let length = spoilt.len().min(4_000);
					spoilt[place.index(length)] = *byte;
				}
				fs::write(&path, spoilt).unwrap();
				read_all(&copy);
				fs::write(&path, whole).unwrap();
			}
		}

		/// Fields of a tokenizer that are there and make no sense.
		#[test]
		fn numbers_of_a_tokenizer_never_panic(number in any::<u32>(), field in 0usize..4) {
			let copy = Copy::of("llama");
			let path = copy.path().join("tokenizer.json");
			let mut tokenizer: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
			match field {
				0 => tokenizer["added_tokens"][0]["id"] = json!(number),
				1 => tokenizer["model"]["vocab"]["th"] = json!(number),
				2 => tokenizer["truncation"] = json!({ "direction": "Right", "max_length": 0, "strategy": "LongestFirst", "stride": number }),
				_ => tokenizer["padding"] = json!({ "strategy": { "Fixed": number }, "direction": "Right", "pad_to_multiple_of": 0, "pad_id": number, "pad_type_id": 0, "pad_token": "x" }),
			}
			fs::write(&path, tokenizer.to_string()).unwrap();
			read_all(&copy);
		}
	}
}
