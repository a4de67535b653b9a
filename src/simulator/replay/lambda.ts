import * as lambdaClient from "@aws-sdk/client-lambda";
import type { NormalizedSchema } from "@smithy/core/schema";
import { emptyLambda, type FunctionState, type FunctionVersion, type LambdaState } from "../lambda/state.ts";
import { conform, schemaMembers, publishedOperations, SchemaMismatch } from "../wire/schema.ts";
import type { RecordedValue } from "./recorded.ts";

/** What was recorded of Lambda, by region. */
export type LambdaByRegion = Record<string, LambdaState>;

interface RecordedFunction {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  readonly qualifier: string | undefined;
}

const FUNCTION_ARN = /^arn:aws:lambda:([a-z0-9-]+):\d{12}:function:([\w.-]{1,140})(?::([\w$-]{1,128}))?$/;

function placeOf(recorded: RecordedValue): RecordedFunction {
  const arn = recorded.text(FUNCTION_ARN, "the ARN of a function");
  const [, region = "", name = "", qualifier] = FUNCTION_ARN.exec(arn) ?? [];
  // Intentional: this name sets the prototype of a record instead of a member.
  if (name === "__proto__" || qualifier === "__proto__") throw recorded.wrong("the ARN of a function");
  return { arn, region, name, qualifier };
}

/** The output of `aws lambda list-functions --function-version ALL`, all pages together. */
export function loadFunctions(regions: LambdaByRegion, file: RecordedValue): void {
  for (const recorded of file.member("Functions").list()) {
    const { region, name, qualifier } = placeOf(recorded.member("FunctionArn"));
    if (qualifier === undefined)
      throw recorded.problem("the versions are missing: record it with --function-version ALL");
    const { functions } = (regions[region] ??= emptyLambda());
    const recordedFunction = ownOrNew(functions, name);
    if (Object.hasOwn(recordedFunction.versions, qualifier))
      throw recorded.problem(`version ${qualifier} of function "${name}" is there twice`);
    recordedFunction.versions[qualifier] = configurationOf(recorded);
    if (qualifier !== "$LATEST")
      recordedFunction.lastVersion = Math.max(recordedFunction.lastVersion, Number(qualifier));
  }
  for (const { functions } of Object.values(regions))
    for (const { name, versions } of Object.values(functions))
      if (versions["$LATEST"] === undefined) throw file.problem(`function "${name}" has no $LATEST`);
}

function ownOrNew(functions: Record<string, FunctionState>, name: string): FunctionState {
  const existing = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const kept = existing ?? emptyFunction(name);
  functions[name] = kept;
  return kept;
}

function emptyFunction(name: string): FunctionState {
  return {
    name,
    versions: {},
    lastVersion: 0,
    aliases: {},
    policies: {},
    tags: {},
    urls: {},
    eventInvokeConfigs: {},
  };
}

/** The schema of the entries of a listing. */
function entrySchema(operation: string, member: string): NormalizedSchema {
  const operationSchema = publishedOperations(lambdaClient).get(operation);
  if (operationSchema === undefined) throw new Error(`the SDK has no schema of ${operation}`);
  return operationSchema.output.getMemberSchema(member).getValueSchema();
}

/**
 * The members that the published schema knows: a newer command line may print others. @throws RecordingError if one has
 * another type
 */
function knownMembers(recorded: RecordedValue, schema: NormalizedSchema): Readonly<Record<string, unknown>> {
  const members = schemaMembers(schema);
  const kept = Object.fromEntries(Object.entries(recorded.object()).filter(([name]) => members.has(name)));
  try {
    conform(schema, kept, "entry");
  } catch (error) {
    if (error instanceof SchemaMismatch) throw recorded.problem(error.message);
    throw error;
  }
  return kept;
}

/** Environment variables may be secret, and no permission depends on them, so they are left out. */
function configurationOf(recorded: RecordedValue): FunctionVersion {
  const {
    FunctionArn: _arn,
    Environment: _secrets,
    ...kept
  } = knownMembers(recorded, entrySchema("ListFunctions", "Functions"));
  const text = (name: string): string => recorded.member(name).text();
  return {
    ...kept,
    FunctionName: text("FunctionName"),
    Version: text("Version"),
    Role: text("Role"),
    RevisionId: text("RevisionId"),
    CodeSha256: text("CodeSha256"),
    LastModified: text("LastModified"),
  };
}

