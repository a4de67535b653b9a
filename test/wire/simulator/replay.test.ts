import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { GetAccountSummaryCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  ListAliasesCommand,
} from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import { addRecording, readRecording, type RecordingFile } from "../../../src/simulator/replay/recording.ts";
import { accountOf } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  clientConfig,
  startSimulated,
  type Simulated,
} from "../../support/installation/simulated.ts";
import { recordAccount, type RecordingClients } from "./recorded-estate.ts";

interface Side extends RecordingClients {
  readonly simulated: Simulated;
  readonly stacks: CloudFormationClient;
}

let original: Side;
let copy: Side;
let estate: GeneratedEstate;
let recorded: Readonly<Record<string, object>>;

beforeAll(async () => {
  original = sideOf(
    await startSimulated((world) => {
      estate = addEstate(world, { accountId: ACCOUNT, region: "us-east-1", functions: 60, seed: 5 });
    }),
  );
  recorded = await recordAccount(original);
  copy = sideOf(await replayed(filesOf(recorded)));
}, 60_000);
afterAll(async () => {
  for (const side of [original, copy]) {
    for (const client of [side.iam, side.lambda, side.tags, side.stacks]) client.destroy();
    await side.simulated.stop();
  }
});

function sideOf(simulated: Simulated): Side {
  const config = clientConfig(simulated.simulator, simulated.credentials);
  return {
    simulated,
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    tags: new ResourceGroupsTaggingAPIClient(config),
    stacks: new CloudFormationClient(config),
  };
}

function filesOf(contents: Readonly<Record<string, object>>): readonly RecordingFile[] {
  return Object.entries(contents).map(([name, value]) => ({ name, text: JSON.stringify(value) }));
}

function replayed(files: readonly RecordingFile[]): Promise<Simulated> {
  return startSimulated((world) => void addRecording(world, readRecording(files)));
}

const withoutEnvironment = (value: object): unknown =>
  JSON.parse(JSON.stringify(value, (key, each: unknown) => (key === "Environment" ? undefined : each)));

describe("a replayed recording", () => {
  test("answers every recorded read as the recorded account did", async () => {
    const again = await recordAccount(copy);

    expect(withoutEnvironment(again)).toEqual(withoutEnvironment(recorded));
  });

  test("denies the resource policy that the recorder could not read, and no other", async () => {
    const unreadable = estate.functions.filter(({ situations }) => situations.includes("policy-unreadable"));
    const read = (arn: string) => copy.lambda.send(new GetPolicyCommand({ FunctionName: arn }));

    expect(unreadable.length).toBeGreaterThan(0);
    for (const { arn } of unreadable)
      await expect(read(arn)).rejects.toMatchObject({ name: "AccessDeniedException" });
    const { FunctionPolicies: policies } = recorded["policies.json"] as {
      readonly FunctionPolicies: Readonly<Record<string, unknown>>;
    };
    const [none = ""] = Object.entries(policies).find(([, output]) => output === null) ?? [];
    await expect(read(none)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test.each<[string, (side: Side) => Promise<unknown>]>([
    ["a stack", ({ stacks }) => stacks.send(new DescribeStackResourcesCommand({ StackName: "s" }))],
    ["the quotas", ({ iam }) => iam.send(new GetAccountSummaryCommand({}))],
    [
      "a function with its state",
      ({ lambda }) =>
        lambda.send(new GetFunctionConfigurationCommand({ FunctionName: estate.functions[0]?.name })),
    ],
    [
      "the aliases of a function that was not recorded",
      ({ lambda }) => lambda.send(new ListAliasesCommand({ FunctionName: "other" })),
    ],
  ])("denies %s, which no file contains", async (_what, read) => {
    await expect(read(copy)).rejects.toThrow(/is not authorized to perform/);
  });

  test("denies what only further files contain", async () => {
    const { "details.json": details = {} } = recorded;
    const alone = sideOf(await replayed(filesOf({ "details.json": details })));

    await expect(alone.iam.send(new GetRoleCommand({ RoleName: "r" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(recordAccount(alone)).rejects.toThrow(/lambda:ListFunctions/);
    for (const client of [alone.iam, alone.lambda, alone.tags, alone.stacks]) client.destroy();
    await alone.simulated.stop();
  });

  test("reports what was loaded and what is denied", () => {
    const { notes } = readRecording(filesOf(recorded));

    const roles = Object.keys(accountOf(original.simulated.world, ACCOUNT).iam.roles).length;
    expect(notes[0]).toMatch(
      new RegExp(`^loaded: roles ${roles}, .*, functions 60, resource policies \\d+$`),
    );
    expect(notes[1]).toMatch(/^not recorded, so denied: cloudformation:\*, .*lambda:GetPolicy \(others\)/);
  });
});
