import type { Clock } from "../../controller/ports/clock.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { resultOf } from "../../model/values/result.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { AccountReader, type ReadPlace } from "./reader.ts";
import { sweepAccount, type Caches } from "./sweep.ts";
import type { SweepRequest, TargetedRequest } from "../../model/read-requests.ts";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import type { Region } from "../../model/aws/ids.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LivePolicy,
  type LiveRegion,
  type Reading,
} from "../../model/live.ts";
import { inParallel, mapInParallel } from "../requests/in-parallel.ts";
import { presenceOf, readingOf } from "./failure.ts";
import { functionReadsIn, completeFunction, type FunctionRead } from "./functions.ts";
import { leftOut, listDetails, type Detail } from "./iam-listing.ts";
import { functionFrom } from "./project-function.ts";
import { readRole } from "./read-role.ts";
import { readRoleStacks } from "./role-stacks.ts";
import { byText } from "../../text/order.ts";

export interface LiveStateParts {
  readonly gateway: AwsGateway;
  readonly caches: Caches;
  readonly clock: Clock;
}

export class AwsLiveState implements LiveState {
  readonly #parts: LiveStateParts;

  constructor(parts: LiveStateParts) {
    this.#parts = parts;
  }

  sweep(request: SweepRequest, signal: AbortSignal): ReturnType<LiveState["sweep"]> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    const place = { account: request.account, pass: request.pass, urgency: "background" } as const;
    const sweeping = this.#withAbort(place, signal, (reader) => sweepAccount(reader, request, context));
    return resultOf(sweeping, AwsError);
  }

  read(request: TargetedRequest, signal: AbortSignal): ReturnType<LiveState["read"]> {
    const context = { ...this.#parts, observedAtMs: this.#parts.clock.nowMs() };
    const { account, pass, urgency } = request;
    const place = { account, pass, ...(urgency && { urgency }) };
    const reading = this.#withAbort(place, signal, (reader) => readTargets(reader, request, context));
    return resultOf(reading, AwsError);
  }

  /** Reads run in parallel: if one of them fails the operation, the others are aborted. */
  async #withAbort<Value>(
    place: ReadPlace,
    signal: AbortSignal,
    work: (reader: AccountReader) => Promise<Value>,
  ): Promise<Value> {
    const failed = new AbortController();
    try {
      const reader = new AccountReader(this.#parts.gateway, place, AbortSignal.any([signal, failed.signal]));
      return await work(reader);
    } catch (cause) {
      failed.abort(cause);
      throw cause;
    }
  }
}

const WIDTH = 8;

/**
 * Reads the named objects from AWS, without a cache.
 * @throws AwsError if the credentials of the account fail
 */
async function readTargets(
  reader: AccountReader,
  request: TargetedRequest,
  context: { readonly caches: Caches; readonly observedAtMs: number },
): Promise<LiveAccount> {
  const { caches, observedAtMs } = context;
  const names = request.roleNames.map((name) => name.toLowerCase()).sort(byText);
  const regionNames = request.functions.map((each) => each.region).sort(byText);
  const customerArns = request.policyArns.filter((arn) => !isAwsManagedPolicy(arn));
  const [roles, policies, awsManaged, regions, roleStacks] = await Promise.all([
    mapInParallel(names, WIDTH, (name) => readRole(reader, nameAsAsked(name, request))),
    readPolicies(reader, customerArns, caches),
    caches.awsManaged.readFresh(reader, request.policyArns.filter(isAwsManagedPolicy)),
    mapInParallel(regionNames, WIDTH, (region) => readRegion(reader, region, { request, observedAtMs })),
    readRoleStacks(reader, request.stackRoles ?? []),
  ]);
  return {
    accountId: request.account.id,
    observedAtMs,
    complete: false,
    roles,
    policies,
    awsManaged,
    regions,
    quotas: DEFAULT_QUOTAS,
    ...(roleStacks.size > 0 && { roleStacks }),
  };
}

function nameAsAsked(lowerCase: string, request: TargetedRequest): string {
  return request.roleNames.find((name) => name.toLowerCase() === lowerCase) ?? lowerCase;
}

/**
 * One listing is enough for any number of policies: it contains every version with its document. Single reads would
 * need a call that the observer may not make (ListPolicyVersions). Tags and description are read by GetPolicy.
 */
async function readPolicies(
  reader: AccountReader,
  arns: readonly string[],
  caches: Caches,
): Promise<ReadonlyMap<string, Reading<LivePolicy>>> {
  const wanted = arns.toSorted(byText);
  if (wanted.length === 0) return new Map();
  const listing = await readingOf(() => listDetails(reader, ["LocalManagedPolicy"]));
  if (listing.kind !== "present") return new Map(wanted.map((arn) => [arn, listing]));
  const byArn = new Map<string, Detail>(
    listing.value.flatMap((each) => ("policy" in each ? [[each.policy.arn, each]] : [])),
  );
  return mapInParallel(wanted, WIDTH, async (arn): Promise<Reading<LivePolicy>> => {
    const detail = byArn.get(arn);
    if (detail?.kind === "incomplete-policy") return leftOut(`policy ${arn}`, detail.policy.missing);
    if (detail?.kind !== "policy") return { kind: "absent" };
    return { kind: "present", value: await caches.policyAttributes.readFresh(reader, detail.policy) };
  });
}

async function readRegion(
  reader: AccountReader,
  region: Region,
  { request, observedAtMs }: { readonly request: TargetedRequest; readonly observedAtMs: number },
): Promise<LiveRegion> {
  const functionReads = functionReadsIn(region, request.functions);
  const readings = await inParallel(functionReads, WIDTH, (wanted) =>
    readFunction(reader, { region, wanted, observedAtMs }),
  );
  const functions = new Map<string, LiveFunction>();
  const absentFunctions = new Set<string>();
  const unread = new Map<string, string>();
  for (const [index, { functionName }] of functionReads.entries()) {
    const reading = readings[index];
    if (reading?.kind === "present") functions.set(functionName, reading.value);
    if (reading?.kind === "absent") absentFunctions.add(functionName);
    if (reading?.kind === "unknown") unread.set(functionName, reading.reason);
  }
  return { kind: "read", functions, complete: false, absentFunctions, unread };
}

interface WantedPlace {
  readonly region: Region;
  readonly wanted: FunctionRead;
  readonly observedAtMs: number;
}

function readFunction(
  reader: AccountReader,
  { region, wanted, observedAtMs }: WantedPlace,
): Promise<Reading<LiveFunction>> {
  const call = "lambda:GetFunctionConfiguration";
  return presenceOf(async () => {
    const input = { FunctionName: wanted.functionName };
    const answer = await reader.inRegion(call, GetFunctionConfigurationCommand, { region, input });
    const configuration = functionFrom(answer, call);
    return completeFunction(
      reader,
      { found: configuration, versions: null },
      { region, wanted, observedAtMs },
    );
  });
}
