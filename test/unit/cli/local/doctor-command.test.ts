import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AwsReads, Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import { SourceError, type Source } from "../../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import { AwsError } from "../../../../src/model/aws/aws-error.ts";
import { ownDocuments } from "../../../../src/aws/own/declared.ts";
import type { OwnIdentity } from "../../../../src/model/aws/own-roles.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { desiredOf } from "../../../../demo/manifests.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { accountWith, binding, liveRoleOf } from "../../../support/pass/bindings.ts";
import { parseRevision } from "../../../../src/model/values/revision.ts";
import { checked } from "../../../support/record/audit-facts.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

/** An account with these roles, each with its printed trust and policy, changed. */
function accountOfRoles(
  identities: readonly OwnIdentity[],
  change: (identity: OwnIdentity, statements: readonly Statement[]) => readonly Statement[],
): LiveAccount {
  const documents = ownDocuments(desiredOf(PLATFORM_FILES, "test-1"), {
    instance: "test-1",
    settings: {
      baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF" as const,
      functionKeys: {},
      sources: [],
    },
  });
  const text = (Statement: readonly Statement[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement });
  const roles = identities.map((identity) => {
    const policy = change(identity, documents.policy("222222222222", identity));
    return liveRoleOf(binding(), {
      name: identity,
      arn: `arn:aws:iam::222222222222:role/grantkeeper-system/${identity}` as Arn,
      trust: text(documents.trust({ externalId: "gk-test" })),
      attachments: [],
      boundary: null,
      inline: [{ name: identity, text: text(policy) }],
    });
  });
  return {
    ...accountWith({}),
    roles: new Map(roles.map((value) => [value.name, { kind: "present", value }] as const)),
  };
}

const CONTROLLED = {
  identity: "reader",
  region: null,
  what: "service control policies",
  outcome: "not-checked",
  detail: "not read: no AccountSet names a reader",
} as const;

