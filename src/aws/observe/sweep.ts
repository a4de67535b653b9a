import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Region } from "../../model/aws/ids.ts";
import {
  type LiveAccount,
  type LivePolicy,
  type LiveRegion,
  type LiveRole,
  type Reading,
} from "../../model/live.ts";
import { inParallel, mapInParallel } from "../requests/in-parallel.ts";
import type { KnownQuotas } from "./account-quotas.ts";
import { attachedAwsManaged, type AwsManagedPolicies } from "./aws-managed.ts";
import { unknownBecause } from "./failure.ts";
import { listFunctions, functionReadsIn, completeFunction } from "./functions.ts";
import { joinRoles, leftOut, listDetails, listRoles, type Detail } from "./iam-listing.ts";
import { withAttributes, type PolicyAttributes } from "./policy-attributes.ts";
import { completedRole, readRole } from "./read-role.ts";
import type { PolicyFromDetails } from "./project-policy.ts";
import type { AccountReader } from "./reader.ts";
import { readRoleStacks } from "./role-stacks.ts";
import type { SweepRequest } from "../../model/read-requests.ts";

export interface Caches {
  readonly awsManaged: AwsManagedPolicies;
  readonly policyAttributes: PolicyAttributes;
  readonly quotas: KnownQuotas;
}

const WIDTH = 8;
const NOT_REQUESTED = { kind: "unknown", reason: "not requested" } as const;

/**
 * Reads a complete account.
 * @throws AwsError if one of the account-wide listings fails
 */
export async function sweepAccount(
  reader: AccountReader,
  request: SweepRequest,
  context: { readonly caches: Caches; readonly observedAtMs: number },
): Promise<LiveAccount> {
  const { caches, observedAtMs } = context;
  const [iam, regions, quotas, roleStacks] = await Promise.all([
    sweepIam(reader, request, caches),
    mapInParallel(request.account.regions, WIDTH, (region) =>
      sweepRegion(reader, region, { request, observedAtMs }),
    ),
    request.freshQuotas ? caches.quotas.readFresh(reader) : caches.quotas.read(reader),
    readRoleStacks(reader, request.stackRoles ?? []),
  ]);
  return {
    accountId: request.account.id,
    observedAtMs,
    complete: true,
    ...iam,
    regions,
    quotas,
    ...(roleStacks.size > 0 && { roleStacks }),
  };
}

/** The roles and policies of the account. @throws AwsError if one of the listings fails */
export async function sweepIam(
  reader: AccountReader,
  request: Pick<SweepRequest, "roleNames" | "policies">,
  caches: Caches,
): Promise<Pick<LiveAccount, "roles" | "policies" | "awsManaged">> {
  const [details, listed] = await Promise.all([
    listDetails(reader, ["Role", "LocalManagedPolicy"]),
    listRoles(reader),
  ]);
  const roles = await completed(reader, joinRoles(details, listed), {
    names: request.roleNames,
    incomplete: details.flatMap((each) => (each.kind === "incomplete-role" ? each.role.name : [])),
  });
  // The listing never contains the attributes of a policy; they are read for requested policies only.
  const requested = new Set(request.policies);
  const awsManaged = [...attachedAwsManaged(roles.values()), ...request.policies.filter(isAwsManagedPolicy)];
  return {
    roles,
    policies: await policiesOf(details, (policy) =>
      requested.has(policy.arn)
        ? caches.policyAttributes.read(reader, policy)
        : withAttributes(policy, NOT_REQUESTED),
    ),
    awsManaged: await caches.awsManaged.read(reader, awsManaged),
  };
}

/** Completes managed roles with the fields that the listings omit, by separate calls for each role. */
async function completed(
  reader: AccountReader,
  roles: ReadonlyMap<string, Reading<LiveRole>>,
  wanted: { readonly names: readonly string[]; readonly incomplete: readonly string[] },
): Promise<ReadonlyMap<string, Reading<LiveRole>>> {
  const incomplete = new Map(wanted.incomplete.map((name) => [name.toLowerCase(), name]));
  const names = new Set(wanted.names.map((name) => name.toLowerCase()));
  const listed = [...roles].filter(([name]) => names.has(name));
  const readings = await inParallel(listed, WIDTH, async ([name, role]) => {
    const spelt = incomplete.get(name);
    if (spelt !== undefined) return [name, await readRole(reader, spelt)] as const;
    return [name, role.kind === "present" ? await completedRole(reader, role.value) : role] as const;
  });
  return new Map([...roles, ...readings]);
}

async function policiesOf(
  details: readonly Detail[],
  complete: (policy: PolicyFromDetails) => LivePolicy | Promise<LivePolicy>,
): Promise<ReadonlyMap<string, Reading<LivePolicy>>> {
  const listed = details.filter((each) => "policy" in each);
  const readings = await inParallel(listed, WIDTH, async (each) => {
    const { arn } = each.policy;
    if (each.kind === "incomplete-policy")
      return [arn, leftOut(`policy ${arn}`, each.policy.missing)] as const;
    return [arn, { kind: "present", value: await complete(each.policy) }] as const;
  });
  return new Map<string, Reading<LivePolicy>>(readings);
}

/** A failure is a state of that region only: the other regions are read. */
async function sweepRegion(
  reader: AccountReader,
  region: Region,
  { request, observedAtMs }: { readonly request: SweepRequest; readonly observedAtMs: number },
): Promise<LiveRegion> {
  try {
    const functionReads = new Map(
      functionReadsIn(region, request.functions).map((each) => [each.functionName, each]),
    );
    const listed = await listFunctions(reader, region, request.everyVersion);
    const functions = await inParallel(listed, WIDTH, (each) =>
      completeFunction(reader, each, { region, wanted: functionReads.get(each.found.name), observedAtMs }),
    );
    return {
      kind: "read",
      functions: new Map(functions.map((each) => [each.name, each])),
      complete: true,
      absentFunctions: new Set(),
    };
  } catch (cause) {
    return failedRegion(cause);
  }
}

function failedRegion(cause: unknown): LiveRegion {
  const { reason } = unknownBecause(cause);
  return { kind: isOff(cause) ? "off" : "failed", reason };
}

/** A region that the account has not enabled rejects all tokens of the account, for every identity. */
function isOff(cause: unknown): boolean {
  if (!(cause instanceof AwsError)) return false;
  const { disposition, denial } = cause.facts;
  return disposition.kind === "circuit" && disposition.scope === "region" && denial === undefined;
}
