import { describe, expect, test } from "@jest/globals";
import { releaseProblems, sectionOf, type Candidate } from "../../../../tools/release/problems.ts";

const CHANGELOG =
  "# Changelog\n\n## [Unreleased]\n\n## [0.2.0]\n\n### Added\n\n- A thing.\n\n## [0.1.0]\n\n- The first.\n";
const READY: Candidate = {
  version: "0.2.0",
  lockVersion: "0.2.0",
  exampleVersion: "0.2.0",
  tags: ["v0.2.0"],
  changelog: CHANGELOG,
  isDirty: false,
};

describe("a release", () => {
  test("has one version in the tag, the files and the changelog", () => {
    expect(releaseProblems(READY)).toEqual([]);
    expect(sectionOf(CHANGELOG, "0.2.0")).toBe("### Added\n\n- A thing.");
  });

  const row = (because: string, change: Partial<Candidate>, problem: string) => ({
    because,
    change,
    problem,
  });
  test.each([
    row("no tag", { tags: [] }, "the commit has no tag: git tag --sign v0.2.0"),
    row("another tag", { tags: ["v0.3.0"] }, "the commit has the tag v0.3.0: git tag --sign v0.2.0"),
    row(
      "another lock file",
      { lockVersion: "0.1.0" },
      "package-lock.json has version 0.1.0, package.json 0.2.0: npm install",
    ),
    row(
      "another example",
      { exampleVersion: "0.1.0" },
      "deploy/kustomize/example has newTag 0.1.0: write 0.2.0",
    ),
    row(
      "no section",
      { changelog: CHANGELOG.replace("[0.2.0]", "[0.1.9]") },
      "CHANGELOG.md has no entries under [0.2.0]: write them",
    ),
    row(
      "an empty section",
      { changelog: CHANGELOG.replace("### Added\n\n- A thing.\n", "") },
      "CHANGELOG.md has no entries under [0.2.0]: write them",
    ),
    row(
      "entries that were not moved",
      { changelog: CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- Another.\n") },
      "CHANGELOG.md has entries under [Unreleased]: move them under [0.2.0]",
    ),
    row(
      "a changed checkout",
      { isDirty: true },
      "the checkout differs from its commit: commit or remove the changes",
    ),
  ])("is none with $because", ({ change, problem }) => {
    expect(releaseProblems({ ...READY, ...change })).toEqual([problem]);
  });
});
