import { CreateRoleCommand, DeleteRoleCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { TestClock } from "../support/fakes/test-clock.ts";

const PLAIN = estate(functions(["a"], READ_ORDERS));
const CALLED = (more = ""): string => `${READ_ORDERS}  invokedBy: [{s3: {bucket: uploads}}]\n${more}`;
const MANUAL = { FunctionName: "a", StatementId: "manual" };
const MINUTE_MS = 60_000;

describe("a write that AWS refuses", () => {
  let installation: Installation;
  let clock: TestClock;
  afterEach(() => installation.stop());

  async function start(files = PLAIN): Promise<void> {
    clock = new TestClock();
    installation = await Installation.start({ files, clock });
    await installation.converge();
  }

  /** A statement that someone adds by hand, for a role that is deleted afterwards. */
  async function addForDeletedRole(): Promise<void> {
    const { iam, lambda } = installation.consoleOf(PROD);
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    });
    await iam.send(new CreateRoleCommand({ RoleName: "batch", AssumeRolePolicyDocument }));
    const Principal = `arn:aws:iam::${PROD}:role/batch`;
    await lambda.send(new AddPermissionCommand({ ...MANUAL, Action: "lambda:InvokeFunction", Principal }));
    await iam.send(new DeleteRoleCommand({ RoleName: "batch" }));
  }

  const sids = (): readonly string[] => {
    const found = installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.policies["$LATEST"];
    const statements = (found?.document["Statement"] ?? []) as readonly { readonly Sid: string }[];
    return statements.map(({ Sid }) => Sid);
  };
  const inline = (): string =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")]?.inline["grantkeeper"] ?? "";
  const tries = (operation: string): number =>
    installation.writes().filter((call) => call.operation === operation).length;

  test("since another statement names a deleted role is explained, and goes on once that statement is removed", async () => {
    await start();
    await addForDeletedRole();
    await installation.push(estate(functions(["a"], CALLED())));
    installation.control.fetchSoon("test", [null]);
    const readyMessage = async () => (await installation.condition(keyOf("a"), "Ready"))?.message ?? "";
    await installation.until("AWS refuses", async () =>
      (await readyMessage()).includes("principal was invalid"),
    );

    const message = await readyMessage();
    expect(message).toMatch(/statement "manual" names AROA[A-Z0-9]+, which was deleted/);
    expect(message).toContain(
      "aws lambda remove-permission --region eu-west-1 --function-name a --statement-id manual",
    );

    await installation.consoleOf(PROD).lambda.send(new RemovePermissionCommand(MANUAL));
    await installation.settled();

    expect(sids()).toEqual([expect.stringMatching(/^gk_/)]);
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ status: "True" });
  });

  test("for a deleted role does not happen where the manifest lets that statement be removed first", async () => {
    await start();
    await addForDeletedRole();

    await installation.push(estate(functions(["a"], CALLED("  undeclaredCallers: remove\n"))));
    await installation.settled();

    expect(sids()).toEqual([expect.stringMatching(/^gk_/)]);
    expect(
      installation
        .writes()
        .slice(-2)
        .map(({ operation }) => operation),
    ).toEqual(["RemovePermission", "AddPermission"]);
  });

  test("with an unknown code is tried again every hour, without an operator", async () => {
    await start();
    const kind = { kind: "error", code: "NobodyKnowsThis", message: "no", status: 400 } as const;
    installation.simulator.addFault({ operation: "PutRolePolicy", kind });
    await installation.push(estate(functions(["a"], WRITE_ORDERS)));
    await installation.settled();
    expect(await installation.condition(keyOf("a"), "Stalled")).toMatchObject({ status: "True" });
    const before = tries("PutRolePolicy");

    clock.advance(59 * MINUTE_MS);
    await installation.look();
    expect(tries("PutRolePolicy")).toBe(before);

    clock.advance(2 * MINUTE_MS);
    await installation.look();
    expect(tries("PutRolePolicy")).toBe(before + 1);
    installation.simulator.clearFaults();
    clock.advance(61 * MINUTE_MS);
    await installation.settled();

    expect(inline()).toContain("PutItem");
    expect(await installation.condition(keyOf("a"), "Stalled")).toBeUndefined();
  });

  test("is tried again by the next sweep when the object in AWS changes", async () => {
    await start();
    const kind = { kind: "error", code: "LimitExceeded", message: "too long", status: 409 } as const;
    installation.simulator.addFault({ operation: "PutRolePolicy", kind });
    await installation.push(estate(functions(["a"], WRITE_ORDERS)));
    await installation.settled();
    installation.simulator.clearFaults();
    await installation.settled();
    expect(inline()).not.toContain("PutItem");

    const { lambda } = installation.consoleOf(PROD);
    const SourceArn = `arn:aws:sns:eu-west-1:${PROD}:nightly`;
    const source = { Principal: "sns.amazonaws.com", SourceArn };
    await lambda.send(new AddPermissionCommand({ ...MANUAL, Action: "lambda:InvokeFunction", ...source }));
    await installation.settled();

    expect(inline()).toContain("PutItem");
  });
});
