import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { profileText } from "../../../support/profiles.ts";
import { sourceWith, PLATFORM_SNAPSHOT, doctorInstallation } from "../../../support/screens/doctor.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("doctor", () => {
  test("names the keys that verify commits, and those that verify nothing any more", async () => {
    const signingKeys = async () =>
      [
        { outcome: "passed", detail: "1 key: dana@example.com" },
        { outcome: "warning", detail: "old.asc: the key of robin@example.com has expired" },
      ] as const;
    const given = { ...doctorInstallation(root, async () => []), signingKeys };

    const { out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(out).toContain("  ok           git  signatures  1 key: dana@example.com\n");
    expect(out).toContain("git  signatures  old.asc: the key of robin@example.com has expired\n");
  });

  test("does not pass a revision that the controller holds", async () => {
    const { revision } = PLATFORM_SNAPSHOT;
    const heldRevision = { revision, reason: "commit 1a2b3c4d is not signed", sinceMs: 0 };
    const source = async () => ({ source: "main", acceptedRevision: null, heldRevision, fileKeys: {} });
    const reads = { keys: async () => [], accounts: async () => [], writesSince: async () => [] };
    const record = async () => ({ ...reads, source, close: () => undefined });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...doctorInstallation(root, async () => []), record },
    });

    expect(out).toMatch(/! warning +git +read +main@aaaaaaa, 2 documents; the controller holds it/);
    expect(out).not.toMatch(/ok +git +read/);
  });

  test("names a token that may not set the states of commits", async () => {
    const commitStatus = async () =>
      ({ outcome: "failed", detail: "the token for commit statuses is not valid" }) as const;
    const given = { ...doctorInstallation(root, async () => []), commitStatus };

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(code).toBe(3);
    expect(out).toMatch(/✗ failed {2,}git {2,}commit status {2}the token for commit statuses is not valid/);
  });

  test("names a token that may not comment on pull requests", async () => {
    const pullRequestComments = async () =>
      ({ outcome: "failed", detail: "the token for pull requests is not valid" }) as const;
    const given = { ...doctorInstallation(root, async () => []), pullRequestComments };

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(code).toBe(3);
    expect(out).toMatch(/✗ failed {2,}git {2,}pull requests {2}the token for pull requests is not valid/);
  });

  test("compares nothing if a document of the platform has an error", async () => {
    const wrong = { path: "platform/x.yaml", oid: "x", bytes: new TextEncoder().encode("kind: Nothing\n") };
    const latest = async () => ({ ...PLATFORM_SNAPSHOT, files: [...PLATFORM_SNAPSHOT.files, wrong] });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...doctorInstallation(root, async () => []), source: async () => sourceWith(latest) },
    });

    expect(out).toMatch(
      /not checked {2}all +its policies +the platform's documents have errors \(grantkeeper validate\)\n/,
    );
    expect(out).toMatch(/ failed +git +compile +1 error, the first: platform\/x\.yaml:1: [^;\n]+; \S/);
  });

  test("does not pass if a file that cannot be read may declare the Teams", async () => {
    const hidden = { path: "platform/teams.yaml", oid: "teams", bytes: new TextEncoder().encode("kind: [") };
    const latest = async () => ({ ...PLATFORM_SNAPSHOT, files: [...PLATFORM_SNAPSHOT.files, hidden] });

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: { ...doctorInstallation(root, async () => []), source: async () => sourceWith(latest) },
    });

    expect(code).toBe(3);
    expect(out).toContain(
      "failed  git  tenancy  not known while platform/teams.yaml has errors: it may declare a Team",
    );
  });

  test.each([
    { group: "security", text: "ok  git  approvers  groups security", because: "the operator's file has it" },
    {
      group: "audit",
      text: `failed  git  approvers  platform/p.yaml:4:43: no one can approve what the profile holds: the operator's file has no group "audit"; add it to grantkeeper.yaml: approvers: { audit: [TOKEN] }`,
      because: "the operator's file does not have it",
    },
  ])("checks the group of a profile: $because", async ({ group, text }) => {
    const bytes = new TextEncoder().encode(
      profileText("p", `{approval: {for: new-access, group: ${group}}}`),
    );
    const latest = async () => ({
      ...PLATFORM_SNAPSHOT,
      files: [...PLATFORM_SNAPSHOT.files, { path: "platform/p.yaml", oid: "p", bytes }],
    });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...doctorInstallation(root, async () => []), source: async () => sourceWith(latest) },
    });

    expect(out.replaceAll(/ +/g, " ")).toContain(text.replaceAll(/ +/g, " "));
  });

  test("stops at a source that can't be read", async () => {
    const broken = sourceWith(() =>
      Promise.reject(
        new SourceError({ code: "unreachable", message: "cannot reach git", fix: "check the network" }),
      ),
    );
    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: { config: { ...TEST_CONFIG, stateDir: join(root, "none") }, source: async () => broken },
    });

    expect(code).toBe(3);
    expect(out).toContain("✗ failed  git  read  cannot reach git; check the network");
    expect(out).toContain("does not exist yet: grantkeeper run creates it");
  });
});
