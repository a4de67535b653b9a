import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { entryLine, plainFact } from "../../../src/audit/canonical.ts";
import { CHAIN_START, nextEntry, readEntry } from "../../../src/audit/chain.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import { intent } from "../../support/record/audit-facts.ts";

describe("an entry", () => {
  test("has the SHA-256 of its canonical bytes without the hash", () => {
    const fact: AuditFact = { kind: "stopped", version: "1", reason: "é" };
    const bytes = `{"at":"2026-11-25T12:00:00.000Z","kind":"stopped","prev":"${"0".repeat(64)}","reason":"é","seq":1,"version":"1"}`;

    const entry = nextEntry(CHAIN_START, fact, "2026-11-25T12:00:00.000Z");

    expect(entry.hash).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test.each([
    { input: { Limits: { "9": 1, "10": 2 } }, because: "JavaScript sorts names that are numbers as numbers" },
    { input: { b: [{ d: 1, c: 2 }], a: null }, because: "names inside a list are not sorted" },
    { input: JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}'), because: "a name is __proto__" },
  ])("is written as RFC 8785 and read back if $because", ({ input }) => {
    const entry = nextEntry(CHAIN_START, intent({ input }), "2026-11-25T12:00:00.000Z");

    expect(entryLine(entry)).toBe(canonicalText(entry as never));
    expect(readEntry(entryLine(entry))).toMatchObject({ kind: "ok" });
  });
});

describe("a fact as plain data", () => {
  test("lacks the members that are undefined", () => {
    const input = { Description: undefined, Tags: [null, true, 1.5, { Key: "a" }] };

    expect(plainFact(intent({ input: input as never }))).toEqual(intent({ input: { Tags: input.Tags } }));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("can't have the number %p", (number) => {
    expect(() => plainFact(intent({ input: { MaxSessionDuration: number } }))).toThrow("not allowed");
  });
});
