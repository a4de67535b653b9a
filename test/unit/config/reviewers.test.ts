import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listedReviewers, notedSources } from "../../../src/compose/sources/pull-requests.ts";
import { ConfigFile } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const HASH = "a".repeat(64);
const token = (name: string, scope: string, mails: string): string =>
  `  - {name: ${name}, sha256: ${HASH}, scopes: [${scope}], namespaces: [orders], expires: "2099-01-01T00:00:00Z", mails: [${mails}]}`;
const TOKENS = [
  token("lee", "approve", "Lee@example.com"),
  token("ana", "approve", "ana@example.com"),
  token("reader", "read", "reader@example.com"),
  token("nomail", "approve", ""),
].join("\n");

function textWith(reviewers: string, ref = "branch: main"): string {
  const comments = `pullRequestComments: {forge: github, tokenFile: t, reviewers: ${reviewers}}`;
  const git = `{url: 'https://github.com/acme/p.git', ${ref}, ${comments}}`;
  return `instance: a\nstateDir: s\nsources: [{name: main, git: ${git}}]\ntokens:\n${TOKENS}\n`;
}

describe("git.pullRequestComments.reviewers", () => {
  test("lists reviewers by the ids of their accounts, with the rights of their tokens", () => {
    const config = configFile.loaded({ text: textWith("[{account: 583231, token: lee}]") });
    const [source] = notedSources(config);

    expect(listedReviewers(source?.comments.reviewers ?? [], config)).toEqual([
      {
        accountId: 583_231,
        actor: "lee",
        mails: ["lee@example.com"],
        namespaces: new Set(["orders"]),
        endsMs: Date.parse("2099-01-01T00:00:00Z"),
      },
    ]);
  });

  test.each([
    { reviewers: "[{account: lee, token: lee}]", problem: "expected a number" },
    { reviewers: "[{account: 1, token: robin}]", problem: 'no token is named "robin"' },
    { reviewers: "[{account: 1, token: reader}]", problem: 'token "reader" may approve nothing' },
    { reviewers: "[{account: 1, token: nomail}]", problem: 'token "nomail" has no mails' },
    {
      reviewers: "[{account: 1, token: lee}, {account: 2, token: lee}]",
      problem: "two accounts would be one person",
    },
    {
      reviewers: "[{account: 1, token: lee}, {account: 1, token: ana}]",
      problem: "account 1 is listed twice",
    },
    {
      reviewers: "[{account: 1, token: lee}]",
      ref: "semver: '>=1'",
      problem: "reviewers belong to a branch",
    },
  ])("refuses reviewers $reviewers: $problem", ({ reviewers, ref, problem }) => {
    expect(configFile.problems({ text: textWith(reviewers, ref) })).toMatchObject([
      { message: expect.stringContaining(problem) },
    ]);
  });
});
