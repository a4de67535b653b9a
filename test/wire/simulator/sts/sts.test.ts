import { GetRoleCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE, BASE_ACCOUNT, GOOD, RoleArn, SessionWorld } from "./session-world.ts";
import { addRole } from "../../../../src/simulator/world.ts";
import { ACCOUNT, documentOf, trustOf } from "../../../support/installation/simulated.ts";

let sessions: SessionWorld;

beforeEach(async () => {
  sessions = await SessionWorld.start();
});

afterEach(() => sessions.stop());

test("key ids have 20 characters and secrets 40, of sessions too", async () => {
  for (const { accessKeyId, secretAccessKey } of [
    sessions.simulated.credentials,
    await sessions.assume(GOOD),
  ]) {
    expect(accessKeyId).toMatch(/^(AKIA|ASIA)[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  }
});

test("an account's root is known by the account's id, a role by its unique id", async () => {
  const root = await sessions.stsAs(sessions.simulated.credentials).send(new GetCallerIdentityCommand({}));
  const role = await sessions.stsAs(sessions.base).send(new GetCallerIdentityCommand({}));

  expect(root).toMatchObject({ UserId: ACCOUNT, Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` });
  expect(role).toMatchObject({ UserId: expect.stringMatching(/^AROA/), Account: BASE_ACCOUNT, Arn: BASE });
});

describe("assuming a role", () => {
  test("the session acts in the role's account under the session's ARN", async () => {
    const session = await sessions.assume(GOOD);

    const identity = await sessions.stsAs(session).send(new GetCallerIdentityCommand({}));
    await sessions.iamAs(session).send(new GetRoleCommand({ RoleName: "observer" }));

    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/observer/gk-1`;
    expect(identity).toMatchObject({
      Account: ACCOUNT,
      Arn: arn,
      UserId: expect.stringMatching(/^AROA\w+:gk-1$/),
    });
    expect(sessions.simulated.simulator.calls().at(-1)).toMatchObject({
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
    const denied = sessions.assume({ ...GOOD, ...change });

    await expect(denied).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    await expect(denied).rejects.toThrow(`User: ${BASE} is not authorized to perform: sts:`);
  });

  test("a statement for both actions with an external id allows no session tag", async () => {
    const Condition = { StringEquals: { "sts:ExternalId": "gk-prod-observer" } };
    const Action = ["sts:AssumeRole", "sts:TagSession"];
    sessions.setTrust(documentOf({ Effect: "Allow", Principal: { AWS: BASE }, Action, Condition }));

    await expect(sessions.assume(GOOD)).resolves.toHaveProperty("sessionToken");
    await expect(sessions.assume({ ...GOOD, Tags: [{ Key: "gk-change", Value: "1" }] })).rejects.toThrow(
      "is not authorized to perform: sts:TagSession on resource",
    );
  });

  test("a listed session tag is taken", async () => {
    await expect(
      sessions.assume({ ...GOOD, Tags: [{ Key: "gk-change", Value: "1" }] }),
    ).resolves.toHaveProperty("sessionToken");
  });

  test("a principal whose organization is another is denied", async () => {
    const account = sessions.simulated.world.accounts[BASE_ACCOUNT];
    if (account !== undefined) account.organizationId = "o-other";

    await expect(sessions.assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test.each([
    {
      principal: { AWS: `arn:aws:iam::${BASE_ACCOUNT}:root` },
      because: "an account stands for its principals",
    },
    { principal: { AWS: "*" }, because: "the wildcard stands for all" },
  ])("$because", async ({ principal }) => {
    sessions.setTrust(trustOf(principal));

    await expect(sessions.assume(GOOD)).resolves.toHaveProperty("sessionToken");
  });

  test.each([
    { principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, because: "another account is not trusted" },
    { principal: { Service: "lambda.amazonaws.com" }, because: "only a service is trusted" },
    { principal: { AWS: "AROAAAAAAAAAAAAAAAAAA" }, because: "the trusted role was deleted" },
  ])("it is denied when $because", async ({ principal }) => {
    sessions.setTrust(trustOf(principal));

    await expect(sessions.assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("a Deny wins over an Allow", async () => {
    const statement = { Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    sessions.setTrust(documentOf({ Effect: "Allow", ...statement }, { Effect: "Deny", ...statement }));

    await expect(sessions.assume(GOOD)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test.each([
    { change: { RoleSessionName: "gk-a b" }, because: "a session name has no blanks" },
    { change: { DurationSeconds: 899 }, because: "a session lasts at least 15 minutes" },
    { change: { DurationSeconds: 3_601 }, because: "a session lasts no longer than the role allows" },
    { change: { Policy: "x".repeat(2_049) }, because: "a session policy has at most 2,048 characters" },
  ])("$because", async ({ change }) => {
    await expect(sessions.assume({ ...GOOD, ...change })).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("a session got from a session lasts at most an hour", async () => {
    const session = await sessions.assume(GOOD);
    addRole(sessions.simulated.world, {
      accountId: ACCOUNT,
      name: "next",
      trust: trustOf({ AWS: RoleArn }),
      maxSessionSeconds: 43_200,
    });
    const next = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/next`, RoleSessionName: "gk-2" };

    await expect(sessions.assume(next, session)).resolves.toHaveProperty("sessionToken");
    await expect(sessions.assume({ ...next, DurationSeconds: 3_601 }, session)).rejects.toMatchObject({
      name: "ValidationError",
    });
  });
});
