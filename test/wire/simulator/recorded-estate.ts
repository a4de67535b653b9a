import {
  type IAMClient,
  paginateGetAccountAuthorizationDetails,
  paginateListRoles,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import {
  GetPolicyCommand,
  type LambdaClient,
  ListAliasesCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import {
  GetResourcesCommand,
  type ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";

export interface RecordingClients {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly tags: ResourceGroupsTaggingAPIClient;
}

/** The files that the commands of docs/simulator.md write, by name. */
export async function recordAccount(clients: RecordingClients): Promise<Readonly<Record<string, object>>> {
  const functions = await listedFunctions(clients.lambda);
  const bare = [...new Set(functions.map(({ FunctionArn: arn = "" }) => arn.replace(/:[^:]+$/, "")))];
  return {
    "details.json": await details(clients.iam),
    "roles.json": { Roles: await listedRoles(clients.iam) },
    "functions.json": { Functions: functions },
    "aliases.json": { FunctionAliases: await byArn(bare, (arn) => aliasesOf(clients.lambda, arn)) },
    "policies.json": {
      FunctionPolicies: await byArn(
        bare.flatMap((arn) => [arn, `${arn}:live`]),
        (arn) => policyOf(clients.lambda, arn),
      ),
    },
    "tags.json": { ResourceTagMappingList: await taggedResources(clients.tags) },
    "event-sources.json": { EventSourceMappings: await eventSources(clients.lambda) },
  };
}

async function byArn(
  arns: readonly string[],
  read: (arn: string) => Promise<object | null | undefined>,
): Promise<Readonly<Record<string, unknown>>> {
  const found: [string, object | null][] = [];
  for (const arn of arns) {
    const output = await read(arn);
    if (output !== undefined) found.push([arn, output]);
  }
  return Object.fromEntries(found);
}

/** Undefined: the call was denied; null: there is no policy. */
async function policyOf(lambda: LambdaClient, arn: string): Promise<object | null | undefined> {
  try {
    const { Policy, RevisionId } = await lambda.send(new GetPolicyCommand({ FunctionName: arn }));
    return { Policy, RevisionId };
  } catch (error) {
    const { name } = error as Error;
    if (name === "AccessDeniedException") return undefined;
    if (name === "ResourceNotFoundException") return null;
    throw error;
  }
}

async function aliasesOf(lambda: LambdaClient, arn: string): Promise<object> {
  const { Aliases } = await lambda.send(new ListAliasesCommand({ FunctionName: arn }));
  return { Aliases };
}

async function listedFunctions(lambda: LambdaClient) {
  const found = [];
  for await (const page of paginateListFunctions({ client: lambda }, { FunctionVersion: "ALL" }))
    found.push(...(page.Functions ?? []));
  return found;
}

async function eventSources(lambda: LambdaClient): Promise<readonly object[]> {
  const found = [];
  for await (const page of paginateListEventSourceMappings({ client: lambda }, {}))
    found.push(...(page.EventSourceMappings ?? []));
  return found;
}

async function taggedResources(tags: ResourceGroupsTaggingAPIClient): Promise<readonly object[]> {
  const found = [];
  let token = "";
  do {
    const page = await tags.send(
      new GetResourcesCommand({ ResourceTypeFilters: ["lambda:function"], PaginationToken: token }),
    );
    found.push(...(page.ResourceTagMappingList ?? []));
    token = page.PaginationToken ?? "";
  } while (token !== "");
  return found;
}

async function listedRoles(iam: IAMClient): Promise<readonly object[]> {
  const found = [];
  for await (const page of paginateListRoles({ client: iam }, {})) found.push(...(page.Roles ?? []));
  return found;
}

/** As the command line prints it: documents are objects. */
async function details(iam: IAMClient): Promise<object> {
  const all = { UserDetailList: [] as object[], RoleDetailList: [] as object[], Policies: [] as object[] };
  for await (const page of paginateGetAccountAuthorizationDetails({ client: iam }, {})) {
    all.UserDetailList.push(...(page.UserDetailList ?? []));
    all.RoleDetailList.push(...(page.RoleDetailList ?? []).map(printedRole));
    all.Policies.push(
      ...(page.Policies ?? []).map((policy) => ({
        ...policy,
        PolicyVersionList: policy.PolicyVersionList?.map((version) => ({
          ...version,
          Document: decoded(version.Document),
        })),
      })),
    );
  }
  return all;
}

function printedRole(role: RoleDetail): object {
  return {
    ...role,
    AssumeRolePolicyDocument: decoded(role.AssumeRolePolicyDocument),
    RolePolicyList: role.RolePolicyList?.map(({ PolicyName, PolicyDocument }) => ({
      PolicyName,
      PolicyDocument: decoded(PolicyDocument),
    })),
  };
}

function decoded(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? ""));
}
