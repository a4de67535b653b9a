import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { homeFolderOf } from "../../../src/manifest/folder-owner.ts";
import { declaredPaths } from "../../../src/source/rules/entry-rules.ts";
import {
  ShareBuilder,
  teamFolderOf,
  withinBytes,
  withinFiles,
} from "../../../src/source/rules/team-shares.ts";
import type { Share } from "../../../src/source/rules/team-shares.ts";

const LIMITS = { fileBytes: 10, files: 10, snapshotBytes: 10, teamFiles: 6, teamBytes: 6 };

describe("the folder of a team", () => {
  test.each([
    { path: "teams/orders/a.yaml", folder: "teams/orders", because: "it is below the tenant path" },
    {
      path: "teams/orders/sub/a.yaml",
      folder: "teams/orders",
      because: "deeper folders belong to the team too",
    },
    { path: "teams/orders/", folder: "teams/orders", because: "it is the folder itself" },
    { path: "teams/Not A Name/a.yaml", folder: "teams/Not A Name", because: "its name does not matter" },
    { path: "teams/a.yaml", folder: null, because: "a file next to the folders of teams belongs to no team" },
    { path: "teams/", folder: null, because: "the tenant path itself belongs to no team" },
    { path: "platform/a.yaml", folder: null, because: "the platform path belongs to no team" },
    { path: "other/x/a.yaml", folder: null, because: "it is in no declared path" },
  ])("of $path is $folder: $because", ({ path, folder }) => {
    const paths = declaredPaths("main", { platformPath: "platform", tenantPath: "teams" });

    expect(teamFolderOf(path, paths)).toBe(folder);
  });

  test.each([
    { platformPath: ".", tenantPath: "teams", path: "teams/x/a.yaml", folder: "teams/x" },
    { platformPath: ".", tenantPath: ".", path: "x/a.yaml", folder: "x" },
    { platformPath: "platform", tenantPath: ".", path: "platform/a.yaml", folder: null },
    { platformPath: "teams/base", tenantPath: "teams", path: "teams/base/a.yaml", folder: null },
    { platformPath: "all", tenantPath: "all/teams", path: "all/teams/x/a.yaml", folder: "all/teams/x" },
  ])("with $platformPath and $tenantPath of $path is $folder", ({ path, folder, ...configured }) => {
    expect(teamFolderOf(path, declaredPaths("main", configured))).toBe(folder);
  });

  test("is the one that gives a manifest its namespace", () => {
    const part = fc.constantFrom("a", "b", "platform", "teams");
    const folder = fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => parts.join("/"));
    const file = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `${parts.join("/")}/x.yaml`);
    fc.assert(
      fc.property(folder, folder, file, (platformPath, tenantPath, path) => {
        const home = homeFolderOf(path, { platformPath, tenantPath });
        const team = teamFolderOf(path, declaredPaths("main", { platformPath, tenantPath }));

        expect(home.kind === "team" ? `${tenantPath}/${home.namespace}` : team).toBe(team);
      }),
    );
  });
});

type Sized = Share<{ readonly size: number }>;

function shareOf(folder: string | null, count: number, size = 1): Sized {
  const files = Array.from({ length: count }, () => ({ size }));
  return { folder, files, refused: [], isWithinLimits: true };
}

function readFolders(shares: readonly Sized[]): readonly (string | null)[] {
  return shares.filter(({ isWithinLimits }) => isWithinLimits).map(({ folder }) => folder);
}

describe.each([
  { limit: "files", within: withinFiles, reason: "team-files", code: "too-many-files" },
  { limit: "bytes", within: withinBytes, reason: "team-bytes", code: "too-large" },
])("the limit of $limit", ({ within, reason, code }) => {
  const apply = (...shares: readonly Sized[]): readonly Sized[] =>
    (within as (shares: readonly Sized[], source: string, limits: typeof LIMITS) => readonly Sized[])(
      shares,
      "main",
      LIMITS,
    );

  test("of a team is allowed, and one more file or byte refuses only its folder", () => {
    const shares = apply(shareOf(null, 1), shareOf("a", 7), shareOf("b", 6));

    expect(readFolders(shares)).toEqual([null, "b"]);
    expect(shares.flatMap(({ refused }) => refused)).toEqual([{ path: "a", reason }]);
  });

  test("of all refuses the largest, independent of the order", () => {
    const one = apply(shareOf(null, 2), shareOf("c", 5), shareOf("b", 3), shareOf("a", 3));
    const other = apply(shareOf("a", 3), shareOf("b", 3), shareOf("c", 5), shareOf(null, 2));

    expect(readFolders(one)).toEqual([null, "a", "b"]);
    expect(other).toEqual(one);
    expect(one.flatMap(({ refused }) => refused)).toEqual([{ path: "c", reason: "no-space" }]);
  });

  test("of all is an error if the files of no team exceed it", () => {
    expect(() => apply(shareOf(null, 11))).toThrow(expect.objectContaining({ name: "SourceError", code }));
  });

  test("of all never refuses a team that uses at most its part of the total", () => {
    const sizes = fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.nat({ max: 3 }), (counts, common) => {
        const teams = counts.map((count, index) => shareOf(`t${index}`, count));
        const part = (10 - common) / counts.length;

        const read = readFolders(apply(shareOf(null, common), ...teams));

        const modest = teams.filter(({ files }) => files.length <= Math.min(part, 6));
        expect(read).toEqual(expect.arrayContaining(modest.map(({ folder }) => folder)));
        expect(
          teams.filter(({ folder }) => read.includes(folder)).flatMap(({ files }) => files).length,
        ).toBeLessThan(11 - common);
      }),
    );
  });
});

describe("a share during collection", () => {
  const team = (): ShareBuilder<string> => new ShareBuilder("teams/a", LIMITS);
  const repeat = (count: number, add: () => void): void => Array.from({ length: count }).forEach(add);

  test.each<{ readonly because: string; readonly add: (share: ShareBuilder<string>, count: number) => void }>(
    [
      { because: "files", add: (share, count) => repeat(count, () => share.addFile("x")) },
      { because: "refused files", add: (share, count) => repeat(count, () => share.refuse("x", "symlink")) },
      { because: "folders", add: (share, count) => repeat(count, () => share.addFolder()) },
      {
        because: "kilobytes of tree objects",
        add: (share, count) => repeat(count, () => share.addTreeBytes(1_024)),
      },
    ],
  )("accepts $because up to the limit, and becomes one refused folder above it", ({ add }) => {
    const [within, over] = [team(), team()];
    add(within, LIMITS.teamFiles);
    add(over, LIMITS.teamFiles + 1);
    over.addFile("late");

    expect(within.share().isWithinLimits).toBe(true);
    expect(over.share()).toEqual({
      folder: "teams/a",
      files: [],
      refused: [{ path: "teams/a", reason: "team-files" }],
      isWithinLimits: false,
    });
  });
});
