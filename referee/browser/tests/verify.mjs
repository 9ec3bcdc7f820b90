// SPDX-License-Identifier: Apache-2.0
//
// The wasm module by its wrapper: receipts and frauds are accepted, tampering is refused by its name, nothing traps.
// usage: node verify.mjs FOLDER-OF-THE-MODULE CASES.json

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const { load, RefereeError } = await import(pathToFileURL(join(resolve(folder), "referee.js")));
const wasm = readFileSync(join(folder, "referee.wasm"));
const module = await WebAssembly.compile(wasm);
const referee = await load(module);

// Of the memory that the module may have (scripts/build-browser).
const MEMORY = 32 << 20;
const MUTATIONS = 10_000;

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const { receipts, frauds } = JSON.parse(readFileSync(file, "utf8"));
const fraudOf = ({ fields }) => Object.fromEntries(Object.entries(fields).map(([name, hex]) => [name, bytes(hex)]));
const receiptOf = ({ fields }) => {
	const receipt = fraudOf({ fields });
	const view = (name) => new DataView(receipt[name].buffer, receipt[name].byteOffset);
	for (const name of ["units", "index"]) receipt[name] = view(name).getBigUint64(0, true);
	for (const name of ["input", "answer"]) {
		if (name in receipt) receipt[name] = Array.from({ length: receipt[name].length / 4 }, (_, at) => view(name).getUint32(4 * at, true));
	}
	if ("vector" in receipt) {
		receipt.vector = Array.from({ length: receipt.vector.length / 2 }, (_, at) => view("vector").getInt16(2 * at, true));
	}
	return receipt;
};

/** The same numbers on every machine. */
let seed = 1;
function random(below) {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	return Math.floor((seed / 2 ** 32) * below);
}

function flipped(value, at = random(value.length * 8)) {
	const other = Uint8Array.from(value);
	other[at >> 3] ^= 1 << (at & 7);
	return other;
}

const refuses = (promise, code) =>
	assert.rejects(promise, (error) => {
		assert(error instanceof RefereeError, `${error.stack}`);
		assert.equal(error.code, code);
		assert(error.message.length > 10, "an error has a sentence");
		return true;
	});

