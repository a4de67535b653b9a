import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import type { AuditEvent } from "../../src/api/events.ts";
import { historyRows } from "../../src/wording/history/history-rows.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  fileOf,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { allKeys } from "../support/record/all-keys.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const NAMES = ["f1", "f2", "f3", "f4"];
const FILES = estate(functions(NAMES, WRITE_ORDERS + CALLED_BY_TOPIC));
/** The smallest possible limits: every change that counts is held. */
const LIMITS = { deletes: 0, changedCount: 0, changedShare: 0 };

describe("an attacker with a console", () => {
  let installation: Installation;

  beforeEach(async () => {
    installation = await Installation.start({ files: FILES, limits: LIMITS });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const attach = async (name: string): Promise<void> => {
    const { iam } = installation.consoleOf(PROD);
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf(name), PolicyArn: ADMINISTRATOR }));
  };
  const attached = (name: string): readonly string[] =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.attached ?? [];
  const inline = (name: string): string =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"] ?? "";

  test("keeps no gain from AdministratorAccess on one role", async () => {
    await attach("f1");

    await installation.settled();

    expect(attached("f1")).toEqual([]);
    await installation.until("an alert", () => installation.alerts.join().includes("AdministratorAccess"));
  });

  test("is recorded before the writes that revert it", async () => {
    await attach("f1");

    await installation.settled();

    const entries = await installation.entries();
    const found = entries.filter(
      (entry) => entry.kind === "drift-found" && entry.fields.includes("attachment-extra"),
    );
    const detach = entries.find(
      (entry) => entry.kind === "write-intended" && entry.call === "iam:DetachRolePolicy",
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.seq).toBeLessThan(detach?.seq ?? 0);
  });

  test("is one line of the history when found and another one, with the writes, when reverted", async () => {
    await attach("f1");

    await installation.settled();

    const entries = (await installation.entries()).toReversed() as unknown as readonly AuditEvent[];
    const rows = historyRows(entries, { accounts: new Map(), nowMs: Date.now() });
    const about = rows.filter(({ message }) => message.includes("AdministratorAccess"));
    expect(
      about.map(({ kind, message }) => `${kind} ${message.split(/ (?:in AWS|differs from Git): /)[1]}`),
    ).toEqual([
      'reverted - policy "AdministratorAccess"',
      "drift + AdministratorAccess attached to its role (escalation)",
    ]);
    expect(about[0]?.events.map(({ kind }) => kind)).toEqual([
      "drift-ended",
      "write-finished",
      "write-intended",
    ]);
  });

  test("keeps no gain from tampering with half of the estate at the same time", async () => {
    const half = NAMES.slice(0, 2);
    for (const name of half) await attach(name);

    await installation.settled();

    expect(half.flatMap(attached)).toEqual([]);
    expect(await installation.holds()).toEqual([]);
  });

  test("is not protected by an invalid manifest", async () => {
    await installation.push({ ...FILES, [fileOf("f1")]: "kind: [\n" });
    await installation.settled();
    await attach("f1");

    await installation.settled();

    expect(attached("f1")).toEqual([]);
    expect(await installation.condition(keyOf("f1"), "Ready")).toMatchObject({ reason: "ValidationFailed" });
  });

  test("is not protected by a plan that a limit holds", async () => {
    const before = inline("f1");
    await installation.push({ ...FILES, ...functions(NAMES, READ_ORDERS + CALLED_BY_TOPIC) });
    await installation.settled();
    const held = await installation.holds();
    await attach("f1");

    await installation.settled();

    expect(held).not.toEqual([]);
    expect(attached("f1")).toEqual([]);
    expect(inline("f1")).toBe(before);
  });

  test("is not protected by other suspended functions, which stay unchanged", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const scope = { accountId: null, namespace: null, key: keyOf("f2") };
    await installation.control.suspend({ scope, reason: "test", until }, "dana");
    await attach("f1");
    await attach("f2");

    await installation.settled();

    expect(attached("f1")).toEqual([]);
    expect(attached("f2")).toEqual([ADMINISTRATOR]);
  });

  test("can't keep a function open to anyone", async () => {
    const { lambda } = installation.consoleOf(PROD);
    const input = { FunctionName: "f1", StatementId: "x", Action: "lambda:InvokeFunction", Principal: "*" };
    await lambda.send(new AddPermissionCommand(input));

    await installation.settled();

    const policy =
      installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["f1"]?.policies["$LATEST"];
    expect(JSON.stringify(policy?.document)).not.toContain('"Principal":"*"');
    expect(JSON.stringify(policy?.document)).toContain("sns.amazonaws.com");
  });

  test("can't revoke a permission for long", async () => {
    const { iam } = installation.consoleOf(PROD);
    const before = inline("f1");
    await iam.send(new DeleteRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyName: "grantkeeper" }));

    await installation.settled();

    expect(inline("f1")).toBe(before);
  });

  test("is reverted each time, however often it escalates", async () => {
    for (let round = 0; round < 5; round += 1) {
      await attach("f1");
      await installation.settled();
    }

    expect(attached("f1")).toEqual([]);
  });

  test("gains nothing from a role recreated with our tags, until an operator deletes it", async () => {
    const { iam } = installation.consoleOf(PROD);
    const RoleName = roleNameOf("f1");
    const role = installation.world.accounts[PROD]?.iam.roles[RoleName];
    if (role === undefined) throw new Error("f1 has no role");
    const made = {
      RoleName,
      Path: role.path,
      AssumeRolePolicyDocument: role.trust,
      Tags: role.tags,
    };
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "grantkeeper" }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await iam.send(new CreateRoleCommand(made));

    await installation.settled();
    await installation.settled();

    expect(inline("f1")).toBe("");
    const record = (await allKeys(installation.store)).find(({ key }) => key === keyOf("f1"));
    expect(record?.status).toMatchObject({
      health: "Degraded",
      plan: { actions: 0, withheld: [expect.stringContaining("was deleted and made again")] },
    });

    await iam.send(new DeleteRoleCommand({ RoleName }));
    await installation.converge();

    expect(inline("f1")).not.toBe("");
  });

  test("does not make Grantkeeper remove a restriction: a Deny waits for an operator", async () => {
    const { iam } = installation.consoleOf(PROD);
    const statement = { Effect: "Deny", Action: "dynamodb:PutItem", Resource: "*" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const RoleName = roleNameOf("f1");
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "contain", PolicyDocument }));

    await installation.settled();

    const role = installation.world.accounts[PROD]?.iam.roles[RoleName];
    expect(role?.inline["contain"]).toBe(PolicyDocument);
    expect((await installation.holds()).map(({ keys }) => keys)).toEqual([[keyOf("f1")]]);

    await installation.approveAll();
    await installation.settled();

    expect(role?.inline["contain"]).toBeUndefined();
  });
});
