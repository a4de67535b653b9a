import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ConfigFile } from "./config-file.ts";

let configFile: ConfigFile;
beforeAll(() => {
  configFile = new ConfigFile();
});
afterAll(() => configFile.remove());

const COMMIT = "a".repeat(40);

/** Every field that 0.1.0 documents, apart from those of the source. */
const FIELDS = `instance: prod-1
stateDir: state
mode: enforce
sweep: 10m
limits: {deletes: 1, changedCount: 2, changedShare: 0.1, fileBytes: 3, files: 4, documentsPerFile: 5, snapshotBytes: 6}
http: {listen: "127.0.0.1:9000"}
tokens:
  - {name: dana, sha256: ${"b".repeat(64)}, scopes: [read, approve], namespaces: ["*"], expires: "2027-01-01T00:00:00Z"}
webhooks: {generic: {secretFile: hook}}
alerts: [{name: ops, webhook: "https://x.example", secretFile: s, namespaces: [orders], severity: security}]
`;
const SIMULATED = `${FIELDS}aws: {endpoint: "http://127.0.0.1:7081", simulator: true, deleteQuiet: 1s, revert: {other: 0s}}\n`;

describe("grantkeeper.yaml of 0.1.0", () => {
  test.each([
    { git: "url: https://git.example.com/p.git, branch: main", because: "a branch" },
    { git: "url: https://git.example.com/p.git, tag: v1, tokenFile: t", because: "a tag and a token" },
    { git: `url: /srv/p.git, commit: ${COMMIT}`, because: "a commit of a local repository" },
    {
      git: "url: https://git.example.com/p.git, branch: main, username: u, passwordFile: p",
      because: "a password",
    },
  ])("with every field keeps its meaning: $because", ({ git }) => {
    const text = `${SIMULATED}sources: [{name: main, git: {${git}}, interval: 2m, platformPath: base, tenantPath: apps}]\n`;

    expect(configFile.loaded({ text })).toMatchObject({
      instance: "prod-1",
      stateDir: join(configFile.folder, "state"),
      mode: "enforce",
      sweepMs: 600_000,
      limits: { deletes: 1, changedCount: 2, changedShare: 0.1 },
      sizes: { fileBytes: 3, files: 4, documentsPerFile: 5, snapshotBytes: 6 },
      source: { name: "main", intervalMs: 120_000, platformPath: "base", tenantPath: "apps" },
      tokens: [{ name: "dana", scopes: ["read", "approve"] }],
      alerts: [{ name: "ops", severity: "security", namespaces: ["orders"] }],
      aws: { deleteQuietMs: 1_000, revertOtherMs: 0 },
    });
  });

  test("with a folder as its source keeps its meaning", () => {
    const text = `${SIMULATED}sources: [{name: main, directory: {path: checkout, allowEnforce: true}}]\n`;

    expect(JSON.stringify(configFile.loaded({ text }).source)).toContain(join(configFile.folder, "checkout"));
  });

  test("with the only renamed field has one error, which names the new name", () => {
    const text = `${FIELDS}aws: {simulator: true, settle: 1s}\nsources: [{name: main, git: {url: /srv/p.git, branch: main}}]\n`;

    expect(configFile.problems({ text }).map(({ message }) => message)).toEqual([
      'unknown field "settle": it is now "propagationWait"',
    ]);
  });
});
