import { codeCommitFipsProblem } from "../model/aws/codecommit.ts";
import { queueFipsProblem } from "../model/aws/queue-url.ts";
import { parseNamespace } from "../model/aws/ids.ts";
import { commitStatusProblem } from "./git/commit-status.ts";
import { folderPath } from "./git/folder-path.ts";
import { routeName } from "./alert-routes.ts";
import { endpointProblems } from "./endpoints/endpoints.ts";
import type { ConfigProblem } from "./problem.ts";
import type { PlaceOf } from "./read-file.ts";
import type { ParsedConfig } from "./schema.ts";

/** Checks the rules between fields. */
export function crossFieldProblems(file: ParsedConfig, placeOf: PlaceOf): readonly ConfigProblem[] {
  return [
    awsProblems,
    endpointProblems,
    tokenProblems,
    approverProblems,
    sourceProblems,
    sourceListProblems,
    alertProblems,
  ].flatMap((check) => [...check(file, placeOf)]);
}

function* awsProblems({ aws, sweep }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  if (aws.simulator) return;
  if (aws.endpoint !== null)
    yield {
      where: placeOf(["aws", "endpoint"]),
      message: "a custom endpoint is refused unless aws.simulator is true",
      fix: "name the endpoints of a private network in aws.endpoints",
    };
  for (const field of ["propagationWait", "deleteQuiet", "revert"] as const) {
    if (aws[field] !== undefined)
      yield {
        where: placeOf(["aws", field]),
        message: `aws.${field} is allowed only with aws.simulator: true; set it in the AwsAccount manifest instead`,
      };
  }
  // A full read of an account takes many calls: a shorter interval would use up its request quota.
  if (sweep < 60_000) yield { where: placeOf(["sweep"]), message: "expected at least 1m on AWS" };
}

function* tokenProblems({ tokens }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  for (const [index, { namespaces }] of tokens.entries()) {
    for (const namespace of namespaces.filter((text) => text !== "*" && parseNamespace(text) === undefined))
      yield {
        where: placeOf(["tokens", index, "namespaces"]),
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
  }
  const names = tokens.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      yield { where: placeOf(["tokens", index, "name"]), message: `duplicate token name "${name}"` };
  }
}

/** The token in the state directory has this name. */
const LOCAL = "local";

function* approverProblems({ approvers, tokens }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  for (const [group, members] of Object.entries(approvers))
    for (const [at, member] of members.entries()) {
      const token = tokens.find(({ name }) => name === member);
      const where = placeOf(["approvers", group, at]);
      if (token === undefined && member !== LOCAL) yield { where, message: `no token is named "${member}"` };
      if (token !== undefined && !token.scopes.includes("approve"))
        yield { where, message: `token "${member}" may approve nothing: add approve to its scopes` };
    }
}

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

function* sourceProblems({ sources, mode, aws }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  for (const [index, { git, directory }] of sources.entries()) {
    if (aws.fips && git?.codecommit !== undefined) yield* fipsProblems(index, git, placeOf);
    if (git?.githubApp?.apiUrl?.startsWith("http:") === true && !aws.simulator)
      yield {
        where: placeOf(["sources", index, "git", "githubApp", "apiUrl"]),
        message: "expected an https URL: the App's tokens must not be readable on the way",
      };
    const status = git === undefined ? null : commitStatusProblem(git);
    if (status !== null) yield { where: placeOf(["sources", index, "git", "commitStatus"]), message: status };
    if (git?.commitStatus?.apiUrl?.startsWith("http:") === true && !aws.simulator)
      yield {
        where: placeOf(["sources", index, "git", "commitStatus", "apiUrl"]),
        message: "expected an https URL: the token must not be readable on the way",
      };
    if (directory !== undefined && mode === "enforce" && !directory.allowEnforce)
      yield {
        where: placeOf(["sources", index, "directory"]),
        message:
          "files in a directory belong to no commit: mode enforce requires directory.allowEnforce: true, " +
          'and the audit record then shows "uncommitted directory"',
      };
  }
}

function* alertProblems({ alerts }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  const names = alerts.map(({ name }, index) => routeName(name, index));
  for (const [index, { namespaces, fallback }] of alerts.entries()) {
    const own = names[index] ?? "";
    if (names.indexOf(own) !== index)
      yield { where: placeOf(["alerts", index]), message: `duplicate route name "${own}"` };
    for (const namespace of namespaces.filter((text) => text !== "*" && parseNamespace(text) === undefined))
      yield {
        where: placeOf(["alerts", index, "namespaces"]),
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
    if (fallback === undefined) continue;
    const other = alerts[names.indexOf(fallback)];
    const where = placeOf(["alerts", index, "fallback"]);
    if (other === undefined) yield { where, message: `no route is named "${fallback}"` };
    else if (fallback === own || other.fallback !== undefined)
      yield { where, message: `"${fallback}" must be another route, without a fallback of its own` };
    else if (other.alertmanager !== undefined)
      yield {
        where,
        message: `"${fallback}" is an Alertmanager, which takes only incidents; use another route`,
      };
  }
}

type ParsedSource = ParsedConfig["sources"][number];

/** One platform source, one source for a namespace, and no folder that two sources read. */
function* sourceListProblems({ sources }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
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
