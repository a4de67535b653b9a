import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readTrail } from "../../../../src/workbench/denials/trail.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { denied } from "./denials-scene.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gk-trail-"));
});
afterEach(() => rm(folder, { recursive: true }));

const own = (): object => denied({ session: "unknown", role: "unknown" });
const read = (path: string) => readTrail(path, [BINDING], () => undefined);

test.each([
  { because: "a file of CloudTrail", text: JSON.stringify({ Records: [own(), own()] }), calls: 2 },
  { because: "one event a line", text: `${JSON.stringify(own())}\n${JSON.stringify(own())}\n`, calls: 2 },
  {
    because: "the answer of lookup-events",
    text: JSON.stringify({ Events: [{ CloudTrailEvent: JSON.stringify(own()) }] }),
    calls: 1,
  },
  { because: "a message of EventBridge", text: JSON.stringify({ detail: own() }), calls: 1 },
  { because: "a file without records", text: JSON.stringify({ Records: [] }), calls: 0 },
])("$because is read", async ({ text, calls }) => {
  await writeFile(join(folder, "a.json"), text);

  const { summary } = await read(join(folder, "a.json"));

  expect(summary.calls.notManaged).toBe(calls);
  expect(summary.unread).toEqual([]);
});

test("all files of a folder are read, and an event that is in two of them counts once", async () => {
  const event = own();
  await mkdir(join(folder, "2026"));
  await writeFile(join(folder, "2026/a.json"), JSON.stringify({ Records: [event] }));
  await writeFile(join(folder, "b.json.gz"), gzipSync(JSON.stringify({ Records: [event, own()] })));

  const { summary } = await read(folder);

  expect(summary).toMatchObject({
    files: 2,
    events: 3,
    calls: { notManaged: 2 },
    from: "2026-11-24T10:32:07.000Z",
  });
});

test.each([
  { text: "no", reason: "it has no events of CloudTrail" },
  { text: "{}", reason: "it has no events of CloudTrail" },
  {
    text: JSON.stringify({ Records: [denied({ record: { awsRegion: 1 } })] }),
    reason: "a record has not the form of CloudTrail",
  },
])("a file is reported if $reason", async ({ text, reason }) => {
  await writeFile(join(folder, "a.json"), text);

  expect((await read(folder)).summary.unread).toEqual([{ file: "a.json", reason }]);
});
