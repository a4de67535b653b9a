import {
  CreatePolicyCommand,
  CreateRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
} from "@aws-sdk/client-iam";
import { CreateFunctionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SEEDED_CODE } from "../../../src/simulator/lambda/seeded-code.ts";
import { addFunction, addPolicy, addRole } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  allow,
  LAMBDA_TRUST,
  startSimulated,
  type Simulated,
} from "../../support/installation/simulated.ts";

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/r`;
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/p`;
const CHARACTERS = String.raw`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]`;

let simulated: Simulated;

beforeAll(async () => {
  simulated = await startSimulated((world) => {
    addRole(world, { accountId: ACCOUNT, name: "r" });
    addPolicy(world, { accountId: ACCOUNT, name: "p", document: allow("s3:Get*") });
    addFunction(world, { accountId: ACCOUNT, region: "us-east-1", name: "f", roleArn: ROLE_ARN });
  });
});
afterAll(() => simulated.stop());

const tags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

/** One violation, as AWS words it. */
const one = (value: string, field: string, constraint: string) =>
  `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${constraint}`;

describe("IAM checks its input against its model", () => {
  const role = { RoleName: "new", AssumeRolePolicyDocument: LAMBDA_TRUST };

  test.each([
    {
      what: "a name that is too long",
      call: () => simulated.iam.send(new CreateRoleCommand({ ...role, RoleName: "x".repeat(65) })),
      message: one("x".repeat(65), "roleName", "Member must have length less than or equal to 64"),
    },
    {
      what: "a session that is too long",
      call: () => simulated.iam.send(new CreateRoleCommand({ ...role, MaxSessionDuration: 43_201 })),
      message: one("43201", "maxSessionDuration", "Member must have value less than or equal to 43200"),
    },
    {
      what: "a boundary that is too short for an ARN",
      call: () => simulated.iam.send(new CreateRoleCommand({ ...role, PermissionsBoundary: "arn:aws:iam" })),
      message: one(
        "arn:aws:iam",
        "permissionsBoundary",
        "Member must have length greater than or equal to 20",
      ),
    },
    {
      what: "a description of a policy that is too long",
      call: () =>
        simulated.iam.send(
          new CreatePolicyCommand({
            PolicyName: "n",
            PolicyDocument: allow("s3:Get*"),
            Description: "x".repeat(1_001),
          }),
        ),
      message: one("x".repeat(1_001), "description", "Member must have length less than or equal to 1000"),
    },
    {
      what: "a tag's key that is too long, by its number",
      call: () =>
        simulated.iam.send(
          new TagRoleCommand({ RoleName: "r", Tags: [...tags(1), { Key: "x".repeat(129), Value: "" }] }),
        ),
      message: one("x".repeat(129), "tags.2.member.key", "Member must have length less than or equal to 128"),
    },
    {
      what: "a tag's value with a character that tags may not have",
      call: () =>
        simulated.iam.send(new TagRoleCommand({ RoleName: "r", Tags: [{ Key: "a", Value: "a*b" }] })),
      message: one("a*b", "tags.1.member.value", `${CHARACTERS}*`),
    },
    {
      what: "two violations, both",
      call: () =>
        simulated.iam.send(new TagPolicyCommand({ PolicyArn: "arn:short", Tags: [{ Key: "", Value: "a" }] })),
      message: expect.stringMatching(
        /^3 validation errors detected: Value 'arn:short' at 'policyArn' .* 20; Value '' at 'tags\.1\.member\.key' .*; /,
      ),
    },
    {
      what: "a filter that is none",
      call: () =>
        simulated.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ["Roles" as "Role"] })),
      message: expect.stringMatching(/^1 validation error detected: Value '\[Roles\]' at 'filter' /),
    },
    {
      what: "a tag key of UntagRole",
      call: () => simulated.iam.send(new UntagRoleCommand({ RoleName: "r", TagKeys: ["a*"] })),
      message: expect.stringMatching(
        /^1 validation error detected: Value '\[a\*\]' at 'tagKeys' .*: \[Member /,
      ),
    },
    {
      what: "51 tag keys of UntagPolicy",
      call: () =>
        simulated.iam.send(
          new UntagPolicyCommand({ PolicyArn: POLICY_ARN, TagKeys: tags(51).map(({ Key }) => Key) }),
        ),
      message: expect.stringMatching(/ at 'tagKeys' .*: Member must have length less than or equal to 50$/),
    },
  ])("$what", async ({ call, message }) => {
    await expect(call()).rejects.toMatchObject({
      name: "ValidationError",
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("51 tags in one call are a violation, the 51st of a second call is over the quota", async () => {
    const tag = (some: readonly { Key: string; Value: string }[]) =>
      simulated.iam.send(new TagRoleCommand({ RoleName: "r", Tags: [...some] }));

    await expect(tag(tags(51))).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringMatching(/ at 'tags' .*: Member must have length less than or equal to 50$/),
    });
    await tag(tags(50));
    await expect(tag([{ Key: "one-more", Value: "" }])).rejects.toMatchObject({
      Error: { Code: "LimitExceeded" },
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("a role that is not there has no tags to take away", async () => {
    const untagged = simulated.iam.send(new UntagRoleCommand({ RoleName: "none", TagKeys: ["a"] }));

    await expect(untagged).rejects.toMatchObject({ Error: { Code: "NoSuchEntity" } });
  });
});

describe("STS checks its input against its model", () => {
  test.each([
    { change: { RoleSessionName: "x" }, field: "roleSessionName" },
    { change: { RoleSessionName: "a b" }, field: "roleSessionName" },
    { change: { ExternalId: "x" }, field: "externalId" },
    { change: { DurationSeconds: 899 }, field: "durationSeconds" },
    { change: { RoleArn: "arn:aws:iam::1" }, field: "roleArn" },
  ])("$change", async ({ change, field }) => {
    const input = { RoleArn: ROLE_ARN, RoleSessionName: "session", ...change };

    await expect(simulated.sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining(` at '${field}' failed to satisfy constraint: `),
    });
  });
});

describe("Lambda checks its input against its model", () => {
  const create = (change: object) =>
    simulated.lambda.send(
      new CreateFunctionCommand({
        FunctionName: "new",
        Role: ROLE_ARN,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: Buffer.from(SEEDED_CODE, "base64") },
        ...change,
      }),
    );

  test.each([
    {
      change: { FunctionName: "x".repeat(65) },
      message: one("x".repeat(65), "functionName", "Member must have length less than or equal to 64"),
    },
    {
      change: { Timeout: 901 },
      message: one("901", "timeout", "Member must have value less than or equal to 900"),
    },
    {
      change: { MemorySize: 20_000 },
      message: one("20000", "memorySize", "Member must have value less than or equal to 10240"),
    },
    {
      change: { EphemeralStorage: { Size: 3_000_000 } },
      message: one("3000000", "ephemeralStorage.size", "Member must have value less than or equal to 10240"),
    },
    {
      change: { TracingConfig: { Mode: "Foo" } },
      message: one("Foo", "tracingConfig.mode", "Member must satisfy enum value set: [Active, PassThrough]"),
    },
    {
      // Recorded: LocalStack snapshot, test_create_lambda_exceptions.
      change: { Architectures: ["x86_64", "arm64"] },
      message: one("[x86_64, arm64]", "architectures", "Member must have length less than or equal to 1"),
    },
    {
      // Recorded: the same.
      change: { Architectures: ["X86_64"] },
      message: one(
        "[X86_64]",
        "architectures",
        "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
      ),
    },
    {
      change: { Handler: "has blanks" },
      message: one(
        "has blanks",
        "handler",
        String.raw`Member must satisfy regular expression pattern: [^\s]+`,
      ),
    },
    {
      change: { Description: "x".repeat(257) },
      message: one("x".repeat(257), "description", "Member must have length less than or equal to 256"),
    },
  ])("$message", async ({ change, message }) => {
    await expect(create(change)).rejects.toMatchObject({
      name: "ValidationException",
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    { change: { Runtime: "cobol" }, because: /^Value cobol at 'runtime' .* or be a valid ARN$/ },
    { change: { Code: { ZipFile: Buffer.from("no zip") } }, because: /^Could not unzip uploaded file\. / },
    { change: { Code: {} }, because: /^Please provide a source for function code\.$/ },
    {
      change: { Code: { ZipFile: Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64") } },
      because: /^Uploaded file must be a non-empty zip$/,
    },
  ])("$because is an invalid parameter", async ({ change, because }) => {
    await expect(create(change)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringMatching(because),
    });
  });

  test("an update is held to the same", async () => {
    const update = (change: object) =>
      simulated.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f", ...change }));

    await expect(update({ MemorySize: 127 })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(update({ Runtime: "cobol" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });
});
