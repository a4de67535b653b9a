import type { SweepRequest } from "../../controller/ports/live-state.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import { AwsError } from "../../model/aws-error.ts";
import type { Region } from "../../model/ids.ts";
import {
  DEFAULT_QUOTAS,
  type AccountQuotas,
  type LiveAccount,
  type LivePolicy,
  type LiveRegion,
  type LiveRole,
  type Reading,
} from "../../model/live.ts";
import { inParallel } from "../in-parallel.ts";
import { attachedAwsManaged, type AwsManagedPolicies } from "./aws-managed.ts";
import { unknownBecause } from "./failure.ts";
import { listFunctions, wishesIn, withWish } from "./functions.ts";
import { joinRoles, leftOut, listDetails, listRoles, readQuotas, type Detail } from "./iam-listing.ts";
import { withAttributes, type PolicyAttributes } from "./policy-attributes.ts";
import { completedRole, readRole } from "./read-role.ts";
import type { Reader } from "./reader.ts";

export interface Caches {
  readonly awsManaged: AwsManagedPolicies;
  readonly policyAttributes: PolicyAttributes;
}

const WIDTH = 8;
const NOT_ASKED = { kind: "unknown", reason: "not asked for" } as const;

/** One whole reading of an account. @throws AwsError when one of its own listings fails */
export async function sweepAccount(
  reader: Reader,
  request: SweepRequest,
  context: { readonly caches: Caches; readonly observedAtMs: number; readonly telemetry: Telemetry },
): Promise<LiveAccount> {
  const { caches, observedAtMs, telemetry } = context;
  const [iam, regions, quotas] = await Promise.all([
    sweepIam(reader, request, caches),
    inParallel(
      request.account.regions,
      WIDTH,
      async (region) => [region, await sweepRegion(reader, region, request)] as const,
    ),
    quotasOrDefaults(reader, telemetry),
  ]);
  return {
    accountId: request.account.id,
    observedAtMs,
    complete: true,
    ...iam,
    regions: new Map<Region, LiveRegion>(regions),
    quotas,
  };
}

async function sweepIam(
  reader: Reader,
  request: SweepRequest,
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
  const awsManaged = [...attachedAwsManaged(roles.values()), ...request.policies.filter(isAwsManagedPolicy)];
  return {
    roles,
    policies: await policiesOf(reader, details, request.policies, caches.policyAttributes),
    awsManaged: await caches.awsManaged.read(reader, awsManaged),
  };
}

/** Roles of ours with what the listings left out of them, each by calls of its own. */
async function completed(
  reader: Reader,
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

/** Of the policies that were asked for also what the listing never has. */
async function policiesOf(
  reader: Reader,
  details: readonly Detail[],
  wanted: readonly string[],
  attributes: PolicyAttributes,
): Promise<ReadonlyMap<string, Reading<LivePolicy>>> {
  const asked = new Set(wanted);
  const listed = details.filter((each) => "policy" in each);
  const readings = await inParallel(listed, WIDTH, async (each) => {
    const { arn } = each.policy;
    if (each.kind === "incomplete-policy")
      return [arn, leftOut(`policy ${arn}`, each.policy.missing)] as const;
    const value = asked.has(arn)
      ? await attributes.read(reader, each.policy)
      : withAttributes(each.policy, NOT_ASKED);
    return [arn, { kind: "present", value }] as const;
  });
  return new Map<string, Reading<LivePolicy>>(readings);
}

/** A region that fails is a state of that region: the others are read. */
async function sweepRegion(reader: Reader, region: Region, request: SweepRequest): Promise<LiveRegion> {
  try {
    const wishes = new Map(wishesIn(region, request.functions).map((wish) => [wish.functionName, wish]));
    const listed = await listFunctions(reader, region, request.everyVersion);
    const functions = await inParallel(listed, WIDTH, (each) =>
      withWish(reader, region, each, wishes.get(each.found.name)),
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

/** A region that the account has not switched on knows none of the account's tokens, whoever may call it. */
function isOff(cause: unknown): boolean {
  if (!(cause instanceof AwsError)) return false;
  const { disposition, denial } = cause.facts;
  return disposition.kind === "circuit" && disposition.scope === "region" && denial === undefined;
}

/** Quotas only make plans more exact: AWS's defaults are never larger than an account's own. */
async function quotasOrDefaults(reader: Reader, telemetry: Telemetry): Promise<AccountQuotas> {
  try {
    return await readQuotas(reader);
  } catch (cause) {
    telemetry.warn("quotas were not read, AWS's defaults count", {
      account: reader.account.name,
      reason: unknownBecause(cause).reason,
    });
    return DEFAULT_QUOTAS;
  }
}
