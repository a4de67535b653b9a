import type { ListedActions } from "../../iam/risk/listed-action.ts";
import { CREDENTIAL, EXFILTRATION, EXPOSURE, TAMPER } from "../../iam/risk/lists.ts";
import { INSTANCE_TAG } from "../../model/aws/tag.ts";

/** Whose identities are examined. */
export interface WorstCaseSubject {
  readonly partition: string;
  readonly accountId: string;
  readonly instance: string;
  /** ARN of the account's default boundary; null: it has none. */
  readonly boundary: string | null;
}

/** Requests that use a capability. */
export interface Attack {
  readonly actions: readonly string[];
  /** The resource does not begin with this text; null: any resource. */
  readonly outside: string | null;
  /** By lower-case key. Of all other keys the attacker chooses the values. */
  readonly fixed: ReadonlyMap<string, FixedKey>;
}

/** What the requests of an attack have in common. */
export type FixedKey =
  | { readonly kind: "absent" }
  | { readonly kind: "is"; readonly value: string }
  | { readonly kind: "other-than"; readonly value: string };

export interface Capability {
  readonly id: string;
  readonly title: string;
  readonly attacks: readonly Attack[];
}

const ABSENT: FixedKey = { kind: "absent" };
const PRESENT: FixedKey = { kind: "other-than", value: "" };
const RESOURCE_TAG = `aws:resourcetag/${INSTANCE_TAG}`;
const BOUNDARY = "iam:permissionsboundary";
const ROLE_CHANGES = iam(
  "AttachRolePolicy DeleteRolePolicy DetachRolePolicy PutRolePolicy UpdateAssumeRolePolicy",
);
const POLICY_CHANGES = iam("CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion");
const OTHER_PRINCIPALS = iam(
  "AddUserToGroup AttachGroupPolicy AttachUserPolicy CreateUser PutGroupPolicy PutUserPolicy",
);

/** In the order of the screen: the worst first. */
export function capabilities(subject: WorstCaseSubject): readonly Capability[] {
  return [
    ...overPrincipals(subject),
    ...overFunctions(),
    ...overCallers(),
    ...overOwnership(subject),
    ...overData(),
  ];
}

function overPrincipals(subject: WorstCaseSubject): readonly Capability[] {
  const { roles, policies } = ourPaths(subject);
  const unowned = new Map([[RESOURCE_TAG, ABSENT]]);
  const unbounded = new Map([[BOUNDARY, ABSENT]]);
  const otherBoundary = otherThan(subject.boundary);
  return [
    {
      id: "become-another-principal",
      title: "become another principal",
      attacks: [
        attack([
          ...credentials((service) => service === "iam" || service === "sts"),
          ...iam("UpdateLoginProfile"),
        ]),
      ],
    },
    {
      id: "change-other-permissions",
      title: "change permissions of a role, user or policy that is not ours",
      attacks: [
        attack(ROLE_CHANGES, { outside: roles }),
        attack(POLICY_CHANGES, { outside: policies }),
        attack([...ROLE_CHANGES, ...POLICY_CHANGES], { fixed: unowned }),
        attack(OTHER_PRINCIPALS),
      ],
    },
    {
      id: "create-role-without-boundary",
      title: "create a role without a boundary, or change the permissions of one",
      attacks: [attack([...iam("CreateRole"), ...ROLE_CHANGES], { fixed: unbounded })],
    },
    {
      id: "change-boundaries",
      title: "remove or widen a boundary, or set another one than the account's default",
      attacks: [
        attack(iam("DeleteRolePermissionsBoundary DeleteUserPermissionsBoundary")),
        attack(iam("PutRolePermissionsBoundary"), { fixed: otherBoundary }),
        attack(iam("PutUserPermissionsBoundary")),
        attack(POLICY_CHANGES, { outside: policies }),
      ],
    },
    { id: "pass-roles", title: "pass a role to a service", attacks: [attack(iam("PassRole"))] },
  ];
}

/** In a call that sets a boundary the key has the new one. */
function otherThan(boundary: string | null): Attack["fixed"] {
  return new Map(boundary === null ? [] : [[BOUNDARY, { kind: "other-than", value: boundary }]]);
}

