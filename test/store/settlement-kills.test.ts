import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import type { OpenRecord } from "../../src/store/postgres/open.ts";
import { parseAccountId } from "../../src/model/aws/ids.ts";
import { all } from "./audit-entries.ts";
import { ENGINES, optionsFor, START_MS } from "./engines.ts";
import { ACCOUNT_ID, type SettlementPoint } from "./large-settlement.ts";
import { Places } from "./places.ts";

const places = new Places();
const SETTLER = fileURLToPath(new URL("./settler.ts", import.meta.url));

/** Runs the process that records the settlement. @returns how it ended */
async function settle(engine: string, stateDir: string, point: readonly [SettlementPoint, number] | null) {
  const [place = "", number = 0] = point ?? [];
  const child = spawn(process.execPath, [SETTLER, engine, stateDir, place, String(number)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  return { signal: child.signalCode, transactions: output.trim() };
}

/** The keys with a fact, with a row, and with an alert, and when the last sweep of the account was. */
async function recorded({ audit, store, outboxStore }: OpenRecord) {
  const accountId = parseAccountId(ACCOUNT_ID);
  if (accountId === undefined) throw new Error(`${ACCOUNT_ID} is no account`);
  const keys = (await store.keys(accountId)).map(({ key }) => key);
  const facts = (await all(audit)).flatMap((entry) => ("key" in entry ? [entry.key] : []));
  const messages = await outboxStore.waiting("ops", 1_000);
  const alerts = messages.map(({ body }) => (JSON.parse(body) as { readonly key: string }).key);
  const [account] = await store.accounts();
  return { facts, keys, alerts, sweptMs: account?.lastSweepMs ?? null };
}

const POINTS: readonly {
  readonly point: readonly [SettlementPoint, number];
  readonly keys: number;
  readonly sweptMs: number | null;
}[] = [
  { point: ["before", 1], keys: 0, sweptMs: null },
  { point: ["during", 1], keys: 0, sweptMs: null },
  { point: ["after", 1], keys: 50, sweptMs: START_MS - 60_000 },
  { point: ["during", 2], keys: 50, sweptMs: START_MS - 60_000 },
  { point: ["after", 2], keys: 100, sweptMs: START_MS - 60_000 },
  { point: ["during", 3], keys: 100, sweptMs: START_MS - 60_000 },
  { point: ["after", 3], keys: 120, sweptMs: START_MS - 60_000 },
  { point: ["during", 4], keys: 120, sweptMs: START_MS - 60_000 },
  { point: ["after", 4], keys: 120, sweptMs: START_MS },
];

describe.each(ENGINES)("a large settlement in $name", (engine) => {
  test.each(POINTS)(
    "killed at $point, has the fact and the alert of exactly the $keys keys that have a row",
    async ({ point, keys, sweptMs }) => {
      const stateDir = await places.folder();
      await engine.prepare(stateDir);

      expect(await settle(engine.name, stateDir, point)).toMatchObject({ signal: "SIGKILL" });

      const found = await recorded(places.keep(await engine.open(optionsFor(stateDir))));
      expect(found.keys).toHaveLength(keys);
      expect(found).toMatchObject({ facts: found.keys, alerts: found.keys, sweptMs });
    },
  );

  test("is four transactions, and complete when its process ends", async () => {
    const stateDir = await places.folder();
    await engine.prepare(stateDir);

    expect(await settle(engine.name, stateDir, null)).toEqual({ signal: null, transactions: "4" });

    const found = await recorded(places.keep(await engine.open(optionsFor(stateDir))));
    expect(found.keys).toHaveLength(120);
    expect(found).toMatchObject({ facts: found.keys, alerts: found.keys, sweptMs: START_MS });
  });
});