/** @throws RecordingError if the function was not recorded */
function functionIn(
  regions: LambdaByRegion,
  recorded: RecordedValue,
  { region, name }: RecordedFunction,
): FunctionState {
  const functions = regions[region]?.functions ?? {};
  const recordedFunction = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (recordedFunction === undefined)
    throw recorded.problem(`function "${name}" is in no list of functions of ${region}`);
  return recordedFunction;
}

/**
 * `{"FunctionAliases": {"ARN": OUTPUT}}`, with the output of `aws lambda list-aliases` for each function.
 * @returns the ARNs of the functions
 */
export function loadAliases(regions: LambdaByRegion, file: RecordedValue): readonly string[] {
  return file
    .member("FunctionAliases")
    .entries()
    .map(([arn, output]) => {
      const location = placeOf(output.with(arn));
      const recordedFunction = functionIn(regions, output, location);
      for (const alias of output.member("Aliases").list()) {
        const name = alias.member("Name").text(/^[\w-]{1,128}$/, "the name of an alias");
        const weights = alias.has("RoutingConfig")
          ? alias.member("RoutingConfig").member("AdditionalVersionWeights").object()
          : {};
        recordedFunction.aliases[name] = {
          name,
          version: alias.member("FunctionVersion").text(/^(?:\$LATEST|\d+)$/, "a version"),
          description: alias.member("Description").optionalText() ?? "",
          revisionId: alias.member("RevisionId").text(),
          weights: Object.fromEntries(
            Object.entries(weights).map(([version, weight]) => [version, Number(weight)]),
          ),
        };
      }
      return location.arn;
    });
}

/**
 * `{"FunctionPolicies": {"ARN": OUTPUT}}`, with the output of `aws lambda get-policy` for each function, version and
 * alias; null: there is no policy.
 * @returns the ARNs
 */
export function loadPolicies(regions: LambdaByRegion, file: RecordedValue): readonly string[] {
  return file
    .member("FunctionPolicies")
    .entries()
    .map(([arn, output]) => {
      const location = placeOf(output.with(arn));
      const recordedFunction = functionIn(regions, output, location);
      if (output.isAbsent) return location.arn;
      const document = JSON.parse(output.member("Policy").document()) as Readonly<Record<string, unknown>>;
      recordedFunction.policies[location.qualifier ?? "$LATEST"] = {
        revisionId: output.member("RevisionId").text(),
        document,
      };
      return location.arn;
    });
}

/**
 * The output of `aws resourcegroupstaggingapi get-resources` of a region; resources that are no functions are left out.
 * @returns the regions whose tags it has
 */
export function loadTags(regions: LambdaByRegion, file: RecordedValue): readonly string[] {
  const found = file
    .member("ResourceTagMappingList")
    .list()
    .flatMap((recorded) => {
      const resource = recorded.member("ResourceARN");
      if (!FUNCTION_ARN.test(resource.text())) return [];
      const location = placeOf(resource);
      const { tags } = functionIn(regions, recorded, location);
      for (const tag of recorded.member("Tags").list())
        tags[tag.member("Key").text()] = tag.member("Value").text();
      return [location.region];
    });
  return [...new Set(found)];
}

/** The output of `aws lambda list-event-source-mappings` of a region. */
export function loadEventSources(regions: LambdaByRegion, file: RecordedValue): void {
  for (const recorded of file.member("EventSourceMappings").list()) {
    const { region } = placeOf(recorded.member("FunctionArn"));
    (regions[region] ??= emptyLambda()).eventSourceMappings.push({
      ...knownMembers(recorded, entrySchema("ListEventSourceMappings", "EventSourceMappings")),
      UUID: recorded.member("UUID").text(),
      FunctionArn: recorded.member("FunctionArn").text(),
      LastModified: recorded.member("LastModified").time(),
    });
  }
}
