import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { exportLines } from "../../../src/audit/export-lines.ts";
import { verifyExport, type VerifyInput, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import { intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY, type BuiltChain } from "../../support/record/chain.ts";

/** Few values, so that neighbours are often equal but for their place. */
const fact: fc.Arbitrary<AuditFact | "sign"> = fc.oneof(
  fc.constant("sign" as const),
  fc.constantFrom(1, 2).map(refusal),
  fc.constant(intent({ after: "\ufffd\u2028" })),
  fc.string({ unit: "binary", maxLength: 6 }).map((after) => intent({ after })),
);

/** No two checkpoints in a row, as the store never signs a signed head; never empty. */
const chain: fc.Arbitrary<BuiltChain> = fc
  .array(fact, { minLength: 1, maxLength: 10 })
  .map((facts) =>
    [refusal(1), ...facts].filter((fact, index, all) => fact !== "sign" || all[index - 1] !== "sign"),
  )
  .map((facts) => chainOf(facts));

/** The chain as the file that a person hands over. */
async function* fileOf(lines: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.concat([Buffer.from(line), Buffer.from("\n")]);
}

function verify(lines: VerifyInput["lines"], chain: BuiltChain): Promise<VerifyReport> {
  return verifyExport({ lines, publicKeys: [CHAIN_KEY], anchors: chain.anchors, extent: "whole" });
}

/** Breaks, and not later than at the line that was touched. */
function expectBrokenBy(report: VerifyReport, line: number): void {
  expect(report.verdict).toBe("broken");
  expect(report.broken?.line).toBeLessThanOrEqual(line);
}

describe("the audit chain", () => {
  test("is intact as written, for every entry and every outside copy", async () => {
    await fc.assert(
      fc.asyncProperty(chain, async (chain) => {
        expect(await verify(chain.lines, chain)).toMatchObject({
          verdict: "intact",
          entries: chain.entries.length,
          anchors: { matched: chain.anchors.length },
        });
      }),
    );
  });

  test("breaks on any changed byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        chain,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (chain, at, where, mask) => {
          const index = at % chain.lines.length;
          const bytes = Buffer.from(chain.lines[index] ?? "");
          const place = where % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ mask;
          const file = fileOf([...chain.lines.slice(0, index), bytes, ...chain.lines.slice(index + 1)]);

          expectBrokenBy(await verify(exportLines(file), chain), index + 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("breaks on any byte that is added or removed", async () => {
    await fc.assert(
      fc.asyncProperty(
        chain,
        fc.nat(),
        fc.nat(),
        fc.constantFrom("", " ", "0", '"'),
        async (chain, at, where, extra) => {
          const index = at % chain.lines.length;
          const line = chain.lines[index] ?? "";
          const place = where % line.length;
          const rest = line.slice(extra === "" ? place + 1 : place);
          const changed = line.slice(0, place) + extra + rest;
          fc.pre(changed !== line);

          expectBrokenBy(await verify(chain.lines.with(index, changed), chain), index + 1);
        },
      ),
    );
  });

  test("breaks on any removed entry, except unsigned ones at its end", async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.nat(), async (chain, at) => {
        const index = at % chain.lines.length;
        const last = index === chain.lines.length - 1;
        const report = await verify(chain.lines.toSpliced(index, 1), chain);

        const unsignedEnd = last && chain.entries[index]?.kind !== "checkpoint";
        expect(report.verdict).toBe(unsignedEnd ? "intact" : "broken");
        expect(report.broken?.line ?? 0).toBeLessThanOrEqual(index + 1);
      }),
    );
  });

  test("breaks on any two exchanged entries", async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.nat(), fc.nat(), async (chain, one, two) => {
        const [a, b] = [one % chain.lines.length, two % chain.lines.length];
        fc.pre(a !== b);
        const lines = chain.lines.with(a, chain.lines[b] ?? "").with(b, chain.lines[a] ?? "");

        expectBrokenBy(await verify(lines, chain), Math.min(a, b) + 1);
      }),
    );
  });

  test("is broken after truncation exactly where an outside copy covers the removed part", async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.nat(), async (chain, at) => {
        const kept = at % chain.lines.length;
        const report = await verify(chain.lines.slice(0, kept), chain);
        const covered = chain.anchors.some((anchor) => anchor.upTo >= kept);
        const blind = await verify(chain.lines.slice(0, kept), { ...chain, anchors: [] });

        expect(report.verdict).toBe(covered ? "broken" : "intact");
        expect(blind.verdict).toBe("intact");
      }),
    );
  });

  test("is protected by its outside copies even against the holder of the key", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fact, { maxLength: 5 }),
        fc.array(fact, { maxLength: 5 }),
        async (before, after) => {
          const plain = (facts: readonly (AuditFact | "sign")[]) => facts.filter((fact) => fact !== "sign");
          const facts = [...plain(before), refusal(3), ...plain(after), "sign"] as const;
          const forged = [...plain(before), refusal(4), ...plain(after), "sign"] as const;

          const report = await verify(chainOf(forged).lines, chainOf(facts));

          expect(report).toMatchObject({ verdict: "broken", broken: { seq: facts.length } });
        },
      ),
    );
  });
});
