import {
  type FunctionConfiguration,
  GetPolicyCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import type { Region } from "../../model/aws/ids.ts";
import type {
  LiveAlias,
  LiveFunction,
  LiveResourcePolicy,
  LiveVersion,
  OccasionalReading,
} from "../../model/live.ts";
import { mapInParallel } from "../requests/in-parallel.ts";
import { presenceOf, readingOf } from "./failure.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { aliasFrom, functionFrom, versionFrom, type FunctionFromConfiguration } from "./project-function.ts";
import { needed } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";
import { readTriggers, type FunctionLocation } from "./triggers.ts";
import { versionsAfter } from "../../model/keys/undeclared-qualifiers.ts";
import type { FunctionRequest } from "../../model/read-requests.ts";

/** All requested facts about one function: the qualifiers of all requests, and the versions if any request needs them. */
export type FunctionRead = Omit<FunctionRequest, "region">;

const NOT_REQUESTED = { kind: "not-requested" } as const;
const NOTHING_REQUESTED = { aliases: NOT_REQUESTED, triggers: NOT_REQUESTED, policies: new Map() } as const;
const WIDTH = 8;
/** Of a function in each pass, and in a turn: no one who may create aliases can make the reads of an account as long as they like. */
const MOST_POLICIES = 200;
const MOST_OF_A_TURN = 1_000;

/** Merges the requests of several bindings for the same function, so that it is read once. Sorted by name. */
export function functionReadsIn(
  region: Region,
  requests: readonly FunctionRequest[],
): readonly FunctionRead[] {
  const byName = new Map<string, FunctionRead>();
  const here = requests.filter((each) => each.region === region);
  for (const request of here) {
    const { functionName, qualifiers, versions, aliases, switchTo, takesOver } = request;
    const versionPolicies = request.versionPolicies ?? byName.get(functionName)?.versionPolicies;
    const known = byName.get(functionName);
    // If one binding needs a new reading, all get it.
    const kept = known === undefined || known.known !== undefined ? request.known : undefined;
    byName.set(functionName, {
      functionName,
      qualifiers: [...new Set([...(known?.qualifiers ?? []), ...qualifiers])],
      versions: versions || known?.versions === true,
      aliases: aliases || known?.aliases === true,
      ...(versionPolicies !== undefined && { versionPolicies }),
      switchTo: switchTo ?? known?.switchTo ?? null,
      ...((takesOver ?? known?.takesOver) === true && { takesOver: true as const }),
      ...(kept !== undefined && { known: kept }),
    });
  }
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

/** A function from a listing; `versions` is null unless the listing included versions. */
export interface ListedFunction {
  readonly found: FunctionFromConfiguration;
  readonly versions: readonly LiveVersion[] | null;
}

/**
 * Lists every function of a region, 50 on each page. With `everyVersion`, published versions are listed too and count
 * for the page size.
 * @throws AwsError
 */
export async function listFunctions(
  reader: AccountReader,
  region: Region,
  everyVersion: boolean,
): Promise<readonly ListedFunction[]> {
  const call = "lambda:ListFunctions";
  const configurations = await reader.listLambda(call, ListFunctionsCommand, {
    region,
    input: { MaxItems: 50, ...(everyVersion && { FunctionVersion: "ALL" as const }) },
    items: ({ Functions }) => needed(Functions, call, "Functions").map((each) => listed(each, call)),
  });
  const published = configurations.flatMap(({ name, version }) =>
    version === undefined ? [] : [{ name, version }],
  );
  const byName = Map.groupBy(published, ({ name }) => name);
  return configurations.flatMap(({ name, found }) => {
    if (found === undefined) return [];
    const versions = everyVersion ? (byName.get(name) ?? []).map(({ version }) => version) : null;
    return [{ found, versions }];
  });
}

interface ListedConfiguration {
  readonly name: string;
  readonly found: FunctionFromConfiguration | undefined;
  readonly version: LiveVersion | undefined;
}

/** $LATEST is the function itself; any other version is a published version of it. */
function listed(configuration: FunctionConfiguration, call: string): ListedConfiguration {
  const name = needed(configuration.FunctionName, call, "FunctionName");
  const version = versionFrom(configuration, call);
  return { name, found: version === undefined ? functionFrom(configuration, call) : undefined, version };
}

interface FunctionToRead {
  readonly region: Region;
  readonly wanted: FunctionRead | undefined;
  /** The start of the read. */
  readonly observedAtMs: number;
}

/** Completes a function with the requested facts that its configuration does not contain; other facts are not read. */
export async function completeFunction(
  reader: AccountReader,
  { found, versions: known }: ListedFunction,
  { region, wanted, observedAtMs }: FunctionToRead,
): Promise<LiveFunction> {
  const published: OccasionalReading<readonly LiveVersion[]> =
    known === null ? NOT_REQUESTED : { kind: "present", value: known };
  if (wanted === undefined) return { ...found, ...NOTHING_REQUESTED, versions: published };
  const at = { region, name: found.name };
  const isSwitched =
    wanted.switchTo !== null && (wanted.switchTo !== found.roleArn || wanted.takesOver === true);
  const [{ versions, aliases }, triggers, policies] = await Promise.all([
    readUses(reader, at, { wanted, published }),
    isSwitched ? readingOf(() => readTriggers(reader, at)) : NOT_REQUESTED,
    keptPolicies(found, wanted) ?? readPolicies(reader, at, { wanted, observedAtMs }),
  ]);
  const others = (names: readonly string[]): readonly string[] =>
    names.filter((name) => !policies.policies.has(name));
  const read = [
    ...(await policiesOf(reader, at, { qualifiers: others(namesOf(aliases, wanted)), most: MOST_OF_A_TURN })),
    ...(await policiesOf(reader, at, {
      qualifiers: others(versionsOf(versions, wanted)),
      most: MOST_OF_A_TURN,
    })),
  ];
  const all = { ...policies, policies: new Map([...policies.policies, ...read]) };
  return { ...found, versions, aliases, triggers, ...all };
}

/** The aliases, whether or not a request names them: no other listing shows that one has a policy. */
function namesOf(aliases: LiveFunction["aliases"], wanted: FunctionRead): readonly string[] {
  return wanted.aliases && aliases.kind === "present" ? aliases.value.map(({ name }) => name) : [];
}

/** The next versions of the turn. */
function versionsOf(versions: LiveFunction["versions"], wanted: FunctionRead): readonly string[] {
  const { after, most } = wanted.versionPolicies ?? { after: 0, most: 0 };
  return versions.kind === "present" ? versionsAfter(after, versions.value).slice(0, most) : [];
}

interface WantedPolicies {
  readonly qualifiers: readonly (string | null)[];
  /** Those after so many are unknown. */
  readonly most: number;
}

async function policiesOf(
  reader: AccountReader,
  at: FunctionLocation,
  { qualifiers, most }: WantedPolicies,
): Promise<LiveFunction["policies"]> {
  const read = await mapInParallel(qualifiers.slice(0, most), WIDTH, (qualifier) =>
    presenceOf(() => readPolicy(reader, at, qualifier)),
  );
  const reason = `more than ${most} aliases and versions of the function are to be read: the policies of the others are not`;
  const unread = qualifiers.slice(most).map((qualifier) => [qualifier, { kind: "unknown", reason }] as const);
  return new Map([...read, ...unread].map(([qualifier, policy]) => [qualifier ?? "", policy] as const));
}

type ReadPolicies = Pick<LiveFunction, "policies" | "policiesReadMs" | "policiesKept">;

/** null: they are read. A function that was created again, or changed otherwise, has another RevisionId. */
function keptPolicies(
  found: FunctionFromConfiguration,
  { known, qualifiers }: FunctionRead,
): ReadPolicies | null {
  if (known?.policiesReadMs === undefined || found.revisionId === null) return null;
  const isSame =
    found.arn === known.arn && found.roleArn === known.roleArn && found.revisionId === known.revisionId;
  const kept = qualifiers.flatMap((qualifier) => {
    const policy = known.policies.get(qualifier ?? "");
    return policy === undefined || policy.kind === "unknown" ? [] : [[qualifier ?? "", policy] as const];
  });
  if (!isSame || kept.length < qualifiers.length) return null;
  return { policies: new Map(kept), policiesReadMs: known.policiesReadMs, policiesKept: true };
}

async function readPolicies(
  reader: AccountReader,
  at: FunctionLocation,
  { wanted, observedAtMs }: { readonly wanted: FunctionRead; readonly observedAtMs: number },
): Promise<ReadPolicies> {
  const policies = await policiesOf(reader, at, { qualifiers: wanted.qualifiers, most: MOST_POLICIES });
  return { policies, policiesReadMs: observedAtMs };
}

/** Most functions have no alias of a version: the versions are listed only if an alias runs one, or if a request needs them. */
async function readUses(
  reader: AccountReader,
  at: FunctionLocation,
  { wanted, published }: { readonly wanted: FunctionRead; readonly published: LiveFunction["versions"] },
): Promise<Pick<LiveFunction, "versions" | "aliases">> {
  const list = (): Promise<LiveFunction["versions"]> => readingOf(() => listVersions(reader, at));
  const isListed = published.kind === "present";
  if (wanted.versions || wanted.versionPolicies !== undefined) {
    const [versions, aliases] = await Promise.all([
      isListed ? published : list(),
      readingOf(() => listAliases(reader, at)),
    ]);
    return { versions, aliases };
  }
  if (!wanted.aliases) return { versions: published, aliases: NOT_REQUESTED };
  const aliases = await readingOf(() => listAliases(reader, at));
  const runsVersion =
    aliases.kind === "present" && aliases.value.some(({ versions }) => versions.some(isPublished));
  return { versions: isListed || !runsVersion ? published : await list(), aliases };
}

function isPublished(version: string): boolean {
  return version !== "$LATEST";
}

/**
 * The function exists, so "not found" means that the qualifier has no policy or does not exist.
 * @throws AwsError
 */
export async function readPolicy(
  reader: AccountReader,
  { region, name }: FunctionLocation,
  qualifier: string | null,
): Promise<LiveResourcePolicy> {
  const call = "lambda:GetPolicy";
  const input = { FunctionName: name, ...(qualifier !== null && { Qualifier: qualifier }) };
  const { Policy, RevisionId } = await reader.inRegion(call, GetPolicyCommand, { region, input });
  if (Policy === undefined || Policy === "") throw incompleteAnswer(`${call} function/${name}`, "Policy");
  return { text: Policy, revisionId: needed(RevisionId, `${call} function/${name}`, "RevisionId") };
}

function listVersions(
  reader: AccountReader,
  { region, name }: FunctionLocation,
): Promise<readonly LiveVersion[]> {
  const call = "lambda:ListVersionsByFunction";
  return reader.listLambda(call, ListVersionsByFunctionCommand, {
    region,
    input: { FunctionName: name },
    items: ({ Versions }) =>
      needed(Versions, call, "Versions").flatMap((each) => versionFrom(each, call) ?? []),
  });
}

/** @throws AwsError */
export function listAliases(
  reader: AccountReader,
  { region, name }: FunctionLocation,
): Promise<readonly LiveAlias[]> {
  const call = "lambda:ListAliases";
  return reader.listLambda(call, ListAliasesCommand, {
    region,
    input: { FunctionName: name },
    items: ({ Aliases }) => needed(Aliases, call, "Aliases").map(aliasFrom),
  });
}
