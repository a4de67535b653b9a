import { afterEach, describe, expect, test } from "@jest/globals";
import { ACCOUNT, accountOf } from "./aws-world.ts";
import {
  type Attached,
  BASE_ROLE,
  ControlWorld,
  deny,
  desiredWith,
  MANAGEMENT,
  PAYMENTS,
  PLATFORM,
  PROD,
} from "./control-world.ts";

let world: ControlWorld;
afterEach(() => world.aws.stop());

const SPARED = `{"ArnNotLike":{"aws:PrincipalArn":"${BASE_ROLE}"}}`;
const account = accountOf({ binder: null });
const outside = { Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } };
const ofEveryone = { Principal: "*" };

interface Policies {
  readonly service?: Attached | null;
  readonly resource?: Attached | null;
}

async function base(
  { service = null, resource = null }: Policies,
  baseRole: string | null = BASE_ROLE,
): Promise<readonly string[]> {
  world = await ControlWorld.start(service, resource);
  const lines = await world.lines(account, desiredWith(), baseRole);
  return lines.filter((line) => line.includes(" base "));
}

describe("that the base role may assume the roles", () => {
  test("is checked by the policies above its own account, and by those above the account of the roles", async () => {
    expect(await base({ service: {}, resource: {} })).toEqual([
      `passed base service control policies: 1 policy of r-d4e5, ${PLATFORM}, 999900001111: no call is denied`,
      `passed base resource control policies: 1 policy of r-d4e5, ${PROD}, ${PAYMENTS}, ${ACCOUNT}: no call is denied`,
    ]);
  });

  test("fails if a service control policy above its own account denies it", async () => {
    const [line] = await base({ service: { [PLATFORM]: [[deny("NoChains", "sts:AssumeRole")]] } });

    expect(line).toBe(
      `failed base service control policy p-platform0 "Policy 0": NoChains, attached to ${PLATFORM}, denies sts:AssumeRole on ${account.observer?.roleArn}, ${account.writer?.roleArn}; exclude the base role from the Deny: ${SPARED}`,
    );
  });

  test("does not depend on service control policies above the account of the roles", async () => {
    const lines = await base({ service: { [PROD]: [[deny("NoChains", "sts:AssumeRole")]] } });

    expect(lines).toEqual([expect.stringMatching(/^passed base service control policies/)]);
  });

  test("fails if a resource control policy above the account of the roles denies it", async () => {
    const lines = await base({ resource: { [PAYMENTS]: [[deny("Closed", "sts:*", ofEveryone)]] } });

    expect(lines.at(-1)).toMatch(
      /^failed base resource control policy p-payments0 "Policy 0": Closed, attached to ou-1234-payments, denies sts:AssumeRole, sts:TagSession on /,
    );
  });

  test.each([
    {
      more: outside,
      outcome: "passed",
      because: "the base role is in the organization that the policy spares",
    },
    {
      more: { Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-other" } } },
      outcome: "failed",
      because: "the policy spares another organization",
    },
    {
      more: { Condition: { StringNotEquals: { "sts:ExternalId": account.observer?.externalId } } },
      outcome: "failed",
      because: "the writer has another external id",
    },
    {
      more: { Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
      outcome: "warning",
      because: "the address of the process is not known",
    },
    {
      more: { Condition: { BoolIfExists: { "aws:PrincipalIsAWSService": "true" } } },
      outcome: "passed",
      because: "the base role is no service",
    },
  ])("$outcome by a resource control policy, since $because", async ({ more, outcome }) => {
    const statement = deny("Perimeter", "sts:AssumeRole", { ...ofEveryone, ...more });
    const lines = await base({ resource: { "r-d4e5": [[statement]] } });

    expect(lines.at(-1)?.split(" ", 1)).toEqual([outcome]);
  });

  test("is not checked without a base role in the configuration, and shows so", async () => {
    expect(await base({ service: {}, resource: {} }, null)).toEqual([
      "not-checked base control policies: bootstrap.baseRole does not name the base role of this partition",
    ]);
  });

  test("is not checked above an account of another organization, and shows so", async () => {
    const lines = await base({ service: {} }, "arn:aws:iam::300000000003:role/grantkeeper-base");

    expect(lines).toEqual([
      "not-checked base service control policies: not read: account 300000000003 is in no organization that the reader of an AccountSet can read",
    ]);
  });

  test("has nothing to check in the management account, whose principals no policy limits", async () => {
    expect(await base({ service: {} }, `arn:aws:iam::${MANAGEMENT}:role/grantkeeper-base`)).toEqual([]);
  });

  test("is not checked by resource control policies that the reader may not read, and the others are", async () => {
    world = await ControlWorld.start({}, {});
    const message = "User: x is not authorized to perform: organizations:DescribePolicy";
    world.aws.simulator.addFault({
      operation: "DescribePolicy",
      times: 9,
      resourceIncludes: "p-RCPFullAWSAccess",
      kind: { kind: "error", code: "AccessDeniedException", message, status: 400 },
    });

    const lines = await world.lines(account, desiredWith(), BASE_ROLE);

    expect(lines.map((line) => line.split(":", 1)[0])).toEqual([
      "passed observer service control policies",
      "passed writer service control policies",
      "passed base service control policies",
      "not-checked base resource control policies",
    ]);
    expect(lines.at(-1)).toContain("not read: organizations:DescribePolicy");
  });
});
