import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { entryHash, entryLine } from "../../../src/audit/canonical.ts";
import { signCheckpoint, verificationKey, type Checkpoint } from "../../../src/audit/checkpoint.ts";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import { verifyExport, type VerifyInput, type VerifyReport } from "../../../src/audit/verify.ts";
import { finish, intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY, checkpointFact, rehashed } from "../../support/record/chain.ts";

const FACTS = [refusal(1), refusal(2), "sign", refusal(4), intent(), "sign", refusal(7)] as const;
const CHAIN = chainOf(FACTS);

function verify(change: Partial<VerifyInput> = {}): Promise<VerifyReport> {
  const { lines, anchors } = CHAIN;
  return verifyExport({ lines, anchors, publicKeys: [CHAIN_KEY], extent: "whole", ...change });
}

/** The lines with one of them (by seq) replaced. */
function replaced(seq: number, line: string): readonly string[] {
  return CHAIN.lines.with(seq - 1, line);
}

function entry(seq: number): AuditEntry {
  const found = CHAIN.entries[seq - 1];
  if (found === undefined) throw new Error(`no entry ${seq}`);
  return found;
}

function anchor(index: number): Checkpoint {
  const found = CHAIN.anchors[index];
  if (found === undefined) throw new Error(`no anchor ${index}`);
  return found;
}

/** Entries with one of them changed and all later hashes recomputed, as by a forger without the key. */
function forged(seq: number, change: Readonly<Record<string, unknown>>): readonly string[] {
  return rehashed(CHAIN.entries.map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry)));
}

