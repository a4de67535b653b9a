import { describe, expect, test } from "@jest/globals";
import { DEPLOYERS } from "../../../src/simulator/estate/deployer.ts";
import { ALL_SITUATIONS, deployersOf, type Situation } from "../../../src/simulator/estate/situations.ts";
import { iamOperations } from "../../../src/simulator/iam/operations.ts";
import { lambdaOperations } from "../../../src/simulator/lambda/operations.ts";
import { own } from "../../../src/simulator/contract.ts";
import { addAccount, emptyWorld, seedingCall } from "../../../src/simulator/world.ts";
import { PLACE, type Seeded, estateOf, small, large, functionsOf } from "./seeded-estates.ts";

describe("an estate", () => {
  test.each([1, 2, 3, 20_261_128])("of 60 functions has every situation, with seed %d", (seed) => {
    const { estate } = estateOf(60, seed);

    expect(estate.functions).toHaveLength(60);
    expect(new Set(estate.functions.flatMap(({ situations }) => situations))).toEqual(
      new Set(ALL_SITUATIONS),
    );
  });

  test("of 1,500 functions has every two situations that can meet in one function", () => {
    const pairs = ALL_SITUATIONS.flatMap((one, index) =>
      ALL_SITUATIONS.slice(index + 1).map((other): [Situation, Situation] => [one, other]),
    ).filter((pair) => deployersOf(pair, DEPLOYERS).length > 0);
    const missing = pairs.filter(
      ([one, other]) =>
        !large.estate.functions.some(
          ({ situations }) => situations.includes(one) && situations.includes(other),
        ),
    );

    expect(pairs.length).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  test.each([0, 1, 7, 59])("has as many functions as were asked for: %d", (count) => {
    const seeded = estateOf(count);

    expect(seeded.estate.functions).toHaveLength(count);
    expect(Object.keys(functionsOf(seeded))).toHaveLength(count);
  });

  test("has the same bytes with the same seed, and others with another", () => {
    const bytes = (seeded: Seeded): string => JSON.stringify([seeded.world, seeded.estate]);

    expect(bytes(estateOf(60))).toBe(bytes(small));
    expect(bytes(estateOf(60, 2))).not.toBe(bytes(small));
  });

  test("lists each function with the role that it runs on", () => {
    const functions = functionsOf(large);

    for (const { name, roleArn } of large.estate.functions)
      expect(own(functions, name)?.versions["$LATEST"]?.Role).toBe(roleArn);
  });

  test("has a stack for each function that CloudFormation created, with its role", () => {
    const stacks = large.account.stacks?.[PLACE.region] ?? {};
    const created = large.estate.functions.filter(({ stackName }) => stackName !== null);

    expect(created.length).toBeGreaterThan(500);
    for (const { name, stackName, roleArn } of created) {
      const ids = own(stacks, stackName ?? "")?.resources.map(({ physicalId }) => physicalId) ?? [];
      expect(ids).toContain(name);
      expect(ids).toContain(roleArn.split("/").at(-1));
    }
  });

  test("has the addresses of its functions in the state of Terraform", () => {
    const state = JSON.parse(large.estate.terraformState) as {
      readonly resources: readonly {
        readonly type: string;
        readonly name: string;
        readonly instances: readonly {
          readonly index_key?: string;
          readonly attributes: { readonly arn: string };
        }[];
      }[];
    };
    const addresses = state.resources
      .filter(({ type }) => type === "aws_lambda_function")
      .flatMap(({ type, name, instances }) =>
        instances.map(
          ({ index_key: key, attributes: { arn } }) =>
            `${type}.${name}${key === undefined ? "" : `["${key}"]`} ${arn}`,
        ),
      );

    const expected = large.estate.functions.flatMap(({ terraformAddress: address, arn }) =>
      address === null ? [] : [`${address} ${arn}`],
    );
    expect(new Set(addresses)).toEqual(new Set(expected));
    expect(addresses.length).toBeGreaterThan(200);
  });
});

/** Creates all roles, policies and functions again by the API, whose checks refuse what AWS would refuse. */
test("everything in an estate could have been created by the API of AWS", () => {
  const world = emptyWorld();
  const account = addAccount(world, { id: PLACE.accountId, regions: [PLACE.region] });
  account.iam.quotas.RolesQuota = 5_000;
  const call = seedingCall(world, PLACE);
  const scope = { account: account.iam, awsManaged: world.awsManaged };
  const lambda = account.lambda[PLACE.region];
  const iam = (name: string, input: object): unknown => own(iamOperations, name)?.(scope, { ...input }, call);
  const { iam: live } = large.account;

  for (const { name, path, versions } of Object.values(live.policies))
    iam("CreatePolicy", { PolicyName: name, Path: path, PolicyDocument: versions[0]?.document });
  for (const { name, path, trust, boundaryArn, inline, attached, tags } of Object.values(live.roles)) {
    const boundary = boundaryArn === undefined ? {} : { PermissionsBoundary: boundaryArn };
    // Only AWS sets tags that begin with "aws:".
    const Tags = tags.filter(({ Key }) => !Key.startsWith("aws:"));
    iam("CreateRole", { RoleName: name, Path: path, AssumeRolePolicyDocument: trust, Tags, ...boundary });
    for (const [PolicyName, PolicyDocument] of Object.entries(inline))
      iam("PutRolePolicy", { RoleName: name, PolicyName, PolicyDocument });
    for (const PolicyArn of attached) iam("AttachRolePolicy", { RoleName: name, PolicyArn });
  }
  for (const { name, versions } of Object.values(functionsOf(large))) {
    // CloudFront creates replicas, and a name with a dot is refused.
    if (name.includes(".")) continue;
    const latest = versions["$LATEST"];
    if (latest === undefined) continue;
    const { Role, Runtime, VpcConfig, DeadLetterConfig, PackageType } = latest;
    const Code = PackageType === "Image" ? { ImageUri: "i" } : { S3Bucket: "bucket", S3Key: "key" };
    const Vpc = VpcConfig as { readonly SubnetIds: unknown; readonly SecurityGroupIds: unknown } | undefined;
    const vpc = Vpc && { VpcConfig: { SubnetIds: Vpc.SubnetIds, SecurityGroupIds: Vpc.SecurityGroupIds } };
    const input = { FunctionName: name, Role, Runtime, Code, PackageType, DeadLetterConfig, ...vpc };
    if (lambda !== undefined) own(lambdaOperations, "CreateFunction")?.(lambda, input, call);
  }

  expect(Object.keys(account.iam.roles)).toHaveLength(Object.keys(live.roles).length);
  expect(Object.keys(lambda?.functions ?? {}).length).toBeGreaterThan(1_400);
});

describe("a function in the situation", () => {
  const found = (situation: Situation) => {
    const entry = large.estate.functions.find(
      ({ situations, deployer }) =>
        situations.includes(situation) &&
        (situation === "edge" || deployer !== "serverless" || situation === "serverless"),
    );
    const state = own(functionsOf(large), entry?.name ?? "");
    const role = own(large.account.iam.roles, entry?.roleArn.split("/").at(-1) ?? "");
    if (entry === undefined || state === undefined || role === undefined) throw new Error(`no ${situation}`);
    const policy = JSON.stringify(Object.values(state.policies).map(({ document }) => document));
    return { entry, state, role, policy, latest: state.versions["$LATEST"] };
  };

  test("shared-role shares it with eleven others", () => {
    const { entry } = found("shared-role");

    expect(large.estate.functions.filter(({ roleArn }) => roleArn === entry.roleArn)).toHaveLength(12);
  });

  test("three-policy-kinds has an inline, an AWS-managed and a customer-managed policy", () => {
    const { role } = found("three-policy-kinds");

    expect(Object.keys(role.inline).length).toBeGreaterThan(0);
    expect(role.attached.some((arn) => arn.startsWith("arn:aws:iam::aws:policy/"))).toBe(true);
    expect(role.attached.some((arn) => own(large.account.iam.policies, arn) !== undefined)).toBe(true);
  });

  test("alias-on-old-role has its callers on an alias whose version has another role", () => {
    const { state, latest } = found("alias-on-old-role");
    const version = state.versions[own(state.aliases, "live")?.version ?? ""];

    expect(version?.Role).toBeDefined();
    expect(version?.Role).not.toBe(latest?.Role);
  });

  test("dangling-principal has a statement for the unique id of a role that does not exist", () => {
    const [id = ""] = /AROA[A-Z2-7]{17}/.exec(found("dangling-principal").policy) ?? [];

    expect(id).not.toBe("");
    expect(Object.values(large.account.iam.roles).map((role) => role.id)).not.toContain(id);
  });

  test("quota-size-policy has inline policies of 10,240 characters", () => {
    const { role } = found("quota-size-policy");

    expect(Object.values(role.inline).join("").replace(/\s/g, "")).toHaveLength(10_240);
  });

  test.each<[Situation, (facts: ReturnType<typeof found>) => unknown]>([
    ["administrator", ({ role }) => role.attached.includes("arn:aws:iam::aws:policy/AdministratorAccess")],
    ["trust-names-account", ({ role }) => role.trust.includes("arn:aws:iam::777788889999:root")],
    ["service-role-path", ({ role }) => role.path === "/service-role/"],
    [
      "console-logs-policy",
      ({ role }) => role.attached.some((arn) => arn.includes("/service-role/AWSLambdaBasicExecutionRole-")),
    ],
    [
      "cdk-names",
      ({ role }) =>
        Object.keys(role.inline).some((name) => /ServiceRoleDefaultPolicy[0-9A-F]{8}$/.test(name)),
    ],
    ["sam", ({ state }) => state.tags["lambda:createdBy"] === "SAM"],
    ["serverless", ({ role }) => role.name.endsWith("-prod-eu-west-1-lambdaRole")],
    [
      "edge",
      ({ latest, entry }) =>
        String(latest?.["MasterArn"]).includes(":us-east-1:") && entry.name.startsWith("us-east-1."),
    ],
    [
      "container-image",
      ({ latest }) => latest?.["PackageType"] === "Image" && latest["Runtime"] === undefined,
    ],
    ["vpc", ({ latest }) => JSON.stringify(latest?.["VpcConfig"]).includes("subnet-")],
    [
      "destinations",
      ({ state, latest }) =>
        state.eventInvokeConfigs["$LATEST"] !== undefined && latest?.["DeadLetterConfig"] !== undefined,
    ],
    ["cross-account-caller", ({ policy }) => policy.includes('"arn:aws:iam::777788889999:root"')],
    [
      "api-gateway-console-sid",
      ({ policy }) => /"Sid":"[0-9a-f]{8}-[0-9a-f-]{27}"[^}]*apigateway/.test(policy),
    ],
    [
      "s3-without-source-account",
      ({ policy }) => policy.includes('"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::acme-uploads'),
    ],
    ["event-rule-wildcard", ({ policy }) => policy.includes(":rule/*")],
    ["policy-unreadable", ({ entry }) => large.account.denials?.includes(`"${entry.arn}"`)],
    ["longest-name", ({ entry }) => entry.name.length === 64],
    ["not-action", ({ role }) => JSON.stringify(role.inline).includes("NotAction")],
    ["extra-condition", ({ role }) => JSON.stringify(role.inline).includes("aws:RequestedRegion")],
    ["foreign-boundary", ({ role }) => role.boundaryArn?.endsWith(":policy/platform/developer-boundary")],
  ])("%s shows it in AWS", (situation, isShown) => {
    expect(isShown(found(situation))).toBe(true);
  });
});
