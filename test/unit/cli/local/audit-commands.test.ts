import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { anchorLine } from "../../../../src/audit/anchor.ts";
import { chainParts } from "../../../../src/audit/link-run.ts";
import { readLink } from "../../../../src/audit/proved-link.ts";
import type { Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import type { AuditRange, AuditReader } from "../../../../src/controller/ports/audit-log.ts";
import { cli } from "../../../support/screens/cli.ts";
import { CHAIN_KEY, chainOf } from "../../../support/record/chain.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));
const STOPPED = { kind: "stopped", version: "1", reason: "asked" } as const;
const CHAIN = chainOf([STOPPED, STOPPED, "sign"]);

function reader(): {
  readonly installation: Partial<Installation>;
  readonly asked: AuditRange[];
  readonly closed: () => boolean;
} {
  const asked: AuditRange[] = [];
  let closed = false;
  const over = async function* <T>(items: readonly T[], range: AuditRange): AsyncGenerator<T> {
    asked.push(range);
    yield* items;
  };
  const audit: AuditReader = {
    entries: (range) => over(CHAIN.entries, range),
    lines: (range) => over(CHAIN.lines, range),
    links: () => over([chainParts(CHAIN.lines.map(readLink))], {}),
    firstSeq: () => 1,
    close: () => {
      closed = true;
    },
  };
  const pem = CHAIN_KEY.key.export({ type: "spki", format: "pem" }).toString();
  const auditAnchors = async () => CHAIN.anchors.map(anchorLine).join("\n");
  return {
    installation: { audit: async () => audit, auditPublicKeys: async () => pem, auditAnchors },
    asked,
    closed: () => closed,
  };
}

describe("audit verify", () => {
  test("of the state directory checks with its keys and copies, and closes the record", async () => {
    const { installation, closed } = reader();

    const { code, out } = await cli(["audit", "verify", "--config", "x"], { installation });

    expect(code).toBe(0);
    expect(out).toContain("1 checkpoint: all signed by key");
    expect(out).toContain("all match");
    expect(out).toContain("all match their external copies");
    expect(closed()).toBe(true);
  });

  test.each([
    { seq: 2, hash: CHAIN.entries[1]?.hash ?? "", expected: /all match their external copies/ },
    { seq: 9, hash: "0".repeat(64), expected: /Broken at entry 4 .*entries 4 to 9 are missing/s },
    { seq: 2, hash: "0".repeat(64), expected: /Broken at entry 2 .*another entry 2 is in its place/s },
  ])("compares with the newest entry that the database confirmed: $expected", async (newest) => {
    const { installation } = reader();
    const { seq, hash, expected } = newest;
    const entry = { seq, hash, at: "2026-11-25T12:00:00.000Z" };
    const entire = await installation.audit?.();
    if (entire === undefined) throw new Error("there is no record");
    const audit: AuditReader = {
      ...entire,
      entries: async function* ({ fromSeq = 1, toSeq = Infinity }) {
        yield* CHAIN.entries.filter((one) => one.seq >= fromSeq && one.seq <= toSeq);
      },
    };
    const newestEntry = async () => ({ file: "audit-newest-entry.json", entry });

    const { out } = await cli(["audit", "verify", "--config", "x"], {
      installation: { ...installation, audit: async () => audit, newestEntry },
    });

    expect(out.replace(/\s+/g, " ")).toMatch(expected);
  });

  test("reads the record again if retention removed entries during the read", async () => {
    const { installation } = reader();
    const entire = await installation.audit?.();
    if (entire === undefined) throw new Error("there is no record");
    const reads = [CHAIN.lines.slice(1), CHAIN.lines];
    const firsts = [1, 2];
    const audit: AuditReader = {
      ...entire,
      firstSeq: () => firsts.shift() ?? 2,
      links: async function* () {
        yield chainParts((reads.shift() ?? []).map(readLink));
      },
    };

    const { code } = await cli(["audit", "verify", "--config", "x"], {
      installation: { ...installation, audit: async () => audit },
    });

    expect([code, reads]).toEqual([0, []]);
  });

  test("of an export needs nothing of the installation", async () => {
    const [file, key, anchors] = [join(root, "a.jsonl"), join(root, "key.pem"), join(root, "anchors")];
    await writeFile(file, `${CHAIN.lines.join("\n")}\n`);
    await writeFile(key, CHAIN_KEY.key.export({ type: "spki", format: "pem" }));
    await writeFile(anchors, CHAIN.anchors.map(anchorLine).join("\n"));

    const { code, out } = await cli(["audit", "verify", file, "--public-key", key, "--anchors", anchors]);

    expect(code).toBe(0);
    expect(out).toContain("all match their external copies");
  });

  test("names copies of checkpoints that are damaged, and uses the others", async () => {
    const [file, anchors] = [join(root, "a.jsonl"), join(root, "anchors")];
    const copies = CHAIN.anchors.map(anchorLine);
    await writeFile(file, `${CHAIN.lines.join("\n")}\n`);
    await writeFile(anchors, [copies[0]?.slice(0, -9), ...copies].join("\n"));

    const { code, out, err } = await cli(["audit", "verify", file, "--anchors", anchors]);

    expect(code).toBe(0);
    expect(err).toBe(`warning: ${anchors}: 1 damaged copy of checkpoints skipped (line 1)\n`);
    expect(out).toContain("all match their external copies");
  });

  test("with another key is not proved from the first checkpoint on, and is not called broken", async () => {
    const [file, key] = [join(root, "a.jsonl"), join(root, "key.pem")];
    await writeFile(file, `${CHAIN.lines.join("\n")}\n`);
    await writeFile(key, generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }));

    const { code, out } = await cli(["audit", "verify", file, "--public-key", key]);

    expect(code).toBe(3);
    expect(out).toContain("✗ Not proved from entry 3 (line 3): another key signed this checkpoint:");
    expect(out).toContain("hint:  a restore without the private key");
    expect(out).not.toContain("Broken");
  });

  test("of standard input reads an export as it arrives, and exits with 3 if the chain is broken", async () => {
    const entire = await cli(["audit", "verify", "-"], { stdin: `${CHAIN.lines.join("\n")}\n` });
    const torn = await cli(["audit", "verify", "-"], { stdin: `${CHAIN.lines.slice(1).join("\n")}\n` });
    const part = await cli(["audit", "verify", "--period", "-"], {
      stdin: `${CHAIN.lines.slice(1).join("\n")}\n`,
    });

    expect([entire.code, torn.code, part.code]).toEqual([0, 3, 0]);
    expect(torn.out).toContain("✗ Broken at entry 1 (line 1)");
  });

  test.each([
    { argv: ["nowhere.jsonl"], expected: "cannot read nowhere.jsonl (ENOENT)" },
    {
      argv: ["-", "--public-key", "package.json"],
      expected: "package.json: there is no PEM block PUBLIC KEY",
    },
    { argv: ["-", "--anchors", "nowhere"], expected: "cannot read nowhere (ENOENT)" },
  ])("reports what it can't read: $expected", async ({ argv, expected }) => {
    const { code, err } = await cli(["audit", "verify", ...argv]);

    expect(code).toBe(1);
    expect(err).toContain(expected);
  });

  test("without a record explains what creates one", async () => {
    expect(await cli(["audit", "verify", "--config", "x"], { installation: {} })).toMatchObject({
      code: 1,
      err: "error: there is no record yet\nhint:  grantkeeper run makes it\n",
    });
  });
});

