/**
 * node bin/launch.mjs tools/release/check-candidate.ts: ends with 1 if the checkout in the working directory is no release,
 * and names why. Otherwise prints the notes of the release, which are its section of CHANGELOG.md.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { releaseProblems, sectionOf } from "./problems.ts";

const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
const versionIn = (file: string): string =>
  (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;

const example = parse(readFileSync("deploy/kustomize/example/kustomization.yaml", "utf8")) as {
  readonly images: readonly { readonly newTag: string }[];
};
const version = versionIn("package.json");
const changelog = readFileSync("CHANGELOG.md", "utf8");
const problems = releaseProblems({
  version,
  lockVersion: versionIn("package-lock.json"),
  exampleVersion: example.images[0]?.newTag ?? "",
  tags: git("tag", "--points-at", "HEAD")
    .split("\n")
    .filter((tag) => tag !== ""),
  changelog,
  isDirty: git("status", "--porcelain") !== "",
});
for (const problem of problems) console.error(`error: ${problem}`);
if (problems.length === 0) console.log(sectionOf(changelog, version));
process.exitCode = problems.length === 0 ? 0 : 1;