const tests = {
	async "receipts are accepted with their units"() {
		for (const receipt of receipts) {
			const [from, to] = receipt.interval.map(BigInt);
			assert.deepEqual(await referee.verifyReceipt(receiptOf(receipt)), { ok: true, from, to });
		}
		assert(receipts.some(({ fields }) => fields.vector) && receipts.some(({ fields }) => fields.answer));
	},

	async "frauds are told from what is right"() {
		for (const fraud of frauds) assert.deepEqual(await referee.verifyFraud(fraudOf(fraud)), { ok: fraud.fraud });
		assert(frauds.some(({ fraud }) => fraud) && frauds.some(({ fraud }) => !fraud));
	},

	async "tampered receipts are refused by name"() {
		for (const [index, receipt] of receipts.entries()) {
			const right = receiptOf(receipt);
			const { request, input, answer, vector, ...bare } = right;
			const another = receiptOf(receipts[(index + 1) % receipts.length]);
			const refused = (change, code) => refuses(referee.verifyReceipt({ ...right, ...change }), code);
			// Another claim of the same session, at this one's place.
			await refuses(referee.verifyReceipt({ ...bare, claim: another.claim }), "Receipt(RootMismatch)");
			await refused({ root: flipped(right.root, 8 * 20) }, "Receipt(RootMismatch)");
			await refused({ root: flipped(right.root, 8 * 8) }, "Receipt(WrongUnits)");
			await refused({ units: right.units + 1n }, "Receipt(WrongUnits)");
			await refused({ index: 2 ** 40 }, "Receipt(OutOfRange)");
			await refused({ inclusion: new Uint8Array(1) }, "Receipt(TooFewSiblings)");
			await refused({ inclusion: flipped(right.inclusion, 8) }, "Receipt(RootMismatch)");
			await refused({ inclusion: Uint8Array.of(...right.inclusion, 0) }, "Encoding(Inclusion, TrailingBytes)");
			await refused({ request: another.request }, "AnotherRequest");
			await refused({ request: undefined }, "Absent(Request)");
			await refused({ input: [...input, 0] }, "AnotherInput");
			await refused({ input: [input[0] ^ 1, ...input.slice(1)] }, "AnotherInput");
			await refused(answer ? { answer: [...answer, 0] } : { vector: vector.slice(1) }, "AnotherAnswer");
			// The control: who does not give them does not have them compared.
			assert.equal((await referee.verifyReceipt(bare)).ok, true);
		}
	},

	async "tampered frauds are refused by name"() {
		for (const fraud of frauds) {
			const right = fraudOf(fraud);
			const refused = (change, code) => refuses(referee.verifyFraud({ ...right, ...change }), code);
			// A commitment is its kind, eight bytes of count and the root.
			await refused({ trace: flipped(right.trace, 8 * 9) }, "Verdict(Evidence(Proof(Trace, RootMismatch)))");
			await refused({ trace: flipped(right.trace, 8) }, "Case(WrongCommitment(Trace))");
			await refused({ trace: right.weights }, "Case(WrongCommitment(Trace))");
			await refused({ weights: flipped(right.weights, 8) }, "Case(WrongCommitment(Weights))");
			await refused({ request: flipped(right.request, 0) }, "Case(AnotherRequest)");
			await refused({ claim: right.claim.slice(1) }, "Encoding(Claim, Malformed)");
			await refused({ evidence: Uint8Array.of(...right.evidence, 0) }, "Encoding(Evidence, TrailingBytes)");
			await refused({ evidence: right.evidence.slice(0, -1) }, "Encoding(Evidence, Malformed)");
			await refused({ charge: Uint8Array.of(255) }, "Encoding(Charge, Malformed)");
			await refused({ shape: new Uint8Array(1_000) }, "Encoding(Shape, TooLong)");
		}
	},

	async "what is no question is refused by name"() {
		const right = receiptOf(receipts[0]);
		await refuses(referee.verifyReceipt({ ...right, claim: new Uint8Array(5 << 20) }), "TooLong");
		await refuses(referee.verifyReceipt({ ...right, input: new Array(131_073).fill(0) }), "Encoding(Input, TooLong)");
		for (const change of [{ claim: "00" }, { units: -1 }, { index: 0.5 }, { index: 2n ** 64n }, { answer: ["a"] }, { input: [2 ** 32] }, { answer: {} }]) {
			await assert.rejects(referee.verifyReceipt({ ...right, ...change }), TypeError);
		}
		await assert.rejects(referee.verifyFraud({}), TypeError);
	},

	async "nothing traps, and memory stays bounded"() {
		const { exports } = await WebAssembly.instantiate(module);
		const area = () => new Uint8Array(exports.memory.buffer, exports.area(), exports.limit());
		const question = (values) => {
			const fields = values.map((value) => {
				if (value === undefined) return Uint8Array.of(255, 255, 255, 255);
				const field = new Uint8Array(4 + value.length);
				new DataView(field.buffer).setUint32(0, value.length, true);
				field.set(value, 4);
				return field;
			});
			return Uint8Array.from(fields.flatMap((field) => [...field]));
		};
		const ordered = (of, order) => question(order.map((name) => (name in of.fields ? bytes(of.fields[name]) : undefined)));
		const ofReceipt = ["claim", "units", "index", "root", "inclusion", "request", "input", "answer", "vector"];
		const ofFraud = ["claim", "request", "shape", "weights", "vocabulary", "trace", "charge", "evidence"];
		const questions = [
			...receipts.map((receipt) => ["verify_receipt", ordered(receipt, ofReceipt)]),
			...frauds.map((fraud) => ["verify_fraud", ordered(fraud, ofFraud)]),
		];

		// One instance for all: what one call leaves behind, the next would trip over.
		const ask = (name, value, length = value.length) => {
			area().set(value);
			const verdict = exports[name](length);
			assert(verdict === 0 || verdict === 1 || -verdict < 400, `${verdict}`);
			assert(exports.memory.buffer.byteLength <= MEMORY);
			return verdict;
		};
		for (const unchanged of questions) assert(ask(...unchanged) >= 0);
		const verdicts = { accepted: 0, refused: 0 };
		for (let count = 0; count < MUTATIONS; count++) {
			const [name, right] = questions[random(questions.length)];
			let value = right;
			switch (random(5)) {
				case 0: for (let flips = random(4); flips >= 0; flips--) value = flipped(value); break;
				case 1: value = right.slice(0, random(right.length)); break;
				case 2: value = Uint8Array.from({ length: random(600) }, () => random(256)); break;
				case 3: {
					// A piece of another question.
					const [, other] = questions[random(questions.length)];
					const at = random(Math.min(right.length, other.length));
					value = Uint8Array.of(...right.slice(0, at), ...other.slice(at));
					break;
				}
				default: {
					// Some bytes are the largest or the least that they can be.
					value = Uint8Array.from(right);
					const at = random(right.length);
					value.fill(random(2) * 255, at, at + 1 + random(8));
				}
			}
			verdicts[ask(name, value) < 0 ? "refused" : "accepted"]++;
		}
		assert(verdicts.refused > MUTATIONS / 2, JSON.stringify(verdicts));

		// As long as can be, of anything; and longer.
		for (const filling of [0, 1, 127, 255]) {
			for (const name of ["verify_receipt", "verify_fraud"]) {
				ask(name, new Uint8Array(exports.limit()).fill(filling));
				assert(exports[name](exports.limit() + 1) < 0 && exports[name](-1) < 0);
			}
		}

		console.log(`${MUTATIONS} mutations: ${JSON.stringify(verdicts)}; ${exports.memory.buffer.byteLength >> 10} KiB of memory`);

		// The memory of one call is free for the next: after each question was asked once, it grows no more.
		const fresh = (await WebAssembly.instantiate(module)).exports;
		const round = () => {
			for (const [name, value] of questions) {
				new Uint8Array(fresh.memory.buffer, fresh.area()).set(value);
				assert(fresh[name](value.length) >= 0);
				assert(fresh[name](value.length - 1) < 0);
			}
			return fresh.memory.buffer.byteLength;
		};
		const held = round();
		for (let rounds = 0; rounds < 50; rounds++) assert.equal(round(), held);
	},

	async "the module can reach nothing"() {
		assert.deepEqual(WebAssembly.Module.imports(module), []);
	},
};

const started = performance.now();
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
	try {
		await test();
		console.log(`ok      ${name}`);
	} catch (error) {
		failed++;
		console.log(`FAILED  ${name}\n${error.stack}`);
	}
}
const count = Object.keys(tests).length;
console.log(`Summary [${((performance.now() - started) / 1000).toFixed(1)}s] ${count} browser tests run: ${count - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
