import { codeCommitFipsProblem } from "../../model/aws/codecommit.ts";
import { queueFipsProblem } from "../../model/aws/queue-url.ts";
import { commitStatusProblem } from "./commit-status.ts";
import { pullRequestCommentsProblem } from "./pull-request-comments.ts";
import { folderPath } from "./folder-path.ts";
import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedConfig } from "../schema.ts";

/** The URLs of CodeCommit and SQS are written by the operator, so they have to name the FIPS endpoints. */
function* fipsProblems(
  index: number,
  { url, codecommit }: NonNullable<ParsedConfig["sources"][number]["git"]>,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  const ofGit = codeCommitFipsProblem(url);
  if (ofGit !== null) yield { where: placeOf(["sources", index, "git", "url"]), message: ofGit };
  const ofQueue = queueFipsProblem(codecommit?.queueUrl ?? "");
  if (ofQueue !== null)
    yield { where: placeOf(["sources", index, "git", "codecommit", "queueUrl"]), message: ofQueue };
}

export function* sourceProblems(
  { sources, mode, aws }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  for (const [index, { git, directory }] of sources.entries()) {
    if (aws.fips && git?.codecommit !== undefined) yield* fipsProblems(index, git, placeOf);
    if (git?.githubApp?.apiUrl?.startsWith("http:") === true && !aws.simulator)
      yield {
        where: placeOf(["sources", index, "git", "githubApp", "apiUrl"]),
        message: "expected an https URL: the App's tokens must not be readable on the way",
      };
    if (git !== undefined)
      yield* forgeProblems(git, aws, (path) => placeOf(["sources", index, "git", ...path]));
    if (directory !== undefined && mode === "enforce" && !directory.allowEnforce)
      yield {
        where: placeOf(["sources", index, "directory"]),
        message:
          "files in a directory belong to no commit: mode enforce requires directory.allowEnforce: true, " +
          'and the audit record then shows "uncommitted directory"',
      };
  }
}

function* forgeProblems(
  git: NonNullable<ParsedConfig["sources"][number]["git"]>,
  { simulator }: ParsedConfig["aws"],
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  const sections = [
    { name: "commitStatus", section: git.commitStatus, problem: commitStatusProblem(git) },
    {
      name: "pullRequestComments",
      section: git.pullRequestComments,
      problem: pullRequestCommentsProblem(git),
    },
  ];
  for (const { name, section, problem } of sections) {
    if (problem !== null) yield { where: placeOf([name]), message: problem };
    if (section?.apiUrl?.startsWith("http:") === true && !simulator)
      yield {
        where: placeOf([name, "apiUrl"]),
        message: "expected an https URL: the token must not be readable on the way",
      };
  }
}

type ParsedSource = ParsedConfig["sources"][number];

/** One platform source, one source for a namespace, and no folder that two sources read. */
export function* sourceListProblems({ sources }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  const names = sources.map(({ name, namespace }) => name ?? namespace ?? "");
  const platforms = sources.flatMap(({ namespace }, index) => (namespace === undefined ? [index] : []));
  if (platforms.length === 0)
    yield {
      where: placeOf(["sources"]),
      message: "expected the platform source: the one that has a name, and no namespace",
    };
  for (const index of platforms.slice(1))
    yield {
      where: placeOf(["sources", index]),
      message: `"${names[platforms[0] ?? 0]}" is the platform source already: give this one a namespace and a path`,
    };
  for (const [index, source] of sources.entries()) {
    if (names.indexOf(names[index] ?? "") !== index)
      yield { where: placeOf(["sources", index]), message: `duplicate source "${names[index]}"` };
    const other = sources.findIndex((earlier, at) => at < index && share(earlier, source));
    if (other >= 0)
      yield {
        where: placeOf(["sources", index]),
        message: `source "${names[other]}" reads the same folder, or one above or below it`,
        fix: "give each source a folder of its own: a manifest belongs to one namespace",
      };
  }
}

/** Whether both read a file of the same repository or directory. */
function share(a: ParsedSource, b: ParsedSource): boolean {
  if (placeText(a) !== placeText(b)) return false;
  return foldersOf(a).some((one) => foldersOf(b).some((two) => contains(one, two) || contains(two, one)));
}

function placeText({ git, directory }: ParsedSource): string {
  return git === undefined ? `directory ${directory?.path}` : `git ${git.url.replace(/(\.git)?\/*$/, "")}`;
}

function foldersOf({
  path,
  platformPath = "platform",
  tenantPath = "teams",
}: ParsedSource): readonly string[] {
  return (path === undefined ? [platformPath, tenantPath] : [path]).map(folderPath);
}

function contains(folder: string, path: string): boolean {
  return folder === "." || folder === path || path.startsWith(`${folder}/`);
}