/** A layer is code. */
function overFunctions(): readonly Capability[] {
  const layer = new Map([["lambda:layer", PRESENT]]);
  return [
    {
      id: "change-function-code",
      title: "change the code of a function",
      attacks: [
        attack(lambda("CreateFunction PublishLayerVersion UpdateFunctionCode")),
        attack(lambda("UpdateFunctionConfiguration"), { fixed: layer }),
      ],
    },
    {
      id: "change-function-configuration",
      title: "change the configuration of a function",
      attacks: [
        attack(
          lambda(
            "CreateEventSourceMapping PutFunctionConcurrency PutFunctionEventInvokeConfig UpdateAlias UpdateEventSourceMapping UpdateFunctionConfiguration",
          ),
        ),
      ],
    },
  ];
}

/** The public is every principal, or a function URL without authentication. */
function overCallers(): readonly Capability[] {
  const everyone = keyIs("lambda:principal", "*");
  const openUrl = keyIs("lambda:functionurlauthtype", "NONE");
  const inherited = EXPOSURE.flatMap(({ actions }) => actions).filter(
    (action) => !/^(iam:|lambda:(AddPermission|RemovePermission)$)/.test(action),
  );
  return [
    {
      id: "invoke-functions",
      title: "invoke a function",
      attacks: [attack(lambda("InvokeAsync InvokeFunction InvokeFunctionUrl"))],
    },
    {
      id: "change-callers",
      title: "add or remove callers of a function",
      attacks: [attack(lambda("AddPermission RemovePermission"))],
    },
    {
      id: "open-to-the-public",
      title: "open a function or another resource to the public",
      attacks: [
        attack(lambda("AddPermission"), { fixed: everyone }),
        attack(lambda("AddPermission"), { fixed: openUrl }),
        attack([...lambda("CreateFunctionUrlConfig UpdateFunctionUrlConfig"), ...inherited]),
      ],
    },
  ];
}

function overOwnership({ instance }: WorstCaseSubject): readonly Capability[] {
  const others: FixedKey = { kind: "other-than", value: instance };
  const tagging = iam("TagPolicy TagRole");
  return [
    {
      id: "change-our-permissions",
      title: "change permissions of roles and policies of this instance",
      attacks: [attack([...ROLE_CHANGES, ...POLICY_CHANGES], { fixed: keyIs(RESOURCE_TAG, instance) })],
    },
    {
      id: "tag-as-ours",
      title: "tag a role or policy without an instance tag as ours",
      attacks: [attack(tagging, { fixed: new Map([[RESOURCE_TAG, ABSENT]]) })],
    },
    {
      id: "take-over-instance",
      title: "tag a role or policy of another instance",
      attacks: [attack(tagging, { fixed: new Map([[RESOURCE_TAG, others]]) })],
    },
  ];
}

function overData(): readonly Capability[] {
  const listed = EXFILTRATION.flatMap(({ actions }) => actions);
  return [
    {
      id: "read-code-and-secrets",
      title: "read code, secrets or data",
      attacks: [attack([...listed, ...credentials((service) => service !== "iam" && service !== "sts")])],
    },
    {
      id: "delete",
      title: "delete roles, policies, functions or data",
      attacks: [
        attack([
          ...iam("DeletePolicy DeleteRole DeleteUser"),
          ...lambda("DeleteFunction DeleteLayerVersion"),
          "dynamodb:DeleteTable",
          "s3:DeleteBucket",
          "s3:DeleteObject",
        ]),
      ],
    },
    {
      id: "tamper-with-trails",
      title: "tamper with audit trails and detection",
      attacks: [attack(TAMPER.flatMap(({ actions }: ListedActions) => actions))],
    },
  ];
}

function attack(actions: readonly string[], limits: Partial<Omit<Attack, "actions">> = {}): Attack {
  return { actions, outside: null, fixed: new Map(), ...limits };
}

function keyIs(key: string, value: string): Attack["fixed"] {
  return new Map([[key, { kind: "is", value }]]);
}

function credentials(isIncluded: (service: string) => boolean): readonly string[] {
  return CREDENTIAL.flatMap(({ actions }) => actions).filter((action) =>
    isIncluded(action.slice(0, action.indexOf(":"))),
  );
}

function iam(names: string): readonly string[] {
  return names.split(" ").map((name) => `iam:${name}`);
}

function lambda(names: string): readonly string[] {
  return names.split(" ").map((name) => `lambda:${name}`);
}

/** Every role and policy of Grantkeeper is below this path, and nothing else should be. */
function ourPaths({ partition, accountId }: WorstCaseSubject) {
  const at = (type: string): string => `arn:${partition}:iam::${accountId}:${type}/grantkeeper/`;
  return { roles: at("role"), policies: at("policy") };
}
