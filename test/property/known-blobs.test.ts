import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { SourceError } from "../../src/controller/ports/source.ts";
import {
  blobsOf,
  type KnownObjects,
  objectContent,
  type ReadContent,
} from "../../src/source/objects/content.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { MemoryObjects, type MemoryEntry } from "../support/git/memory-objects.ts";

/*
 * A fetch reads only the blobs and the trees that are not in memory. The files and the refusals must be those of a process that has
 * just started: a file too many or too few is a role too many or too few.
 */

/** So small that each one is exceeded often. */
const LIMITS = { fileBytes: 80, files: 10, snapshotBytes: 260, teamFiles: 5, teamBytes: 130 };
const PATHS = { platform: "platform", tenant: "teams", roots: ["platform", "teams"] };
const COMMIT = { algorithm: "sha1", hash: "c".repeat(40) } as const;

const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:1\n";
const OBJECTS = new MemoryObjects();
const BLOBS = [
  OBJECTS.add("blob", ""),
  ...["a", "b", "c", "d"].map((letter) => OBJECTS.add("blob", letter.repeat(20))),
  ...["v", "w", "x"].map((letter) => OBJECTS.add("blob", letter.repeat(60))),
  ...["y", "z"].map((letter) => OBJECTS.add("blob", letter.repeat(80))),
  OBJECTS.add("blob", "l".repeat(81)),
  OBJECTS.add("blob", POINTER),
];
/** Entries of regular files that are something else, or nothing. */
const WRONG = [OBJECTS.add("tree", ""), OBJECTS.add("commit", "tree 1\n"), "9".repeat(40)];

const entry: fc.Arbitrary<MemoryEntry | null> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      mode: fc.constantFrom("100644", "100755"),
      oid: fc.constantFrom(...BLOBS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      mode: fc.constantFrom("100644", "120000", "160000", "100000", "10644"),
      oid: fc.constantFrom(...BLOBS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ mode: fc.constant("100644"), oid: fc.constantFrom(...WRONG) }) },
  { weight: 4, arbitrary: fc.constant(null) },
);

const NAMES = [
  ...["a", "b", "c", "d", "sub/e", "sub/f", "sub/g"].map((name) => `platform/${name}.yaml`),
  ...["a", "b", "c", "d", "e", "sub/f", "sub/g"].map((name) => `teams/orders/${name}.yaml`),
  ...["a", "b", "c", "d"].map((name) => `teams/billing/${name}.yaml`),
  "teams/billing/.git",
  "teams/risk/a\tb.yaml",
  "teams/risk/c.yaml",
  "teams/loose.yaml",
  "src/main.c",
];

const START = new Map<string, MemoryEntry>(
  NAMES.filter((_, at) => at % 2 === 0).map((name, at) => [
    name,
    { mode: "100644", oid: BLOBS[at % 5] ?? "" },
  ]),
);

const push = fc.record({
  changes: fc.array(fc.tuple(fc.constantFrom(...NAMES), entry), { minLength: 1, maxLength: 6 }),
  /** Of the contents that were read, the newest first: which are in memory. */
  kept: fc.constantFrom([0], [0, 1], [1], [0, 3]),
  /** The trees of which of them are in memory. */
  trees: fc.nat({ max: 3 }),
});

/** What is read, or why nothing is. */
async function read(top: string, known: KnownObjects, objects = OBJECTS): Promise<ReadContent | string> {
  try {
    const request = { commit: COMMIT, top, paths: PATHS, limits: LIMITS };
    return await objectContent({ session: objects, bulk: objects }, request, known);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return `${error.code}: ${error.text}`;
  }
}

function shown(read: ReadContent | string): unknown {
  if (typeof read === "string") return read;
  const { files, refused } = read.content;
  return {
    files: files.map(({ path, oid, bytes }) => [path, oid, Buffer.from(bytes).toString()]),
    refused,
  };
}

const NOTHING: KnownObjects = { blobs: new Map(), trees: new Map() };

