// SPDX-License-Identifier: Apache-2.0
//
// Sends what the example `settlements` wrote to a development chain, phase by phase, and names the blocks in which most
// sessions were settled and most were paid. usage: node settle-blocks.mjs ws://host:port FILE

import { check, run, url } from "./common.mjs";
import { readFileSync } from "node:fs";
import { ApiPromise, WsProvider } from "@polkadot/api";

// Between two looks at the node.
const GLANCE = 500;
// At once to the node: the pool verifies each signature.
const AT_ONCE = 200;

const phases = [];
for (const line of readFileSync(process.argv[3], "utf8").split("\n")) {
  const [word, name, wait] = line.split(" ");
  if (word === "PHASE") phases.push({ name, wait: Number(wait), transactions: [] });
  else if (line !== "") phases.at(-1).transactions.push(line);
}

await run("settle blocks", async () => {
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true, throwOnConnect: true });
  const height = async () => (await api.rpc.chain.getHeader()).number.toNumber();
  const until = async (reached) => {
    while (!(await reached())) await new Promise((done) => setTimeout(done, GLANCE));
  };
  const looked = [];
  for (const { name, wait, transactions } of phases) {
    const begin = (await height()) + wait;
    await until(async () => (await height()) >= begin);
    for (let first = 0; first < transactions.length; first += AT_ONCE) {
      const some = transactions.slice(first, first + AT_ONCE);
      await Promise.all(some.map((transaction) => api.rpc.author.submitExtrinsic(transaction)));
    }
    await until(async () => (await api.rpc.author.pendingExtrinsics()).length === 0);
    const end = await height();
    console.log(`  ${name}: ${transactions.length} transactions in blocks ${begin + 1} to ${end}`);
    looked.push([begin + 1, end]);
  }

  // What was settled is paid by itself when its audit window has closed, all that is final of a session at once.
  const sessions = phases.find(({ name }) => name === "open").transactions.length;
  const counted = new Map();
  const count = async (number) => {
    const hash = await api.rpc.chain.getBlockHash(number);
    const then = await api.at(hash);
    const happened = (await then.query.system.events()).map(({ event }) => `${event.section}.${event.method}`);
    const times = (name) => happened.filter((found) => found === name).length;
    const weight = await then.query.system.blockWeight();
    const sum = weight.normal.refTime.toBigInt() + weight.operational.refTime.toBigInt() + weight.mandatory.refTime.toBigInt();
    const failed = times("system.ExtrinsicFailed");
    counted.set(number, { number, settled: times("jobs.SessionSettled"), paid: times("jobs.SettlementPaid"), sum, failed });
    return counted.get(number);
  };
  let failed = 0;
  for (const [first, last] of looked) {
    for (let number = first; number <= last; number += 1) failed += (await count(number)).failed;
  }
  check(failed === 0, "every transaction was carried out");
  let next = looked.at(-1)[1] + 1;
  await until(async () => {
    for (const last = await height(); next <= last; next += 1) await count(next);
    return [...counted.values()].reduce((sum, { paid }) => sum + paid, 0) >= sessions;
  });
  const limit = api.consts.system.blockWeights.maxBlock.refTime.toBigInt();
  for (const what of ["settled", "paid"]) {
    const fullest = [...counted.values()].reduce((best, block) => (block[what] > best[what] ? block : best));
    console.log(`FULLEST ${what} ${fullest.number} ${fullest[what]} ${fullest.sum} ${limit}`);
  }
  await api.disconnect();
}, 1500);
