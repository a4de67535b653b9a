import { afterEach, describe, expect, test } from "@jest/globals";
import { serviceControlStatements } from "../../../src/aws/own/service-control.ts";
import type { Desired, DesiredAccount } from "../../../src/model/desired.ts";
import type { OrganizationState } from "../../../src/simulator/organizations/state.ts";
import { addMember } from "../../../src/simulator/world.ts";
import { binding } from "../../support/pass/bindings.ts";
import { ACCOUNT, accountOf, arn, never } from "./aws-world.ts";
import {
  type Attached,
  ControlWorld,
  deny,
  desiredWith as desired,
  MANAGEMENT,
  PAYMENTS,
  PROD,
  setOf,
} from "./control-world.ts";

let world: ControlWorld;
afterEach(() => world.aws.stop());

async function start(attached: Attached | null): Promise<void> {
  world = await ControlWorld.start(attached);
}

function organization(): OrganizationState {
  return world.organization;
}

/** Of the account's own identities. */
async function lines(account?: DesiredAccount, manifests?: Desired): Promise<readonly string[]> {
  return (await world.lines(account, manifests)).filter((line) => !line.includes(" base "));
}

const PASSED = [
  `passed observer service control policies: 1 policy of r-d4e5, ${PROD}, ${PAYMENTS}, ${ACCOUNT}: no call is denied`,
  `passed writer service control policies: 1 policy of r-d4e5, ${PROD}, ${PAYMENTS}, ${ACCOUNT}: no call is denied`,
];

describe("service control policies above an account", () => {
  test("that allow everything deny no call", async () => {
    await start({});

    expect(await lines()).toEqual(PASSED);
  });

  test("are each read once for all accounts", async () => {
    await start({});
    addMember(organization(), { id: "200000000002", name: "Shop", parentId: PAYMENTS });
    const accounts = [accountOf(), accountOf({ id: "200000000002" as never })];

    await world.aws.aws.serviceControl({ accounts, desired: desired(), baseRole: null }, never());

    expect(world.aws.reads()).toEqual({
      "organizations:ListAccounts": 1,
      "organizations:ListParents": 4,
      "organizations:ListPoliciesForTarget": 10,
      "organizations:DescribePolicy": 1,
    });
  });

  test("name the statement that denies half of the reads, with the role to exclude", async () => {
    await start({ [PROD]: [[deny("NoLambda", ["lambda:Get*", "lambda:List*"])]] });

    expect(await lines()).toEqual([
      `failed observer service control policy p-prod00000 "Policy 0": NoLambda, attached to ${PROD}, denies lambda:GetFunctionConfiguration, lambda:GetPolicy, lambda:ListAliases, lambda:ListEventSourceMappings, lambda:ListFunctionEventInvokeConfigs, lambda:ListFunctions, lambda:ListVersionsByFunction; exclude the observer from the Deny: {"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/grantkeeper-system/observer"}}`,
      expect.stringMatching(/^passed writer service control policies: 2 policies of /),
    ]);
  });

  test("name the region of a Deny, and no region where all are denied", async () => {
    await start({
      "r-d4e5": [
        [
          deny("Regions", "lambda:*", {
            Condition: { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
          }),
        ],
      ],
    });
    const account = accountOf({ regions: ["eu-west-1", "us-east-1"] as never, writer: null, binder: null });

    expect((await lines(account))[0]).toMatch(/Regions, attached to r-d4e5, denies .* in us-east-1; exclude/);
  });

  test("warn of a Deny that depends on what is not known", async () => {
    await start({
      [ACCOUNT]: [
        [deny("Tagged", "iam:GetRole", { Condition: { StringNotEquals: { "aws:PrincipalTag/team": "x" } } })],
      ],
    });

    expect((await lines())[0]).toMatch(
      /^warning observer .*: Tagged, attached to 111122223333, may deny iam:GetRole: it depends on aws:PrincipalTag\/team; exclude the observer/,
    );
  });

  test("warn where only deletes are denied, which a platform may want", async () => {
    await start({ [ACCOUNT]: [[deny("Keep", ["iam:DeleteRole", "iam:DeletePolicy"])]] });

    expect((await lines())[1]).toMatch(/^warning writer .* denies iam:DeletePolicy, iam:DeleteRole; /);
  });

  test("deny what no policy of one level allows", async () => {
    await start({});
    organization().serviceControl = {
      policies: {
        "p-narrow00": {
          id: "p-narrow00",
          name: "narrow",
          content: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "lambda:*", Resource: "*" }],
          }),
        },
      },
      attached: { [PAYMENTS]: ["p-narrow00"] },
    };

    expect((await lines())[0]).toMatch(
      /^failed observer service control policies of ou-1234-payments: none of p-narrow00 "narrow" allows events:ListEventBuses, events:ListRuleNamesByTarget, iam:GenerateServiceLastAccessedDetails, iam:GetAccountAuthorizationDetails, .*; allow it in a policy that is attached to ou-1234-payments$/,
    );
  });

  test("name the declared role that a Deny names, and no other", async () => {
    await start({
      [ACCOUNT]: [[deny("One", "iam:*Role*", { Resource: "arn:aws:iam::*:role/grantkeeper/orders-*" })]],
    });
    const role = (name: string) => {
      const roleArn = arn(`arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}`);
      const own = { ...binding(), accountId: ACCOUNT, role: { ...binding().role, arn: roleArn } };
      return [name, own] as never;
    };
    const bindings = new Map<never, never>([role("orders-api"), role("billing")]);

    const [line] = await lines(accountOf({ binder: null }), { ...desired(), bindings });

    expect(line).toMatch(
      /^failed observer .*: One, attached to 111122223333, denies iam:GetRole, .* on arn:aws:iam::111122223333:role\/grantkeeper\/orders-api; exclude/,
    );
  });

  test("are read by the reader that can, of several", async () => {
    await start({});
    const roleArn = arn(`arn:aws:iam::${MANAGEMENT}:role/gk/none`);
    const broken = { ...setOf(), name: "a", reader: { ...setOf().reader, roleArn } };

    expect(await lines(accountOf({ binder: null }), desired([broken, setOf()]))).toEqual(PASSED);
  });

  test("that Grantkeeper itself prints deny none of its calls", async () => {
    const system = `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system`;
    const own = serviceControlStatements({
      partition: "aws",
      roles: ["observer", "writer", "binder"].map((name) => `${system}/${name}`),
      writers: [`${system}/writer`],
      deployers: ["arn:aws:iam::*:role/deployer"],
    });
    await start({ "r-d4e5": [own] });

    expect((await lines(accountOf())).map((line) => line.split(" ", 2).join(" "))).toEqual([
      "passed observer",
      "passed writer",
      "passed binder",
    ]);
  });

  test("do not apply to the management account", async () => {
    await start({ "r-d4e5": [[deny("All", "*")]] });

    expect(await lines(accountOf({ id: MANAGEMENT as never }))).toEqual([
      "passed reader service control policies: they do not apply to the management account of an organization",
    ]);
  });

  test("do not exist where the type is not enabled", async () => {
    await start(null);

    expect(await lines()).toEqual([
      "passed reader service control policies: none is attached: the type is not enabled",
    ]);
  });
});

