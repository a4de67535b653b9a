import { expect, test } from "@jest/globals";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import { scopeOfEntry, suspendedScope } from "../../../src/model/keys/suspended-scope.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";

const KEY = parseKey("function/111122223333/eu-west-1/orders/orders-api") as Key;
const ALL: SuspensionScope = { accountId: null, namespace: null, key: null };

const SCOPES: readonly { readonly scope: SuspensionScope; readonly text: string }[] = [
  { scope: ALL, text: "everything" },
  { scope: { ...ALL, accountId: "111122223333" }, text: "account 111122223333" },
  { scope: { ...ALL, namespace: "orders" }, text: "namespace orders" },
  {
    scope: { ...ALL, accountId: "111122223333", namespace: "orders" },
    text: "namespace orders in account 111122223333",
  },
  { scope: { ...ALL, key: KEY }, text: KEY },
];

test.each(SCOPES)("an entry of 0.1 with $text names its scope in this text alone", ({ scope, text }) => {
  expect(scopeOfEntry({ scope: text })).toEqual(scope);
});

test.each(SCOPES)(
  "a new entry has $text for people, and its scope is read from fields",
  ({ scope, text }) => {
    const written = suspendedScope(scope);

    expect(written.scope).toBe(text);
    expect(scopeOfEntry({ ...written, scope: "in other words" })).toEqual(scope);
  },
);

test.each([
  {},
  ...["", "somewhere", "namespace", "account 12", "namespace a in region b"].map((scope) => ({ scope })),
  { scope: "everything", scopeParts: {} },
  { scope: "everything", scopeParts: null },
  { scope: "everything", scopeParts: { ...ALL, key: "no key" } },
  { scope: "everything", scopeParts: { ...ALL, namespace: 1 } },
])("%j names no known scope", (entry) => {
  expect(scopeOfEntry(entry)).toBeUndefined();
});
