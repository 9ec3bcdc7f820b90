// SPDX-License-Identifier: Apache-2.0

// Verifies receipts and frauds in a browser, in Node or in Deno, without a network. See docs/verify-in-browser.md.

/** Most bytes of a question; the module has the same limit. */
const LIMIT = 4 << 20;

/** A question that has no answer; `code` names the fact. */
export class RefereeError extends Error {
	constructor(code, message) {
		super(message);
		this.name = "RefereeError";
		this.code = code;
	}
}

/**
 * Compiles the module.
 * @param {URL|string|Response|BufferSource|WebAssembly.Module} [source] where it is, or its bytes; without it:
 *   `referee.wasm` beside this file.
 */
export async function load(source = new URL("referee.wasm", import.meta.url)) {
	const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(await bytesOf(source));
	return {
		/**
		 * Verifies that a claim is at its place below a root, and what it is about where that is given.
		 * Throws, or returns the units that the answer covers: those after `from`, up to and including `to`.
		 */
		async verifyReceipt({ claim, units, index, root, inclusion, request, input, answer, vector }) {
			const { area } = await ask(module, "verify_receipt", [
				bytes("claim", claim),
				number("units", units),
				number("index", index),
				bytes("root", root),
				bytes("inclusion", inclusion),
				optional(bytes, "request", request),
				optional(tokens, "input", input),
				optional(tokens, "answer", answer),
				optional(numbers, "vector", vector),
			]);
			return { ok: true, from: area.getBigUint64(0, true), to: area.getBigUint64(8, true) };
		},

		/**
		 * Verifies that evidence proves a claim wrong. `ok` is true if it does, false if what is doubted is right.
		 * Throws if the evidence decides nothing.
		 */
		async verifyFraud({ claim, request, shape, weights, vocabulary, trace, charge, evidence }) {
			const { verdict } = await ask(module, "verify_fraud", [
				bytes("claim", claim),
				bytes("request", request),
				bytes("shape", shape),
				bytes("weights", weights),
				optional(bytes, "vocabulary", vocabulary),
				bytes("trace", trace),
				bytes("charge", charge),
				bytes("evidence", evidence),
			]);
			return { ok: verdict === 1 };
		},
	};
}

async function bytesOf(source) {
	if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return source;
	const response = source instanceof Response ? source : await fetch(source);
	if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
	return response.arrayBuffer();
}

/** Asks a fresh instance, whose memory goes when it goes. */
async function ask(module, name, fields) {
	const length = fields.reduce((sum, field) => sum + 4 + (field?.byteLength ?? 0), 0);
	if (length > LIMIT) throw new RefereeError("TooLong", "the question is longer than any can be");

	const { exports } = await WebAssembly.instantiate(module);
	let view = new DataView(exports.memory.buffer, exports.area(), exports.limit());
	let at = 0;
	for (const field of fields) {
		view.setUint32(at, field?.byteLength ?? 0xffffffff, true);
		at += 4;
		if (field === undefined) continue;
		new Uint8Array(view.buffer, view.byteOffset + at, field.byteLength).set(field);
		at += field.byteLength;
	}

	const verdict = exports[name](length);
	// The memory may have grown, which detaches what looked at it before.
	view = new DataView(exports.memory.buffer, exports.area(), exports.limit());
	if (verdict >= 0) return { verdict, area: view };
	const error = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset, -verdict));
	const [code, message] = error.split("\n");
	throw new RefereeError(code, message);
}

const optional = (field, name, value) => (value === undefined || value === null ? undefined : field(name, value));

function bytes(name, value) {
	if (value instanceof ArrayBuffer) return new Uint8Array(value);
	if (value instanceof Uint8Array) return value;
	throw new TypeError(`${name} must be a Uint8Array`);
}

function number(name, value) {
	const whole = typeof value === "bigint" || Number.isSafeInteger(value);
	if (!whole || value < 0 || value > 0xffffffffffffffffn) throw new TypeError(`${name} must be a whole number of 64 bits`);
	const field = new DataView(new ArrayBuffer(8));
	field.setBigUint64(0, BigInt(value), true);
	return new Uint8Array(field.buffer);
}

const tokens = (name, value) => list(name, value, 4, 0, 0xffffffff, (field, at, token) => field.setUint32(at, token, true));

const numbers = (name, value) => list(name, value, 2, -0x8000, 0x7fff, (field, at, one) => field.setInt16(at, one, true));

function list(name, value, width, least, most, set) {
	if (!Number.isSafeInteger(value.length)) throw new TypeError(`${name} must be a list of numbers`);
	if (value.length * width > LIMIT) throw new RefereeError("TooLong", `${name} is longer than any can be`);
	const field = new DataView(new ArrayBuffer(value.length * width));
	for (let at = 0; at < value.length; at++) {
		const one = value[at];
		if (!Number.isInteger(one) || one < least || one > most) throw new TypeError(`${name} must hold numbers from ${least} to ${most}`);
		set(field, at * width, one);
	}
	return new Uint8Array(field.buffer);
}