describe("a complete export", () => {
  test("that is unchanged is intact, and the result names what it proves", async () => {
    const report = await verify();

    expect(report).toEqual({
      verdict: "intact",
      extent: "whole",
      entries: 7,
      first: 1,
      last: 7,
      broken: null,
      checkpoints: { count: 2, checked: true, keyIds: [CHAIN_KEY.keyId], upTo: 5 },
      anchors: { given: 2, matched: 2, upTo: 5, oldestAt: "2026-11-25T12:00:02.000Z" },
      openIntents: [5],
      proves: [
        "no entry up to 5 was changed after its external copy was written",
        "entries 1 to 7 form one chain, and none of them is missing",
      ],
      doesNotProve: [
        "who wrote a commit (signatures not checked)",
        "that the host was honest",
        "that no entry after 5 was changed or removed",
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

    expect(report.proves).toEqual(["entries 1 to 7 form one chain, and none of them is missing"]);
    expect(report.doesNotProve).toContain("who signed the checkpoints (no public key given)");
  });

  test("with an anchor of only the first checkpoint shows what each covers", async () => {
    const report = await verify({ anchors: [anchor(0)] });

    expect(report.proves).toEqual([
      "no entry up to 2 was changed after its external copy was written",
      "no entry up to 5 was changed without the signing key",
      "entries 1 to 7 form one chain, and none of them is missing",
    ]);
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

describe("the first error is named", () => {
  const other = generateKeyPairSync("ed25519").privateKey;
  const twice = CHAIN.lines[1]?.replace('{"actor"', '{"actor":"dana","actor"') ?? "";
  const brackets = `${"[".repeat(99_999)}${"]".repeat(99_999)}`;
  const deep = CHAIN.lines[1]?.replace(/\}$/, `,"x":${brackets}}`) ?? "";
  const strange = chainOf([refusal(1), { kind: "checkpoint" } as AuditFact]).lines;
  const notBefore = signCheckpoint(other, { seq: 1, hash: entry(1).hash }, entry(3).at);

  test.each<{ because: string; lines: readonly string[]; seq: number; reason: RegExp }>([
    { because: "a line that is not JSON", lines: replaced(2, "{"), seq: 2, reason: /not an entry/ },
    {
      because: "a line that is JSON but not an object",
      lines: replaced(2, "null"),
      seq: 2,
      reason: /not an entry/,
    },
    {
      because: "an object that is not an entry",
      lines: replaced(2, '{"seq":2}'),
      seq: 2,
      reason: /not an entry/,
    },
    {
      because: "an entry that is nested deeper than any entry",
      lines: replaced(2, deep),
      seq: 2,
      reason: /nested/,
    },
    {
      because: "a seq that is not an integer",
      lines: replaced(2, line(2, { seq: 2.5 })),
      seq: 2,
      reason: /not an entry/,
    },
    { because: "a space", lines: replaced(2, `${CHAIN.lines[1]} `), seq: 2, reason: /canonical/ },
    { because: "a duplicate member", lines: replaced(2, twice), seq: 2, reason: /canonical/ },
    {
      because: "half a character pair",
      lines: replaced(2, line(2, { actor: "x" }).replace('"x"', String.raw`"\ud800"`)),
      seq: 2,
      reason: /canonical/,
    },
    {
      because: "changed content",
      lines: replaced(2, line(2, { actor: "x" })),
      seq: 2,
      reason: /does not have the hash/,
    },
    {
      because: "an entry that is missing",
      lines: CHAIN.lines.toSpliced(1, 1),
      seq: 2,
      reason: /entry 2 is missing: entry 3/,
    },
    {
      because: "the first entry is missing",
      lines: CHAIN.lines.slice(1),
      seq: 1,
      reason: /entry 1 is missing/,
    },
    {
      because: "a duplicate entry",
      lines: CHAIN.lines.toSpliced(1, 0, CHAIN.lines[0] ?? ""),
      seq: 2,
      reason: /entry 2 is missing: entry 1/,
    },
    {
      because: "an entry with a wrong predecessor",
      lines: [...CHAIN.lines.slice(0, 1), ...chainOf([refusal(9), refusal(8)]).lines.slice(1)],
      seq: 2,
      reason: /does not name the hash/,
    },
    { because: "a checkpoint without its members", lines: strange, seq: 2, reason: /lacks/ },
    {
      because: "a checkpoint about another entry",
      lines: rehashed([...CHAIN.entries.slice(0, 2), { ...entry(3), ...checkpointFact(notBefore) }]),
      seq: 3,
      reason: /not about the entry before/,
    },
    {
      because: "a changed entry under a signature",
      lines: forged(1, { actor: "x" }),
      seq: 3,
      reason: /not about the entry before/,
    },
    {
      because: "an invalid signature",
      lines: forged(3, { signature: "AAAA" }),
      seq: 3,
      reason: /its signature by key .* is wrong/,
    },
    {
      because: "a signature in another spelling",
      lines: forged(3, { signature: `${anchor(0).signature} ` }),
      seq: 3,
      reason: /its signature/,
    },
    {
      because: "the time of a checkpoint",
      lines: forged(3, { at: "2026-11-25T12:00:03.000Z" }),
      seq: 3,
      reason: /its signature/,
    },
    {
      because: "a chain of another key",
      lines: chainOf(FACTS, other).lines,
      seq: 3,
      reason: /not one of the given keys/,
    },
  ])("$because", async ({ lines, seq, reason }) => {
    const report = await verify({ lines, anchors: [] });

    expect(report).toMatchObject({ verdict: "broken", entries: seq - 1, broken: { seq, line: seq } });
    expect(report.broken?.reason).toMatch(reason);
  });

  function line(seq: number, change: Readonly<Record<string, unknown>>): string {
    return entryLine({ ...entry(seq), ...change });
  }
});

describe("anchors", () => {
  const rewritten = chainOf([refusal(1), refusal(2), "sign", refusal(44), intent(), "sign", refusal(7)]);
  const otherKey = generateKeyPairSync("ed25519").privateKey;
  const stranger = chainOf(FACTS, otherKey);
  const bothKeys = [CHAIN_KEY, verificationKey(createPublicKey(otherKey))];

  test.each<{ because: string; change: Partial<VerifyInput>; seq: number; reason: RegExp }>([
    {
      because: "show that the holder of the key rewrote the chain, and from which entry",
      change: { lines: rewritten.lines },
      seq: 6,
      reason: /some entry from 3 to 5 was changed/,
    },
    {
      because: "show that the chain was rewritten from its beginning",
      change: { lines: chainOf([refusal(9), ...FACTS.slice(1)]).lines },
      seq: 3,
      reason: /some entry from 1 to 2 was changed/,
    },
    {
      because: "show that the chain was signed again with a new key",
      change: { lines: stranger.lines, publicKeys: bothKeys },
      seq: 3,
      reason: /another checkpoint/,
    },
    {
      because: "show that a checkpoint was left out",
      change: { lines: rehashed(CHAIN.entries.filter(({ seq }) => seq !== 3)) },
      seq: 3,
      reason: /has a checkpoint here/,
    },
    {
      because: "show that the end was cut off",
      change: { lines: CHAIN.lines.slice(0, 4) },
      seq: 5,
      reason: /entries 5 to 6 are missing/,
    },
    {
      because: "show that the checkpoint itself was cut off",
      change: { lines: CHAIN.lines.slice(0, 5) },
      seq: 6,
      reason: /entries 6 to 6 are missing/,
    },
    {
      because: "show that everything was cut off",
      change: { lines: [] },
      seq: 1,
      reason: /entries 1 to 6 are missing/,
    },
  ])("$because", async ({ change, seq, reason }) => {
    const report = await verify(change);

    expect(report).toMatchObject({ verdict: "broken", broken: { seq } });
    expect(report.broken?.reason).toMatch(reason);
  });

  test("are required to detect a truncated end, and the result notes their absence", async () => {
    const report = await verify({ lines: CHAIN.lines.slice(0, 5), anchors: [anchor(0)] });

    expect(report.verdict).toBe("intact");
    expect(report.doesNotProve).toContain("that no entry after 2 was changed or removed");
  });

  test("still prove the entries before the break", async () => {
    const report = await verify({ lines: rewritten.lines });

    expect(report.proves).toContain("no entry up to 2 was changed after its external copy was written");
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
