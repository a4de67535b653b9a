import { describe, expect, test } from "@jest/globals";
import { covers, formatScope, suspensionOf } from "../../../src/model/keys/suspension-scope.ts";
import type { Suspension, SuspensionScope } from "../../../src/model/approval.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";

const KEY = parseKey("function/111122223333/eu-west-1/orders/orders-api") as Key;
const ALL: SuspensionScope = { accountId: null, namespace: null, key: null };

describe("the scope of a suspension", () => {
  test.each([
    { scope: ALL, covered: true, because: "everything covers every key" },
    { scope: { ...ALL, accountId: "111122223333" }, covered: true, because: "its account covers it" },
    { scope: { ...ALL, accountId: "444455556666" }, covered: false, because: "another account does not" },
    {
      scope: { ...ALL, namespace: "orders" },
      covered: true,
      because: "its namespace covers it in every account",
    },
    { scope: { ...ALL, namespace: "search" }, covered: false, because: "another namespace does not" },
    {
      scope: { ...ALL, accountId: "444455556666", namespace: "orders" },
      covered: false,
      because: "both parts must match",
    },
    { scope: { ...ALL, key: KEY }, covered: true, because: "the key itself covers it" },
    {
      scope: { ...ALL, key: parseKey("function/111122223333/eu-west-1/orders/other") as Key },
      covered: false,
      because: "another key does not",
    },
  ])("$because", ({ scope, covered }) => {
    expect(covers(scope, KEY)).toBe(covered);
  });

  test("the one that ends last is named", () => {
    const ends = (id: string, until: string): Suspension => ({
      id,
      scope: ALL,
      reason: "x",
      actor: "dana",
      at: "2026-01-01T00:00:00.000Z",
      until,
    });

    const found = suspensionOf(KEY, [
      ends("a", "2026-01-02T00:00:00.000Z"),
      ends("b", "2026-01-03T00:00:00.000Z"),
    ]);

    expect(found?.id).toBe("b");
  });

  test.each([
    { scope: ALL, text: "everything" },
    { scope: { ...ALL, accountId: "111122223333" }, text: "account 111122223333" },
    { scope: { ...ALL, namespace: "orders" }, text: "namespace orders" },
    {
      scope: { ...ALL, accountId: "111122223333", namespace: "orders" },
      text: "namespace orders in account 111122223333",
    },
    { scope: { ...ALL, key: KEY }, text: KEY },
  ])("is shown as $text", ({ scope, text }) => {
    expect(formatScope(scope)).toBe(text);
  });
});