describe("service control policies that cannot be read", () => {
  test.each(["ListParents", "ListPoliciesForTarget", "DescribePolicy"])(
    "are not checked if the reader may not make %s",
    async (operation) => {
      await start({});
      const action = `organizations:${operation}`;
      const message = `User: x is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
      world.aws.simulator.addFault({
        operation,
        times: 9,
        kind: { kind: "error", code: "AccessDeniedException", message, status: 400 },
      });

      const [line, ...more] = await lines();
      expect(more).toEqual([]);
      expect(line).toMatch(/^not-checked reader service control policies: not read: organizations:/);
      expect(line).toContain(`add to the policy of the reader: {"Effect":"Allow","Action":"${action}"`);
    },
  );

  test("are not checked without a reader", async () => {
    await start({});

    expect(await lines(accountOf(), desired([]))).toEqual([
      "not-checked reader service control policies: not read: no AccountSet names a reader of the organization; a call that one of them denies is AccessDenied",
    ]);
  });

  test("are not checked for an account of another organization", async () => {
    await start({});

    expect(await lines(accountOf({ id: "300000000003" as never }))).toEqual([
      "not-checked reader service control policies: not read: the account is in no organization that the reader of an AccountSet can read",
    ]);
  });

  test("are not checked if one level has none, which AWS does not allow", async () => {
    await start({});
    organization().serviceControl = { policies: {}, attached: { [PROD]: [] } };

    expect((await lines())[0]).toMatch(/^not-checked .*the answer lacks the policies of ou-1234-prod0000/);
  });
});
