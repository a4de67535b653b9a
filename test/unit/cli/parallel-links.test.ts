import { describe, expect, test } from "@jest/globals";
import { exportLines } from "../../../src/audit/export-lines.ts";
import { verifyExport, verifyLinks, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import { parallelLinks } from "../../../src/cli/history/parallel-links.ts";
import { intent, refusal } from "../../support/record/audit-facts.ts";
import { chainOf, CHAIN_KEY } from "../../support/record/chain.ts";

const chain = chainOf([...Array.from({ length: 3_000 }, (_, at) => refusal(at)), "sign", intent()]);
const evidence = { publicKeys: [CHAIN_KEY], anchors: chain.anchors, extent: "whole" } as const;

async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function both(lines: readonly string[]): Promise<readonly [VerifyReport, VerifyReport]> {
  // Several blocks, and chunks that end within lines and within characters.
  const text = `${lines.join("\n")}\n`;
  return [
    await verifyLinks({ links: parallelLinks(chunksOf(text, 65_537)), ...evidence }),
    await verifyExport({ lines: exportLines(chunksOf(text, 65_537)), ...evidence }),
  ];
}

describe("an export that is read on several threads", () => {
  test("gives the report of one thread", async () => {
    const [parallel, single] = await both(chain.lines);

    expect(parallel).toEqual(single);
    expect(parallel).toMatchObject({ verdict: "intact", entries: 3_002 });
  });

  test.each([
    { because: "the first line that is no entry", at: 1_500, line: "{" },
    { because: "a line of another entry", at: 2_000, line: chain.lines[5] ?? "" },
    { because: "an empty line", at: 0, line: "" },
  ])("ends at $because", async ({ at, line }) => {
    const [parallel, single] = await both(chain.lines.with(at, line));

    expect(parallel).toEqual(single);
    expect(parallel.broken?.line).toBe(at + 1);
  });
});
