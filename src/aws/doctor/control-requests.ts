import { parseCaller } from "../../iam/evaluate/caller.ts";
import { accessRequest, type AccessRequest } from "../../iam/evaluate/request.ts";
import { arnParts, isPolicyArn, roleInArn } from "../../model/aws/arn.ts";
import { homeRegionOf } from "../../model/aws/endpoints.ts";
import type { OwnIdentity } from "../../model/aws/own-roles.ts";
import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { requiredPermissions } from "../calls/permissions.ts";
import type { ServiceControl } from "../organizations/service-control.ts";

/** One permission that a call of ours needs, on one object. */
export interface ControlRequest {
  readonly request: AccessRequest;
  /** Null if the call does not depend on a region. */
  readonly region: string | null;
  /** Null: it is an example of any object, or the action takes none. */
  readonly object: string | null;
}

/** ARNs of what manifests declare in one account. */
export interface DeclaredObjects {
  readonly roles: readonly string[];
  readonly policies: readonly string[];
  readonly functions: readonly string[];
}

export function declaredObjects({ bindings, policies }: Desired, accountId: string): DeclaredObjects {
  const here = [...bindings.values()].filter((binding) => binding.accountId === accountId);
  const attached = [...policies.values()].filter(
    (policy) => policy.accountId === accountId && policy.use === "attach",
  );
  return {
    roles: [...new Set(here.map(({ role }) => role.arn))].sort(),
    policies: attached.map(({ arn }) => arn).sort(),
    functions: [...new Set(here.map(({ functionArn }) => functionArn))].sort(),
  };
}

interface ControlSubject {
  readonly account: DesiredAccount;
  readonly control: ServiceControl;
  readonly objects: DeclaredObjects;
}

/** No object has this name: what is true of it is true of all objects that no policy names. */
const EXAMPLE = "grantkeeper-doctor";

/** Every call of the identity: first on an example, then on each object that manifests declare. */
export function controlRequests(identity: OwnIdentity, subject: ControlSubject): readonly ControlRequest[] {
  const actions = new Map(requiredPermissions(identity).map((one) => [one.action, one.resource]));
  return [...actions].flatMap(([action, resource]) =>
    regionsOf(action, subject.account).flatMap((region) => {
      const request = (on: string): AccessRequest => requestOf({ identity, action, on, region }, subject);
      const [example, declared] = resourcesOf(resource, region, subject);
      return [
        { request: request(example), region, object: null },
        ...declared.map((object) => ({ request: request(object), region, object })),
      ];
    }),
  );
}

function regionsOf(action: string, { regions }: DesiredAccount): readonly (string | null)[] {
  return action.startsWith("lambda:") ? regions : [null];
}

/** An example of what the permission is for, and what manifests declare of it. */
function resourcesOf(
  resource: string,
  region: string | null,
  { account: { partition, id }, objects }: ControlSubject,
): readonly [example: string, declared: readonly string[]] {
  if (resource === "*") return ["*", []];
  const iam = `arn:${partition}:iam::${id}`;
  if (roleInArn(resource) !== null) return [`${iam}:role/grantkeeper/${EXAMPLE}`, objects.roles];
  if (isPolicyArn(resource)) return [`${iam}:policy/grantkeeper/${EXAMPLE}`, objects.policies];
  const functions = `arn:${partition}:lambda:${region ?? ""}:${id}:function:`;
  return [`${functions}${EXAMPLE}`, objects.functions.filter((arn) => arn.startsWith(functions))];
}

interface CheckedCall {
  readonly identity: OwnIdentity;
  readonly action: string;
  readonly on: string;
  readonly region: string | null;
}

/** With the keys that are known of every call of ours; one with an empty list is not in it. */
function requestOf(
  { identity, action, on, region }: CheckedCall,
  { account, control }: ControlSubject,
): AccessRequest {
  const caller = parseCaller(account[identity]?.roleArn ?? "");
  if (caller.kind === "err") throw new Error(`account ${account.name}: the ${identity} ${caller.error}`);
  const { organization } = control;
  const resourceAccount = on === "*" ? account.id : arnParts(on).accountId;
  return accessRequest({
    caller: caller.value,
    action,
    resource: on,
    resourceAccount,
    context: {
      ...DIRECT_CALL,
      ...(action === "iam:PassRole" ? PASSED_TO_LAMBDA : requestedRegion(region, account)),
      "aws:PrincipalOrgID": organization,
      "aws:PrincipalOrgPaths": [organizationPath(control)],
      "aws:ResourceOrgID": organization,
    },
  });
}

/** `o-a1b2c3d4e5/r-d4e5/ou-d4e5-prod/`: the root and the units above the account. */
export function organizationPath({ organization, levels }: ServiceControl): string {
  const units = levels.slice(0, -1).map(({ id }) => id);
  return `${[organization, ...units].join("/")}/`;
}

/** By a role's session, with its own credentials, and through no other service. */
export const DIRECT_CALL = {
  "aws:CalledVia": [],
  "aws:CalledViaFirst": [],
  "aws:CalledViaLast": [],
  "aws:PrincipalServiceName": [],
  "aws:PrincipalServiceNamesList": [],
  "aws:SourceAccount": [],
  "aws:SourceArn": [],
  "aws:SourceOrgID": [],
  "aws:SourceOrgPaths": [],
  "aws:ViaAWSService": "false",
  "aws:username": [],
};

/** Its region is not documented. */
const PASSED_TO_LAMBDA = { "iam:PassedToService": "lambda.amazonaws.com" };

function requestedRegion(region: string | null, { partition }: DesiredAccount): Record<string, string> {
  return { "aws:RequestedRegion": region ?? homeRegionOf(partition) };
}
