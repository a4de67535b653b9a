import { expect, test } from "@jest/globals";
import { provedUpTo } from "../../../src/audit/verification/proof.ts";
import { unverifiedFrom } from "../../../src/model/records/record-verification.ts";
import { CHAIN_KEY, rehashed } from "../../support/record/chain.ts";
import { CHAIN, verify } from "./exported-chain.ts";

// The chain has signatures of the entries 1 and 2 (entry 3) and of the entries 1 to 5 (entry 6).

/** Entry 5 with another actor and its own hash again, so that the break is seen one entry later. */
function withForgedFifth(): readonly string[] {
  const forged = rehashed(CHAIN.entries.map((one) => (one.seq === 5 ? { ...one, actor: "x" } : one)));
  return CHAIN.lines.with(4, forged[4] ?? "");
}

test("an entry that was changed with its own hash is after the last proved entry, although the break is found at the next one", async () => {
  const report = await verify({ lines: withForgedFifth(), anchors: [] });

  expect(report.broken?.seq).toBe(6);
  expect(provedUpTo(report)).toBe(2);
});

test.each([
  { because: "signatures are checked", change: { anchors: [] }, expected: 5 },
  { because: "external copies are compared", change: { publicKeys: [] }, expected: 5 },
  { because: "neither is given", change: { anchors: [], publicKeys: [] }, expected: 0 },
  { because: "both are given", change: { publicKeys: [CHAIN_KEY] }, expected: 5 },
])("if $because, the entries up to $expected are proved", async ({ change, expected }) => {
  expect(provedUpTo(await verify(change))).toBe(expected);
});

const AT = "2026-11-27T11:00:00.000Z";
const BREAK = { entry: 6, provedUpTo: 2, reason: "changed", since: AT };

test.each([
  { verification: { kind: "not-verified" }, from: null },
  { verification: { kind: "intact", upTo: 7, at: AT }, from: null },
  { verification: { kind: "unknown", reason: "the disk is gone", since: AT }, from: 1 },
  { verification: { kind: "broken", ...BREAK }, from: 3 },
  { verification: { kind: "unproved", ...BREAK }, from: 3 },
] as const)("of a record that is $verification.kind, the first unverified entry is $from", (row) => {
  expect(unverifiedFrom(row.verification)).toBe(row.from);
});
