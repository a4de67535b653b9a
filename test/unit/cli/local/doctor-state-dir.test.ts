import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { stateDirCheck } from "../../../../src/workbench/doctor/state-dir-check.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-state-dir-"));
});

afterEach(() => rm(root, { recursive: true }));

test("a state directory that is not there yet is not checked", async () => {
  expect(await stateDirCheck(join(root, "none"))).toMatchObject({
    outcome: "not-checked",
    detail: "does not exist yet: grantkeeper run creates it",
  });
});

test.each([
  {
    make: () => writeFile(join(root, "a"), ""),
    path: "a/state",
    detail: "a part of the path is a file and no folder (ENOTDIR): correct stateDir, or move the file away",
  },
  {
    make: () => symlink("loop", join(root, "loop")),
    path: "loop/state",
    detail:
      "symbolic links of the path lead back to themselves (ELOOP): correct the links, or name another stateDir",
  },
  {
    make: () => mkdir(join(root, "a")),
    path: `a/${"x".repeat(300)}`,
    detail: "cannot be examined (ENAMETOOLONG): check the path and its disk",
  },
])("a state directory that cannot be examined is a failure with its fix: $detail", async (one) => {
  await one.make();

  expect(await stateDirCheck(join(root, one.path))).toMatchObject({
    outcome: "failed",
    detail: one.detail,
  });
});
