// SPDX-License-Identifier: Apache-2.0

//! How a shape is written in a manifest: every field by its name.

use atelier_referee::{
	model::{Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Use", rename_all = "lowercase")]
enum UseText {
	Tokens,
	Embedding,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Order", rename_all = "lowercase")]
enum OrderText {
	Before,
	After,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Norm", rename_all = "lowercase")]
enum NormText {
	Rms,
	Layer,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Activation", rename_all = "lowercase")]
enum ActivationText {
	Silu,
	Gelu,
	GeluTanh,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Format", rename_all = "lowercase")]
enum FormatText {
	Byte,
	Word,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Shape", deny_unknown_fields)]
pub struct ShapeText {
	#[serde(with = "UseText")]
	answers: Use,
	layers: u16,
	width: u32,
	heads: u16,
	key_heads: u16,
	head_width: u16,
	rotary_width: u16,
	hidden: u32,
	vocabulary: u32,
	positions: u32,
	window: u32,
	#[serde(with = "NormText")]
	norm: Norm,
	#[serde(with = "OrderText")]
	order: Order,
	gains: bool,
	head_norm: bool,
	#[serde(with = "ActivationText")]
	activation: Activation,
	gated: bool,
	tied: bool,
	#[serde(with = "FormatText")]
	matrices: Format,
	#[serde(with = "FormatText")]
	embeddings: Format,
	residual_fraction: u8,
	hidden_fraction: u8,
	epsilon: u32,
}
