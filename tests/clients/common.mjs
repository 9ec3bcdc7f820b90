// SPDX-License-Identifier: Apache-2.0
//
// What both client tests share: the chain's address, a clock, and checks that say what they found.

import { webcrypto } from "node:crypto";

// Node.js 18 has it, but not under this name.
globalThis.crypto ??= webcrypto;

export const url = process.argv[2] ?? "ws://127.0.0.1:9944";

// From the well-known development phrase; its accounts exist on development chains only.
export const DEV_PHRASE = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

export function check(condition, claim, found = "") {
  if (!condition) throw new Error(`not so: ${claim}${found === "" ? "" : ` (found ${found})`}`);
  console.log(`  ok  ${claim}${found === "" ? "" : `: ${found}`}`);
}

export function equal(found, wanted, claim) {
  if (found !== wanted) throw new Error(`not so: ${claim} (found ${found}, wanted ${wanted})`);
  console.log(`  ok  ${claim}: ${found}`);
}

// Runs the test, always ends the process, and never waits for longer than the limit.
export async function run(name, test, seconds = 120) {
  const started = Date.now();
  const limit = setTimeout(() => {
    console.error(`FAIL ${name}: no result after ${seconds} s`);
    process.exit(1);
  }, seconds * 1000);
  try {
    console.log(`${name} ${url}`);
    await test();
    console.log(`PASS ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(`FAIL ${name}: ${error?.stack ?? error}`);
    process.exitCode = 1;
  } finally {
    clearTimeout(limit);
    process.exit();
  }
}
