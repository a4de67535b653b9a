import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { entryLine } from "../../../src/audit/canonical.ts";
import { signCheckpoint, verificationKey } from "../../../src/audit/checkpoint.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { type VerifyInput } from "../../../src/audit/verification/verify.ts";
import { intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY, checkpointFact, rehashed } from "../../support/record/chain.ts";
import { FACTS, CHAIN, verify, entry, anchor } from "./exported-chain.ts";

/** The lines with one of them (by seq) replaced. */
function replaced(seq: number, line: string): readonly string[] {
  return CHAIN.lines.with(seq - 1, line);
}

/** Entries with one of them changed and all later hashes recomputed, as by a forger without the key. */
function forged(seq: number, change: Readonly<Record<string, unknown>>): readonly string[] {
  return rehashed(CHAIN.entries.map((entry) => (entry.seq === seq ? { ...entry, ...change } : entry)));
}

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
  ])("$because", async ({ lines, seq, reason }) => {
    const report = await verify({ lines, anchors: [] });

    expect(report).toMatchObject({ verdict: "broken", entries: seq - 1, broken: { seq, line: seq } });
    expect(report.broken?.reason).toMatch(reason);
  });

  test("a chain of another key is not proved, and everything before the checkpoint is intact", async () => {
    const report = await verify({ lines: chainOf(FACTS, other).lines, anchors: [] });

    expect(report).toMatchObject({ verdict: "another-key", entries: 2, broken: { seq: 3, line: 3 } });
    expect(report.broken?.reason).toMatch(/^another key signed this checkpoint: .*; given: /);
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
    expect(report.doesNotProve).toContain(
      "that the entries after 2 were not changed, and that none after 5 was removed",
    );
  });

  test("still prove the entries before the break", async () => {
    const report = await verify({ lines: rewritten.lines });

    expect(report.proves).toContain("no entry up to 2 was changed after its external copy was written");
  });
});
