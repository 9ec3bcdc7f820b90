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
    // What the pool has dropped is sent again, until blocks have all.
    const included = async () => {
      let sum = 0;
      for (let number = begin + 1, last = await height(); number <= last; number += 1) {
        const block = await api.rpc.chain.getBlock(await api.rpc.chain.getBlockHash(number));
        sum += block.block.extrinsics.filter(({ isSigned }) => isSigned).length;
      }
      return sum;
    };
    for (let tries = 0; (await included()) < transactions.length; tries += 1) {
      check(tries < 20, `${name}: every transaction gets into a block`);
      for (let first = 0; first < transactions.length; first += AT_ONCE) {
        const some = transactions.slice(first, first + AT_ONCE);
        await Promise.allSettled(some.map((transaction) => api.rpc.author.submitExtrinsic(transaction)));
      }
      await until(async () => (await api.rpc.author.pendingExtrinsics()).length === 0);
    }
    const end = await height();
    console.log(`  ${name}: ${transactions.length} transactions in blocks ${begin + 1} to ${end}`);
    looked.push([begin + 1, end]);
  }

  // What was settled is paid by itself when its audit window has closed.
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
  let settled = 0;
  for (const [first, last] of looked) {
    for (let number = first; number <= last; number += 1) {
      const block = await count(number);
      failed += block.failed;
      settled += block.settled;
    }
  }
  check(failed === 0, "every transaction was carried out");
  check(settled === 2 * sessions, "every voucher was settled", settled);
  let next = looked.at(-1)[1] + 1;
  await until(async () => {
    for (const last = await height(); next <= last; next += 1) await count(next);
    return [...counted.values()].reduce((sum, { paid }) => sum + paid, 0) >= settled;
  });
  const limit = api.consts.system.blockWeights.maxBlock.refTime.toBigInt();
  for (const what of ["settled", "paid"]) {
    const fullest = [...counted.values()].reduce((best, block) => (block[what] > best[what] ? block : best));
    console.log(`FULLEST ${what} ${fullest.number} ${fullest[what]} ${fullest.sum} ${limit}`);
  }
  await api.disconnect();
}, 1500);
