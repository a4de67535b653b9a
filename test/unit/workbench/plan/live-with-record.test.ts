import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { git } from "../../../support/git/git-repository.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { compileTexts, PLATFORM_FILES } from "../../../support/manifests.ts";
import type { RecordReader } from "../../../../src/controller/ports/store.ts";
import type { DesiredAccount } from "../../../../src/model/desired.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { appliedRecord } from "../../../support/pass/bindings.ts";
import { type AccountRecord, firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import { NO_PENDING_AUTHORS } from "../../../../src/model/authors.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";
import { parseRevision } from "../../../../src/model/values/revision.ts";
import { profileText } from "../../../support/profiles.ts";
import type { SourceRecord } from "../../../../src/model/records/source-record.ts";
import { API, grants, commitBase, writeManifests } from "../../../support/screens/plan-command.ts";

import { EMPTY } from "./live-world.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

describe("plan against AWS with the controller's record", () => {
  const compiled = compileTexts({ [API]: grants(["orders"], "  deletionPolicy: delete\n") });
  const [binding] = compiled.desired.bindings.values();
  const [declared] = compiled.desired.accounts.values();
  if (binding === undefined || declared === undefined) throw new Error("the manifests do not compile");
  const applied = appliedRecord(binding);
  const account: DesiredAccount = declared;

  function planWith(
    keys: readonly KeyRecord[],
    record: Partial<AccountRecord> = {},
    argv: readonly string[] = [],
    source: SourceRecord | null = null,
  ) {
    const reader: RecordReader = {
      keys: async () => keys,
      accounts: async () => [{ ...firstAccountRecord(account.id, "prod"), declared: account, ...record }],
      source: async () => source,
      writesSince: async () => [],
      close: () => undefined,
    };
    const aws = async () => ({
      live: EMPTY,
      estates: NO_ESTATES,
      organizations: NO_ORGANIZATIONS,
      references: NO_REFERENCES,
      examine: async () => [],
      serviceControl: async () => new Map(),
      close: () => undefined,
    });
    const installation = { aws, config: TEST_CONFIG, record: async () => reader };
    return cli(["plan", root, "--config", "x.yaml", ...argv], { installation });
  }

  test("a broken manifest that was never applied is reported as broken, and AWS is read anyway", async () => {
    await writeManifests(root, {
      ...PLATFORM_FILES,
      [API]: grants(["orders"]).replace("dynamodb", "dynamo"),
    });

    const { code, out } = await planWith([]);

    expect(code).toBe(3);
    expect(out).toContain("\n  broken: no applied revision is recorded\n    teams/orders/api.yaml:8:7: ");
    expect(out).toContain("Plan: 0 functions change, 1 is broken, 0 are unchanged; ");
    expect(out).toContain("AWS read 0s ago, complete\n");
    expect(out.match(/unknown grant/g)).toHaveLength(1);
  });

  test("of a refused manifest names the revision that remains in effect", async () => {
    const statement =
      '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: ["dynamodb:*"], Resource: "*"}\n';
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"], statement) });

    expect((await planWith([applied])).out).toContain(
      "  refused by ACT-001 (line 11): bbbbbbb remains in effect\n",
    );
    expect((await planWith([])).out).toContain(
      "  refused by ACT-001 (line 11): no applied revision is recorded\n",
    );
  });

  test("deletes nothing that was applied from a file that cannot be parsed", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: `${grants(["orders"])}\t- x\n` });

    const { code, out } = await planWith([applied], { started: true });

    expect(code).toBe(3);
    expect(out).toContain("\n  broken: bbbbbbb remains in effect\n    teams/orders/api.yaml:9:1: ");
    expect(out).not.toMatch(/iam:Delete|not declared in Git/);
  });

  test("shows what a stricter profile would refuse of applied states, and refuses nothing yet", async () => {
    const partly =
      '  statements: [{reason: t, statement: {Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]\n';
    const files = { [API]: grants(["orders"], partly) };
    const [open] = compileTexts(files).desired.bindings.values();
    const accepted = { rules: "1.2.3", fences: `sha256:${"0".repeat(64)}` as Digest };
    const record = open === undefined ? [] : [appliedRecord(open, { appliedVerdict: accepted })];
    const confirmedRules = { defaults: {}, profiles: [] };
    await commitBase(root, files);
    await writeManifests(root, { "platform/p.yaml": profileText("p", "{rules: {ACT-002: block}}") });

    const { out } = await planWith(record, { started: true, confirmedRules });

    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /platform: ACT-002 would refuse 1 function after an approval, stricter in profile p \(.+?\): orders\/api/,
    );
    expect(out).not.toContain("refused by");
  });

  describe("of the source", () => {
    const ASSISTANTS = profileText("assistants", "{base: agents}");
    const MORE = grants(["orders", "customers"]);
    const all = { teams: [], namespaces: null, accounts: null, labels: {} };

    async function recordedAt(files: Readonly<Record<string, string>>): Promise<SourceRecord> {
      await commitBase(root, files);
      const acceptedRevision = parseRevision(`main@sha1:${(await git(root, ["rev-parse", "HEAD"])).trim()}`);
      if (acceptedRevision === undefined) throw new Error("there is no commit");
      const fileKeys = { [API]: [binding?.key ?? ("" as Key)] };
      return {
        source: "main",
        acceptedRevision,
        heldRevision: null,
        fileKeys,
        authors: NO_PENDING_AUTHORS,
      };
    }

    test("knows who made what differs, and holds what an assistant made", async () => {
      const source = await recordedAt({ "platform/assistants.yaml": ASSISTANTS });
      await writeManifests(root, { [API]: MORE });
      const message = "more\n\nCo-Authored-By: Claude <noreply@anthropic.com>";
      await git(root, ["commit", "--quiet", "-am", message]);

      const { code, out } = await planWith([], { started: true }, [], source);

      expect(code).toBe(3);
      expect(out).toMatch(
        /grants new access, which needs an approval;\s+made by\s+Claude in commit [0-9a-f]{8}/,
      );
    });

    test("counts what is not committed as made by an unknown author, and a person's commit as the person's", async () => {
      const source = await recordedAt({ "platform/assistants.yaml": ASSISTANTS });
      await writeManifests(root, { [API]: MORE });
      const uncommitted = await planWith([], { started: true }, [], source);
      await git(root, ["commit", "--quiet", "-am", "more"]);
      const committed = await planWith([], { started: true }, [], source);

      expect(uncommitted.out).toMatch(/unknown\s+author\s+\(it\s+is\s+not\s+committed\)/);
      expect(committed.out).not.toContain("needs an approval");
    });

    test("does not show a profile as removed that an unreadable document may hold", async () => {
      const source = await recordedAt({});
      await writeManifests(root, {
        "platform/p.yaml": ASSISTANTS.replace("GuardrailProfile", "GuardrailProfil"),
      });

      const { out } = await planWith([], { started: true }, [], {
        ...source,
        profiles: [{ name: "assistants", selector: all }],
      });

      expect(out).toMatch(/GuardrailProfile\s+assistants\s+was\s+declared\s+before/);
    });
  });

  test("lists what an account that starts to enforce changes first, after approval", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { out } = await planWith([], { declared: { ...account, mode: "observe" } });

    expect(out).toMatch(
      /^warning: platform\/accounts.yaml:\d+:9: account prod: observe → enforce\n {2}Grantkeeper starts to write 1 function; 1 of them differs from Git\n {2}Will change in AWS first, after approval \(2 calls\):\n {2}\+ orders\/api: dynamodb read table\/orders, indexes\n\n/,
    );
  });
});
