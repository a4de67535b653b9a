import {
  type Estate,
  type EstatePart,
  type FunctionTags,
  known,
  tagsOf,
  type EstateFunction,
  type RoleQuota,
} from "../../adopt/estate/estate.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type {
  EstatePlace,
  EstateReader,
  EstateRequest,
  RoleAccessByArn,
  RoleAccessRequest,
  AccountParts,
  ResumableRead,
  BegunRead,
} from "../../controller/ports/estate/estate-reader.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { type Result, resultOf } from "../../model/values/result.ts";
import { AccountReader } from "../observe/reader.ts";
import { type Caches, sweepIam } from "../observe/sweep.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { readFunctionTags } from "./function-tags.ts";
import { mapInParallel, inParallel } from "../requests/in-parallel.ts";
import { readRoleAccess } from "./role-access.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { LiveAlias, LiveResourcePolicy } from "../../model/live.ts";
import { byTextOf } from "../../text/order.ts";
import { listAliases, readPolicy } from "../observe/functions.ts";
import { readTriggers, type FunctionLocation } from "../observe/triggers.ts";
import { estatePart, optionalPart, ProgressCount } from "./estate-part.ts";
import { readEventRules } from "./event-rules.ts";
import { readStacksOfRoles, type RoleUser } from "./role-stacks.ts";
import { listEveryVersion, type EveryVersion } from "./list-functions.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { GetAccountSummaryCommand } from "@aws-sdk/client-iam";
import { needed } from "../observe/project-role.ts";

const REPORTS_IN_PARALLEL = 8;

export interface EstateReaderParts {
  readonly gateway: AwsGateway;
  readonly caches: Caches;
  readonly clock: Clock;
}

export class AwsEstateReader implements EstateReader {
  readonly #parts: EstateReaderParts;

  constructor(parts: EstateReaderParts) {
    this.#parts = parts;
  }