/** @param trees the read whose trees are known */
function knownOf(contents: readonly ReadContent[], trees: ReadContent | undefined): KnownObjects {
  return { blobs: blobsOf(contents.map(({ content }) => content)), trees: trees?.trees ?? new Map() };
}

function reasonsIn(read: ReadContent | string): readonly string[] {
  if (typeof read === "string") return [`failed: ${read.split(":")[0]}`];
  return read.content.refused.map(({ reason }) => reason);
}

test(
  "a content that is read with known blobs and trees is the one that is read without them, with all refusals and errors",
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(push, { minLength: 1, maxLength: 10 }), async (pushes) => {
        let entries = START;
        const done: ReadContent[] = [];
        for (const { changes, kept, trees } of pushes) {
          entries = new Map(entries);
          for (const [name, value] of changes)
            if (value === null) entries.delete(name);
            else entries.set(name, value);
          const top = OBJECTS.tree(entries);
          const known = knownOf(
            kept.flatMap((age) => done.at(-1 - age) ?? []),
            done.at(-1 - trees),
          );

          const incremental = await read(top, known);

          const complete = await read(top, NOTHING);
          expect(shown(incremental)).toStrictEqual(shown(complete));
          reasonsIn(incremental).forEach((reason) => seen.add(reason));
          if (typeof incremental !== "string") done.push(incremental);
        }
      }),
      { numRuns: Math.max(FC_RUNS, 200) },
    );
    // Each of them occurred: otherwise the law would not cover it.
    expect([...seen].sort()).toEqual([
      "failed: partial",
      "failed: too-large",
      "lfs-pointer",
      "no-space",
      "submodule",
      "symlink",
      "team-bytes",
      "team-files",
      "too-large",
      "unsafe-name",
      "unusual-mode",
    ]);
  },
  LAW_TIMEOUT_MS,
);

function within(folder: string, files: ReadonlyMap<string, MemoryEntry>): ReadonlyMap<string, MemoryEntry> {
  const inside = [...files].filter(([path]) => path.startsWith(folder));
  return new Map(inside.map(([path, entry]) => [path.slice(folder.length), entry]));
}

test("a push of one file reads the bytes of that file and the folders above it alone, and keeps nothing else for it", async () => {
  const objects = new MemoryObjects();
  const blobOf = (text: string): MemoryEntry => ({ mode: "100644", oid: objects.add("blob", text) });
  const team = ["a", "b", "c"].map((name) => [`teams/orders/${name}.yaml`, blobOf(name)] as const);
  const before = new Map([...team, ["teams/risk/a.yaml", team[0]?.[1] ?? blobOf("a")]]);
  const first = await read(objects.tree(before), NOTHING, objects);
  const [changed, added] = [blobOf("changed"), blobOf("added")];
  const after = new Map(before).set("teams/orders/b.yaml", changed).set("teams/orders/d.yaml", added);
  const top = objects.tree(after);
  const newTrees = [objects.tree(within("teams/", after)), objects.tree(within("teams/orders/", after))];
  objects.asked.length = 0;

  const known = typeof first === "string" ? NOTHING : knownOf([first], first);
  const second = await read(top, known, objects);

  const blobs = new Set([...after.values()].map(({ oid }) => oid));
  expect(new Set(objects.asked.filter((oid) => blobs.has(oid)))).toEqual(new Set([changed.oid, added.oid]));
  const trees = new Set(objects.asked.filter((oid) => !blobs.has(oid)));
  expect(trees).toEqual(new Set([top, ...newTrees]));
  const files = typeof second === "string" ? [] : second.content.files;
  expect(files.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
    "a",
    "changed",
    "c",
    "added",
    "a",
  ]);
  const news = files.filter(({ oid }) => oid === changed.oid || oid === added.oid);
  expect(news.map(({ bytes }) => bytes.buffer.byteLength - bytes.length)).toEqual([0, 0]);
});
