import { describe, expect, test } from "@jest/globals";
import { entryHash, entryLine } from "../../../src/audit/canonical.ts";
import { finish, intent } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY } from "../../support/record/chain.ts";
import { CHAIN, verify, entry, anchor } from "./exported-chain.ts";

describe("a complete export", () => {
  test("that is unchanged is intact, and the result names what it proves", async () => {
    const report = await verify();

    expect(report).toEqual({
      verdict: "intact",
      extent: "whole",
      removed: null,
      entries: 7,
      first: 1,
      last: 7,
      broken: null,
      checkpoints: { count: 2, checked: true, keyIds: [CHAIN_KEY.keyId], upTo: 5 },
      anchors: { given: 2, matched: 2, upTo: 5, oldestAt: "2026-11-25T12:00:02.000Z" },
      openIntents: [5],
      proves: [
        "no entry up to 5 was changed after its external copy was written",
        "entries 1 to 7 form one chain without a gap",
      ],
      doesNotProve: [
        "who wrote a commit (the record has no signatures of commits)",
        "that the host was honest",
        "that the entries after 5 were not changed, and that none after 7 was removed",
      ],
    });
  });

  test("without entries is intact and proves nothing", async () => {
    const report = await verify({ lines: [], anchors: [] });

    expect(report).toMatchObject({ verdict: "intact", entries: 0, first: null, last: null, proves: [] });
  });

  test("without anchors proves less", async () => {
    const { proves, doesNotProve } = await verify({ anchors: [] });

    expect(proves).toContain("no entry up to 5 was changed without the signing key");
    expect(doesNotProve).toContain(
      "that the owner of the signing key did not write the record again (no external copy covers it)",
    );
  });

  test("without a public key proves only that the chain is consistent", async () => {
    const report = await verify({ anchors: [], publicKeys: [] });

    expect(report.proves).toEqual(["entries 1 to 7 form one chain without a gap"]);
    expect(report.doesNotProve).toContain("who signed the checkpoints (no public key given)");
  });

  test("with an anchor of only the first checkpoint shows what each covers", async () => {
    const report = await verify({ anchors: [anchor(0)] });

    expect(report.proves).toEqual([
      "no entry up to 2 was changed after its external copy was written",
      "no entry up to 5 was changed without the signing key",
      "entries 1 to 7 form one chain without a gap",
    ]);
  });

  test.each([
    {
      because: "signatures without an external copy prove the entries up to the last one",
      input: { anchors: [] },
      not: ["that the entries after 5 were not changed, and that none after 7 was removed"],
    },
    {
      because: "the owner of the key may have written what no external copy covers",
      input: { anchors: [anchor(0)] },
      not: [
        "that the owner of the signing key did not write the entries after 2 again (no external copy covers them)",
        "that the entries after 5 were not changed, and that none after 7 was removed",
      ],
    },
    {
      because: "a chain without a key and a copy can be replaced by another one",
      input: { anchors: [], publicKeys: [] },
      not: [
        "who signed the checkpoints (no public key given)",
        "that the owner of the signing key did not write the record again (no external copy covers it)",
        "that the entries were not changed, and that none after 7 was removed",
      ],
    },
    {
      because: "a period names separately that the rest was not seen",
      input: { lines: CHAIN.lines.slice(3), extent: "period" as const },
      not: [
        "that the entries after 5 were not changed",
        "what is before entry 4 or after entry 7 (this is a part of the record)",
      ],
    },
  ])("contradicts nothing that it proves: $because", async ({ input, not }) => {
    const { doesNotProve } = await verify(input);

    expect(doesNotProve.slice(-not.length)).toEqual(not);
  });

  test("counts an anchor that was written twice as one", async () => {
    expect(await verify({ anchors: [...CHAIN.anchors, ...CHAIN.anchors] })).toMatchObject({
      verdict: "intact",
      anchors: { given: 2, matched: 2 },
    });
  });

  test("counts an intent as open until its outcome", async () => {
    const begun = chainOf([intent(), intent()]);
    const [first] = begun.entries;
    if (first === undefined) throw new Error("no intent");
    const { lines } = chainOf([intent(), intent(), finish(first, "failed")]);

    expect(await verify({ lines, anchors: [] })).toMatchObject({ openIntents: [2] });
  });
});

describe("a part of the record", () => {
  test("is intact without the entries around it, and the result notes that", async () => {
    const report = await verify({ lines: CHAIN.lines.slice(2, 5), extent: "period" });

    expect(report).toMatchObject({ verdict: "intact", first: 3, last: 5, anchors: { given: 2, matched: 1 } });
    expect(report.doesNotProve).toContain(
      "what is before entry 3 or after entry 5 (this is a part of the record)",
    );
  });

  test("that begins with entry 1 starts like the complete record", async () => {
    const { hash: _, ...first } = entry(1);
    const open = { ...first, prev: "1".repeat(64) };
    const lines = [entryLine({ ...open, hash: entryHash(open) })];

    expect(await verify({ lines, extent: "period" })).toMatchObject({ broken: { seq: null, line: 1 } });
  });

  test("without entries proves nothing", async () => {
    expect(await verify({ lines: [], extent: "period" })).toMatchObject({
      verdict: "intact",
      proves: [],
      last: null,
    });
  });

  test("has no gap", async () => {
    const lines = [CHAIN.lines[2] ?? "", CHAIN.lines[4] ?? ""];

    expect(await verify({ lines, extent: "period" })).toMatchObject({ broken: { seq: 4, line: 2 } });
  });

  test("whose first line can't be read is broken at an unknown seq", async () => {
    expect(await verify({ lines: ["x"], extent: "period" })).toMatchObject({
      broken: { seq: null, line: 1 },
    });
  });
});
