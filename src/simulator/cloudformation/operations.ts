import { CLOUDFORMATION_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import type { Stack, StackResource, StacksByName } from "./state.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
const MOST_DESCRIBED = 100;
const PAGE = 100;
/** All resources of the world have the time of seeded objects. */
const UPDATED_AT = "2026-01-01T00:00:00.000Z";

/** Only the first 100 resources, without a sign that there are more; `LogicalResourceId` selects among all. */
const describeStackResources: Operation<StacksByName> = (stacks, input) => {
  const stack = describedStack(stacks, input);
  const logicalId = optionalText(input, "LogicalResourceId");
  const wanted = stack.resources.filter((each) => logicalId === undefined || each.logicalId === logicalId);
  if (logicalId !== undefined && wanted.length === 0) throw noResource(logicalId, stack);
  return { StackResources: wanted.slice(0, MOST_DESCRIBED).map((each) => shownInStack(stack, each)) };
};

function describedStack(stacks: StacksByName, input: Input): Stack {
  const name = optionalText(input, "StackName");
  const physicalId = optionalText(input, "PhysicalResourceId");
  if ((name === undefined) === (physicalId === undefined))
    throw invalid("Either StackName or PhysicalResourceId must be specified, but not both.");
  if (name !== undefined) return stackNamed(stacks, name);
  const found = Object.values(stacks).find(({ resources }) =>
    resources.some((each) => each.physicalId === physicalId),
  );
  if (found === undefined) throw invalid(`Stack for ${physicalId} does not exist`);
  return found;
}

/** One stack by its name or id. A listing of all stacks is not simulated. */
const describeStacks: Operation<StacksByName> = (stacks, input) => {
  const name = optionalText(input, "StackName");
  if (name === undefined) throw invalid("StackName is required: a listing of all stacks is not simulated.");
  const { name: StackName, id: StackId, outputs = {} } = stackNamed(stacks, name);
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  const shown = { StackName, StackId, CreationTime: UPDATED_AT, StackStatus: "CREATE_COMPLETE", Outputs };
  return { Stacks: [shown] };
};

const describeStackResource: Operation<StacksByName> = (stacks, input) => {
  const stack = stackNamed(stacks, String(input["StackName"]));
  const logicalId = String(input["LogicalResourceId"]);
  const found = stack.resources.find((each) => each.logicalId === logicalId);
  if (found === undefined) throw noResource(logicalId, stack);
  const { Timestamp: updatedAt, ...detail } = shownInStack(stack, found);
  return {
    StackResourceDetail: {
      ...detail,
      LastUpdatedTimestamp: updatedAt,
      ...(found.metadata !== undefined && { Metadata: JSON.stringify(found.metadata) }),
    },
  };
};

const listStackResources: Operation<StacksByName> = (stacks, input) => {
  const stack = stackNamed(stacks, String(input["StackName"]));
  const start = startOf(input["NextToken"]);
  const end = start + PAGE;
  const summaries = stack.resources.slice(start, end).map((each) => {
    const { StackName: _, StackId: _id, Timestamp: updatedAt, ...summary } = shownInStack(stack, each);
    return { ...summary, LastUpdatedTimestamp: updatedAt };
  });
  const isLast = end >= stack.resources.length;
  return {
    StackResourceSummaries: summaries,
    ...(!isLast && { NextToken: Buffer.from(`from:${end}`).toString("base64") }),
  };
};

function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  return typeof value === "string" ? value : undefined;
}

function startOf(token: unknown): number {
  if (typeof token !== "string") return 0;
  const [, start] = /^from:(\d+)$/.exec(Buffer.from(token, "base64").toString("utf8")) ?? [];
  if (start === undefined) throw invalid("NextToken is not valid.");
  return Number(start);
}

function stackNamed(stacks: StacksByName, nameOrId: string): Stack {
  const found = Object.values(stacks).find(({ name, id }) => name === nameOrId || id === nameOrId);
  if (found === undefined) throw invalid(`Stack with id ${nameOrId} does not exist`);
  return found;
}

function shownInStack({ name, id }: Stack, { logicalId, physicalId, type, status }: StackResource): Output {
  return {
    StackName: name,
    StackId: id,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Timestamp: UPDATED_AT,
    ResourceStatus: status ?? "CREATE_COMPLETE",
    DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
  };
}

function noResource(logicalId: string, { name }: Stack): SimulatedError {
  return invalid(`Resource ${logicalId} does not exist for stack ${name}`);
}

function invalid(message: string): SimulatedError {
  return new SimulatedError("ValidationError", message, 400);
}

export const cloudformationOperations: Readonly<Record<string, Operation<StacksByName>>> = bounded(
  CLOUDFORMATION_BOUNDS,
  {
    DescribeStackResource: describeStackResource,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    ListStackResources: listStackResources,
  },
);
