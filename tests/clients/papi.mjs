// SPDX-License-Identifier: Apache-2.0
//
// polkadot-api (PAPI) against a development node, over the new JSON-RPC (chainHead, transaction): connect, decode
// metadata v16 with its view functions, transfer, and check every unit. No generated descriptors: all comes from the chain.
// usage: node papi.mjs [ws://host:port]

import { check, DEV_PHRASE, equal, run, url } from "./common.mjs";
import { decAnyMetadata, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { entropyToMiniSecret, generateMnemonic, mnemonicToEntropy, ss58Address } from "@polkadot-labs/hdkd-helpers";
import { createClient } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { WebSocket } from "ws";

function account(phrase, path, prefix) {
  const pair = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(phrase)))(path);
  return {
    address: ss58Address(pair.publicKey, prefix),
    signer: getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign),
  };
}

// "Token.FundsUnavailable", "Module.Balances.InsufficientBalance": an enum inside an enum.
function dispatchErrorName(error) {
  const names = [];
  for (let part = error; part?.type; part = part.value) names.push(part.type);
  return names.join(".");
}

await run("polkadot-api", async () => {
  const client = createClient(getWsProvider(url, { websocketClass: WebSocket }));
  const api = client.getUnsafeApi();
  const free = async (address, at) => (await api.query.System.Account.getValue(address, { at })).data.free;

  const version = await api.constants.System.Version();
  check(version.spec_name === "atelier", "the runtime's name", version.spec_name);
  const metadata = decAnyMetadata(await client.getMetadata((await client.getFinalizedBlock()).hash));
  equal(metadata.metadata.tag, "v16", "the metadata version that the library reads");
  const unified = unifyMetadata(metadata);
  check(unified.pallets.length > 20, "pallets in the metadata", unified.pallets.length);
  const views = unified.pallets.flatMap((pallet) => (pallet.viewFns ?? []).map((view) => `${pallet.name}.${view.name}`));
  check(views.length > 0, "view functions in the metadata", views.join(", "));
  const extensions = Object.values(unified.extrinsic.signedExtensions).flat().map((extension) => extension.identifier);
  check(extensions.includes("CheckMetadataHash"), "transaction extensions", extensions.join(", "));

  const { properties } = await client.getChainSpecData();
  const prefix = properties.ss58Format;
  const unit = 10n ** BigInt(properties.tokenDecimals);
  // The other test spends Alice's coins at the same time, and one account's transactions go one after the other.
  const bob = account(DEV_PHRASE, "//Bob", prefix);
  const first = account(generateMnemonic(), "", prefix);
  const second = account(generateMnemonic(), "", prefix);

  const submit = async (dest, value, from) => {
    const transfer = api.tx.Balances.transfer_keep_alive({ dest: { type: "Id", value: dest.address }, value });
    const result = await transfer.signAndSubmit(from.signer);
    if (!result.ok) throw new Error(dispatchErrorName(result.dispatchError));
    const paid = result.events.find(({ type, value }) => type === "TransactionPayment" && value.type === "TransactionFeePaid");
    return { block: result.block.hash, fee: paid.value.value.actual_fee };
  };

  // New accounts earn nothing while the test runs, so their balances are exact.
  const given = 10n * unit + 1n;
  const funded = await submit(first, given, bob);
  equal(await free(first.address, funded.block), given, "a new account holds what Bob sent");

  const sent = 3n * unit + 7n;
  const done = await submit(second, sent, first);
  equal(await free(second.address, done.block), sent, "the second new account holds what the first sent");
  equal(await free(first.address, done.block), given - sent - done.fee, `the first paid that and the fee of ${done.fee}`);

  let refused = "";
  await submit(second, given, first).catch((error) => (refused = error.message));
  check(refused !== "", "a transfer beyond the balance is refused", refused);

  client.destroy();
});