  read(request: EstateRequest, signal: AbortSignal): Promise<Result<EstatePart<Estate>, AwsError>> {
    const { progress, ofAccount, resumable = null, ...place } = request;
    const { caches, clock } = this.#parts;
    const { region } = place;
    const reading = { region, caches, observedAtMs: clock.nowMs(), progress, ofAccount, resumable };
    return resultOf(readEstate(this.#reader(place, signal), reading), AwsError);
  }

  functionTags(place: EstatePlace, signal: AbortSignal): Promise<EstatePart<FunctionTags>> {
    return readFunctionTags(this.#reader(place, signal), place.region);
  }

  roleAccess(
    { roleArns, ...place }: RoleAccessRequest,
    signal: AbortSignal,
  ): Promise<Result<RoleAccessByArn, AwsError>> {
    const reader = this.#reader(place, signal);
    const reports = mapInParallel(roleArns, REPORTS_IN_PARALLEL, (arn) =>
      readRoleAccess(reader, arn, this.#parts.clock),
    );
    return resultOf(reports, AwsError);
  }

  #reader(place: Omit<EstatePlace, "region">, signal: AbortSignal): AccountReader {
    return new AccountReader(this.#parts.gateway, place, signal);
  }
}

interface EstateReading {
  readonly region: Region;
  readonly caches: Caches;
  readonly observedAtMs: number;
  readonly progress: EstateRequest["progress"];
  readonly ofAccount: AccountParts | null;
  readonly resumable: ResumableRead | null;
}

const WIDTH = 8;
/** No object of our own is looked up. */
const NO_NAMES = { roleNames: [], policies: [] };

/**
 * Reads all that exists in a region of the reader's account: the listings, and for each function its aliases, triggers
 * and resource policies (four calls, and one more for each alias), and for each role of its own the stack that owns it.
 * @throws AwsError if the observer's role cannot be assumed
 */
async function readEstate(reader: AccountReader, reading: EstateReading): Promise<EstatePart<Estate>> {
  const { region, caches, progress, ofAccount, resumable } = reading;
  const [listed, tags, early] = await Promise.all([
    estatePart(() => listEveryVersion(reader, region)),
    readFunctionTags(reader, region),
    ofAccount ?? readAccountParts(reader, caches),
  ]);
  if (listed.kind === "unknown") return listed;
  const isEnough = ofAccount === null || hasRoles(ofAccount, listed.value);
  const { iam, roleQuota } = isEnough ? early : await readAccountParts(reader, caches);
  const begun = new BegunFunctions(resumable?.begun ?? null);
  const observedAtMs = resumable?.begun?.observedAtMs ?? reading.observedAtMs;
  const count = new ProgressCount(progress);
  count.begin("functions", listed.value.length);
  const { id, name, partition } = reader.account;
  const account = { id, name, partition };
  const [functions, roleStacks] = await Promise.all([
    inParallel(listed.value, WIDTH, async (one) => {
      const before = begun.of(one);
      const complete =
        before === null
          ? await completeFunction(reader, one, { region, tags })
          : { ...before, tags: tagsOf(one.found.arn, tags) };
      resumable?.functionRead(complete, observedAtMs);
      count.add("functions");
      return complete;
    }),
    readStacksOfRoles(
      reader,
      { account, region, iam, functions: listed.value.map((one) => roleUserOf(one, tags)) },
      count,
    ),
  ]);
  const sorted = functions.toSorted(byTextOf((one) => one.name));
  return known({
    account,
    region,
    observedAtMs,
    functions: sorted,
    iam,
    roleQuota,
    roleStacks,
    eventRules: await readEventRules(reader, { account, region, functions: sorted }),
  });
}

function roleUserOf({ found, versions }: EveryVersion, tags: EstatePart<FunctionTags>): RoleUser {
  const { name, arn, roleArn } = found;
  return { name, roleArn, tags: tagsOf(arn, tags), versions: known(versions) };
}

async function readAccountParts(reader: AccountReader, caches: Caches): Promise<AccountParts> {
  const [iam, roleQuota] = await Promise.all([
    estatePart(() => sweepIam(reader, NO_NAMES, caches)),
    readRoleQuota(reader),
  ]);
  return { iam, roleQuota };
}

/** A role that an earlier listing lacks may have been created since then: it is no role that does not exist. */
function hasRoles({ iam }: AccountParts, functions: readonly EveryVersion[]): boolean {
  if (iam.kind === "unknown") return false;
  const used = functions.flatMap(({ found, versions }) => [found, ...versions]);
  return used.every(({ roleArn }) => iam.value.roles.has(nameInArn(roleArn).toLowerCase()));
}

async function completeFunction(
  reader: AccountReader,
  { found, code, versions }: EveryVersion,
  { region, tags }: { readonly region: Region; readonly tags: EstatePart<FunctionTags> },
): Promise<EstateFunction> {
  const at = { region, name: found.name };
  const [aliases, triggers] = await Promise.all([
    estatePart(() => listAliases(reader, at)),
    estatePart(() => readTriggers(reader, at)),
  ]);
  const { name, arn, roleArn, needs, edge } = found;
  return {
    name,
    arn,
    roleArn,
    needs,
    edge,
    code,
    tags: tagsOf(arn, tags),
    versions: known(versions),
    aliases,
    triggers,
    policies: await readPolicies(reader, at, aliases),
  };
}

/** Of the function and of each alias. */
function readPolicies(
  reader: AccountReader,
  at: FunctionLocation,
  aliases: EstatePart<readonly LiveAlias[]>,
): Promise<ReadonlyMap<string, EstatePart<LiveResourcePolicy | null>>> {
  const names = aliases.kind === "known" ? aliases.value.map(({ name }) => name) : [];
  return mapInParallel(["", ...names], WIDTH, (qualifier) =>
    optionalPart(() => readPolicy(reader, at, qualifier === "" ? null : qualifier)),
  );
}

/** The functions of an interrupted read. */
class BegunFunctions {
  readonly #byArn: ReadonlyMap<string, EstateFunction>;

  constructor(begun: BegunRead | null) {
    this.#byArn = new Map(begun?.functions.map((one) => [one.arn, one]));
  }

  /** What was read of the function; null: it was not read completely, or the listing shows it otherwise now. */
  of({ found, code, versions }: EveryVersion): EstateFunction | null {
    const before = this.#byArn.get(found.arn);
    if (before?.versions.kind !== "known" || !isComplete(before)) return null;
    const then = listedText({ found: before, code: before.code, versions: before.versions.value });
    return then === listedText({ found, code, versions }) ? before : null;
  }
}

function isComplete({ aliases, triggers, policies }: EstateFunction): boolean {
  return [aliases, triggers, ...policies.values()].every(({ kind }) => kind === "known");
}

type ListedVersions = Pick<EveryVersion, "code" | "versions"> & {
  readonly found: Pick<EstateFunction, "roleArn" | "needs" | "edge">;
};

function listedText({ found: { roleArn, needs, edge }, code, versions }: ListedVersions): string {
  return canonicalText({ roleArn, needs, edge, code, versions } as unknown as Json);
}

const CALL = "iam:GetAccountSummary";

/**
 * How many roles the account has and may have, and what one role may have. The SDK's type lists only some entries of the summary.
 * @throws AwsError if the observer's role cannot be assumed
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
function readRoleQuota(reader: AccountReader): Promise<EstatePart<RoleQuota>> {
  return estatePart(async () => {
    const { SummaryMap } = await reader.iam(CALL, GetAccountSummaryCommand, {});
    const entries = needed(SummaryMap, CALL, "SummaryMap") as Readonly<Record<string, number | undefined>>;
    const rolePolicySize = entries["RolePolicySizeQuota"];
    const attachedPoliciesPerRole = entries["AttachedPoliciesPerRoleQuota"];
    const isComplete = rolePolicySize !== undefined && attachedPoliciesPerRole !== undefined;
    return {
      existing: needed(entries["Roles"], CALL, "Roles"),
      quota: needed(entries["RolesQuota"], CALL, "RolesQuota"),
      ...(isComplete && { ofRole: { rolePolicySize, attachedPoliciesPerRole } }),
    };
  });
}
