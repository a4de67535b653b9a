import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { loadEstates } from "../../../src/workbench/import/saved/estate-file.ts";
import { loadLive } from "../../../src/workbench/plan/live-file.ts";
import { ok } from "../../../src/model/values/result.ts";
import { readSaved, writeSaved } from "../../../src/workbench/project/saved-file.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-saved-"));
});
afterEach(() => rm(root, { recursive: true }));

const form = { what: "test", fix: "save one", parse: (value: unknown) => ok(value) };

describe("a saved file", () => {
  test("has the maps and sets that were saved", async () => {
    const value = { format: "test/1", byName: new Map([["a", new Set([1, 2])]]) };
    await writeSaved(join(root, "saved.json"), value);

    expect(await readSaved(join(root, "saved.json"), form)).toEqual(value);
  });

  test("is for its owner alone, also where others left a file or a link", async () => {
    const saved = join(root, "saved.json");
    await writeFile(saved, "old", { mode: 0o644 });
    await writeFile(join(root, "theirs"), "theirs");
    await symlink(join(root, "theirs"), `${saved}.new`);
    await writeSaved(saved, { format: "test/1" });

    expect((await stat(saved)).mode & 0o777).toBe(0o600);
    expect(await readFile(join(root, "theirs"), "utf8")).toBe("theirs");
  });

  test("that cannot be written is named", async () => {
    const file = join(root, "missing/saved.json");

    await expect(writeSaved(file, { format: "test/1" })).rejects.toMatchObject({
      message: `cannot write ${file} (ENOENT)`,
    });
  });

  test("has what was saved where it looks like a map or a set and is none", async () => {
    const file = join(root, "saved.json");
    await writeFile(file, '{"a":{"$map":[1]},"b":{"$set":2},"c":{"$map":[[1,2]]}}');

    expect(await readSaved(file, form)).toEqual({ a: { $map: [1] }, b: { $set: 2 }, c: { $map: [[1, 2]] } });
  });

  test.each([
    { text: "{", because: "is no JSON" },
    { text: "null", because: "is no object" },
    { text: "5", because: "is a number" },
    { text: "{}", because: "names no form" },
    { text: '{"format":"grantkeeper-live/0","estates":[]}', because: "has another form" },
  ])("is refused if it $because", async ({ text }) => {
    const file = join(root, "saved.json");
    await writeFile(file, text);

    await expect(loadLive(file)).rejects.toMatchObject({
      message: `${file} is not a saved live state of this version`,
    });
    await expect(loadEstates(file)).rejects.toMatchObject({
      message: `${file} is not a saved estate of this version`,
      fix: "grantkeeper import ACCOUNT --save FILE writes one",
    });
  });
});
