import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedConfig } from "../schema.ts";

type ParsedGit = NonNullable<ParsedConfig["sources"][number]["git"]>;

/** A listed reviewer has the rights of a token that may approve, and addresses to compare with the authors of a change. */
export function* reviewerProblems(
  { sources, tokens }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  for (const [index, { git }] of sources.entries()) {
    if (git === undefined) continue;
    yield* problemsOf(git, tokens, (path) =>
      placeOf(["sources", index, "git", "pullRequestComments", "reviewers", ...path]),
    );
  }
}

function* problemsOf(
  { branch, pullRequestComments }: ParsedGit,
  tokens: ParsedConfig["tokens"],
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  const { reviewers = [] } = pullRequestComments ?? {};
  if (reviewers.length > 0 && branch === undefined)
    yield { where: placeOf([]), message: "reviewers belong to a branch: what is merged into it is reviewed" };
  const accounts = reviewers.map(({ account }) => account);
  const names = reviewers.map((one) => one.token);
  for (const [at, { account, token: name }] of reviewers.entries()) {
    const token = tokens.find((one) => one.name === name);
    if (accounts.indexOf(account) !== at)
      yield { where: placeOf([at, "account"]), message: `account ${account} is listed twice` };
    if (names.indexOf(name) !== at)
      yield {
        where: placeOf([at, "token"]),
        message: `token "${name}" is listed twice: two accounts would be one person`,
      };
    const problem = token === undefined ? `no token is named "${name}"` : problemOf(token);
    if (problem !== null) yield { where: placeOf([at, "token"]), message: problem };
  }
}

function problemOf({ name, scopes, mails }: ParsedConfig["tokens"][number]): string | null {
  if (!scopes.includes("approve")) return `token "${name}" may approve nothing: add approve to its scopes`;
  return mails.length > 0
    ? null
    : `token "${name}" has no mails: list the addresses under which its owner commits, so that no one approves their own change`;
}