describe("doctor", () => {
  const source = (latest: Source["latest"]): Source => ({
    name: "main",
    latest,
    at: (_revision, signal) => latest(signal),
    compare: async () => ({ relation: "same", commits: [], authors: { kind: "read", byFile: new Map() } }),
    verify: async () => ({ kind: "not-required" }),
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
    const live = { sweep: () => Promise.reject(new Error("no sweep")), read: async () => installed };
    const serviceControl: AwsReads["serviceControl"] = async ({ accounts }) =>
      new Map(accounts.map(({ id }) => [id, [CONTROLLED]]));
    const close = () => undefined;
    return async () => ({
      live,
      estates: NO_ESTATES,
      organizations: NO_ORGANIZATIONS,
      examine,
      serviceControl,
      close,
    });
  };

  /** The roles as `bootstrap roles` prints them, and the writer without a statement. */
  const installed = accountOfRoles(["observer", "writer"], (identity, statements) =>
    identity === "writer" ? statements.filter(({ Sid }) => Sid !== "CreatePolicy") : statements,
  );

  const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: sandboxes}
spec:
  organization:
    reader: {role: "arn:aws:iam::999999999999:role/gk/reader", externalId: gk-3}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/gk/observer", externalId: gk-1}
`;
  const refused = new AwsError({
    call: "organizations:ListAccounts",
    code: "AWSOrganizationsNotInUse",
    message: "Your account is not a member of an organization.",
    disposition: { kind: "terminal" },
    requestId: null,
    lost: false,
  });
  test.each([
    [
      "names the accounts of each account set",
      async () => ["777777777777", "888888888888"].map((id) => ({ id: id as AccountId, name: "Sandbox" })),
      0,
      ["  ok  reader  accounts of the organization  2 accounts: sandbox-777777777777, sandbox-888888888888"],
    ],
    [
      "warns of an account set without accounts",
      async () => [],
      0,
      ["  ! warning  reader  accounts of the organization  no active account is selected"],
    ],
    [
      "names why an organization cannot be read, and what helps",
      () => Promise.reject(refused),
      3,
      [
        "  ✗ failed  reader  accounts of the organization  organizations:ListAccounts: AWSOrganizationsNotInUse: Your account is not a member of an organization.; name a reader in the management account of the organization, or in a delegated administrator",
      ],
    ],
  ] as const)("%s", async (_, accountsOf, expected, lines) => {
    const file = { path: "platform/set.yaml", oid: SET, bytes: new TextEncoder().encode(SET) };
    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: {
        config: { ...TEST_CONFIG, stateDir: root },
        source: async () => source(async () => ({ ...snapshot, files: [file] })),
        aws: async () => ({
          live: { sweep: () => Promise.reject(new Error("no sweep")), read: async () => installed },
          estates: NO_ESTATES,
          organizations: { accountsOf },
          examine: async () => [],
          serviceControl: async () => new Map(),
          close: () => undefined,
        }),
      },
    });

    expect(code).toBe(expected);
    const from = out.split("\n").indexOf("account set sandboxes");
    const shown = out.split("\n").slice(from + 1, from + 1 + lines.length + 1);
    expect(shown.map((line) => line.replaceAll(/(?<=\S) {2,}/g, "  "))).toEqual([
      ...lines,
      "  not checked  reader  its policies  no observer can read the role: no AwsAccount declares account 999999999999",
    ]);
  });

  test("compares the reader of an account set by the observer of its account", async () => {
    const reader = "arn:aws:iam::222222222222:role/grantkeeper-system/reader";
    const set = SET.replace("arn:aws:iam::999999999999:role/gk/reader", reader);
    const file = { path: "platform/set.yaml", oid: set, bytes: new TextEncoder().encode(set) };
    const files = [...snapshot.files, file];
    const reads = await aws(async () => [])();
    const given = {
      ...installation(async () => []),
      source: async () => source(async () => ({ ...snapshot, files })),
      aws: async () => ({ ...reads, organizations: { accountsOf: async () => [] } }),
    };

    const { out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(out.replaceAll(/ +/g, " ")).toContain(
      ` failed reader role role ${reader} does not exist; create it: grantkeeper bootstrap roles --organization`,
    );
  });

  test("checks the file, then Git, then the identities of every account", async () => {
    const examine = async () =>
      [
        { identity: "observer", region: null, what: "iam:ListRoles", outcome: "passed", detail: null },
      ] as const;

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: installation(examine) });

    expect(code).toBe(3);
    expect(out).toContain("instance test-1, mode enforce\n");
    expect(out.split("\n").slice(4)).toEqual([
      "source main",
      "  ok  git  read     main@aaaaaaa, 2 documents",
      "  ok  git  compile  0 bindings",
      "  ok  git  tenancy  open: there is no Team, so no namespace has a fence",
      "",
      "account prod (222222222222)",
      "  ok           observer  7 checks",
      "  ok           writer    15 checks",
      "  not checked  observer  trust                     the operator's file has no bootstrap.baseRole",
      "  not checked  writer    trust                     the operator's file has no bootstrap.baseRole",
      expect.stringMatching(
        /^ {2}✗ failed {5}writer {4}CreatePolicy +does not allow iam:CreatePolicy on .*; add \{"Sid":"CreatePolicy",/,
      ),
      "  not checked  all       writes                    no write call was made",
      "  not checked  reader    service control policies  not read: no AccountSet names a reader",
      "",
      "27 checks passed, 1 failed, 4 not checked",
      "",
    ]);
  });

  test.each([
    [[], "  ok           functions  trust"],
    [["one"], "  ! warning    functions  trust"],
  ])("shows what the trust of roles requires, with the functions in a VPC: %j", async (names, line) => {
    const requiring = {
      ...PLATFORM_FILES,
      "platform/accounts.yaml": accountText("prod", "222222222222", "  requireSourceAccount: true\n"),
      ...Object.fromEntries(
        names.map((name) => [`teams/orders/${name}.yaml`, functionText(name, "  vpc: true\n")]),
      ),
    };
    const files = Object.entries(requiring).map(([path, text]) => ({
      path,
      oid: text,
      bytes: new TextEncoder().encode(text),
    }));
    const given = {
      ...installation(async () => []),
      source: async () => source(async () => ({ ...snapshot, files })),
    };

    const { out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(out.split("\n").filter((each) => each.startsWith(line))).toEqual([
      expect.stringMatching(
        names.length === 0
          ? /names account 222222222222 as the only source$/
          : /1 function may be in a VPC \(orders\/one@prod\/eu-west-1\): .* grantkeeper rules show TRU-004$/,
      ),
    ]);
  });

  test("names the keys that verify commits, and those that verify nothing any more", async () => {
    const signingKeys = async () =>
      [
        { outcome: "passed", detail: "1 key: dana@example.com" },
        { outcome: "warning", detail: "old.asc: the key of robin@example.com has expired" },
      ] as const;
    const given = { ...installation(async () => []), signingKeys };

    const { out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(out).toContain("  ok           git  signatures  1 key: dana@example.com\n");
    expect(out).toContain("git  signatures  old.asc: the key of robin@example.com has expired\n");
  });

  test("does not pass a revision that the controller holds", async () => {
    const { revision } = snapshot;
    const heldRevision = { revision, reason: "commit 1a2b3c4d is not signed", sinceMs: 0 };
    const source = async () => ({ source: "main", acceptedRevision: null, heldRevision, fileKeys: {} });
    const reads = { keys: async () => [], accounts: async () => [], writesSince: async () => [] };
    const record = async () => ({ ...reads, source, close: () => undefined });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...installation(async () => []), record },
    });

    expect(out).toMatch(/! warning +git +read +main@aaaaaaa, 2 documents; the controller holds it/);
    expect(out).not.toMatch(/ok +git +read/);
  });

  test("names a token that may not set the states of commits", async () => {
    const commitStatus = async () =>
      ({ outcome: "failed", detail: "the token for commit statuses is not valid" }) as const;
    const given = { ...installation(async () => []), commitStatus };

    const { code, out } = await cli(["doctor", "--config", "x"], { installation: given });

    expect(code).toBe(3);
    expect(out).toMatch(/✗ failed {2,}git {2,}commit status {2}the token for commit statuses is not valid/);
  });

  test("compares the trust with the base role of the operator's file, and only the named account", async () => {
    const bootstrap = {
      baseRole: "arn:aws:iam::999900001111:role/other-base",
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF" as const,
      functionKeys: {},
      sources: [],
    };
    const given = { ...installation(async () => []), config: { ...TEST_CONFIG, bootstrap, stateDir: root } };

    const { out } = await cli(["doctor", "--account", "prod", "--config", "x"], { installation: given });
    const unknown = await cli(["doctor", "--account", "none", "--config", "x"], { installation: given });

    expect(out).toContain("✗ failed     observer  trust");
    expect(out).toContain("AWS arn:aws:iam::999900001111:role/grantkeeper-base sts:AssumeRole");
    expect(unknown.err).toContain('no manifest declares account "none"');
  });

  test("compares nothing if a document of the platform has an error", async () => {
    const wrong = { path: "platform/x.yaml", oid: "x", bytes: new TextEncoder().encode("kind: Nothing\n") };
    const latest = async () => ({ ...snapshot, files: [...snapshot.files, wrong] });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...installation(async () => []), source: async () => source(latest) },
    });

    expect(out).toMatch(
      /not checked {2}all +its policies +the platform's documents have errors \(grantkeeper validate\)\n/,
    );
    expect(out).toMatch(/ failed +git +compile +1 error, the first: platform\/x\.yaml:1: [^;\n]+; \S/);
  });

  test("does not pass if a file that cannot be read may declare the Teams", async () => {
    const hidden = { path: "platform/teams.yaml", oid: "teams", bytes: new TextEncoder().encode("kind: [") };
    const latest = async () => ({ ...snapshot, files: [...snapshot.files, hidden] });

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: { ...installation(async () => []), source: async () => source(latest) },
    });

    expect(code).toBe(3);
    expect(out).toContain("failed  git  tenancy  unknown: a file of the platform that cannot be read");
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
      ...snapshot,
      files: [...snapshot.files, { path: "platform/p.yaml", oid: "p", bytes }],
    });

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: { ...installation(async () => []), source: async () => source(latest) },
    });

    expect(out.replaceAll(/ +/g, " ")).toContain(text.replaceAll(/ +/g, " "));
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
    expect(out).toMatch(
      /✗ failed {5}base {6}sts:AssumeRole +sts:AssumeRole: AccessDenied: no; add sts:AssumeRole\n/,
    );
  });

  test("does not check the roles without base credentials: that would fail once more for each of them", async () => {
    const detail = "no credentials were found";
    const base = { identity: "base", region: null, what: "credentials", outcome: "failed", detail } as const;

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: installation(async () => [base]),
    });

    expect(code).toBe(3);
    expect(out.match(/no credentials were found/g)).toHaveLength(1);
    expect(out).toMatch(/not checked +all +its roles +needs the base credentials\n/);
    expect(out).not.toMatch(/(observer|writer) +role/);
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
