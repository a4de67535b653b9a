import { beforeEach, expect, test } from "@jest/globals";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  binding,
  compiled,
  deny,
  desiredAccount,
  documentOf,
  ORDERS_READ,
  policy,
} from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { statusOf } from "../../../support/pass/passes.ts";
import { MORE, ReconcileWorld } from "./reconcile-world.ts";
import { policyArn } from "../../../../src/model/aws/arn.ts";

let passes: ReconcileWorld;
beforeEach(() => {
  passes = new ReconcileWorld();
});

const DECLARED = binding();
const ROLE = liveRoleOf(DECLARED);
const READ = documentOf(allow("s3:GetObject", "arn:aws:s3:::drop/*"));
const OTHER = documentOf(allow("s3:PutObject", "arn:aws:s3:::drop/*"));
const DENIAL = documentOf(deny("*"));
const SHARED = policyArn(DECLARED, "/", "shared");
const AUDIT = policy(compiled(allow("s3:GetObject", "arn:aws:s3:::audit/*")));

interface Window {
  readonly call: string;
  readonly because: string;
  readonly states: readonly (DesiredBinding | DesiredPolicy)[];
  readonly live: LiveAccount;
  /** What another principal does between the read of the pass and the one before its writes. */
  readonly meanwhile: (live: LiveAccount) => LiveAccount;
}

const roleWith = (change: Partial<typeof ROLE>) =>
  accountWith({ role: { ...ROLE, ...change }, found: liveFunctionOf(DECLARED) });
const sharedAs = (text: string) => livePolicyOf(SHARED, [text]);
const inlineOf = (text: string) => ({ inline: [...ROLE.inline, { name: "drop", text }] });
const versions = (defaultVersionId: string) =>
  livePolicyOf(
    AUDIT.arn,
    [documentOf(allow("s3:*")), OTHER, READ, documentOf(allow("s3:GetObject", "arn:aws:s3:::audit/*"))],
    {
      defaultVersionId,
      tags: { kind: "present", value: AUDIT.tags },
    },
  );

const WINDOWS: readonly Window[] = [
  {
    call: "iam:DeleteRolePolicy",
    because: "an inline policy has another document under the same name",
    states: [DECLARED],
    live: roleWith(inlineOf(READ)),
    meanwhile: (live) => withRole(live, { ...ROLE, ...inlineOf(OTHER) }),
  },
  {
    call: "iam:PutRolePolicy",
    because: "the inline policy has another document than the one that is replaced",
    states: [MORE],
    live: roleWith({}),
    meanwhile: (live) =>
      withRole(live, {
        ...ROLE,
        inline: [
          {
            name: "grantkeeper",
            text: documentOf(ORDERS_READ, allow("s3:PutObject", "arn:aws:s3:::drop/*")),
          },
        ],
      }),
  },
  {
    call: "iam:UpdateAssumeRolePolicy",
    because: "the trust policy names another principal",
    states: [DECLARED],
    live: roleWith({ trust: trustOf("777788889999") }),
    meanwhile: (live) => withRole(live, { ...ROLE, trust: trustOf("666677778888") }),
  },
  {
    call: "iam:DetachRolePolicy",
    because: "the attached policy allows something else",
    states: [DECLARED],
    live: withPolicy(roleWith({ attachments: [SHARED] }), sharedAs(READ)),
    meanwhile: (live) => withPolicy(live, sharedAs(OTHER)),
  },
  {
    call: "iam:DetachRolePolicy",
    because: "the attached policy has become a restriction",
    states: [DECLARED],
    live: withPolicy(roleWith({ attachments: [SHARED] }), sharedAs(READ)),
    meanwhile: (live) => withPolicy(live, sharedAs(DENIAL)),
  },
  {
    call: "iam:SetDefaultPolicyVersion",
    because: "the policy has another default version",
    states: [AUDIT],
    live: accountWith({ policies: [versions("v1")] }),
    meanwhile: (live) => withPolicy(live, versions("v2")),
  },
];

function trustOf(account: string): string {
  return documentOf({
    ...allow("sts:AssumeRole"),
    Resource: undefined,
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  } as never);
}

async function run({ states, live, meanwhile }: Window, isChanged: boolean): Promise<readonly string[]> {
  passes.start(live);
  passes.remember(...states.map((state) => appliedRecord(state as DesiredBinding, { status: statusOf() })));
  const account = desiredAccount({ revertOtherMs: 0 });
  const read = passes.aws.read.bind(passes.aws);
  let isFirst = isChanged;
  passes.aws.read = (request) => {
    if (isFirst) passes.aws.live = meanwhile(passes.aws.live);
    isFirst = false;
    return read(request);
  };
  await passes.run(states, { account });
  return passes.aws.writes.map(({ call }) => call);
}

test.each(WINDOWS)("$call is made only on what was compared: not if $because", async (window) => {
  expect(await run(window, false)).toContain(window.call);

  passes = new ReconcileWorld();
  expect(await run(window, true)).toEqual([]);
});
