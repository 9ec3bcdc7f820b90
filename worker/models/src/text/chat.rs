// SPDX-License-Identifier: Apache-2.0

//! How a model wants a chat to be written: a Jinja template that comes with it.
//!
//! It is a program by a stranger: it sees the messages and nothing else, its steps are counted, and what it writes is
//! bounded. The environment is that of `transformers`: trimmed blocks, `raise_exception`, `tojson` as Python writes it, methods
//! of Python's strings, `break` and `continue`, `generation` blocks. `strftime_now` is left out: the same messages must give the same tokens tomorrow.

mod python;

use crate::{Error, files::read_if_there};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::{fs, io, path::Path};

/// The longest template of a public model has 12 KB.
const MAX_TEMPLATE: usize = 64 << 10;
/// Steps of a template for each message, and for none. 200 messages of a template with tools take 60,000.
const FUEL: u64 = 200_000;
const FUEL_OF_MESSAGE: u64 = 2_000;
/// Calls of macros within each other.
const DEPTH: usize = 64;
/// What a template may write, beyond what it is given.
const MARGIN: usize = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
	/// `system`, `user`, `assistant`, or what else the template knows.
	pub role: String,
	pub content: String,
}

/// A model's way of writing a chat.
pub struct Chat {
	environment: Environment<'static>,
	/// Names of special tokens, which templates write.
	special: Vec<(&'static str, String)>,
}

const SPECIAL: [&str; 4] = ["bos_token", "eos_token", "pad_token", "unk_token"];
const NAME: &str = "chat";

impl Chat {
	/// From `chat_template.jinja`, or else `tokenizer_config.json`; none if neither has one.
	pub fn read(folder: &Path) -> Result<Option<Self>, Error> {
		let broken = |path, source| Error::BrokenTemplateFile { path, source };
		let config: Option<Json> = read_if_there(&folder.join("tokenizer_config.json"), broken)?;
		let config = config.unwrap_or_default();
		let path = folder.join("chat_template.jinja");
		let template = match path.exists() {
			true => Some(fs::read_to_string(&path).map_err(|source| Error::Unreadable { path, source })?),
			false => template_of(&config),
		};
		let special = SPECIAL
			.into_iter()
			.filter_map(|name| Some((name, token(config.get(name)?)?)));
		template
			.map(|template| Self::new(template, special.collect()))
			.transpose()
	}

