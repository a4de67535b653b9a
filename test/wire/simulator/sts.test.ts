import { DeleteRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListFunctionsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addAccount, addRole } from "../../../src/simulator/world.ts";
import type { Credentials, Simulated } from "../../support/installation/simulated.ts";
import {
  ACCOUNT,
  clientConfig,
  credentialsFor,
  documentOf,
  startSimulated,
  trustOf,
} from "../../support/installation/simulated.ts";

const BASE_ACCOUNT = "999900001111";
const BASE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/observer`;
const GOOD = { RoleArn, RoleSessionName: "gk-1", ExternalId: "gk-prod-observer" };
const TRUST = documentOf(
  {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: BASE },
    Condition: {
      StringEquals: { "sts:ExternalId": "gk-prod-observer", "aws:PrincipalOrgID": "o-example" },
      StringLike: { "sts:RoleSessionName": "gk-*" },
    },
  },
  {
    Effect: "Allow",
    Action: "sts:TagSession",
    Principal: { AWS: BASE },
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["gk-change"] } },
  },
);

let simulated: Simulated;
let base: Credentials;
let nowMs: number;
const clients: { destroy(): void }[] = [];
beforeEach(async () => {
  nowMs = Date.parse("2026-11-01T00:00:00Z");
  simulated = await startSimulated(
    (world) => {
      addAccount(world, { id: BASE_ACCOUNT, organizationId: "o-example" });
      addRole(world, { accountId: BASE_ACCOUNT, name: "grantkeeper-base" });
      addRole(world, { accountId: ACCOUNT, name: "observer", path: "/grantkeeper-system/", trust: TRUST });
      base = credentialsFor(world, BASE);
    },
    { nowMs: () => nowMs },
  );
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await simulated.stop();
});

function keep<Client extends { destroy(): void }>(client: Client): Client {
  clients.push(client);
  return client;
}

const stsAs = (credentials: Credentials, region?: string) =>
  keep(new STSClient(clientConfig(simulated.simulator, credentials, region)));
const iamAs = (credentials: Credentials) =>
  keep(new IAMClient(clientConfig(simulated.simulator, credentials)));

async function assume(input: AssumeRoleCommandInput, as = base): Promise<Credentials> {
  const { Credentials } = await stsAs(as).send(new AssumeRoleCommand(input));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

function setTrust(trust: string): void {
  const observer = simulated.world.accounts[ACCOUNT]?.iam.roles["observer"];
  if (observer !== undefined) observer.trust = trust;
}

test("key ids have 20 characters and secrets 40, of sessions too", async () => {
  for (const { accessKeyId, secretAccessKey } of [simulated.credentials, await assume(GOOD)]) {
    expect(accessKeyId).toMatch(/^(AKIA|ASIA)[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  }
});

test("an account's root is known by the account's id, a role by its unique id", async () => {
  const root = await stsAs(simulated.credentials).send(new GetCallerIdentityCommand({}));
  const role = await stsAs(base).send(new GetCallerIdentityCommand({}));

  expect(root).toMatchObject({ UserId: ACCOUNT, Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` });
  expect(role).toMatchObject({ UserId: expect.stringMatching(/^AROA/), Account: BASE_ACCOUNT, Arn: BASE });
});

