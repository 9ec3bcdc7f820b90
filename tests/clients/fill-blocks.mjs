// SPDX-License-Identifier: Apache-2.0
//
// Fills blocks of a development chain with transfers and names the fullest: scripts/bench measures how long importing
// it takes. usage: node fill-blocks.mjs ws://host:port [TRANSFERS]

import { DEV_PHRASE, run, url } from "./common.mjs";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { cryptoWaitReady } from "@polkadot/util-crypto";

const transfers = Number(process.argv[3] ?? 6000);
const senders = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];

await run("fill blocks", async () => {
  await cryptoWaitReady();
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true, throwOnConnect: true });
  const keys = new Keyring({ type: "sr25519", ss58Format: api.registry.chainSS58 });
  const first = (await api.rpc.chain.getHeader()).number.toNumber();

  // A new account for each transfer: the dearest kind, since it makes state. Immortal, since signing takes a while.
  const signed = [];
  for (const [index, name] of senders.entries()) {
    const sender = keys.addFromUri(`${DEV_PHRASE}//${name}`);
    for (let nonce = 0; nonce < transfers / senders.length; nonce += 1) {
      const target = new Uint8Array(32).fill(index + 1);
      new DataView(target.buffer).setUint32(0, nonce);
      const call = api.tx.balances.transferAllowDeath(target, 10n ** 12n);
      signed.push((await call.signAsync(sender, { nonce, era: 0 })).toHex());
    }
  }
  const accepted = await Promise.allSettled(signed.map((transaction) => api.rpc.author.submitExtrinsic(transaction)));
  const refused = accepted.filter((result) => result.status === "rejected");
  console.log(`  ${accepted.length - refused.length} transfers in the pool, ${refused.length} refused`);
  if (refused.length > 0) console.log(`  the first refusal: ${refused[0].reason}`);

  while ((await api.rpc.author.pendingExtrinsics()).length > 0) await new Promise((done) => setTimeout(done, 1000));
  const last = (await api.rpc.chain.getHeader()).number.toNumber();
  let fullest = { number: 0, transfers: -1 };
  for (let number = first; number <= last; number += 1) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const count = (await api.rpc.chain.getBlock(hash)).block.extrinsics.length - 1;
    if (count > fullest.transfers) {
      const used = await (await api.at(hash)).query.system.blockWeight();
      fullest = { number, transfers: count, hash: hash.toHex(), picoseconds: used.normal.refTime.toString() };
    }
  }
  const limit = api.consts.system.blockWeights.perClass.normal.maxTotal.unwrap().refTime.toBigInt();
  console.log(`FULLEST ${fullest.number} ${fullest.hash} ${fullest.transfers} ${fullest.picoseconds} ${limit}`);
  await api.disconnect();
}, 600);