describe("audit export", () => {
  test("writes lines that verify", async () => {
    const { installation, closed } = reader();

    const { code, out } = await cli(["audit", "export", "--config", "x"], { installation });

    expect(code).toBe(0);
    expect(out).toBe(`${CHAIN.lines.join("\n")}\n`);
    expect((await cli(["audit", "verify", "-"], { stdin: out })).code).toBe(0);
    expect(closed()).toBe(true);
  });

  test("of a period asks for that period", async () => {
    const { installation, asked } = reader();
    const period = ["--since", "2026-09-01", "--until", "2026-10-01T02:00:00+02:00"];

    await cli(["audit", "export", "--config", "x", ...period], { installation });

    expect(asked).toEqual([{ sinceMs: Date.UTC(2026, 8, 1), untilMs: Date.UTC(2026, 9, 1) }]);
  });

  test("as a table has a header and one row per entry, and is written only to a new file", async () => {
    const { installation } = reader();
    const file = join(root, "a.csv");
    const argv = ["audit", "export", "--config", "x", "--format", "csv", "--out", file];

    const first = await cli(argv, { installation });
    const text = await readFile(file, "utf8");
    const again = await cli(argv, { installation });

    expect(first).toEqual({ code: 0, out: "", err: `3 entries written to ${file}\n` });
    expect(text.trimEnd().split("\r\n")).toHaveLength(4);
    expect(again).toMatchObject({
      code: 1,
      err: `error: cannot write ${file} (EEXIST)\nhint:  name a file that does not exist yet\n`,
    });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  test.each(["yesterday", "2026-09-31T00:00:00", "2026-13-01"])("refuses the time %s", async (time) => {
    expect(
      (await cli(["audit", "export", "--config", "x", "--since", time], { installation: {} })).err,
    ).toContain("hint:  expected 2026-09-30");
  });
});
