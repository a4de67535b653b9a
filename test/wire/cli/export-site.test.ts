import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SiteFunction, SiteIndex } from "../../../src/api/browser/site.ts";
import { anchorLine } from "../../../src/audit/anchor.ts";
import { intent } from "../../support/record/audit-facts.ts";
import { chainOf, rehashed } from "../../support/record/chain.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { dataOf, exportOf, ExportFolder, filesIn } from "../../support/page/exporting.ts";
import { cli } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN, READER_TOKEN } from "../../support/screens/http-server.ts";
import { FOREIGN_WORDS, ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

let folder: ExportFolder;
let page: string;
beforeAll(async () => {
  folder = await ExportFolder.create();
  page = await folder.plainPage();
});
afterAll(() => folder.remove());

const CHAIN = chainOf([
  { kind: "stopped", version: "0.1.0", reason: "x" },
  intent({ key: ORDERS_API }),
  "sign",
  intent({ key: REFUNDS }),
]);

/** The newest time in the state: that of the last entry. */
const NEWEST = "2026-11-25T12:00:03.000Z";
const STATE = { state: { history: CHAIN.entries } };

/** Exports to a new folder. */
async function exported(options: { readonly token?: string; readonly more?: readonly string[] } = {}) {
  const out = folder.next();
  const run = await exportOf(STATE, { out, page, ...options });
  return { run, out };
}

async function indexOf(out: string): Promise<SiteIndex> {
  return dataOf(await filesIn(out), "index") as SiteIndex;
}

const sums = (out: string) =>
  spawnSync("sha256sum", ["-c", "--quiet", "--strict", "SHA256SUMS"], { cwd: out });

describe("export site", () => {
  test("writes the page, its data and the evidence, and prints what to keep elsewhere", async () => {
    const { run, out } = await exported();

    expect(run).toMatchObject({ code: 0, err: "" });
    const digest = execFileSync("sha256sum", ["SHA256SUMS"], { cwd: out, encoding: "utf8" }).split(" ")[0];
    expect(run.out).toContain(`SHA-256 of ${out}/SHA256SUMS, to keep elsewhere:\n${digest}\n`);
    expect(run.out).toContain(`: 3 bindings of functions, 2 ManagedPolicies and 4 entries, as of ${NEWEST}`);
    const files = await filesIn(out);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(["index.html", "assets/site.js", "HOW-TO-VERIFY.txt", "evidence/audit.jsonl"]),
    );
    expect((dataOf(files, "functions-000000") as readonly SiteFunction[])[0]?.binding.metadata.name).toBe(
      "orders-api.111122223333.eu-west-1",
    );
  });

  test("writes the same bytes for the same record a minute later, after a restart of the controller", async () => {
    const { out } = await exported();
    const later = folder.next();
    const clock = {
      nowMs: () => Date.parse(NOW) + 60_000,
      sleep: () => Promise.reject(new Error("no test waits here")),
    };

    await exportOf({ ...STATE, options: { clock } }, { out: later, page });

    expect(await filesIn(later)).toEqual(await filesIn(out));
  });

  test("takes an account for unread that should have been read again long ago", async () => {
    const out = folder.next();
    const clock = {
      nowMs: () => Date.parse(NOW) + 3_600_000,
      sleep: () => Promise.reject(new Error("no test waits here")),
    };

    await exportOf({ ...STATE, options: { clock } }, { out, page });

    expect(dataOf(await filesIn(out), "index")).toMatchObject({
      unread: { functions: 5, accounts: ["prod"] },
    });
  });

  test("states what was not read", async () => {
    const { out } = await exported();

    const index = await indexOf(out);
    expect(index.unread.functions).toBeGreaterThan(0);
    expect(index.asOf).toBe(NEWEST);
    const timelines = ["24h", "7d", "30d"].map(async (range) =>
      dataOf(await filesIn(out), `answer-timeline-${range}`),
    );
    expect(await Promise.all(timelines)).toMatchObject(
      timelines.map(() => ({ kind: "Timeline", status: { to: NEWEST } })),
    );
  });

  test("has no token and no secret", async () => {
    const { out } = await exported();

    for (const text of (await filesIn(out)).values())
      for (const secret of [LOCAL_TOKEN, ORDERS_TOKEN, "external-secret"]) expect(text).not.toContain(secret);
  });

  test("does not overwrite a folder", async () => {
    const { out } = await exported();

    const again = await exportOf(STATE, { out, page });

    expect(again.code).toBe(1);
    expect(again.err).toContain(`${out} exists`);
  });

  test("needs the built page, and names the command that builds it", async () => {
    const run = await exportOf(STATE, { out: folder.next(), page: "/nonexistent" });

    expect(run.code).toBe(1);
    expect(run.err).toContain("the page is not built");
    expect(run.err).toContain("npm run build");
  });

  test("leaves nothing behind after a failure", async () => {
    const out = folder.next();

    const run = await exportOf({ state: { broken: new Error("the store broke") } }, { out, page });

    expect(run.code).not.toBe(0);
    const left = execFileSync("ls", [folder.path], { encoding: "utf8" });
    expect(left).not.toContain(out.split("/").at(-1));
  });
});

