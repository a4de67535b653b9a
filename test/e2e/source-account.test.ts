import { UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, describe, expect, test } from "@jest/globals";
import { TRUST_DOCUMENT, trustText } from "../../src/iam/trust.ts";
import type { AccountId } from "../../src/model/aws/ids.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS, roleNameOf } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const FILES = estate(functions(["f1"], READ_ORDERS));
const REQUIRING = estate(
  functions(["f1"], READ_ORDERS),
  accountText("prod", PROD, "  requireSourceAccount: true\n"),
);
const NAMED = trustText({ sourceAccount: PROD as AccountId });

let installation: Installation;
afterEach(() => installation.stop());

const trustInAws = (): string | undefined =>
  installation.world.accounts[PROD]?.iam.roles[roleNameOf("f1")]?.trust;
const rulesOf = (): readonly string[] =>
  (installation.control.keyView(keyOf("f1"))?.liveRules.breaches ?? []).map(({ rule }) => rule);

async function suspended(between: () => Promise<void>): Promise<void> {
  const scope = { accountId: null, namespace: "orders", key: null };
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await installation.control.suspend({ scope, reason: "test", until }, "dana");
  await between();
  const [suspension] = (await installation.overview()).suspensions;
  await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "dana");
}

describe("an account that requires its own id in the trust of every role", () => {
  test("changes existing roles, and a role that loses the condition breaks TRU-004 until it is restored", async () => {
    installation = await Installation.start({ files: FILES });
    await installation.converge();
    expect(trustInAws()).toBe(TRUST_DOCUMENT);

    await installation.push(REQUIRING);
    await installation.settled();
    expect(trustInAws()).toBe(NAMED);
    const writes = installation.writes().length;
    await installation.look();
    expect(installation.writes()).toHaveLength(writes);

    await suspended(async () => {
      const { iam } = installation.consoleOf(PROD);
      await iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: roleNameOf("f1"), PolicyDocument: TRUST_DOCUMENT }),
      );
      await installation.settled();
      expect(rulesOf()).toEqual(["TRU-004"]);
    });
    await installation.settled();
    expect([trustInAws(), rulesOf()]).toEqual([NAMED, []]);
  });
});
