import { DeleteRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { ListFunctionsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { GOOD, SessionWorld } from "./session-world.ts";
import { clientConfig } from "../../../support/installation/simulated.ts";

let sessions: SessionWorld;

beforeEach(async () => {
  sessions = await SessionWorld.start();
});

afterEach(() => sessions.stop());

describe("credentials", () => {
  test("a session ends with its time, in each service's words", async () => {
    const session = await sessions.assume(GOOD);
    const lambda = sessions.keep(new LambdaClient(clientConfig(sessions.simulated.simulator, session)));
    sessions.nowMs += 3_600_000;

    const iam = sessions.iamAs(session).send(new GetRoleCommand({ RoleName: "observer" }));

    await expect(iam).rejects.toMatchObject({ name: "ExpiredToken", $metadata: { httpStatusCode: 403 } });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "ExpiredTokenException",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a session ends with its role", async () => {
    const session = await sessions.assume(GOOD);
    await sessions.simulated.iam.send(new DeleteRoleCommand({ RoleName: "observer" }));

    await expect(sessions.stsAs(session).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  test("a session's key without its token is unknown", async () => {
    const { accessKeyId, secretAccessKey } = await sessions.assume(GOOD);

    const identity = sessions.stsAs({ accessKeyId, secretAccessKey }).send(new GetCallerIdentityCommand({}));

    await expect(identity).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  test("an unknown key is refused, in each service's words", async () => {
    const unknown = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" };
    const lambda = sessions.keep(new LambdaClient(clientConfig(sessions.simulated.simulator, unknown)));

    await expect(sessions.stsAs(unknown).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a region that is off knows no key", async () => {
    const lambda = sessions.keep(
      new LambdaClient(
        clientConfig(sessions.simulated.simulator, sessions.simulated.credentials, "ap-east-1"),
      ),
    );

    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await expect(
      sessions.stsAs(sessions.simulated.credentials, "ap-east-1").send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("signatures", () => {
  test("another secret gives a signature that does not match, in each service's words", async () => {
    const forged = { ...sessions.simulated.credentials, secretAccessKey: "wrong" };
    const lambda = sessions.keep(new LambdaClient(clientConfig(sessions.simulated.simulator, forged)));

    await expect(sessions.stsAs(forged).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      lambda.send(new ListFunctionsCommand({ MaxItems: 5, Marker: "a b+c/ä" })),
    ).rejects.toMatchObject({ name: "InvalidSignatureException" });
  });

  test("a query with special characters is verified like any other", async () => {
    await expect(
      sessions.simulated.lambda.send(new ListFunctionsCommand({ Marker: "a b+c/ä" })),
    ).rejects.not.toMatchObject({ name: "InvalidSignatureException" });
  });

  test.each([
    { offsetMs: -600_000, message: "Signature expired" },
    { offsetMs: 600_000, message: "Signature not yet current" },
  ])("a clock that is $offsetMs ms off is refused", async ({ offsetMs, message }) => {
    const config = {
      ...clientConfig(sessions.simulated.simulator, sessions.simulated.credentials),
      systemClockOffset: offsetMs,
    };
    const client = sessions.keep(new STSClient(config));

    const identity = client.send(new GetCallerIdentityCommand({}));

    await expect(identity).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(identity).rejects.toThrow(message);
  });

  test("a request that is not signed is refused", async () => {
    const answer = await fetch(sessions.simulated.simulator.endpoint, {
      method: "POST",
      body: "Action=ListRoles&Version=2010-05-08",
    });

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });
});
