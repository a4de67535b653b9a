import {
  known,
  tagsOf,
  type Estate,
  type EstateFunction,
  type EstatePart,
  type FunctionTags,
} from "../../adopt/estate/estate.ts";
import type {
  AccountParts,
  EstateRequest,
  ResumableRead,
} from "../../controller/ports/estate/estate-reader.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { LiveAlias, LiveResourcePolicy } from "../../model/live.ts";
import { byTextOf } from "../../text/order.ts";
import { listAliases, readPolicy } from "../observe/functions.ts";
import type { AccountReader } from "../observe/reader.ts";
import { sweepIam, type Caches } from "../observe/sweep.ts";
import { readTriggers, type FunctionLocation } from "../observe/triggers.ts";
import { inParallel, mapInParallel } from "../requests/in-parallel.ts";
import { BegunFunctions } from "./begun-functions.ts";
import { estatePart, optionalPart } from "./estate-part.ts";
import { ProgressCount } from "./progress-count.ts";
import { readFunctionTags } from "./function-tags.ts";
import { readRoleQuota } from "./role-quota.ts";
import { readStacksOfRoles, type RoleUser } from "./role-stacks.ts";
import { listEveryVersion, type EveryVersion } from "./list-functions.ts";

export interface EstateReading {
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
export async function readEstate(reader: AccountReader, reading: EstateReading): Promise<EstatePart<Estate>> {
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
  return known({
    account,
    region,
    observedAtMs,
    functions: functions.toSorted(byTextOf((one) => one.name)),
    iam,
    roleQuota,
    roleStacks,
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
