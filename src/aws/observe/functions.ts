import {
  type FunctionConfiguration,
  GetPolicyCommand,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import type { FunctionRequest } from "../../controller/ports/live-state.ts";
import type { Region } from "../../model/ids.ts";
import type { LiveAlias, LiveFunction, LiveResourcePolicy, LiveVersion, Reading } from "../../model/live.ts";
import { inParallel } from "../in-parallel.ts";
import { presenceOf, readingOf } from "./failure.ts";
import { incomplete, nextOfLambda, wholeListing, type Page } from "./pages.ts";
import { aliasFrom, functionFrom, versionFrom, type FunctionFromConfiguration } from "./project-function.ts";
import { needed } from "./project-role.ts";
import type { Reader } from "./reader.ts";
import { readTriggers, type At } from "./triggers.ts";

/** Everything asked for of one function: the qualifiers of all who asked, and versions if anybody did. */
export interface FunctionWish {
  readonly functionName: string;
  readonly qualifiers: readonly (string | null)[];
  readonly versions: boolean;
  readonly switchTo: string | null;
}

const NOT_ASKED: Reading<never> = { kind: "unknown", reason: "not asked for" };
const NOTHING_ASKED = { aliases: NOT_ASKED, triggers: NOT_ASKED, policies: new Map() } as const;
const WIDTH = 8;

/** Several bindings may ask for the same function: it is read once. Sorted by name. */
export function wishesIn(region: Region, requests: readonly FunctionRequest[]): readonly FunctionWish[] {
  const byName = new Map<string, FunctionWish>();
  const here = requests.filter((each) => each.region === region);
  for (const { functionName, qualifiers, versions, switchTo } of here) {
    const known = byName.get(functionName);
    byName.set(functionName, {
      functionName,
      qualifiers: [...new Set([...(known?.qualifiers ?? []), ...qualifiers])],
      versions: versions || known?.versions === true,
      switchTo: switchTo ?? known?.switchTo ?? null,
    });
  }
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

/** A function as a listing shows it; `versions` only where the listing was by versions. */
export interface ListedFunction {
  readonly found: FunctionFromConfiguration;
  readonly versions: readonly LiveVersion[] | null;
}

/** Every function of a region, 50 a page: with `everyVersion` its published versions too, which pages by versions. @throws AwsError */
export async function listFunctions(
  reader: Reader,
  region: Region,
  everyVersion: boolean,
): Promise<readonly ListedFunction[]> {
  const call = "lambda:ListFunctions";
  const configurations = await wholeListing(call, async (Marker): Promise<Page<ListedConfiguration>> => {
    const input = {
      MaxItems: 50,
      ...(everyVersion && { FunctionVersion: "ALL" as const }),
      ...(Marker !== undefined && { Marker }),
    };
    const answer = await reader.lambda(call, ListFunctionsCommand, { region, input });
    const functions = needed(answer.Functions, call, "Functions");
    return { items: functions.map((each) => listed(each, call)), next: nextOfLambda(answer.NextMarker) };
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

/** $LATEST is the function itself; everything else is a published version of it. */
function listed(configuration: FunctionConfiguration, call: string): ListedConfiguration {
  const name = needed(configuration.FunctionName, call, "FunctionName");
  const version = versionFrom(configuration, call);
  return { name, found: version === undefined ? functionFrom(configuration, call) : undefined, version };
}

/** A function with what its configuration does not say; what nobody asked for is not read. */
export async function withWish(
  reader: Reader,
  region: Region,
  { found, versions: known }: ListedFunction,
  wish: FunctionWish | undefined,
): Promise<LiveFunction> {
  const published: Reading<readonly LiveVersion[]> =
    known === null ? NOT_ASKED : { kind: "present", value: known };
  if (wish === undefined) return { ...found, ...NOTHING_ASKED, versions: published };
  const at = { region, name: found.name };
  const isSwitched = wish.switchTo !== null && wish.switchTo !== found.roleArn;
  const [versions, aliases, triggers, policies] = await Promise.all([
    wish.versions && known === null ? readingOf(() => listVersions(reader, at)) : published,
    wish.versions ? readingOf(() => listAliases(reader, at)) : NOT_ASKED,
    isSwitched ? readingOf(() => readTriggers(reader, at)) : NOT_ASKED,
    inParallel(wish.qualifiers, WIDTH, async (qualifier) => {
      return [qualifier ?? "", await presenceOf(() => readPolicy(reader, at, qualifier))] as const;
    }),
  ]);
  return { ...found, versions, aliases, triggers, policies: new Map(policies) };
}

/**
 * The function exists, so "not found" means that the qualifier has no policy (or does not exist: then it has none).
 * @throws AwsError
 */
async function readPolicy(
  reader: Reader,
  { region, name }: At,
  qualifier: string | null,
): Promise<LiveResourcePolicy> {
  const call = "lambda:GetPolicy";
  const input = { FunctionName: name, ...(qualifier !== null && { Qualifier: qualifier }) };
  const { Policy, RevisionId } = await reader.lambda(call, GetPolicyCommand, { region, input });
  if (Policy === undefined || Policy === "") throw incomplete(`${call} function/${name}`, "Policy");
  return { text: Policy, revisionId: needed(RevisionId, `${call} function/${name}`, "RevisionId") };
}

function listVersions(reader: Reader, { region, name }: At): Promise<readonly LiveVersion[]> {
  const call = "lambda:ListVersionsByFunction";
  return wholeListing(call, async (Marker): Promise<Page<LiveVersion>> => {
    const input = { FunctionName: name, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.lambda(call, ListVersionsByFunctionCommand, { region, input });
    const versions = needed(answer.Versions, call, "Versions");
    return {
      items: versions.flatMap((each) => versionFrom(each, call) ?? []),
      next: nextOfLambda(answer.NextMarker),
    };
  });
}

function listAliases(reader: Reader, { region, name }: At): Promise<readonly LiveAlias[]> {
  const call = "lambda:ListAliases";
  return wholeListing(call, async (Marker): Promise<Page<LiveAlias>> => {
    const input = { FunctionName: name, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.lambda(call, ListAliasesCommand, { region, input });
    return {
      items: needed(answer.Aliases, call, "Aliases").map(aliasFrom),
      next: nextOfLambda(answer.NextMarker),
    };
  });
}
