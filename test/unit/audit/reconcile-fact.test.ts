import { expect, test } from "@jest/globals";
import { concernOf } from "../../../src/audit/concerns.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { reconcileFact } from "../../../src/model/reads/reconcile-fact.ts";
import type { Key } from "../../../src/model/keys/key.ts";

const keys = (count: number): readonly Key[] =>
  Array.from({ length: count }, (_, at) => `function/222222222222/eu-west-1/n${at % 2}/f${at}` as Key);
const of = (namespace: string | null) => ({ accountId: null, namespace, key: null });

test.each([
  { because: "few keys are named", asked: keys(2), concern: { kind: "keys", keys: keys(2) } },
  {
    because: "of many keys the namespaces are",
    asked: keys(101),
    concern: { kind: "scopes", scopes: [of("n0"), of("n1")] },
  },
  { because: "every key is asked for", asked: null, concern: { kind: "scopes", scopes: [of(null)] } },
])("a request to reconcile is about its keys: $because", ({ asked, concern }) => {
  expect(concernOf(reconcileFact("dana", asked) as AuditEntry)).toEqual(concern);
});
