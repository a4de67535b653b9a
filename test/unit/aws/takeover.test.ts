import { describe, expect, test } from "@jest/globals";
import type { OwnFacts } from "../../../src/aws/own/facts.ts";
import { ownPolicy } from "../../../src/aws/own/policies.ts";
import { accessRequest } from "../../../src/iam/evaluate/request.ts";
import { EXAMPLE } from "../../../tools/pages/permissions.ts";
import { decisionOf, policyIn, policyText } from "../../support/policies/own-policies.ts";

const ACCOUNT = EXAMPLE.accountId;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/other-team`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/gk_other_team`;
const [OUR_BOUNDARY = ""] = EXAMPLE.boundaries;
const INSTANCE = "grantkeeper.dev/instance";
const OWNER = "grantkeeper.dev/owner";

/** The values that the writer's conditions test; "" for an absent tag or boundary. */
interface State {
  readonly instance: string;
  readonly owner: string;
  readonly boundary: string;
}

interface Call {
  readonly action: string;
  /** Tags that the call sets; the empty value removes the tag. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: string;
  readonly attaches?: string;
}

const ROLE_CALLS: readonly Call[] = [
  { action: "iam:TagRole", tags: { [INSTANCE]: "prod", [OWNER]: "thief/x" } },
  { action: "iam:TagRole", tags: { [INSTANCE]: "prod" } },
  { action: "iam:TagRole", tags: { [INSTANCE]: "prod", "cost-center": "1" } },
  { action: "iam:TagRole", tags: { "Grantkeeper.dev/Instance": "prod" } },
  { action: "iam:TagRole", tags: { [OWNER]: "thief/x" } },
  { action: "iam:TagRole", tags: { "cost-center": "1" } },
  { action: "iam:UntagRole", tags: { [INSTANCE]: "" } },
  { action: "iam:UntagRole", tags: { "GRANTKEEPER.DEV/INSTANCE": "" } },
  { action: "iam:UntagRole", tags: { [OWNER]: "" } },
  { action: "iam:UntagRole", tags: { "cost-center": "" } },
  { action: "iam:PutRolePermissionsBoundary", boundary: OUR_BOUNDARY },
  { action: "iam:DeleteRolePermissionsBoundary", boundary: "" },
  { action: "iam:UpdateAssumeRolePolicy" },
  { action: "iam:PutRolePolicy" },
  { action: "iam:DeleteRolePolicy" },
  { action: "iam:AttachRolePolicy", attaches: POLICY },
  { action: "iam:DetachRolePolicy", attaches: POLICY },
  { action: "iam:UpdateRole" },
  { action: "iam:DeleteRole" },
];

const POLICY_CALLS: readonly Call[] = [
  { action: "iam:TagPolicy", tags: { [INSTANCE]: "prod", [OWNER]: "thief/x" } },
  { action: "iam:TagPolicy", tags: { [INSTANCE]: "prod" } },
  { action: "iam:TagPolicy", tags: { [OWNER]: "thief/x" } },
  { action: "iam:UntagPolicy", tags: { [INSTANCE]: "" } },
  { action: "iam:UntagPolicy", tags: { "GRANTKEEPER.DEV/INSTANCE": "" } },
  { action: "iam:UntagPolicy", tags: { [OWNER]: "" } },
  { action: "iam:CreatePolicyVersion" },
  { action: "iam:SetDefaultPolicyVersion" },
  { action: "iam:DeletePolicyVersion" },
  { action: "iam:DeletePolicy" },
];

describe("the writer of instance prod, in any number of calls", () => {
  test.each([
    { because: "with the boundary of prod", state: { boundary: OUR_BOUNDARY } },
    { because: "with another boundary", state: { boundary: `arn:aws:iam::${ACCOUNT}:policy/theirs` } },
    { because: "without a boundary", state: { boundary: "" } },
    { because: "without an owner tag", state: { boundary: OUR_BOUNDARY, owner: "" } },
  ])("changes nothing of a role of instance test, $because", ({ state }) => {
    const start = { instance: "test", owner: "search/index", ...state };

    expect(possible(ROLE, ROLE_CALLS, start)).toEqual([]);
  });

  test("changes nothing of a policy of instance test", () => {
    const start = { instance: "test", owner: "search/index", boundary: "" };

    expect(possible(POLICY, POLICY_CALLS, start)).toEqual([]);
  });

  test.each([
    { because: "its owner tag is gone", state: { instance: "prod", owner: "" } },
    { because: "its instance tag is gone", state: { instance: "", owner: "orders/api" } },
    { because: "both tags are gone", state: { instance: "", owner: "" } },
  ])("repairs a role of its own: $because", ({ state }) => {
    const repaired = possible(ROLE, ROLE_CALLS, { ...state, boundary: OUR_BOUNDARY });

    expect(repaired).toContain("iam:TagRole grantkeeper.dev/instance,grantkeeper.dev/owner");
  });

  test("never takes over one of Grantkeeper's own roles, under any path", () => {
    const inPath = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}`;
    const roles = ["observer", "writer", "binder"].map(inPath);
    const facts: OwnFacts = { ...EXAMPLE, roles, baseRole: inPath("base") };
    const start = { instance: "", owner: "", boundary: "" };

    expect([...roles, facts.baseRole].flatMap((arn) => possible(arn, ROLE_CALLS, start, facts))).toEqual([]);
  });
});

/** The calls that the writer's policy allows from the start, or after calls that it allows; sorted. */
function possible(
  resource: string,
  calls: readonly Call[],
  start: State,
  facts: OwnFacts = EXAMPLE,
): readonly string[] {
  const policy = policyIn(ACCOUNT, "identity", policyText(ownPolicy("writer", facts)));
  const seen = new Set<string>();
  const allowed = new Set<string>();
  const next: State[] = [start];
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    if (seen.has(JSON.stringify(state))) continue;
    seen.add(JSON.stringify(state));
    for (const call of calls.filter((each) => isAllowed(each, resource, state, policy))) {
      allowed.add(`${call.action} ${Object.keys(call.tags ?? {}).join(",")}`);
      next.push(after(state, call));
    }
  }
  return [...allowed].sort();
}

function isAllowed(call: Call, resource: string, state: State, policy: ReturnType<typeof policyIn>): boolean {
  const caller = {
    kind: "role",
    accountId: ACCOUNT,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/writer`,
    sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/writer/gk-1`,
  } as const;
  const request = accessRequest({ caller, action: call.action, resource, context: contextOf(call, state) });
  return decisionOf(request, policy).kind === "allowed";
}

function contextOf({ tags = {}, boundary, attaches, action }: Call, state: State) {
  const isUntag = action.startsWith("iam:Untag");
  const requested = isUntag
    ? []
    : Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  const keys = Object.keys(tags);
  const present = {
    [`aws:ResourceTag/${INSTANCE}`]: state.instance,
    [`aws:ResourceTag/${OWNER}`]: state.owner,
    "iam:PermissionsBoundary": boundary ?? state.boundary,
    "iam:PolicyARN": attaches ?? "",
  };
  return {
    ...Object.fromEntries(Object.entries(present).filter(([, value]) => value !== "")),
    ...Object.fromEntries(requested),
    ...(keys.length > 0 && { "aws:TagKeys": keys }),
  };
}

/** Keys of a role's tags ignore case. */
function after(state: State, { tags = {}, boundary }: Call): State {
  const byKey = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
  return {
    instance: byKey.get(INSTANCE) ?? state.instance,
    owner: byKey.get(OWNER) ?? state.owner,
    boundary: boundary ?? state.boundary,
  };
}
