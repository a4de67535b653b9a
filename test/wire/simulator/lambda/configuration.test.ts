import {
  CreateFunctionCommand,
  UpdateFunctionConfigurationCommand,
  PublishVersionCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../../src/simulator/world.ts";
import {
  CODE,
  configurationOf,
  createFunction,
  type LambdaWorld,
  publish,
  roleArn,
  startLambdaWorld,
} from "./world.ts";

const ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";

let world: LambdaWorld;
let client: LambdaClient;
beforeEach(async () => {
  world = await startLambdaWorld();
  client = world.client();
});
afterEach(async () => {
  await world.close();
});

const configuration = (name = "f") => configurationOf(client, name);

describe("UpdateFunctionConfiguration", () => {
  test("sets the role of $LATEST and leaves the published version alone", async () => {
    await createFunction(client, "f");
    await publish(client, "f", "one");

    const updated = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("other") }),
    );

    expect(updated).toMatchObject({
      Role: roleArn("other"),
      LastUpdateStatus: "InProgress",
      State: "Active",
    });
    expect(await configuration()).toMatchObject({ Role: roleArn("other"), LastUpdateStatus: "Successful" });
    expect(await configuration("f:1")).toMatchObject({ Role: roleArn("lambda"), Version: "1" });
  });

  test("is refused when the role does not trust Lambda, and changes nothing", async () => {
    await createFunction(client, "f");
    const before = await configuration();
    addRole(world.simulator.world, {
      accountId: "111111111111",
      name: "ec2",
      trust: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });

    const updated = client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "f", Role: roleArn("ec2") }),
    );

    await expect(updated).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The role defined for the function cannot be assumed by Lambda.",
    });
    expect(await configuration()).toEqual(before);
  });

  test("takes the latest revision of the function only", async () => {
    await createFunction(client, "f");
    const { RevisionId } = await configuration();
    const update = async (timeout: number): Promise<unknown> =>
      client.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: "f",
          Timeout: timeout,
          RevisionId: RevisionId ?? "",
        }),
      );
    await update(4);

    await expect(update(5)).rejects.toMatchObject({
      name: "PreconditionFailedException",
      message:
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await configuration()).toMatchObject({ Timeout: 4 });
  });

  test("is refused while another is in progress, and so is publishing", async () => {
    await createFunction(client, "f");
    world.stateOf().updateMs = 3_600_000;
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 4 }));
    const inProgress = {
      name: "ResourceConflictException",
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
      $metadata: { httpStatusCode: 409 },
    };

    await expect(
      client.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 5 })),
    ).rejects.toMatchObject(inProgress);
    await expect(client.send(new PublishVersionCommand({ FunctionName: "f" }))).rejects.toMatchObject(
      inProgress,
    );
    expect(await configuration()).toMatchObject({ LastUpdateStatus: "InProgress", Timeout: 4 });
    world.passTime(3_600_000);

    expect(await configuration()).toMatchObject({ LastUpdateStatus: "Successful", Timeout: 4 });
  });

  test("keeps what is not sent, and takes settings away by empty values", async () => {
    await client.send(
      new CreateFunctionCommand({
        FunctionName: "f",
        Role: roleArn("lambda"),
        Code: CODE,
        Environment: { Variables: { AB: "1" } },
        KMSKeyArn: "arn:aws:kms:us-east-1:111111111111:key/k",
        DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:111111111111:q" },
        VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
        LoggingConfig: { LogGroup: "mine" },
      }),
    );

    await client.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: "f",
        KMSKeyArn: "",
        DeadLetterConfig: { TargetArn: "" },
        VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
        LoggingConfig: { LogFormat: "JSON" },
      }),
    );

    const updated = await configuration();
    expect(updated).toMatchObject({
      Environment: { Variables: { AB: "1" } },
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: "", Ipv6AllowedForDualStack: false },
      LoggingConfig: { LogGroup: "mine", LogFormat: "JSON" },
    });
    expect(updated).not.toHaveProperty("KMSKeyArn");
    expect(updated).not.toHaveProperty("DeadLetterConfig");
  });
});
