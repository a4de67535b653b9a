import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const CODECOMMIT = SMALLEST.replace(
  /url: [^,}]+/,
  "url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/p', codecommit: {}",
);

describe("a configuration with a rejected source", () => {
  test.each([
    {
      text: SMALLEST.replace("branch: main", "branch: main, tag: v1"),
      message: /exactly one of branch, tag, semver, commit/,
      because: "it has two refs",
    },
    {
      text: SMALLEST.replace(/url: [^,}]+/, "url: ssh://git@h/p.git"),
      message: /an ssh URL needs ssh with privateKeyFile and knownHostsFile/,
      because: "ssh needs a key",
    },
    {
      text: SMALLEST.replace(
        /url: [^,}]+/,
        "url: 'git@h:p.git', tokenFile: t, ssh: {privateKeyFile: k, knownHostsFile: h}",
      ),
      message: /neither a token nor a password/,
      because: "no token is sent over ssh",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, ssh: {privateKeyFile: k, knownHostsFile: h}"),
      message: /ssh belongs to a URL ssh:/,
      because: "a server over https knows no deploy key",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, ssh: {privateKeyFile: k}"),
      message: /required field "knownHostsFile" is missing/,
      because: "any server could answer",
    },
    {
      text: SMALLEST.replace(/url: [^,}]+/, "url: /srv/p.git, caFile: ca.pem"),
      message: /caFile belongs to an https URL/,
      because: "a local repository has no certificate",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, tokenFile: t, githubApp: {appId: 1, installationId: 2, privateKeyFile: k}",
      ),
      message: /expected either githubApp, tokenFile or username with passwordFile/,
      because: "only one of both can be meant",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, githubApp: {appId: 1, installationId: 2, privateKeyFile: k, apiUrl: 'http://h/api'}",
      ),
      message: /expected an https URL/,
      because: "the tokens could be read on the way",
    },
    {
      text: SMALLEST.replace(
        /url: [^,}]+/,
        "url: /srv/p.git, githubApp: {appId: 1, installationId: 2, privateKeyFile: k}",
      ),
      message: /githubApp belongs to an https URL/,
      because: "a local repository needs no token",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, codecommit: {}"),
      message: /codecommit belongs to a repository of CodeCommit: expected https:\/\/git-codecommit/,
      because: "another server would receive a signature of AWS",
    },
    {
      text: CODECOMMIT.replace("codecommit: {}", "codecommit: {externalId: shared-id}"),
      message: /externalId belongs to roleArn/,
      because: "an external id without a role has no effect",
    },
    {
      text: CODECOMMIT.replace("codecommit: {}", "codecommit: {}, tokenFile: t"),
      message: /expected either codecommit, githubApp, tokenFile/,
      because: "only one credential can be meant",
    },
    {
      text: CODECOMMIT.replace("{}", "{roleArn: 'arn:aws-cn:iam::111122223333:role/reader'}"),
      message: /in eu-west-1 is in the partition aws, codecommit.roleArn in another one/,
      because: "a role of China cannot read a repository in Europe",
    },
    {
      text: CODECOMMIT.replace("{}", "{queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/q'}"),
      message: /the repository is in eu-west-1, codecommit.queueUrl in us-east-1/,
      because: "a rule cannot send to another region",
    },
    {
      text: CODECOMMIT.replace(
        "{}",
        "{roleArn: 'arn:aws:iam::111122223333:role/r', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/999900001111/q'}",
      ),
      message: /codecommit.queueUrl is in another account than the repository/,
      because: "the rule is in the account of the repository",
    },
    {
      text: CODECOMMIT.replace("{}", "{queueUrl: 'https://example.com/q'}"),
      message: /expected the URL of a standard queue/,
      because: "a request to another server would have a signature of AWS",
    },
    {
      text: `${CODECOMMIT.replace("{}", "{queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q'}")}aws: {fips: true}\n`,
      message: /SQS has no FIPS endpoint in eu-west-1/,
      because: "FIPS is wanted for the queue, too",
    },
    {
      text: `${CODECOMMIT}aws: {fips: true}\n`,
      message: /CodeCommit has no FIPS endpoint in eu-west-1/,
      because: "FIPS is wanted where AWS has none",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, commitStatus: {forge: gitlab}"),
      message: /expected tokenFile/,
      because: "Git's credential may not set the state of a commit",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, commitStatus: {forge: bitbucket, tokenFile: t}"),
      message: /Bitbucket needs a link/,
      because: "Bitbucket refuses a status without one",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, commitStatus: {forge: gitea, tokenFile: t, apiUrl: 'http://h/api'}",
      ),
      message: /expected an https URL: the token/,
      because: "the token could be read on the way",
    },
    {
      text: SMALLEST.replace(/url: [^,}]+/, "url: /srv/p.git, commitStatus: {forge: gitea, tokenFile: t}"),
      message: /expected apiUrl and repository/,
      because: "a local repository is on no forge",
    },
    {
      text: SMALLEST.replace(
        /url: [^,}]+/,
        "url: 'https://git.corp/acme/100%.git', commitStatus: {forge: gitea, tokenFile: t}",
      ),
      message: /expected apiUrl and repository/,
      because: "no path follows from a URL that cannot be decoded",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, pullRequestComments: {forge: gitlab}"),
      message: /expected tokenFile/,
      because: "Git's credential may not comment on a pull request",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, pullRequestComments: {forge: gitea, tokenFile: t, apiUrl: 'http://h/api'}",
      ),
      message: /expected an https URL: the token/,
      because: "the token for comments could be read on the way",
    },
    {
      text: SMALLEST.replace("branch: main", "semver: newest"),
      message: /expected a range of versions, such as >=1.2.0 <2/,
      because: "no version is in it",
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, signatures: {policy: every}"),
      message: /expected the keys that count/,
      because: "no signature could be verified",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, signatures: {gpgKeyrings: [k], revocationFile: r}",
      ),
      message: /revocationFile is for SSH keys/,
      because: "it would revoke nothing",
    },
    {
      text: SMALLEST.replace(
        "branch: main",
        `branch: main, signatures: {policy: tip, gpgKeyrings: [k], trustedCommit: ${"a".repeat(40)}}`,
      ),
      message: /trustedCommit belongs to policy every or firstParent/,
      because: "it would count for nothing",
    },
    {
      because: "a gitsign identity is a pattern, which would match no one",
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, signatures: {gitsign: {trustedRootFile: r, identities: [{identity: '*@example.com', issuer: 'https://i'}]}}",
      ),
      message: /one exact name, without \*/,
    },
    {
      because: "the issuer of a gitsign identity is no URL",
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, signatures: {gitsign: {trustedRootFile: r, identities: [{identity: d@example.com, issuer: google}]}}",
      ),
      message: /expected the URL of an issuer/,
    },
    {
      because: "no gitsign identity counts",
      text: SMALLEST.replace(
        "branch: main",
        "branch: main, signatures: {gitsign: {trustedRootFile: r, identities: []}}",
      ),
      message: /at least one identity/,
    },
    {
      text: SMALLEST.replace("branch: main", "branch: main, signatures: {policy: tag, gpgKeyrings: [k]}"),
      message: /signatures\.policy tag needs tag or semver/,
      because: "a branch has no signature of its own",
    },
    {
      text: SMALLEST.replace("branch: main", "commit: abc"),
      message: /full commit id/,
      because: "the commit is too short",
    },
    {
      text:
        SMALLEST.replace("git: {url: https://git.example.com/p.git, branch: main}", "directory: {path: .}") +
        "mode: enforce\n",
      message: /uncommitted directory/,
      because: "it enforces from a folder without the explicit setting",
    },
  ])("$because", ({ text, message }) => {
    const found = configFile.problems({ text });

    expect(found.map((problem) => problem.message).join("\n")).toMatch(message);
  });
});