describe("assuming a role", () => {
  test("the session acts in the role's account under the session's ARN", async () => {
    const session = await assume(GOOD);

    const identity = await stsAs(session).send(new GetCallerIdentityCommand({}));
    await iamAs(session).send(new GetRoleCommand({ RoleName: "observer" }));

    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/observer/gk-1`;
    expect(identity).toMatchObject({
      Account: ACCOUNT,
      Arn: arn,
      UserId: expect.stringMatching(/^AROA\w+:gk-1$/),
    });
    expect(simulated.simulator.calls().at(-1)).toMatchObject({
      principalArn: arn,
      accountId: ACCOUNT,
      service: "iam",
    });
  });

  test.each([
    { change: { ExternalId: "another" }, because: "the external id differs" },
    { change: { ExternalId: undefined }, because: "the external id is missing" },
    { change: { RoleSessionName: "other-1" }, because: "the session name does not fit" },
    {
      change: { Tags: [{ Key: "team", Value: "x" }] },
      because: "a session tag is not listed for TagSession",
    },
    { change: { RoleArn: RoleArn.replace("observer", "none") }, because: "the role does not exist" },
    {
      change: { RoleArn: RoleArn.replace("grantkeeper-system/", "") },
      because: "the ARN lacks the role's path",
    },
  ])("it is denied when $because", async ({ change }) => {
    const denied = assume({ ...GOOD, ...change });

    await expect(denied).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    await expect(denied).rejects.toThrow(`User: ${BASE} is not authorized to perform: sts:`);
  });

  test("a listed session tag is taken", async () => {
    await expect(assume({ ...GOOD, Tags: [{ Key: "gk-change", Value: "1" }] })).resolves.toHaveProperty(
      "sessionToken",
    );
  });

  test("a principal whose organization is another is denied", async () => {
    const account = simulated.world.accounts[BASE_ACCOUNT];
    if (account !== undefined) account.organizationId = "o-other";

    await expect(assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test.each([
    {
      principal: { AWS: `arn:aws:iam::${BASE_ACCOUNT}:root` },
      because: "an account stands for its principals",
    },
    { principal: { AWS: "*" }, because: "the wildcard stands for all" },
  ])("$because", async ({ principal }) => {
    setTrust(trustOf(principal));

    await expect(assume(GOOD)).resolves.toHaveProperty("sessionToken");
  });

  test.each([
    { principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, because: "another account is not trusted" },
    { principal: { Service: "lambda.amazonaws.com" }, because: "only a service is trusted" },
    { principal: { AWS: "AROAAAAAAAAAAAAAAAAAA" }, because: "the trusted role was deleted" },
  ])("it is denied when $because", async ({ principal }) => {
    setTrust(trustOf(principal));

    await expect(assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("a Deny wins over an Allow", async () => {
    const statement = { Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    setTrust(documentOf({ Effect: "Allow", ...statement }, { Effect: "Deny", ...statement }));

    await expect(assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test.each([
    { change: { RoleSessionName: "gk-a b" }, because: "a session name has no blanks" },
    { change: { DurationSeconds: 899 }, because: "a session lasts at least 15 minutes" },
    { change: { DurationSeconds: 3_601 }, because: "a session lasts no longer than the role allows" },
    { change: { Policy: "x".repeat(2_049) }, because: "a session policy has at most 2,048 characters" },
  ])("$because", async ({ change }) => {
    await expect(assume({ ...GOOD, ...change })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("a session got from a session lasts at most an hour", async () => {
    const session = await assume(GOOD);
    addRole(simulated.world, {
      accountId: ACCOUNT,
      name: "next",
      trust: trustOf({ AWS: RoleArn }),
      maxSessionSeconds: 43_200,
    });
    const next = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/next`, RoleSessionName: "gk-2" };

    await expect(assume(next, session)).resolves.toHaveProperty("sessionToken");
    await expect(assume({ ...next, DurationSeconds: 3_601 }, session)).rejects.toMatchObject({
      name: "ValidationError",
    });
  });
});

describe("credentials", () => {
  test("a session ends with its time, in each service's words", async () => {
    const session = await assume(GOOD);
    const lambda = keep(new LambdaClient(clientConfig(simulated.simulator, session)));
    nowMs += 3_600_000;

    const iam = iamAs(session).send(new GetRoleCommand({ RoleName: "observer" }));

    await expect(iam).rejects.toMatchObject({ name: "ExpiredToken", $metadata: { httpStatusCode: 403 } });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "ExpiredTokenException",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a session ends with its role", async () => {
    const session = await assume(GOOD);
    await simulated.iam.send(new DeleteRoleCommand({ RoleName: "observer" }));

    await expect(stsAs(session).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  test("a session's key without its token is unknown", async () => {
    const { accessKeyId, secretAccessKey } = await assume(GOOD);

    const identity = stsAs({ accessKeyId, secretAccessKey }).send(new GetCallerIdentityCommand({}));

    await expect(identity).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  test("an unknown key is refused, in each service's words", async () => {
    const unknown = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" };
    const lambda = keep(new LambdaClient(clientConfig(simulated.simulator, unknown)));

    await expect(stsAs(unknown).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("a region that is off knows no key", async () => {
    const lambda = keep(
      new LambdaClient(clientConfig(simulated.simulator, simulated.credentials, "ap-east-1")),
    );

    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await expect(
      stsAs(simulated.credentials, "ap-east-1").send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("signatures", () => {
  test("another secret gives a signature that does not match, in each service's words", async () => {
    const forged = { ...simulated.credentials, secretAccessKey: "wrong" };
    const lambda = keep(new LambdaClient(clientConfig(simulated.simulator, forged)));

    await expect(stsAs(forged).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      lambda.send(new ListFunctionsCommand({ MaxItems: 5, Marker: "a b+c/ä" })),
    ).rejects.toMatchObject({ name: "InvalidSignatureException" });
  });

  test("a query with special characters is verified like any other", async () => {
    await expect(
      simulated.lambda.send(new ListFunctionsCommand({ Marker: "a b+c/ä" })),
    ).rejects.not.toMatchObject({ name: "InvalidSignatureException" });
  });

  test.each([
    { offsetMs: -600_000, message: "Signature expired" },
    { offsetMs: 600_000, message: "Signature not yet current" },
  ])("a clock that is $offsetMs ms off is refused", async ({ offsetMs, message }) => {
    const config = {
      ...clientConfig(simulated.simulator, simulated.credentials),
      systemClockOffset: offsetMs,
    };
    const client = keep(new STSClient(config));

    const identity = client.send(new GetCallerIdentityCommand({}));

    await expect(identity).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(identity).rejects.toThrow(message);
  });

  test("a request that is not signed is refused", async () => {
    const answer = await fetch(simulated.simulator.endpoint, {
      method: "POST",
      body: "Action=ListRoles&Version=2010-05-08",
    });

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });
});