	pub fn new(template: String, special: Vec<(&'static str, String)>) -> Result<Self, Error> {
		if template.len() > MAX_TEMPLATE {
			return Err(Error::TemplateTooLong {
				bytes: template.len(),
				limit: MAX_TEMPLATE,
			});
		}
		let mut environment = Environment::new();
		environment.set_trim_blocks(true);
		environment.set_lstrip_blocks(true);
		environment.set_recursion_limit(DEPTH);
		environment.set_undefined_behavior(UndefinedBehavior::Lenient);
		environment.set_auto_escape_callback(|_| AutoEscape::None);
		environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
		environment.add_function("raise_exception", |message: String| {
			Err::<Value, _>(minijinja::Error::new(ErrorKind::InvalidOperation, message))
		});
		environment.add_filter("tojson", python::to_json);
		environment
			.add_template_owned(NAME, python::without_generation(&template))
			.map_err(|source| Error::BrokenTemplate { source })?;
		Ok(Self { environment, special })
	}

	/// The text of a chat, up to where the answer begins.
	pub fn write(&self, messages: &[Message]) -> Result<String, Error> {
		let given: usize = messages
			.iter()
			.map(|message| message.content.len() + message.role.len())
			.sum();
		let limit = given.saturating_mul(2).saturating_add(MARGIN);
		self.render(messages, Some(FUEL + FUEL_OF_MESSAGE * messages.len() as u64), limit)
	}

	fn render(&self, messages: &[Message], fuel: Option<u64>, limit: usize) -> Result<String, Error> {
		let mut environment = self.environment.clone();
		environment.set_fuel(fuel);
		let template = environment
			.get_template(NAME)
			.map_err(|source| Error::BrokenTemplate { source })?;
		let special: Value = self
			.special
			.iter()
			.map(|(name, token)| (*name, token.as_str()))
			.collect();
		let context = context! { messages, add_generation_prompt => true, ..special };
		let mut written = Bounded {
			text: Vec::new(),
			limit,
			full: false,
		};
		match template.render_captured_to(context, &mut written) {
			Ok(_) => {}
			Err(_) if written.full => return Err(Error::ChatTooLong { limit }),
			Err(source) => return Err(Error::TemplateRefuses { source }),
		}
		String::from_utf8(written.text).map_err(|error| Error::NotUtf8 {
			valid: error.utf8_error().valid_up_to(),
		})
	}
}

/// One template, or the one that is called default of several.
fn template_of(config: &Json) -> Option<String> {
	match config.get("chat_template")? {
		Json::String(template) => Some(template.clone()),
		Json::Array(several) => several
			.iter()
			.find(|one| one.get("name").is_some_and(|name| name == "default"))
			.and_then(|one| Some(one.get("template")?.as_str()?.to_owned())),
		_ => None,
	}
}

/// A special token is a string, or an object with its content.
fn token(raw: &Json) -> Option<String> {
	raw.as_str().or_else(|| raw.get("content")?.as_str()).map(Into::into)
}

/// Takes so much and no more.
struct Bounded {
	text: Vec<u8>,
	limit: usize,
	full: bool,
}

impl io::Write for Bounded {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		if self.text.len().saturating_add(bytes.len()) > self.limit {
			self.full = true;
			return Err(io::ErrorKind::FileTooLarge.into());
		}
		self.text.extend_from_slice(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::{Chat, Message};
	use crate::Error;

	fn chat(template: &str) -> Chat {
		Chat::new(template.into(), vec![("bos_token", "<s>".into())]).unwrap()
	}

	fn messages(count: usize) -> Vec<Message> {
		(0..count)
			.map(|number| Message {
				role: ["user", "assistant"][number % 2].into(),
				content: format!(" number {number} "),
			})
			.collect()
	}

	#[test]
	fn writes_as_transformers_does() {
		// ChatML, with the idioms of published templates: a method of Python's strings, trimmed blocks, loop variables.
		let template = "{{ bos_token }}{% for message in messages %}\n  {% if message['role'] not in ['user', 'assistant'] %}\n{{ raise_exception('unknown role') }}\n  {% endif %}\n{{ '<|im_start|>' + message['role'] + '\n' + message.content.strip() + '<|im_end|>' + '\n' }}{% if loop.last and add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}\n{% endfor %}";
		let written = chat(template).write(&messages(2)).unwrap();
		assert_eq!(
			written,
			"<s><|im_start|>user\nnumber 0<|im_end|>\n<|im_start|>assistant\nnumber 1<|im_end|>\n<|im_start|>assistant\n"
		);
		let strange = Message {
			role: "tool".into(),
			content: String::new(),
		};
		let error = chat(template).write(&[strange]).unwrap_err();
		assert!(
			matches!(&error, Error::TemplateRefuses { source } if source.to_string().contains("unknown role")),
			"{error:?}"
		);
	}

	#[test]
	fn json_is_written_as_python_writes_it() {
		let message = Message {
			role: "user".into(),
			content: "<a> & 'b' \"é\"".into(),
		};
		let json = |template: &str| chat(template).write(std::slice::from_ref(&message)).unwrap();
		let plain = json("{{ messages[0] | tojson }}");
		assert_eq!(plain, r#"{"role": "user", "content": "<a> & 'b' \"é\""}"#);
		assert_eq!(
			json("{{ [1, {}, [], none, true] | tojson }}"),
			"[1, {}, [], null, true]"
		);
		assert_eq!(json("{{ [1, [2]] | tojson(indent=2) }}"), "[\n  1,\n  [\n    2\n  ]\n]");
	}

	#[test]
	fn generation_blocks_are_what_is_in_them() {
		let template = "{% for m in messages %}a\n{%- generation -%}\n b {%- endgeneration %}c{% endfor %} generation";
		assert_eq!(chat(template).write(&messages(2)).unwrap(), "abcabc generation");
	}

	#[test]
	fn endless_work_is_stopped() {
		let endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% set c = a %}{% endfor %}{% endfor %}";
		assert!(matches!(
			chat(endless).write(&messages(1)),
			Err(Error::TemplateRefuses { .. })
		));
		let deep = "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}";
		assert!(matches!(
			chat(deep).write(&messages(1)),
			Err(Error::TemplateRefuses { .. })
		));
	}

	#[test]
	fn endless_text_is_stopped() {
		let long = "{% for a in range(1000) %}{{ 'x' * 1000 }}{% endfor %}";
		assert!(matches!(chat(long).write(&messages(1)), Err(Error::ChatTooLong { .. })));
	}

	/// The controls of the two tests above: without the limits there would be an end, but only after the work.
	#[test]
	fn without_limits_it_would_not_be_stopped() {
		let work = "{% for a in range(300) %}{% for b in range(300) %}{% set c = a %}{% endfor %}{% endfor %}done";
		assert!(matches!(
			chat(work).write(&messages(1)),
			Err(Error::TemplateRefuses { .. })
		));
		assert_eq!(chat(work).render(&messages(1), None, usize::MAX).unwrap(), "done");
		let text = "{{ 'x' * 1000000 }}";
		assert!(matches!(chat(text).write(&messages(1)), Err(Error::ChatTooLong { .. })));
		assert_eq!(
			chat(text).render(&messages(1), None, usize::MAX).unwrap().len(),
			1_000_000
		);
	}

	#[test]
	fn what_it_needs_not_see_it_cannot() {
		for template in [
			"{% include '/etc/passwd' %}",
			"{{ open('/etc/passwd') }}",
			"{{ ''.__class__.__mro__ }}",
		] {
			match Chat::new(template.into(), Vec::new()) {
				Err(Error::BrokenTemplate { .. }) => {}
				Ok(chat) => match chat.write(&messages(1)) {
					Ok(written) => assert_eq!(written, "", "{template}"),
					Err(error) => assert!(matches!(error, Error::TemplateRefuses { .. }), "{error:?}"),
				},
				Err(error) => panic!("{error}"),
			}
		}
	}

	#[test]
	fn a_broken_or_huge_one_is_refused() {
		assert!(matches!(
			Chat::new("{% for %}".into(), Vec::new()),
			Err(Error::BrokenTemplate { .. })
		));
		assert!(matches!(
			Chat::new(" ".repeat(70_000), Vec::new()),
			Err(Error::TemplateTooLong { .. })
		));
	}
}
