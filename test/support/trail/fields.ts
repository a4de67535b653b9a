import type { Arn } from "../../../src/model/aws/arn.ts";
import { liveRole, type LiveAccount, type LiveFunction, type LiveRole } from "../../../src/model/live.ts";
import type { DriftChange } from "../../../src/model/drift.ts";
import { OTHER_BOUNDARY, REGION } from "../pass/bindings.ts";
import { presentPolicy } from "../pass/live-state.ts";
import { withFunction, withRole } from "../pass/apply.ts";

export const ROLE_NAME = "a-eu-west-1";
export const FUNCTION_NAME = "a";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess" as Arn;
const OTHER_ROLE = "arn:aws:iam::111122223333:role/other" as Arn;
const document = (action: string): string =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${action}","Resource":"*"}]}`;
const trust = (action: string): string =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${action}","Principal":{"Service":"lambda.amazonaws.com"}}]}`;

export type FieldValue = string | null;

/** A part of the function or its role that principals change, with the call that sets it. */
export interface TrailField {
  readonly kinds: readonly DriftChange["kind"][];
  readonly values: readonly FieldValue[];
  readonly get: (live: LiveAccount) => FieldValue;
  readonly set: (live: LiveAccount, value: FieldValue) => LiveAccount;
  readonly call: (value: FieldValue) => readonly [name: string, parameters: object];
  /** Lambda's events do not prove the content of a statement. */
  readonly isOfLambda?: true;
}

function roleIn(live: LiveAccount): LiveRole {
  const found = liveRole(live, ROLE_NAME);
  if (found.kind !== "present") throw new Error("the role is missing");
  return found.value;
}

function functionIn(live: LiveAccount): LiveFunction {
  const region = live.regions.get(REGION);
  const found = region?.kind === "read" ? region.functions.get(FUNCTION_NAME) : undefined;
  if (found === undefined) throw new Error("the function is missing");
  return found;
}

const roleName = ROLE_NAME;
const changed = (live: LiveAccount, change: Partial<LiveRole>): LiveAccount =>
  withRole(live, { ...roleIn(live), ...change });

function inline(policyName: string, kinds: TrailField["kinds"], values: TrailField["values"]): TrailField {
  return {
    kinds,
    values,
    get: (live) => roleIn(live).inline.find(({ name }) => name === policyName)?.text ?? null,
    set: (live, value) => {
      const others = roleIn(live).inline.filter(({ name }) => name !== policyName);
      const own = value === null ? [] : [{ name: policyName, text: value }];
      return changed(live, { inline: [...others, ...own] });
    },
    call: (value) =>
      value === null
        ? ["DeleteRolePolicy", { roleName, policyName }]
        : ["PutRolePolicy", { roleName, policyName, policyDocument: value }],
  };
}

const ATTACHMENT: TrailField = {
  kinds: ["attachment-extra"],
  values: [null, ADMINISTRATOR],
  get: (live) => roleIn(live).attachments.find((arn) => arn === ADMINISTRATOR) ?? null,
  set: (live, value) => changed(live, { attachments: value === null ? [] : [ADMINISTRATOR] }),
  call: (value) => [
    value === null ? "DetachRolePolicy" : "AttachRolePolicy",
    { roleName, policyArn: ADMINISTRATOR },
  ],
};

const BOUNDARY: TrailField = {
  kinds: ["boundary"],
  values: [null, OTHER_BOUNDARY],
  get: (live) => roleIn(live).boundary,
  set: (live, value) => changed(live, { boundary: value as Arn | null }),
  call: (value) =>
    value === null
      ? ["DeleteRolePermissionsBoundary", { roleName }]
      : ["PutRolePermissionsBoundary", { roleName, permissionsBoundary: value }],
};

const TRUST: TrailField = {
  kinds: ["trust"],
  values: [trust("sts:TagSession"), trust("sts:SetSourceIdentity")],
  get: (live) => roleIn(live).trust,
  set: (live, value) => changed(live, { trust: value ?? "" }),
  call: (value) => ["UpdateAssumeRolePolicy", { roleName, policyDocument: value }],
};

const DESCRIPTION: TrailField = {
  kinds: ["description"],
  values: ["x", "y"],
  get: (live) => roleIn(live).description,
  set: (live, value) => changed(live, { description: value ?? "" }),
  call: (value) => ["UpdateRoleDescription", { roleName, description: value }],
};

const TAG: TrailField = {
  kinds: ["tag-extra", "tag-different", "tag-missing"],
  values: [null, "1", "2"],
  get: (live) => roleIn(live).tags.find(({ key }) => key === "cost-center")?.value ?? null,
  set: (live, value) => {
    const others = roleIn(live).tags.filter(({ key }) => key !== "cost-center");
    return changed(live, { tags: [...others, ...(value === null ? [] : [{ key: "cost-center", value }])] });
  },
  call: (value) =>
    value === null
      ? ["UntagRole", { roleName, tagKeys: ["cost-center"] }]
      : ["TagRole", { roleName, tags: [{ key: "cost-center", value }] }],
};

const PUBLIC = {
  Sid: "public",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: "*",
};
function statement(qualifier: string): TrailField {
  const named = qualifier === "" ? {} : { qualifier };
  return {
    kinds: ["statement-extra"],
    values: [null, "public"],
    isOfLambda: true,
    get: (live) => (functionIn(live).policies.get(qualifier)?.kind === "present" ? "public" : null),
    set: (live, value) => {
      const policies = new Map(functionIn(live).policies);
      policies.set(qualifier, value === null ? { kind: "absent" } : presentPolicy(PUBLIC));
      return withFunction(live, REGION, { ...functionIn(live), policies });
    },
    call: (value) => [
      value === null ? "RemovePermission20150331v2" : "AddPermission20150331v2",
      { functionName: FUNCTION_NAME, ...named, statementId: "public" },
    ],
  };
}

const FUNCTION_ROLE: TrailField = {
  kinds: ["function-role"],
  values: [OTHER_ROLE],
  isOfLambda: true,
  get: (live) => functionIn(live).roleArn,
  set: (live, value) => withFunction(live, REGION, { ...functionIn(live), roleArn: value as Arn }),
  call: (value) => ["UpdateFunctionConfiguration20150331v2", { functionName: FUNCTION_NAME, role: value }],
};

export const TRAIL_FIELDS: readonly TrailField[] = [
  ATTACHMENT,
  inline("extra", ["inline-extra"], [null, document("s3:GetObject"), document("sqs:SendMessage")]),
  inline("grantkeeper", ["inline"], [document("s3:PutObject"), document("s3:DeleteObject")]),
  BOUNDARY,
  TRUST,
  DESCRIPTION,
  TAG,
  statement(""),
  FUNCTION_ROLE,
];
