import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import { SourceError, type Source } from "../../../../src/controller/ports/source.ts";
import { AwsError } from "../../../../src/model/aws/aws-error.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { PLATFORM_FILES } from "../../../support/manifests.ts";
import { parseRevision } from "../../../../src/model/values/revision.ts";
import { checked } from "../../../support/record/audit-facts.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("doctor", () => {
  const source = (latest: Source["latest"]): Source => ({
    name: "main",
    latest,
    at: (_revision, signal) => latest(signal),
    compare: async () => ({ relation: "same", commits: [] }),
    watch: async () => async () => undefined,
  });
  const snapshot = {
    source: "main",
    revision: checked(parseRevision(`main@sha1:${"a".repeat(40)}`)),
    files: Object.entries(PLATFORM_FILES).map(([path, text]) => ({
      path,
      oid: path,
      bytes: new TextEncoder().encode(text),
    })),
    refused: [],
    uncommitted: false,
  };
  const installation = (examine: Parameters<typeof aws>[0]): Partial<Installation> => ({
    config: { ...TEST_CONFIG, stateDir: root },
    source: async () => source(async () => snapshot),
    aws: aws(examine),
  });
  const aws = (examine: Awaited<ReturnType<Installation["aws"]>>["examine"]): Installation["aws"] => {
    const live = {
      sweep: () => Promise.reject(new Error("no sweep")),
      read: () => Promise.reject(new Error("no read")),
    };
    return async () => ({ live, examine, close: () => undefined });
  };

  test("checks the file, then Git, then the identities of every account", async () => {
    const examine = async () =>
      [
        { identity: "observer", region: null, what: "iam:ListRoles", outcome: "passed", detail: null },
      ] as const;

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(code).toBe(0);
    expect(out).toContain("instance test-1, mode enforce\n");
    expect(out.split("\n").slice(4)).toEqual([
      "source main",
      "  ok  git  read     main@aaaaaaa, 2 documents",
      "  ok  git  compile  0 bindings",
      "",
      "account prod (222222222222)",
      "  ok  observer  iam:ListRoles",
      "",
      "5 checks passed, 0 failed, 0 not checked",
      "",
    ]);
  });

  test("shows an unreachable account as failed, with a fix", async () => {
    const denial = {
      action: "sts:AssumeRole",
      deniedBy: "identity policy",
      how: "implicit",
      fix: "add sts:AssumeRole",
    } as const;
    const facts = {
      call: "sts:AssumeRole",
      code: "AccessDenied",
      message: "no",
      requestId: null,
      lost: false,
      denial,
    } as const;
    const examine = () =>
      Promise.reject(new AwsError({ ...facts, disposition: { kind: "circuit", scope: "account" } }));

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(code).toBe(3);
    expect(out).toContain(
      "✗ failed  base  sts:AssumeRole  sts:AssumeRole: AccessDenied: no; add sts:AssumeRole",
    );
  });

  test("names the variables to set if the process has no credentials", async () => {
    const facts = {
      call: "sts:AssumeRole",
      code: "CredentialsProviderError",
      message: "none found",
    } as const;
    const examine = () =>
      Promise.reject(
        new AwsError({
          ...facts,
          disposition: { kind: "circuit", scope: "account" },
          requestId: null,
          lost: false,
        }),
      );

    const { out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(out).toContain(
      "CredentialsProviderError: none found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  });

  test("stops at a source that can't be read", async () => {
    const broken = source(() =>
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
