import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { judge } from "../../../src/judge/judge.ts";
import type { JudgeContext } from "../../../src/judge/inputs.ts";
import { judgeInAws, keysToJudgeInAws, servicesInAws } from "../../../src/judge/live-rules.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import type { LiveRules } from "../../../src/model/answers/live-rules.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding, DesiredPolicy, Waiver } from "../../../src/model/desired.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveRole } from "../../../src/model/live.ts";
import { complete } from "../../../src/model/values/steps.ts";
import {
  accountWith,
  ACCOUNT_ID,
  allow,
  appliedRecord,
  attachment,
  binding,
  BOUNDARY,
  caller,
  compiled,
  deny,
  documentOf,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  ORDERS_READ,
  ORIGIN,
  policy,
  presentPolicy,
} from "../../support/pass/bindings.ts";
import { passOf } from "../../support/pass/passes.ts";
import { actionData } from "../guard/judged.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const EVERYTHING = documentOf(allow("*"));
const SEND = allow("sqs:SendMessage");

interface InAws {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly awsManaged?: Readonly<Record<string, string>>;
  readonly boundary?: string;
  readonly others?: readonly LiveRole[];
}

function accountOf(state: DesiredBinding, { role, found, awsManaged = {}, boundary, others = [] }: InAws) {
  const parts = { role: liveRoleOf(state, role), found: liveFunctionOf(state, found), awsManaged };
  const live = accountWith({
    ...parts,
    ...(boundary === undefined ? {} : { policies: [livePolicyOf(BOUNDARY, [boundary])] }),
  });
  const roles = others.map((one) => [one.name.toLowerCase(), { kind: "present", value: one }] as const);
  return { ...live, roles: new Map([...live.roles, ...roles]) };
}

interface Given {
  readonly states?: readonly (DesiredBinding | DesiredPolicy)[];
  readonly waivers?: readonly Waiver[];
  readonly subject?: Subject;
  readonly record?: Partial<KeyRecord>;
}

/** What the rules find of the first state in AWS; null: it is not judged, since it has no difference that counts. */
function rulesIn(
  live: LiveAccount,
  state: DesiredBinding | DesiredPolicy,
  { states = [], waivers = [], subject, record = {} }: Given = {},
): LiveRules | null {
  const pass = passOf([state, ...states], { actionData });
  const context: JudgeContext = {
    ...pass,
    desired: { ...pass.desired, waivers },
    live,
    writes: recentWrites([]),
    nowMs: NOW_MS,
  };
  const known = appliedRecord(state, record);
  const judged = judge(context, [
    subject ?? { kind: "desired", key: state.key, record: known, desired: state },
  ]).judged;
  const keys = complete(
    keysToJudgeInAws(
      judged.map((one) => ({ judged: one, drifts: one.drifts })),
      context,
    ),
  );
  const [first] = keys;
  return first === undefined ? null : complete(complete(judgeInAws(keys, context))(first));
}

/** `RES-001 block`; in brackets what is not understood or was not read. */
function verdictsIn(...args: Parameters<typeof rulesIn>): readonly string[] | null {
  const found = rulesIn(...args);
  return (
    found && [
      ...found.breaches.map(({ rule, severity }) => `${rule} ${severity}`),
      ...found.unread.map((text) => `(${text})`),
    ]
  );
}

const PLAIN = binding();
const inline = (...documents: readonly (readonly [string, string])[]): Partial<LiveRole> => ({
  inline: documents.map(([name, text]) => ({ name, text })),
});
const OWN = documentOf(ORDERS_READ);
const ofFunction = (change: Readonly<Record<string, unknown>>) => ({
  Sid: "theirs",
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: PLAIN.functionArn,
  ...change,
});
const called = (...statements: readonly unknown[]): Partial<LiveFunction> => ({
  policies: new Map([["", presentPolicy(...statements)]]),
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

  const OPEN = binding({
    inline: compiled(SEND, allow("iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT_ID}:user/deploy`)),
  });

  test("what Git declares as well is not live drift, unless AWS has lost what limited it", () => {
    const closing = documentOf(allow(["sqs:*", "dynamodb:*"]));
    const drifted = { role: { tags: [...OPEN.role.tags, { key: "team", value: "a" }] } };

    expect(verdictsIn(accountOf(OPEN, { ...drifted, boundary: closing }), OPEN)).toEqual(["TAG-001 block"]);
    expect(verdictsIn(accountOf(OPEN, { role: { boundary: null }, boundary: closing }), OPEN)).toEqual([
      "BND-001 block",
      "ESC-* block",
    ]);
  });

  test("a waiver lifts what Git declares, and nothing that someone else added", () => {
    const waiver: Waiver = {
      name: "w",
      rule: "RES-001",
      binding: PLAIN.key,
      reason: "t",
      owner: "o",
      until: "2030-01-01T00:00:00Z",
      origin: ORIGIN,
    };
    const live = accountOf(PLAIN, { role: inline(["grantkeeper", OWN], ["hotfix", documentOf(SEND)]) });

    expect(verdictsIn(live, PLAIN, { waivers: [waiver] })).toEqual(["RES-001 block"]);
  });

  test("a declared caller that is missing leaves the others as they are", () => {
    const state = binding({}, { callers: [caller("uploads"), caller("archive")] });
    const [kept] = state.callers;

    expect(verdictsIn(accountOf(state, { found: called(kept?.statement) }), state)).toEqual([]);
  });

  test("a policy of Git that someone attached may be attached, and is judged as declared", () => {
    const audit = policy(compiled(ORDERS_READ));
    const { arn } = attachment("audit-read");
    const live = accountOf(PLAIN, { role: { attachments: [arn] } });

    expect(verdictsIn(live, PLAIN, { states: [audit] })).toEqual([]);
  });

  test("a detached policy takes its denials with it", () => {
    const denials = policy(compiled(deny("sqs:SendMessage")));
    const state = binding({ inline: compiled(ORDERS_READ), attachments: [attachment("audit-read")] });
    const live = accountOf(state, { role: { attachments: [] } });

    expect(verdictsIn(live, state, { states: [denials] })).toEqual([]);
  });

  test("a ManagedPolicy is judged as AWS has it, in the roles that attach it", () => {
    const audit = policy(compiled(ORDERS_READ));
    const user = binding({ attachments: [attachment("audit-read")] });
    const inAws = (text: string): LiveAccount =>
      accountWith({
        role: liveRoleOf(user),
        policies: [livePolicyOf(audit.arn, [text], { tags: { kind: "present", value: audit.tags } })],
      });

    expect(verdictsIn(inAws(documentOf(ORDERS_READ)), audit, { states: [user] })).toBeNull();
    expect(verdictsIn(inAws(EVERYTHING), audit, { states: [user] })).toEqual(
      expect.arrayContaining(["ACT-001 block", "ESC-* block"]),
    );
  });

  test("an invalid manifest: what AWS has apart from the last applied state", () => {
    const live = accountOf(PLAIN, { role: inline(["grantkeeper", OWN], ["hotfix", documentOf(SEND)]) });
    const record = appliedRecord(PLAIN);
    const invalid: Subject = { kind: "invalid", key: PLAIN.key, record, diagnostics: [] };

    expect(verdictsIn(live, PLAIN, { subject: invalid })).toEqual(["RES-001 block"]);
    expect(verdictsIn(live, PLAIN, { subject: { kind: "removed", key: PLAIN.key, record } })).toBeNull();
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
