// SPDX-License-Identifier: Apache-2.0
// Made by scripts/build-ptx: do not edit.

/// BLAKE2b-256 of the source.
#[cfg(test)]
const SOURCE: &str = "13b0f866311bfb0a22fc7bc8e1abd2fe6a5008e031e6debb11ca0c7f108ffd9f";

/// By Triton 3.6.0; of two that fit, the first is used.
static COMPILED: &[Compiled] = &[
	Compiled {
		name: "product_bytes_few",
		entry: "product",
		capabilities: (80, 4294967295),
		warps: 4,
		shared: 36864,
		rows: 64,
		tokens: 16,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_bytes_few.sm80.ptx")),
	},
	Compiled {
		name: "product_bytes_many",
		entry: "product",
		capabilities: (90, 90),
		warps: 8,
		shared: 49152,
		rows: 128,
		tokens: 64,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_bytes_many.sm90.ptx")),
	},
	Compiled {
		name: "product_bytes_many",
		entry: "product",
		capabilities: (80, 4294967295),
		warps: 8,
		shared: 32768,
		rows: 128,
		tokens: 64,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_bytes_many.sm80.ptx")),
	},
	Compiled {
		name: "product_words_few",
		entry: "product",
		capabilities: (80, 4294967295),
		warps: 4,
		shared: 24576,
		rows: 32,
		tokens: 16,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_words_few.sm80.ptx")),
	},
	Compiled {
		name: "product_words_many",
		entry: "product",
		capabilities: (90, 90),
		warps: 8,
		shared: 49152,
		rows: 64,
		tokens: 64,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_words_many.sm90.ptx")),
	},
	Compiled {
		name: "product_words_many",
		entry: "product",
		capabilities: (80, 4294967295),
		warps: 8,
		shared: 32768,
		rows: 64,
		tokens: 64,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/product_words_many.sm80.ptx")),
	},
	Compiled {
		name: "quantise",
		entry: "quantise",
		capabilities: (80, 4294967295),
		warps: 4,
		shared: 32,
		rows: 1,
		tokens: 1,
		ptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/quantise.sm80.ptx")),
	},
];
