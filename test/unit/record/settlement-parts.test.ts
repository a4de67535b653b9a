import { expect, test } from "@jest/globals";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { settlementParts } from "../../../src/record/settlement-parts.ts";
import { closed, KEY } from "./settlements.ts";
import { settlement } from "../../support/record/recording.ts";

test.each([
  { rows: 0, removed: 250, because: "removals alone are many" },
  { rows: 40, removed: 40, because: "rows and removals together are many" },
  { rows: 0, removed: 50, because: "one part is enough" },
])("the facts and alerts of a removed key are recorded with its removal: $because", ({ rows, removed }) => {
  const keys = Array.from({ length: rows + removed }, (_, at) => `${KEY}-${at}` as Key);
  const removedKeys = keys.slice(rows);
  const facts = keys.map((key) => ({
    kind: "drift-ended" as const,
    key,
    revision: null as never,
    fields: ["trust"],
    how: "released" as const,
    changes: [],
    risks: [],
    since: "",
    lastCleanAt: null,
  }));
  const records = keys.slice(0, rows).map(emptyKeyRecord);
  const alerts = keys.map((key) => closed({ key }));

  const parts = settlementParts(settlement(alerts, facts, { keys: records, removedKeys }));

  for (const { facts: own, alerts: ownAlerts, change } of parts) {
    const changed = [...(change.keys ?? []).map(({ key }) => key), ...(change.removedKeys ?? [])];
    expect(new Set(own.map((fact) => "key" in fact && fact.key))).toEqual(new Set(changed));
    expect(new Set(ownAlerts.map((alert) => "key" in alert && alert.key))).toEqual(new Set(changed));
  }
  expect(parts.flatMap(({ change }) => change.removedKeys ?? [])).toEqual(removedKeys);
});
