import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import { seedConverged } from "../../demo/seed.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import type { InstallationOptions } from "../support/installation/installation-options.ts";
import { accountText } from "../support/manifests.ts";

const NAMES = ["a", "b", "c"];
const ACCOUNT_OBSERVES = accountText("prod", PROD).replace("mode: enforce", "mode: observe");
const SPEC = WRITE_ORDERS + CALLED_BY_TOPIC;

describe("in observe nothing is ever written", () => {
  let installation: Installation;
  afterEach(() => installation.stop());

  const table: readonly (Pick<InstallationOptions, "mode"> & {
    readonly account: string;
    readonly spec: string;
    readonly because: string;
  })[] = [
    { mode: "observe", account: accountText("prod", PROD), spec: SPEC, because: "the process observes" },
    { mode: "enforce", account: ACCOUNT_OBSERVES, spec: SPEC, because: "the account observes" },
    {
      mode: "enforce",
      account: accountText("prod", PROD),
      spec: `${SPEC}  mode: observe\n`,
      because: "the manifest observes",
    },
  ];

  test.each(table)("$because", async ({ mode, account, spec }) => {
    const files = estate(functions(NAMES, spec), account);
    installation = await Installation.start({
      files,
      mode: mode ?? "observe",
      seed: ({ world, desired }) => {
        const [first] = [...desired.bindings.values()];
        if (first !== undefined) seedConverged(world, first);
      },
    });
    await installation.settled();
    const { iam, lambda } = installation.consoleOf(PROD);
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyArn }));
    const open = { FunctionName: "a", StatementId: "x", Action: "lambda:InvokeFunction", Principal: "*" };
    await lambda.send(new AddPermissionCommand(open));
    await installation.settled();
    const changed = spec.replace(WRITE_ORDERS, READ_ORDERS);
    await installation.push(estate(functions(["a", "b"], changed), account));
    await installation.settled();
    await installation.approveAll();
    await installation.settled();

    expect(installation.writes()).toEqual([]);
    await installation.until("an alert", () => installation.alerts.join().includes("AdministratorAccess"));
  });
});