describe("an altered export is found", () => {
  test("intact, both commands pass", async () => {
    const { out } = await exported();

    expect(sums(out).status).toBe(0);
    expect((await verified(out)).code).toBe(0);
  });

  test.each(["data/functions-000000.js", "data/index.js", "index.html", "evidence/audit.jsonl"])(
    "by sha256sum, if %s is changed or removed",
    async (path) => {
      const { out } = await exported();

      await appendFile(join(out, path), " ");
      expect(sums(out).status).not.toBe(0);
      await rm(join(out, path));
      expect(sums(out).status).not.toBe(0);
    },
  );

  test("by audit verify, if someone changed an entry and wrote the digests again", async () => {
    const { out } = await exported();
    const file = join(out, "evidence", "audit.jsonl");
    const forged = rehashed(
      CHAIN.entries.map((entry) => (entry.seq === 1 ? { ...entry, reason: "y" } : entry)),
    );

    await writeFile(file, `${forged.join("\n")}\n`);

    expect((await verified(out)).code).toBe(3);
  });

  async function verified(out: string) {
    const [key, anchors] = [join(folder.path, "key.pem"), join(folder.path, "anchors.jsonl")];
    const { CHAIN_KEY } = await import("../../support/record/chain.ts");
    await writeFile(key, CHAIN_KEY.key.export({ type: "spki", format: "pem" }));
    await writeFile(anchors, `${CHAIN.anchors.map(anchorLine).join("\n")}\n`);
    const file = join(out, "evidence", "audit.jsonl");
    return cli(["audit", "verify", file, "--public-key", key, "--anchors", anchors]);
  }

  test("the text of the verification names the same commands", async () => {
    const { out } = await exported();

    const text = await readFile(join(out, "HOW-TO-VERIFY.txt"), "utf8");

    expect(text).toContain("sha256sum -c --quiet --strict SHA256SUMS");
    // As a shell reads it: a "\\" at the end of a line continues it.
    expect(text.replaceAll(/ \\\n +/g, " ")).toContain(
      "   grantkeeper audit verify evidence/audit.jsonl --public-key audit-key.pub.pem --anchors audit-anchors.jsonl\n",
    );
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "Without copies, leave out --anchors and its file: then nothing",
    );
    expect(text).toContain("signed up to entry 2");
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("a record that is broken in the controller is exported as such", async () => {
    const out = folder.next();
    const history = CHAIN.entries.map((entry) => (entry.seq === 2 ? { ...entry, call: "iam:X" } : entry));

    const run = await exportOf({ state: { history: history as typeof CHAIN.entries } }, { out, page });

    expect(run.code).toBe(3);
    expect(run.err).toContain("the record is broken: entry 2: its content does not have the hash");
    expect((await indexOf(out)).evidence).toMatchObject({ broken: expect.stringContaining("entry 2") });
  });
});

describe("of other teams", () => {
  test.each([
    { of: "a team's token", options: { token: ORDERS_TOKEN } },
    {
      of: "a token for everything that names a namespace",
      options: { token: READER_TOKEN, more: ["-n", "orders"] },
    },
  ])("no file of an export with $of has a word", async ({ options }) => {
    const { run, out } = await exported(options);

    expect(run.code).toBe(0);
    for (const [path, text] of await filesIn(out))
      for (const word of FOREIGN_WORDS) expect(`${path}: ${text}`).not.toContain(word);
    const index = await indexOf(out);
    expect(index.namespaces).toEqual(["orders"]);
    expect(index.evidence).toEqual({ kind: "selection", first: 2, last: 2 });
  });

  test("a namespace that the token does not see is refused", async () => {
    const { run } = await exported({ token: ORDERS_TOKEN, more: ["-n", "payments"] });

    expect(run.code).toBe(4);
    expect(run.err).toContain('may not see namespace "payments"');
  });
});
