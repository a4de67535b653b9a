import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../../src/simulator/world.ts";
import { ACCOUNT, documentOf, trustOf } from "../../../support/installation/simulated.ts";
import { BASE, GOOD, RoleArn, SessionWorld } from "./session-world.ts";

const tag = (Key: string, Value = "1") => ({ Key, Value });
const NEXT = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/next`, RoleSessionName: "gk-2" };

let sessions: SessionWorld;

beforeEach(async () => {
  sessions = await SessionWorld.start();
  sessions.setTrust(
    documentOf({ Effect: "Allow", Principal: { AWS: BASE }, Action: ["sts:AssumeRole", "sts:TagSession"] }),
  );
});

afterEach(() => sessions.stop());

describe("session tags", () => {
  test.each([
    {
      change: { Tags: [tag("team"), tag("Team")] },
      because: "keys that differ only in case are duplicates",
      message: "Duplicate tag keys found",
    },
    {
      change: { Tags: [tag("team")], TransitiveTagKeys: ["other"] },
      because: "a transitive key names a tag of the request",
      message: "must be included in the requested tags",
    },
  ])("$because", async ({ change, message }) => {
    const refused = sessions.assume({ ...GOOD, ...change });

    await expect(refused).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(refused).rejects.toThrow(message);
  });

  test("that are transitive need the permission to tag in the next trust policy too, and cannot be set again", async () => {
    const pod = await sessions.assume({
      ...GOOD,
      Tags: [tag("kubernetes-namespace"), tag("team")],
      TransitiveTagKeys: ["Kubernetes-Namespace"],
    });
    const next = { accountId: ACCOUNT, name: "next", trust: trustOf({ AWS: RoleArn }) };
    const role = addRole(sessions.simulated.world, next);

    await expect(sessions.assume(NEXT, pod)).rejects.toThrow(
      `is not authorized to perform: sts:TagSession on resource: ${NEXT.RoleArn}`,
    );
    const Action = ["sts:AssumeRole", "sts:TagSession"];
    role.trust = documentOf({ Effect: "Allow", Principal: { AWS: RoleArn }, Action });
    await expect(sessions.assume(NEXT, pod)).resolves.toHaveProperty("sessionToken");
    await expect(sessions.assume({ ...NEXT, Tags: [tag("team")] }, pod)).resolves.toHaveProperty(
      "sessionToken",
    );
    await expect(
      sessions.assume({ ...NEXT, Tags: [tag("kubernetes-namespace")] }, pod),
    ).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});

describe("the packed size of policy and tags", () => {
  const policy = documentOf({ Effect: "Allow", Action: "s3:*", Resource: "*" });

  test("is in the answer if there are any", async () => {
    const sizeOf = async (change: object): Promise<number | undefined> => {
      const sts = sessions.stsAs(sessions.base);
      return (await sts.send(new AssumeRoleCommand({ ...GOOD, ...change }))).PackedPolicySize;
    };

    expect(await sizeOf({})).toBeUndefined();
    expect(await sizeOf({ Policy: policy })).toBeGreaterThan(0);
    expect(await sizeOf({ Policy: policy, Tags: [tag("team")] })).toBeLessThanOrEqual(100);
  });

  test.each([
    { Tags: [tag("team", "x".repeat(256)), tag("unit", "x".repeat(256))], what: "session tags" },
    { Policy: policy.replace("s3:*", `s3:${"x".repeat(1_800)}`), what: "session policy" },
  ])("has a limit below that of the plain text: $what", async ({ what, ...change }) => {
    const refused = sessions.assume({ ...GOOD, ...change });

    await expect(refused).rejects.toThrow(
      new RegExp(`^Packed size of ${what} consumes \\d+% of allotted space`),
    );
    await expect(refused).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  test("counts inherited tags", async () => {
    const key = "kubernetes-pod-name";
    const pod = await sessions.assume({
      ...GOOD,
      Tags: [tag(key, "x".repeat(250))],
      TransitiveTagKeys: [key],
    });
    const Action = ["sts:AssumeRole", "sts:TagSession"];
    const trust = documentOf({ Effect: "Allow", Principal: { AWS: RoleArn }, Action });
    addRole(sessions.simulated.world, { accountId: ACCOUNT, name: "next", trust });
    const Tags = [tag("gk-binding", "x".repeat(200))];

    await expect(sessions.assume({ ...GOOD, Tags })).resolves.toHaveProperty("sessionToken");
    await expect(sessions.assume({ ...NEXT, Tags }, pod)).rejects.toThrow("Packed size of session tags");
  });
});
