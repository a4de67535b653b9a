import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import { AwsError } from "../../../../src/model/aws/errors/aws-error.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import {
  sourceWith,
  PLATFORM_SNAPSHOT,
  doctorInstallation,
  awsWith,
  INSTALLED_ROLES,
} from "../../../support/screens/doctor.ts";
import { err, ok } from "../../../../src/model/values/result.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("doctor", () => {
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
      async () =>
        ok(["777777777777", "888888888888"].map((id) => ({ id: id as AccountId, name: "Sandbox" }))),
      0,
      ["  ok  reader  accounts of the organization  2 accounts: sandbox-777777777777, sandbox-888888888888"],
    ],
    [
      "warns of an account set without accounts",
      async () => ok([]),
      0,
      ["  ! warning  reader  accounts of the organization  no active account is selected"],
    ],
    [
      "names why an organization cannot be read, and what helps",
      async () => err(refused),
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
        source: async () => sourceWith(async () => ({ ...PLATFORM_SNAPSHOT, files: [file] })),
        aws: async () => ({
          live: { sweep: () => Promise.reject(new Error("no sweep")), read: async () => ok(INSTALLED_ROLES) },
          estates: NO_ESTATES,
          organizations: { accountsOf },
          references: NO_REFERENCES,
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
    const files = [...PLATFORM_SNAPSHOT.files, file];
    const reads = await awsWith(async () => [])();
    const given = {
      ...doctorInstallation(root, async () => []),
      source: async () => sourceWith(async () => ({ ...PLATFORM_SNAPSHOT, files })),
      aws: async () => ({ ...reads, organizations: { accountsOf: async () => ok([]) } }),
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

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: doctorInstallation(root, examine),
    });

    expect(code).toBe(3);
    expect(out).toContain("instance test-1, mode enforce\n");
    expect(out).toContain("  not checked  operator  backup ");
    expect(out.split("\n").slice(5)).toEqual([
      "source main",
      "  ok  git  read     main@aaaaaaa, 2 documents",
      "  ok  git  compile  0 bindings",
      "  ok  git  tenancy  open: there is no Team, so no namespace has a fence",
      "",
      "account prod (222222222222)",
      "  ok           observer  7 checks",
      "  ok           writer    16 checks",
      "  not checked  observer  trust                     the operator's file has no bootstrap.baseRole",
      "  not checked  writer    trust                     the operator's file has no bootstrap.baseRole",
      expect.stringMatching(
        /^ {2}✗ failed {5}writer {4}CreatePolicy +does not allow iam:CreatePolicy on .*; add \{"Sid":"CreatePolicy",/,
      ),
      "  not checked  all       writes                    no write call was made",
      "  not checked  reader    service control policies  not read: no AccountSet names a reader",
      "",
      "28 checks passed, 1 failed, 5 not checked",
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
      ...doctorInstallation(root, async () => []),
      source: async () => sourceWith(async () => ({ ...PLATFORM_SNAPSHOT, files })),
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

  test("compares the trust with the base role of the operator's file, and only the named account", async () => {
    const bootstrap = {
      baseRole: "arn:aws:iam::999900001111:role/other-base",
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF" as const,
      functionKeys: {},
      formerRoles: {},
      sources: [],
    };
    const given = {
      ...doctorInstallation(root, async () => []),
      config: { ...TEST_CONFIG, bootstrap, stateDir: root },
    };

    const { out } = await cli(["doctor", "--account", "prod", "--config", "x"], { installation: given });
    const unknown = await cli(["doctor", "--account", "none", "--config", "x"], { installation: given });

    expect(out).toContain("✗ failed     observer  trust");
    expect(out).toContain("AWS arn:aws:iam::999900001111:role/grantkeeper-base sts:AssumeRole");
    expect(unknown.err).toContain('no manifest declares account "none"');
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

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: doctorInstallation(root, examine),
    });

    expect(code).toBe(3);
    expect(out).toMatch(
      /✗ failed {5}base {6}sts:AssumeRole +sts:AssumeRole: AccessDenied: no; add sts:AssumeRole\n/,
    );
  });

  test("does not check the roles without base credentials: that would fail once more for each of them", async () => {
    const detail = "no credentials were found";
    const base = { identity: "base", region: null, what: "credentials", outcome: "failed", detail } as const;

    const { code, out } = await cli(["doctor", "--config", "x"], {
      installation: doctorInstallation(root, async () => [base]),
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

    const { out } = await cli(["doctor", "--config", "x"], {
      installation: doctorInstallation(root, examine),
    });

    expect(out).toContain(
      "CredentialsProviderError: none found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  });
});
