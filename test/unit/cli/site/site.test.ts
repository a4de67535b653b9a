import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { missingFacts, verificationSteps } from "../../../../src/api/browser/site-verification.ts";
import type { SiteIndex } from "../../../../src/api/browser/site.ts";
import type { ApiClient } from "../../../../src/cli/client/client.ts";
import { Moments } from "../../../../src/cli/site/moments.ts";
import { PatientReader } from "../../../../src/cli/site/patient-reader.ts";
import { changesBetween } from "../../../../src/cli/site/record-version.ts";
import { ExportedFiles } from "../../../../src/cli/site/site-files.ts";
import { CliError } from "../../../../src/cli/toolbox/cli-error.ts";

describe("the files of an export", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "grantkeeper-files-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("carry every value as a text that is parsed, so that no name has a meaning", async () => {
    const files = new ExportedFiles(join(folder, "part"));
    await files.begin();
    const value = JSON.parse('{"__proto__":{"x":"</script>\\u2028\\"\'"}}') as object;

    await files.writeData("rows-000000", value);

    const text = await readFile(join(folder, "part", "data", "rows-000000.js"), "utf8");
    const received: string[] = [];
    runInNewContext(text, { grantkeeperSite: (name: string, json: string) => received.push(name, json) });
    expect(received[0]).toBe("rows-000000");
    expect(JSON.stringify(JSON.parse(received[1] ?? ""))).toBe(JSON.stringify(value));
  });

  test("of an earlier attempt are forgotten", async () => {
    const files = new ExportedFiles(join(folder, "part"));
    await files.begin();
    await files.write("old.txt", "x");
    await files.begin();
    await files.write("new.txt", "x");

    await files.writeDigests();

    expect(await readFile(join(folder, "part", "SHA256SUMS"), "utf8")).toMatch(
      /^[0-9a-f]{64} {2}new\.txt\n$/,
    );
    expect(files.count).toBe(1);
  });
});

describe("a reader of a controller with limits", () => {
  const tooFast = new CliError("more than 1200 requests in a minute", null, {
    exitCode: 4,
    code: "TooManyRequests",
  });

  /** A controller that refuses so many requests. */
  function refusing(refusals: number, error: Error = tooFast) {
    const slept: number[] = [];
    let left = refusals;
    const read = async () => {
      left -= 1;
      if (left >= 0) throw error;
      return "answer";
    };
    const clock = { nowMs: () => 0, sleep: async (ms: number) => void slept.push(ms) };
    const client = { read } as unknown as ApiClient;
    return { reader: new PatientReader(client, { clock, signal: new AbortController().signal }), slept };
  }

  test("waits and asks again", async () => {
    const { reader, slept } = refusing(2);

    expect(await reader.read("/overview")).toBe("answer");
    expect(slept).toEqual([5_000, 5_000]);
  });

  test("gives up after two minutes", async () => {
    const { reader, slept } = refusing(1_000);

    await expect(reader.read("/overview")).rejects.toBe(tooFast);
    expect(slept).toHaveLength(24);
  });

  test("does not repeat another failure", async () => {
    const { reader, slept } = refusing(1, new CliError("forbidden", null, { code: "Forbidden" }));

    await expect(reader.read("/overview")).rejects.toMatchObject({ message: "forbidden" });
    expect(slept).toEqual([]);
  });
});

test("the moment of an export is its newest time, and its oldest reading is stated", () => {
  const moments = new Moments();
  moments.see(null);
  expect(moments.newest).toBeNull();

  for (const at of ["2026-11-25T12:00:00.000Z", "2026-11-25T11:00:00.000Z"]) moments.seeReading(at);
  moments.see("2026-11-25T12:30:00.000Z");
  moments.seeReading(null);

  expect(moments.newest).toBe("2026-11-25T12:30:00.000Z");
  expect(moments.oldestReading).toBe("2026-11-25T11:00:00.000Z");
});

test("what differs before, in or after an export is named, also if it is again as it was before", () => {
  const before = new Map([
    ["bindings", "1"],
    ["differences", "1"],
  ]);

  expect(changesBetween(before, before, before)).toEqual([]);
  expect(changesBetween(before, before, new Map([...before, ["differences", "2"]]))).toEqual(["differences"]);
  expect(changesBetween(before, new Map([...before, ["differences", "2"]]), before)).toEqual(["differences"]);
});

describe("the verification of an export", () => {
  const chain = { kind: "chain", first: 1, last: 9, head: "f", checkpoint: null, broken: null } as const;
  const index = (change: Partial<SiteIndex>): SiteIndex =>
    ({
      evidence: chain,
      since: null,
      namespaces: null,
      unity: { kind: "one-version" },
      ...change,
    }) as SiteIndex;
  const commands = (change: Partial<SiteIndex>) =>
    verificationSteps(index(change)).flatMap(({ command }) => command?.join(" ") ?? []);

  test.each([
    { evidence: chain, since: null, last: /^grantkeeper audit verify evidence\/audit\.jsonl --public-key/ },
    { evidence: chain, since: "2026-11-25T12:00:00.000Z", last: /--period/ },
    {
      evidence: { kind: "selection", first: 1, last: 2 } as const,
      since: null,
      last: /^sha256sum SHA256SUMS$/,
    },
    { evidence: { kind: "no-entries" } as const, since: null, last: /^sha256sum SHA256SUMS$/ },
  ])("of $evidence.kind since $since ends with $last", ({ evidence, since, last }) => {
    expect(commands({ evidence, since }).at(-1)).toMatch(last);
  });

  test("names the digest that was kept elsewhere as the decisive step", () => {
    const decisive = verificationSteps(index({})).filter(({ why }) => why.startsWith("The decisive step"));

    expect(decisive.map(({ command }) => command)).toEqual([["sha256sum SHA256SUMS"]]);
  });

  test.each<{ readonly change: Partial<SiteIndex>; readonly text: string }>([
    { change: {}, text: "nothing in it is signed" },
    {
      change: { evidence: { ...chain, checkpoint: { upTo: 7, at: "x", keyId: "k" } } },
      text: "The entries after 7 are in the chain, but no signature covers them.",
    },
    { change: { namespaces: ["orders"] }, text: "nothing of other namespaces than orders" },
    { change: {}, text: "No step compares the screens (data/) with the record (evidence/)" },
    { change: {}, text: "These were read once, between the two: rules, waivers, Teams" },
    {
      change: { since: "2026-11-25T12:00:00.000Z" },
      text: "before the first one since 2026-11-25T12:00:00.000Z",
    },
    { change: { unity: { kind: "changed", what: ["bindings"] } }, text: "not of one moment" },
  ])("names what is missing: $text", ({ change, text }) => {
    expect(missingFacts(index(change)).join("\n")).toContain(text);
  });
});
