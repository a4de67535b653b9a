import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { writeFiles } from "../../support/git/git-repository.ts";
import { signal, texts, directorySource } from "../../support/git/directory-source.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "directory-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("a ConfigMap's volume", () => {
  /** The layout of the kubelet: files in a dated folder, a link `..data` to it, and links into `..data`. */
  async function mount(folder: string, time: string, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFiles(join(folder, `..${time}`), files);
    await symlink(`..${time}`, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    for (const name of new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""))) {
      await rm(join(folder, name), { force: true });
      await symlink(`..data/${name}`, join(folder, name));
    }
  }

  test("at the root is read through ..data", async () => {
    await mount(root, "2026_01", { "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });

    const snapshot = await directorySource(root).latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });
    expect(snapshot.refused).toEqual([]);
  });

  test("at a team's folder is read through ..data, and follows the swap", async () => {
    const team = join(root, "teams/orders");
    await mount(team, "2026_01", { "a.yaml": "1" });
    expect(texts(await directorySource(root).latest(signal))).toEqual({ "teams/orders/a.yaml": "1" });

    await mount(team, "2026_02", { "a.yaml": "2" });

    expect(texts(await directorySource(root).latest(signal))).toEqual({ "teams/orders/a.yaml": "2" });
  });

  function mixture(snapshot: Snapshot): string {
    return new Set(Object.values(texts(snapshot))).size === 1 ? "pure" : JSON.stringify(texts(snapshot));
  }

  function codeOf(error: unknown): string {
    return error instanceof SourceError ? error.code : String(error);
  }

  test("that is swapped during the read yields one state or the other, or an error, never a mixture", async () => {
    const files = (value: string) => ({
      "teams/a.yaml": value,
      "teams/b.yaml": value,
      "teams/c.yaml": value,
    });
    const swaps = async (): Promise<void> => {
      for (let count = 0; count < 60; count += 1) {
        await mount(root, `swap${count}`, files(String(count)));
        if (count > 0) await rm(join(root, `..swap${count - 1}`), { recursive: true });
      }
    };
    await mount(root, "first", files("first"));
    const folder = directorySource(root);
    const swapping = { isOn: true };
    const swapped = swaps().finally(() => (swapping.isOn = false));
    const states: string[] = [];
    while (swapping.isOn) states.push(await folder.latest(signal).then(mixture, codeOf));
    await swapped;

    expect(states.filter((state) => state !== "pure" && state !== "changing")).toEqual([]);
    expect(texts(await folder.latest(signal))).toEqual(files("59"));
  });

  test("whose ..data leads to nothing refuses only its links, by name", async () => {
    await mount(join(root, "teams/orders"), "2026_01", { "a.yaml": "1" });
    await writeFiles(root, { "teams/search/b.yaml": "2", "platform/p.yaml": "3" });
    await rm(join(root, "teams/orders/..2026_01"), { recursive: true });

    const snapshot = await directorySource(root).latest(signal);

    expect(texts(snapshot)).toEqual({ "platform/p.yaml": "3", "teams/search/b.yaml": "2" });
    expect(snapshot.refused).toEqual([
      { path: "teams/orders/..data", reason: "symlink" },
      { path: "teams/orders/a.yaml", reason: "symlink" },
    ]);
  });

  test("at the root whose ..data leads to nothing is a folder with links", async () => {
    await mount(root, "2026_01", { "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });
    await rm(join(root, "..2026_01"), { recursive: true });

    expect(await directorySource(root).latest(signal)).toMatchObject({
      files: [],
      refused: [
        { path: "platform", reason: "symlink" },
        { path: "teams", reason: "symlink" },
      ],
    });
  });

  test("is not a volume under the rules of Git: its links are refused, and its dated folder is a normal folder", async () => {
    await mount(join(root, "teams/orders"), "2026_01", { "a.yaml": "1" });

    const snapshot = await directorySource(root, { rules: "git" }).latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/orders/..2026_01/a.yaml": "1" });
    expect(snapshot.refused).toEqual([
      { path: "teams/orders/..data", reason: "symlink" },
      { path: "teams/orders/a.yaml", reason: "symlink" },
    ]);
  });

  test.each([{ target: "/etc" }, { target: "../other" }, { target: "x" }])(
    "whose ..data leads to $target is not a volume: the link is refused",
    async ({ target }) => {
      await mkdir(join(root, "teams"), { recursive: true });
      await mkdir(join(root, "other"));
      await symlink(target, join(root, "teams/..data"));

      expect(await directorySource(root).latest(signal)).toMatchObject({
        files: [],
        refused: [{ path: "teams/..data", reason: "symlink" }],
      });
    },
  );
});
