import { statusSources } from "../../../src/compose/sources/commit-status.ts";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

describe("a source", () => {
  test.each([
    { git: "{url: https://h/p.git, tag: v1, tokenFile: t}", ref: { kind: "tag", name: "v1" }, auth: "token" },
    {
      git: "{url: https://h/p.git, branch: main, username: u, passwordFile: p}",
      ref: { kind: "branch", name: "main" },
      auth: "basic",
    },
    {
      git: `{url: https://h/p.git, commit: ${"a".repeat(40)}}`,
      ref: { kind: "commit", name: "a".repeat(40) },
      auth: "none",
    },
    {
      git: "{url: ssh://git@h/p.git, branch: main, ssh: {privateKeyFile: k, knownHostsFile: h}}",
      ref: { kind: "branch", name: "main" },
      auth: "ssh",
    },
    {
      git: "{url: https://h/p.git, semver: '>=1.2.0 <2'}",
      ref: { kind: "semver", name: ">=1.2.0 <2" },
      auth: "none",
    },
  ])("of $ref.kind is read with $auth", ({ git, ref, auth }) => {
    const { source } = configFile.loaded({
      text: `instance: a\nstateDir: s\nsources: [{name: main, git: ${git}}]\n`,
    });

    expect(source).toMatchObject({ kind: "git", ref, auth: { kind: auth } });
  });

  const load = (git: string) =>
    configFile.loaded({
      text: `instance: a\nstateDir: s\nsources: [{name: main, git: ${git}}]\n`,
    }).source;

  test("over ssh, and one with a private authority, name files relative to the file", () => {
    expect(
      load("{url: 'git@h:p.git', branch: main, ssh: {privateKeyFile: k, knownHostsFile: h}}"),
    ).toMatchObject({
      url: "git@h:p.git",
      auth: { privateKeyFile: join(configFile.folder, "k"), knownHostsFile: join(configFile.folder, "h") },
    });
    expect(load("{url: https://h/p.git, branch: main, caFile: ca.pem}")).toMatchObject({
      caFile: join(configFile.folder, "ca.pem"),
    });
  });

  test.each([
    { url: "https://github.com/acme/p.git", forge: "github", apiUrl: "https://api.github.com" },
    { url: "https://acme.ghe.com/acme/p", forge: "github", apiUrl: "https://api.acme.ghe.com" },
    { url: "https://git.corp:8443/acme/p.git", forge: "github", apiUrl: "https://git.corp:8443/api/v3" },
    { url: "https://gitlab.com/acme/p.git", forge: "gitlab", apiUrl: "https://gitlab.com/api/v4" },
    { url: "https://codeberg.org/acme/p", forge: "forgejo", apiUrl: "https://codeberg.org/api/v1" },
    {
      url: "https://bitbucket.org/acme/p.git",
      forge: "bitbucket",
      apiUrl: "https://api.bitbucket.org/2.0",
    },
  ])("shows commits of $url on $forge at $apiUrl", ({ url, forge, apiUrl }) => {
    const status = `{forge: ${forge}, tokenFile: t, link: 'https://wiki/gk'}`;

    expect(load(`{url: '${url}', branch: main, commitStatus: ${status}}`)).toMatchObject({
      commitStatus: {
        forge,
        apiUrl,
        repository: "acme/p",
        name: "grantkeeper/a",
        tokenFile: join(configFile.folder, "t"),
        link: "https://wiki/gk",
      },
    });
  });

  test("shows commits of an ssh URL on the web server of its host", () => {
    const rest = "ssh: {privateKeyFile: k, knownHostsFile: h}, commitStatus: {forge: gitea, tokenFile: t}";

    for (const url of ["git@git.corp:acme/p.git", "ssh://git@git.corp:2222/acme/p.git"])
      expect(load(`{url: '${url}', branch: main, ${rest}}`)).toMatchObject({
        commitStatus: { apiUrl: "https://git.corp/api/v1", repository: "acme/p", link: null },
      });
  });

  test("shows commits with the tokens of its GitHub App, and of a local mirror where the file names it", () => {
    const app = "githubApp: {appId: 12, installationId: 34, privateKeyFile: app.pem}";
    const named = "apiUrl: 'https://h/api/v1/', repository: acme/p, name: gk, tokenFile: t";

    expect(
      load(`{url: https://github.com/acme/p.git, branch: main, ${app}, commitStatus: {forge: github}}`),
    ).toMatchObject({ commitStatus: { tokenFile: null } });
    expect(load(`{url: /srv/p.git, branch: main, commitStatus: {forge: gitea, ${named}}}`)).toMatchObject({
      commitStatus: { apiUrl: "https://h/api/v1", repository: "acme/p", name: "gk" },
    });
  });

  test("shows pull requests merged into its branch what became of them, with a token or its GitHub App", () => {
    const app = "githubApp: {appId: 12, installationId: 34, privateKeyFile: app.pem}";
    const github = `{url: 'https://github.com/acme/p.git', branch: main, ${app}, pullRequestComments: {forge: github}}`;
    const gitlab =
      "{url: 'https://git.corp/acme/p.git', semver: '>=1', pullRequestComments: {forge: gitlab, tokenFile: t}}";

    expect(load(github)).toMatchObject({
      pullRequestComments: {
        forge: "github",
        apiUrl: "https://api.github.com",
        repository: "acme/p",
        name: "a",
        branch: "main",
        appId: "12",
        tokenFile: null,
      },
    });
    expect(load(gitlab)).toMatchObject({
      pullRequestComments: {
        apiUrl: "https://git.corp/api/v4",
        branch: null,
        appId: null,
        tokenFile: join(configFile.folder, "t"),
      },
    });
  });

  test("of a namespace shows its own commits, under the name of its namespace", () => {
    const status = "commitStatus: {forge: gitea, tokenFile: t}";
    const git = (name: string) => `{url: 'https://h/acme/${name}.git', branch: main, ${status}}`;
    const config = configFile.loaded({
      text: `instance: a\nstateDir: s\nsources: [{name: main, git: ${git("p")}}, {namespace: orders, path: iam, git: ${git("orders")}}]\n`,
    });

    expect(
      statusSources(config).map(({ namespace, source, status: { repository, name } }) => [
        namespace,
        source.name,
        repository,
        name,
      ]),
    ).toEqual([
      [null, "main", "acme/p", "grantkeeper/a"],
      ["orders", "orders", "acme/orders", "grantkeeper/a/orders"],
    ]);
  });

  test("with a GitHub App has its numbers as texts, and the key's path relative to the file", () => {
    const app = "appId: 12, installationId: 34, privateKeyFile: app.pem";

    expect(load(`{url: https://h/p.git, branch: main, githubApp: {${app}}}`)).toMatchObject({
      auth: {
        kind: "github-app",
        appId: "12",
        installationId: "34",
        privateKeyFile: join(configFile.folder, "app.pem"),
        apiUrl: null,
      },
    });
    expect(
      load(`{url: https://h/p.git, branch: main, githubApp: {${app}, apiUrl: https://h/api/v3/}}`),
    ).toMatchObject({ auth: { apiUrl: "https://h/api/v3" } });
  });

  test("a repository of CodeCommit is read by the process, or by a role", () => {
    const url = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/p";
    const roleArn = "arn:aws:iam::111122223333:role/reader";

    expect(load(`{url: '${url}', branch: main, codecommit: {}}`)).toMatchObject({
      auth: { kind: "codecommit", role: null, queueUrl: null },
    });
    expect(load(`{url: '${url}', branch: main, codecommit: {roleArn: '${roleArn}'}}`)).toMatchObject({
      auth: { kind: "codecommit", role: { roleArn, externalId: null } },
    });
  });

  test("authorities of signatures are relative to the file, and need no other keys", () => {
    const x509 = "x509: {caFile: ca.pem, revocationFile: crl.pem}";

    expect(load(`{url: https://h/p.git, branch: main, signatures: {${x509}}}`)).toMatchObject({
      signatures: {
        x509: {
          caFile: join(configFile.folder, "ca.pem"),
          revocationFile: join(configFile.folder, "crl.pem"),
        },
      },
    });
    expect(load("{url: https://h/p.git, branch: main, signatures: {x509: {caFile: a}}}")).toMatchObject({
      signatures: { x509: { revocationFile: null } },
    });
  });

  test("the trusted keys of gitsign are relative to the file, and its identities need no other keys", () => {
    const identity = { identity: "dana@example.com", issuer: "https://accounts.google.com" };
    const gitsign = `{trustedRootFile: root.json, identities: [${JSON.stringify(identity)}]}`;

    expect(load(`{url: https://h/p.git, branch: main, signatures: {gitsign: ${gitsign}}}`)).toMatchObject({
      signatures: {
        gitsign: { trustedRootFile: join(configFile.folder, "root.json"), identities: [identity] },
      },
    });
  });

  test("key files of signatures are relative to the file, and each new commit needs one by default", () => {
    expect(load("{url: https://h/p.git, branch: main}")).toMatchObject({ signatures: null });
    expect(
      load("{url: https://h/p.git, branch: main, signatures: {gpgKeyrings: [k.asc], allowedSignersFile: a}}"),
    ).toMatchObject({
      signatures: {
        policy: "every",
        trustedCommit: null,
        allowedSignersFile: join(configFile.folder, "a"),
        gpgKeyrings: [join(configFile.folder, "k.asc")],
        forgeKeyrings: [],
        revocationFile: null,
        committerMustMatch: false,
      },
    });
    expect(
      load(
        `{url: https://h/p.git, branch: main, signatures: {allowedSignersFile: a, revocationFile: r, trustedCommit: ${"a".repeat(40)}}}`,
      ),
    ).toMatchObject({
      signatures: { revocationFile: join(configFile.folder, "r"), trustedCommit: "a".repeat(40) },
    });
  });

  test.each([
    {
      url: "./perms",
      is: () => join(configFile.folder, "perms"),
      because: "a relative path is relative to the file",
    },
    {
      url: "../perms.git",
      is: () => join(configFile.folder, "..", "perms.git"),
      because: "a relative path may start with the parent folder",
    },
    { url: "/srv/perms", is: () => "/srv/perms", because: "an absolute path is unchanged" },
    { url: "https://h/p.git", is: () => "https://h/p.git", because: "a URL is unchanged" },
    { url: "file:///srv/perms", is: () => "file:///srv/perms", because: "a file URL is unchanged" },
  ])("of Git at $url is found: $because", ({ url, is }) => {
    const { source } = configFile.loaded({
      text: `instance: a\nstateDir: s\nsources: [{name: main, git: {url: "${url}", branch: main}}]\n`,
    });

    expect(source).toMatchObject({ kind: "git", url: is() });
  });

  test("may be a folder if the mode is observe", () => {
    const { source } = configFile.loaded({
      text: "instance: a\nstateDir: s\nsources: [{name: main, directory: {path: work}}]\n",
    });

    expect(source).toMatchObject({
      kind: "directory",
      path: join(configFile.folder, "work"),
      allowEnforce: false,
    });
  });
});
