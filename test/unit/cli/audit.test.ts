import { describe, expect, test } from "@jest/globals";
import { verifyExport, type VerifyInput } from "../../../src/audit/verify.ts";
import { verifyLines } from "../../../src/cli/render/audit.ts";
import { intent } from "../../support/audit-facts.ts";
import { CHAIN_KEY, chainOf } from "../../support/chain.ts";

const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;

async function lines(input: Partial<VerifyInput>): Promise<readonly string[]> {
  return verifyLines(
    await verifyExport({ lines: [], publicKeys: [], anchors: [], extent: "whole", ...input }),
  );
}

describe("audit verify", () => {
  test("says what was checked, what it proves and what not", async () => {
    const chain = chainOf([STOPPED, STOPPED, "sign", STOPPED]);

    expect(await lines({ lines: chain.lines, anchors: chain.anchors, publicKeys: [CHAIN_KEY] })).toEqual([
      "chain          4 entries, none changed, none missing between 1 and 4",
      `checkpoints    1 signed by key ${CHAIN_KEY.keyId}, all match`,
      "anchors        1 of 1 equal the copies outside (oldest 2026-11-25)",
      "open intents   0",
      "Proves: nothing up to entry 2 was changed after its copy outside was written · entries 1 to 4 fit each other, none is missing between them.",
      "Does not prove: who typed a commit (signatures not checked) · that the host was honest when it wrote · that entries after 2 are all there and as they were written.",
    ]);
  });

  test("names the first entry that was changed", async () => {
    const { lines: whole } = chainOf([STOPPED, STOPPED, STOPPED]);
    const forged = whole.map((line, at) => (at === 1 ? line.replace("asked", "never") : line));

    expect((await lines({ lines: forged }))[0]).toMatch(/^chain {10}✗ broken at entry 2 \(line 2\): /);
  });

  test("says which writes have no outcome", async () => {
    const { lines: whole } = chainOf([intent(), STOPPED]);

    expect((await lines({ lines: whole }))[3]).toBe(
      "open intents   1, begun and without an outcome: entry 1",
    );
  });

  test("claims nothing of an empty record", async () => {
    const said = await lines({});

    expect(said[0]).toBe("chain          no entries");
    expect(said[4]).toBe("Proves nothing.");
  });

  test("says that signatures were not checked without a key", async () => {
    const chain = chainOf([STOPPED, "sign"]);

    expect((await lines({ lines: chain.lines }))[1]).toBe(
      `checkpoints    1 signed by key ${CHAIN_KEY.keyId}, not checked: no public key`,
    );
  });
});
