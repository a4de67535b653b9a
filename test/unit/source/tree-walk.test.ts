import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import type { SourceLimits } from "../../../src/source/rules/entry-rules.ts";
import type { ObjectDatabase } from "../../../src/source/objects/object-database.ts";
import { TreeWalk } from "../../../src/source/objects/tree-walk.ts";

/** Tree objects in memory that count the requests. */
class Trees implements ObjectDatabase {
  readonly source = "main";
  readonly trees = new Map<string, Buffer>();
  readonly types = new Map<string, string>();
  questions = 0;
  objects = 0;
  bytes = 0;

  add(entries: readonly (readonly [mode: string, name: string, oid: string])[]): string {
    const bytes = Buffer.concat(
      entries.flatMap(([mode, name, oid]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]),
    );
    const oid = createHash("sha1").update(bytes).digest("hex");
    this.trees.set(oid, bytes);
    return oid;
  }

  ask: ObjectDatabase["ask"] = async (question, names, answer) => {
    this.questions += 1;
    for (const oid of names) {
      const tree = this.trees.get(oid);
      if (tree === undefined) throw new Error(`no object ${oid}`);
      this.objects += 1;
      const content = question === "--batch" ? Buffer.concat([tree, Buffer.from("\n")]) : Buffer.alloc(0);
      const output = Buffer.concat([
        Buffer.from(`${oid} ${this.types.get(oid) ?? "tree"} ${tree.length}\n`),
        content,
      ]);
      this.bytes += output.length;
      answer.take(output);
    }
  };
}

const BLOB = "1".repeat(40);
const LIMITS: SourceLimits = {
  fileBytes: 1_000,
  files: 5_000,
  snapshotBytes: 1_000,
  teamFiles: 1_000,
  teamBytes: 1_000,
};

function shares(trees: Trees, top: string): ReturnType<TreeWalk["shares"]> {
  const paths = { platform: "platform", tenant: "teams", roots: ["platform", "teams"] };
  const commit = { algorithm: "sha1", hash: "c".repeat(40) } as const;
  return new TreeWalk(trees, { commit, top, paths, limits: LIMITS }).shares();
}

function nested(trees: Trees, leaf: readonly [mode: string, oid: string], levels: number): string {
  let [mode, oid] = leaf;
  for (let level = 0; level < levels; level += 1) {
    const entries = Array.from({ length: 10 }, (_, index) => [mode, String(index), oid] as const);
    [mode, oid] = ["40000", trees.add(entries)];
  }
  return oid;
}

/** A commit's tree with these folders of teams. */
function withTeams(trees: Trees, teams: Readonly<Record<string, string>>): string {
  const entries = Object.entries(teams).map(([name, oid]) => ["40000", name, oid] as const);
  const other = trees.add([["100644", "main.c", BLOB]]);
  return trees.add([
    ["40000", "platform", trees.add([["100644", "p.yaml", BLOB]])],
    ["40000", "src", other],
    ["40000", "teams", trees.add(entries)],
  ]);
}

test.each([
  { leaf: ["100644", BLOB] as const, because: "ten billion files" },
  { leaf: ["40000", new Trees().add([])] as const, because: "ten billion folders" },
])("$because take a few dozen requests and some kilobytes", async ({ leaf }) => {
  const trees = new Trees();
  trees.add([]);
  const top = withTeams(trees, { bad: nested(trees, leaf, 10), good: trees.add([["100644", "a", BLOB]]) });

  const found = await shares(trees, top);

  expect(found.map(({ folder, isWithinLimits }) => [folder, isWithinLimits])).toEqual([
    [null, true],
    ["teams/bad", false],
    ["teams/good", true],
  ]);
  expect(trees.questions).toBeLessThan(30);
  expect(trees.objects).toBeLessThan(40);
  expect(trees.bytes).toBeLessThan(10_000);
});

test("a tree object is requested once for each level, even if it is at many paths", async () => {
  const trees = new Trees();
  const team = trees.add([["100644", "a.yaml", BLOB]]);
  const names = Array.from({ length: 100 }, (_, index) => [`t${100 + index}`, team]);

  const found = await shares(trees, withTeams(trees, Object.fromEntries(names)));

  expect(found.flatMap(({ files }) => files)).toHaveLength(101);
  // The top, platform, teams, and the one folder of a hundred teams, of which 16 are listed at a time.
  expect(trees.objects).toBe(2 * (3 + 7));
});

test("a tree object is not read before its size is known: a tree of 64 MiB is never read", async () => {
  const trees = new Trees();
  const large = trees.add([["100644", "x".repeat(67_108_864), BLOB]]);
  const top = withTeams(trees, { bad: large });

  const [, bad] = await shares(trees, top);

  expect(bad).toMatchObject({ refused: [{ path: "teams/bad", reason: "team-files" }] });
  expect(trees.bytes).toBeLessThan(2_000);
});

test("an entry that a tree declares as a folder, but that is not one, is refused by itself", async () => {
  const trees = new Trees();
  const commit = trees.add([["100644", "b", BLOB]]);
  trees.types.set(commit, "commit");
  const good = trees.add([["100644", "a", BLOB]]);
  const orders = trees.add([
    ["40000", "x", commit],
    ["40000", "y", good],
  ]);

  const [, bad, other] = await shares(trees, withTeams(trees, { bad: commit, orders }));

  expect(bad?.refused).toEqual([{ path: "teams/bad", reason: "malformed-folder" }]);
  expect(other).toMatchObject({
    files: [{ path: "teams/orders/y/a" }],
    refused: [{ path: "teams/orders/x", reason: "malformed-folder" }],
  });
});

test("a commit without a root folder is an error", async () => {
  const trees = new Trees();
  const top = withTeams(trees, {});
  trees.types.set(top, "tag");

  await expect(shares(trees, top)).rejects.toMatchObject({ name: "SourceError", code: "corrupt" });
});

test("folders outside the declared paths are not requested", async () => {
  const trees = new Trees();
  const top = withTeams(trees, {});
  const outside = trees.add([["100644", "main.c", BLOB]]);
  trees.trees.delete(outside);

  await expect(shares(trees, top)).resolves.toHaveLength(1);
});

test("if all teams are at their limit, at most the total and the shares of some teams are in memory", async () => {
  const trees = new Trees();
  const files = Array.from({ length: 1_000 }, (_, at) => ["100644", `f${1_000 + at}`, BLOB] as const);
  const full = trees.add(files);
  const small = trees.add(files.slice(0, 10));
  const names = Array.from({ length: 60 }, (_, at) => [`t${100 + at}`, at === 59 ? small : full]);

  const found = await shares(trees, withTeams(trees, Object.fromEntries(names)));

  const read = found.filter(({ isWithinLimits }) => isWithinLimits).map(({ folder }) => folder);
  expect(read).toEqual([null, "teams/t159", "teams/t100", "teams/t101", "teams/t102", "teams/t103"]);
  expect(
    found.filter(({ isWithinLimits }) => !isWithinLimits).map(({ refused }) => refused[0]?.reason),
  ).toEqual(Array.from({ length: 55 }, () => "no-space"));
});
