import { AttachRolePolicyCommand, DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import {
  estate,
  fileOf,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const FOREIGN = "999999999999";
const CALLED = `${READ_ORDERS}  invokedBy: [{account: {id: "${FOREIGN}"}}]\n`;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const filesWith = (spec: string, fences = ""): Files =>
  estate(functions(["f1"], spec), accountText("prod", PROD, fences));
const OPEN = `  callerAccounts: ["${FOREIGN}"]\n`;
const HOUR_MS = 3_600_000;
const later = (): string => new Date(Date.now() + HOUR_MS).toISOString();

let installation: Installation;
afterEach(() => installation.stop());

const policyOf = (name: string): string =>
  JSON.stringify(
    installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.policies["$LATEST"]?.document ??
      null,
  );
const roleOf = (name: string) => installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)];

describe("a team that claims a live function", () => {
  test.each([
    { caller: `account: {id: "${FOREIGN}"}`, because: "for a foreign account" },
    { caller: "organization: {id: o-theirs1234}", because: "for a foreign organization" },
    {
      caller: `functionUrl: {authType: iam, account: "${FOREIGN}"}`,
      because: "for the URL's callers of a foreign account",
    },
  ])("$because is refused, and AWS is untouched", async ({ caller }) => {
    const calm = filesWith(READ_ORDERS);
    const claim = functions(["victim"], `  invokedBy: [{${caller}}]\n`, "thieves");
    installation = await Installation.start({ files: calm, worldOf: { ...calm, ...claim } });
    await installation.converge();
    const before = [installation.writes().length, JSON.stringify(installation.world.accounts[PROD])];

    await installation.push({ ...calm, ...claim });
    await installation.settled();
    await installation.approveAll();
    await installation.settled();

    expect([installation.writes().length, JSON.stringify(installation.world.accounts[PROD])]).toEqual(before);
    expect(await installation.condition(keyOf("victim", "thieves"), "Ready")).toMatchObject({
      reason: "GuardrailRefused",
      message: expect.stringContaining("INV-004"),
    });
  });
});

/** What a rule refuses now was applied earlier, under a wider fence; then AWS lost a part of it and got an extra. */
describe("a state that was applied before its fence was narrowed", () => {
  beforeEach(async () => {
    installation = await Installation.start({ files: filesWith(CALLED, OPEN) });
    await installation.converge();
    if (!policyOf("f1").includes(FOREIGN)) throw new Error("the wide state was not applied");
  });

  const suspended = async (between: () => Promise<void>): Promise<void> => {
    const scope = { accountId: null, namespace: "orders", key: null };
    await installation.control.suspend({ scope, reason: "test", until: later() }, "dana");
    await between();
    const [suspension] = (await installation.overview()).suspensions;
    await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "dana");
  };

  /** The operator removes the caller and the permissions, and attaches a policy. */
  const tamper = async (): Promise<void> => {
    const { iam, lambda } = installation.consoleOf(PROD);
    const sid = /"Sid":"(gk_[^"]+)"/.exec(policyOf("f1"))?.[1] ?? "";
    await lambda.send(new RemovePermissionCommand({ FunctionName: "f1", StatementId: sid }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyName: "grantkeeper" }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyArn: ADMINISTRATOR }));
  };

  const narrow = (): Promise<string> => installation.push(filesWith(CALLED));

  test.each<{ path: string; act: () => Promise<void> }>([
    {
      path: "the loop",
      act: async () => {
        await narrow();
        await installation.settled();
        await tamper();
      },
    },
    {
      path: "an invalid manifest",
      act: async () => {
        await installation.push({ ...filesWith(CALLED), [fileOf("f1")]: "kind: [\n" });
        await installation.settled();
        await tamper();
      },
    },
    {
      path: "a restart",
      act: async () => {
        await narrow();
        await installation.settled();
        await tamper();
        await installation.restart();
      },
    },
    {
      path: "the end of a suspension",
      act: () =>
        suspended(async () => {
          await narrow();
          await installation.settled();
          await tamper();
          await installation.settled();
        }),
    },
  ])("is not restored by $path, but loses the extra", async ({ act }) => {
    await act();
    await installation.settled();
    await installation.approveAll();
    await installation.settled();

    expect(policyOf("f1")).not.toContain(FOREIGN);
    expect(roleOf("f1")?.inline["grantkeeper"]).toBeUndefined();
    expect(roleOf("f1")?.attached).toEqual([]);
  });

  test("is restored while no rule refuses it", async () => {
    await tamper();
    await installation.settled();

    expect(policyOf("f1")).toContain(FOREIGN);
    expect(roleOf("f1")?.inline["grantkeeper"]).toContain("dynamodb:GetItem");
    expect(roleOf("f1")?.attached).toEqual([]);
  });
});

describe("an approval that was given before a rule refused", () => {
  test("applies nothing", async () => {
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };
    installation = await Installation.start({ files: filesWith(READ_ORDERS, OPEN), limits });
    await installation.converge();
    await installation.push(filesWith(CALLED, OPEN));
    await installation.settled();
    const [hold] = await installation.holds();
    const scope = { accountId: null, namespace: "orders", key: null };
    await installation.control.suspend({ scope, reason: "test", until: later() }, "dana");
    const approved = await installation.control.approve(
      { subject: hold?.subject ?? "", reason: "test", forMs: HOUR_MS },
      "dana",
    );

    await installation.push(filesWith(CALLED));
    await installation.settled();
    const [suspension] = (await installation.overview()).suspensions;
    await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "dana");
    await installation.settled();

    expect(approved.kind).toBe("ok");
    expect(policyOf("f1")).not.toContain(FOREIGN);
  });
});
