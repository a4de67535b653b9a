import { describe, expect, test } from "@jest/globals";
import { servicesInAws } from "../../../src/judge/live-rules.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import {
  ACCOUNT_ID,
  allow,
  binding,
  compiled,
  deny,
  documentOf,
  ORDERS_READ,
} from "../../support/pass/bindings.ts";
import { liveRoleOf } from "../../support/pass/live-state.ts";
import { actionData } from "../guard/judged.ts";
import {
  EVERYTHING,
  SEND,
  type InAws,
  accountOf,
  verdictsIn,
  PLAIN,
  inline,
  OWN,
  called,
} from "./live-accounts.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const ofFunction = (change: Readonly<Record<string, unknown>>) => ({
  Sid: "theirs",
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: PLAIN.functionArn,
  ...change,
});

describe("the rules that AWS breaks and Git does not", () => {
  test.each<{ because: string; live: InAws; state?: DesiredBinding; finds: readonly string[] | null }>([
    { because: "nothing differs: nothing is judged", live: {}, finds: null },
    { because: "a description grants nothing", live: { role: { description: "theirs" } }, finds: null },
    {
      because: "a statement that someone added to our inline policy; the declared one breaks nothing",
      live: { role: inline(["grantkeeper", documentOf(ORDERS_READ, SEND)]) },
      finds: ["RES-001 block"],
    },
    {
      because: "another inline policy",
      live: { role: inline(["grantkeeper", OWN], ["hotfix", documentOf(SEND)]) },
      finds: ["RES-001 block"],
    },
    {
      because: "the declared statement in another inline policy is as declared",
      live: { role: inline(["grantkeeper", OWN], ["copy", OWN]) },
      finds: [],
    },
    {
      because: "our inline policy was removed",
      live: { role: { inline: [] } },
      finds: [],
    },
    {
      because:
        "a document that is no document, and a statement that no one understands: nothing is concluded",
      live: {
        role: inline(
          ["grantkeeper", OWN],
          ["a", "{"],
          ["b", documentOf({ ...SEND, Extra: 1 } as never, { ...deny("*"), Extra: 1 } as never)],
        ),
      },
      finds: [
        expect.stringMatching(/^\(inline policy a is not understood: /) as unknown as string,
        '(a statement of inline policy b is not understood: unknown element "Extra")',
      ],
    },
    {
      because: "a foreign statement does not get the reason of the declared one by its Sid",
      state: binding({
        inline: {
          statements: compiled(allow("xray:PutTraceSegments", "*", "Tracing")).statements.map((one) => ({
            ...one,
            wildcardReason: "takes no resource",
          })),
        },
      }),
      live: {
        role: inline(
          ["grantkeeper", documentOf(allow("xray:PutTraceSegments", "*", "Tracing"))],
          ["hotfix", documentOf(allow("secretsmanager:GetSecretValue", "*", "Tracing"))],
        ),
      },
      finds: ["EXF-001 block", "RES-001 block"],
    },
    {
      because: "an AWS policy that allows everything: the escalation paths are one breach",
      live: { role: { attachments: [ADMINISTRATOR as Arn] }, awsManaged: { [ADMINISTRATOR]: EVERYTHING } },
      finds: expect.arrayContaining([
        "ACT-001 block",
        "ATT-001 block",
        "ESC-* block",
      ]) as unknown as readonly string[],
    },
    {
      because: "an attached policy that was not read may not be attached, and no more is known of it",
      live: { role: { attachments: [ADMINISTRATOR as Arn] } },
      finds: ["ATT-001 block", `(the document of ${ADMINISTRATOR} was not read)`],
    },
    {
      because: "the role has another boundary, or none",
      live: { role: { boundary: null } },
      finds: ["BND-001 block"],
    },
    {
      because: "someone else may assume the role",
      live: {
        role: {
          trust: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
            ],
          }),
        },
      },
      finds: ["TRU-001 block"],
    },
    {
      because: "a tag that the account does not list",
      live: { role: { tags: [...PLAIN.role.tags, { key: "team", value: "payments" }] } },
      finds: ["TAG-001 block"],
    },
    {
      because: "anyone may call",
      live: { found: called(ofFunction({ Principal: "*" })) },
      finds: ["INV-003 block"],
    },
    {
      because: "a caller that is left alone, since it opens the function to no one else",
      live: {
        found: called(
          ofFunction({
            Principal: { Service: "events.amazonaws.com" },
            Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT_ID}:rule/*` } },
          }),
        ),
      },
      finds: ["INV-005 warn"],
    },
    {
      because: "a Deny lets no one in, and a statement that no one understands is named",
      live: {
        found: called(ofFunction({ Effect: "Deny", Principal: "*", Action: "*" }), ofFunction({ Extra: 1 })),
      },
      finds: ['(a statement of the policy of orders-api is not understood: unknown element "Extra")'],
    },
    {
      because: "the function runs on another role, which allows everything",
      live: {
        found: { roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/legacy` as Arn },
        others: [
          liveRoleOf(binding({ name: "legacy", path: "/" }), {
            boundary: null,
            ...inline(["all", documentOf(allow("s3:*"), ORDERS_READ)]),
          }),
        ],
      },
      finds: expect.arrayContaining(["ACT-001 block", "BND-001 block"]) as unknown as readonly string[],
    },
    {
      because: "the function runs on a role that was not read",
      live: { found: { roleArn: "arn:aws:iam::999999999999:role/theirs" } },
      finds: ["(arn:aws:iam::999999999999:role/theirs, the role that the function runs on, was not read)"],
    },
  ])("$because", ({ live, state = PLAIN, finds }) => {
    expect(verdictsIn(accountOf(state, live), state)).toEqual(finds);
  });

  test("the services of statements in AWS are loaded besides those of Git", () => {
    const key = { judged: {} as never, states: [] };
    const state = binding({ inline: compiled(allow("glue:GetJob")) });
    const states = [{ state, trust: "", otherRole: null, unread: [] }];

    expect(servicesInAws([{ ...key, states }], { ...actionData, services: ["sqs"] })).toEqual([
      "glue",
      "sqs",
    ]);
  });
});
