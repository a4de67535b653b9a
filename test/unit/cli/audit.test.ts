import { describe, expect, test } from "@jest/globals";
import { verifyExport, type VerifyInput } from "../../../src/audit/verification/verify.ts";
import { verifyLines } from "../../../src/cli/history/verification.ts";
import { intent } from "../../support/record/audit-facts.ts";
import { CHAIN_KEY, chainOf } from "../../support/record/chain.ts";
import { lineText } from "../../../src/text/screen-line.ts";

const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;
const LAYOUT = { width: 80, rowWidth: Infinity, isWide: false };

async function lines(input: Partial<VerifyInput>): Promise<readonly string[]> {
  const report = await verifyExport({ lines: [], publicKeys: [], anchors: [], extent: "whole", ...input });
  return verifyLines(report, LAYOUT).map(lineText);
}

describe("audit verify", () => {
  test("shows what was checked, what it proves and what not, in 80 columns", async () => {
    const chain = chainOf([STOPPED, STOPPED, "sign", STOPPED]);

    const shown = await lines({ lines: chain.lines, anchors: chain.anchors, publicKeys: [CHAIN_KEY] });

    expect(shown).toEqual([
      "4 entries in one unbroken chain; 0 open writes",
      `1 checkpoint: all signed by key ${CHAIN_KEY.keyId}, all match their`,
      "external copies",
      "Proves: no entry up to 2 was changed after its external copy was written;",
      "entries 1 to 4 form one chain without a gap",
      "Does not prove: who wrote a commit (the record has no signatures of commits);",
      "that the host was honest; that the entries after 2 were not changed, and that",
      "none after 4 was removed",
    ]);
  });

  test("names the first entry that was changed", async () => {
    const { lines: entire } = chainOf([STOPPED, STOPPED, STOPPED]);
    const forged = entire.map((line, at) => (at === 1 ? line.replace("asked", "never") : line));

    expect((await lines({ lines: forged }))[0]).toMatch(/^✗ Broken at entry 2 \(line 2\): /);
  });

  test("hints at --period where an export does not begin with entry 1", async () => {
    const { lines: entire } = chainOf([STOPPED, STOPPED, STOPPED]);

    expect(await lines({ lines: entire.slice(1) })).toContainEqual(
      "hint:  this export begins with entry 2: verify a part of the record with",
    );
    expect((await lines({ lines: entire.slice(1), extent: "period" }))[0]).toBe(
      "2 entries, 2 to 3 in one unbroken chain; 0 open writes",
    );
  });

  test("names the writes without a result", async () => {
    const { lines: entire } = chainOf([intent(), STOPPED]);

    expect((await lines({ lines: entire }))[0]).toBe(
      "2 entries in one unbroken chain; 1 open write (begun, no result: 1)",
    );
  });

  test("shows which entries retention removed, and what proves them", async () => {
    const entire = chainOf([STOPPED, STOPPED, "sign", STOPPED]);
    const head = entire.entries[1]?.hash ?? "";
    const removal = { kind: "entries-removed", first: 1, upTo: 2, head, before: "", archive: null } as const;
    const { lines: all, anchors } = chainOf([STOPPED, STOPPED, "sign", removal, "sign"]);

    const report = await verifyExport({
      lines: all.slice(2),
      publicKeys: [CHAIN_KEY],
      anchors,
      extent: "whole",
    });

    expect(verifyLines(report, LAYOUT).slice(0, 3)).toEqual([
      "3 entries in one unbroken chain; 0 open writes",
      "entries 1 to 2 were removed by retention on 2026-11-25 (entry 4); the entry",
      "after them continues their chain",
    ]);
    expect(report.doesNotProve.join()).toContain(`its last hash is ${head}`);
  });

  test("claims nothing about an empty record", async () => {
    const shown = await lines({});

    expect(shown[0]).toBe("0 entries");
    expect(shown).toContainEqual("Proves: nothing");
  });

  test("shows that signatures were not checked without a key", async () => {
    const chain = chainOf([STOPPED, "sign"]);

    expect((await lines({ lines: chain.lines })).slice(1, 3)).toEqual([
      "1 checkpoint: signatures not checked (no public key given), no external copies",
      "given",
    ]);
  });
});
