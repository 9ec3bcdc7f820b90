// SPDX-License-Identifier: Apache-2.0
//
// @polkadot/api against a development node: connect, decode the metadata, transfer, and check every unit.
// usage: node polkadot-js.mjs [ws://host:port]

import { check, DEV_PHRASE, equal, run, url } from "./common.mjs";
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { cryptoWaitReady, mnemonicGenerate } from "@polkadot/util-crypto";

// What the library says about the chain while it connects. A word about an unknown extension would mean that wallets
// built on it need a setting of their own.
const warnings = [];
for (const level of ["warn", "error"]) {
  const original = console[level];
  console[level] = (...words) => {
    warnings.push(words.join(" "));
    original(...words);
  };
}

function submit(api, call, from) {
  return new Promise((resolve, reject) => {
    call
      .signAndSend(from, ({ status, events, dispatchError }) => {
        if (dispatchError) {
          if (!dispatchError.isModule) return reject(new Error(dispatchError.toString()));
          const { section, name } = api.registry.findMetaError(dispatchError.asModule);
          reject(new Error(`${section}.${name}`));
        } else if (status.isFinalized) {
          const paid = events.find(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event));
          resolve({ block: status.asFinalized, fee: paid.event.data.actualFee.toBigInt() });
        } else if (status.isError) {
          reject(new Error(`the pool said ${status.type}`));
        }
      })
      .catch(reject);
  });
}

await run("polkadot.js", async () => {
  await cryptoWaitReady();
  const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true, throwOnConnect: true });
  const free = async (address, at) => (await (await api.at(at)).query.system.account(address)).data.free.toBigInt();

  const version = api.runtimeVersion;
  check(version.specName.toString() === "atelier", "the runtime's name", version.specName.toString());
  const pallets = api.runtimeMetadata.asLatest.pallets.length;
  check(pallets > 20, "pallets in the metadata", pallets);
  check(api.runtimeMetadata.version >= 14, "the metadata version that the library reads", api.runtimeMetadata.version);
  const versions = await api.call.metadata.metadataVersions();
  check(versions.some((v) => v.toNumber() === 16), "metadata versions of the chain", versions.join(", "));
  const unknown = warnings.filter((line) => /unknown (signed )?(transaction )?extension/i.test(line));
  check(unknown.length === 0, "no transaction extension is unknown to the library", unknown.join("; "));

  const keys = new Keyring({ type: "sr25519", ss58Format: api.registry.chainSS58 });
  const alice = keys.addFromUri(`${DEV_PHRASE}//Alice`);
  const first = keys.addFromMnemonic(mnemonicGenerate());
  const second = keys.addFromMnemonic(mnemonicGenerate());
  const unit = 10n ** BigInt(api.registry.chainDecimals[0]);

  // Alice may earn as the block's author in the same block, so her balance proves little. The new account's is exact.
  const given = 10n * unit + 1n;
  const funded = await submit(api, api.tx.balances.transferKeepAlive(first.address, given), alice);
  equal(await free(first.address, funded.block), given, "a new account holds what Alice sent");

  const sent = 3n * unit + 7n;
  const done = await submit(api, api.tx.balances.transferKeepAlive(second.address, sent), first);
  equal(await free(second.address, done.block), sent, "the second new account holds what the first sent");
  equal(await free(first.address, done.block), given - sent - done.fee, `the first paid that and the fee of ${done.fee}`);

  let refused = "";
  await submit(api, api.tx.balances.transferKeepAlive(second.address, given), first).catch((error) => (refused = error.message));
  check(refused !== "", "a transfer beyond the balance is refused", refused);

  await api.disconnect();
});
