import { emptyIam } from "../iam/state.ts";
import { emptyLambda } from "../lambda/state.ts";
import { accountOf, type AccountState, type WorldState } from "../world.ts";
import { denialsOf, type RecordedParts } from "./denials.ts";
import { type IamTarget, loadDetails, loadRoleList } from "./iam.ts";
import {
  type LambdaByRegion,
  loadAliases,
  loadEventSources,
  loadFunctions,
  loadPolicies,
  loadTags,
} from "./lambda.ts";
import { RecordedValue, RecordingError } from "./recorded.ts";

/** A file by its name for messages, and its text. */
export interface RecordingFile {
  readonly name: string;
  readonly text: string;
}

export interface Recording {
  readonly accountId: string;
  /** The regions of recorded functions; one, if there are none. */
  readonly regions: readonly string[];
  readonly target: IamTarget;
  readonly lambda: LambdaByRegion;
  readonly denials: string;
  /** What was loaded, and which calls are denied: one line each. */
  readonly notes: readonly string[];
}

/** The kinds of files, by the member that only they have, in the order in which they are loaded. */
const KINDS = [
  "RoleDetailList",
  "Roles",
  "Functions",
  "FunctionAliases",
  "FunctionPolicies",
  "ResourceTagMappingList",
  "EventSourceMappings",
] as const;
type AnswerKind = (typeof KINDS)[number];

/** @throws RecordingError with the file and the place in it */
export function readRecording(files: readonly RecordingFile[]): Recording {
  const parsed = files.map(parsedFile);
  const target: IamTarget = { iam: emptyIam(), awsManaged: {} };
  const lambda: LambdaByRegion = {};
  const kinds = new Set(parsed.map(({ kind }) => kind));
  const parts: RecordedParts = {
    details: kinds.has("RoleDetailList"),
    roles: kinds.has("Roles"),
    functions: kinds.has("Functions"),
    eventSources: kinds.has("EventSourceMappings"),
    aliases: [],
    policies: [],
    taggedRegions: [],
  };
  const load: Readonly<Record<AnswerKind, (file: RecordedValue) => void>> = {
    RoleDetailList: (file) => loadDetails(target, file),
    Roles: (file) => loadRoleList(target, file),
    Functions: (file) => loadFunctions(lambda, file),
    FunctionAliases: (file) => parts.aliases.push(...loadAliases(lambda, file)),
    FunctionPolicies: (file) => parts.policies.push(...loadPolicies(lambda, file)),
    ResourceTagMappingList: (file) => parts.taggedRegions.push(...loadTags(lambda, file)),
    EventSourceMappings: (file) => loadEventSources(lambda, file),
  };
  for (const kind of KINDS)
    for (const { file } of parsed.filter((one) => one.kind === kind)) load[kind](file);
  const accountId = accountIn(target, lambda);
  const { document, denied } = denialsOf(parts, { accountId, lambda });
  return {
    accountId,
    regions: Object.keys(lambda).length > 0 ? Object.keys(lambda).sort() : ["us-east-1"],
    target,
    lambda,
    denials: document,
    notes: [loadedNote(target, lambda), `not recorded, so denied: ${denied.join(", ")}`],
  };
}

function parsedFile({ name, text }: RecordingFile): {
  readonly kind: AnswerKind;
  readonly file: RecordedValue;
} {
  const file = new RecordedValue(parsedJson(name, text), name);
  const kind = KINDS.find((each) => file.has(each));
  if (kind !== undefined) return { kind, file };
  throw file.problem(`expected one of the members ${KINDS.join(", ")}`);
}

function parsedJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordingError(`${name}: not JSON: ${(error as Error).message}`);
  }
}

/** All objects have to be of one account, in the partition `aws`. */
function accountIn({ iam }: IamTarget, lambda: LambdaByRegion): string {
  const arns = [
    ...[iam.users, iam.roles, iam.policies].flatMap((objects) =>
      Object.values(objects).map(({ arn }) => arn),
    ),
    ...Object.values(lambda).flatMap(({ functions }) =>
      Object.values(functions).flatMap(({ versions }) => Object.values(versions).map(({ Role }) => Role)),
    ),
  ];
  const foreign = arns.find((arn) => !arn.startsWith("arn:aws:"));
  if (foreign !== undefined)
    throw new RecordingError(`recordings of other partitions than aws are not supported: ${foreign}`);
  const accounts = [...new Set(arns.map((arn) => arn.split(":")[4] ?? ""))].sort();
  const [accountId, second] = accounts;
  if (accountId === undefined)
    throw new RecordingError("the recording has no role, no policy and no function");
  if (second === undefined) return accountId;
  throw new RecordingError(`the files are of more than one account: ${accounts.slice(0, 3).join(", ")}`);
}

function loadedNote({ iam }: IamTarget, lambda: LambdaByRegion): string {
  const functions = Object.values(lambda).flatMap((region) => Object.values(region.functions));
  const policies = functions.reduce((sum, one) => sum + Object.keys(one.policies).length, 0);
  const counts = [
    `roles ${Object.keys(iam.roles).length}`,
    `customer-managed policies ${Object.keys(iam.policies).length}`,
    `users ${Object.keys(iam.users).length}`,
    `functions ${functions.length}`,
    `resource policies ${policies}`,
  ];
  return `loaded: ${counts.join(", ")}`;
}

/** Adds a recording to its account, which has to be in the world; objects that are there already stay. */
export function addRecording(world: WorldState, recording: Recording): AccountState {
  const account = accountOf(world, recording.accountId);
  const { iam } = recording.target;
  Object.assign(account.iam.roles, { ...iam.roles, ...account.iam.roles });
  Object.assign(account.iam.users, iam.users);
  Object.assign(account.iam.policies, { ...iam.policies, ...account.iam.policies });
  Object.assign(account.iam.instanceProfiles, iam.instanceProfiles);
  Object.assign(world.awsManaged, recording.target.awsManaged);
  for (const region of recording.regions) {
    if (!account.regions.includes(region)) account.regions.push(region);
    account.lambda[region] = recording.lambda[region] ?? emptyLambda();
  }
  account.iam.quotas.RolesQuota = 5_000;
  account.iam.quotas.PoliciesQuota = 5_000;
  account.denials = recording.denials;
  return account;
}
