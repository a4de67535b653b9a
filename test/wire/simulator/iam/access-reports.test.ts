import {
  DeleteRoleCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  type GetServiceLastAccessedDetailsCommandOutput,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addPolicy, addRole, addUser } from "../../../../src/simulator/world.ts";
import {
  ACCOUNT,
  allow,
  clientConfig,
  credentialsFor,
  startSimulated,
  type Simulated,
} from "../../../support/installation/simulated.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders`;
const USED = "2026-03-01T12:00:00.000Z";

let simulated: Simulated;
let other: IAMClient;
beforeAll(async () => {
  simulated = await startSimulated((world) => {
    const { arn } = addPolicy(world, { accountId: ACCOUNT, name: "more", document: allow(["kms:Decrypt"]) });
    addRole(world, {
      accountId: ACCOUNT,
      name: "orders",
      inline: { app: allow(["sqs:SendMessage", "sqs:TagQueue", "s3:GetObject", "dynamodb:GetItem"]) },
      attached: [arn],
      accessed: {
        sqs: { at: USED, region: "eu-west-1", actions: { TagQueue: null, GetQueueUrl: USED } },
        dynamodb: { at: USED, region: "eu-west-1", actions: { CreateTable: null } },
        lambda: { at: USED, region: "eu-west-1" },
      },
    });
    addRole(world, { accountId: ACCOUNT, name: "broken", accessed: "fails" });
    addRole(world, { accountId: ACCOUNT, name: "gone" });
    addUser(world, ACCOUNT, "ann");
  });
  const ann = credentialsFor(simulated.world, `arn:aws:iam::${ACCOUNT}:user/ann`);
  other = new IAMClient(clientConfig(simulated.simulator, ann));
});
afterAll(async () => {
  other.destroy();
  await simulated.stop();
});

async function job(Arn: string, Granularity?: "ACTION_LEVEL"): Promise<string> {
  const asked = { Arn, ...(Granularity !== undefined && { Granularity }) };
  const { JobId } = await simulated.iam.send(new GenerateServiceLastAccessedDetailsCommand(asked));
  return JobId ?? "";
}

/** Asks until the job has ended. */
async function ended(
  JobId: string,
  page: { readonly MaxItems?: number; readonly Marker?: string } = {},
): Promise<GetServiceLastAccessedDetailsCommandOutput> {
  for (;;) {
    const found = await simulated.iam.send(new GetServiceLastAccessedDetailsCommand({ JobId, ...page }));
    if (found.JobStatus !== "IN_PROGRESS") return found;
  }
}

describe("a report of what a role accessed", () => {
  test("lists each service that its policies name, with tracked actions if one of them was attempted", async () => {
    const report = await ended(await job(ROLE, "ACTION_LEVEL"));

    const by = { LastAuthenticatedEntity: ROLE, LastAuthenticatedRegion: "eu-west-1" };
    const at = new Date(USED);
    expect(report).toMatchObject({ JobStatus: "COMPLETED", JobType: "ACTION_LEVEL", IsTruncated: false });
    expect(report.ServicesLastAccessed).toEqual([
      {
        ServiceName: "Amazon DynamoDB",
        ServiceNamespace: "dynamodb",
        LastAuthenticated: at,
        ...by,
        TotalAuthenticatedEntities: 1,
      },
      {
        ServiceName: "AWS Key Management Service",
        ServiceNamespace: "kms",
        TotalAuthenticatedEntities: 0,
      },
      { ServiceName: "Amazon S3", ServiceNamespace: "s3", TotalAuthenticatedEntities: 0 },
      {
        ServiceName: "Amazon SQS",
        ServiceNamespace: "sqs",
        LastAuthenticated: at,
        ...by,
        TotalAuthenticatedEntities: 1,
        TrackedActionsLastAccessed: [
          { ActionName: "TagQueue" },
          {
            ActionName: "GetQueueUrl",
            LastAccessedEntity: ROLE,
            LastAccessedTime: at,
            LastAccessedRegion: "eu-west-1",
          },
        ],
      },
    ]);
  });

  test("has no actions unless they were asked for", async () => {
    const report = await ended(await job(ROLE));

    expect(report.JobType).toBe("SERVICE_LEVEL");
    expect(JSON.stringify(report)).not.toContain("TrackedActionsLastAccessed");
  });

  test("is in progress first, and without services until it is completed", async () => {
    const JobId = await job(ROLE);

    const asked = await simulated.iam.send(new GetServiceLastAccessedDetailsCommand({ JobId }));

    expect(asked).toMatchObject({ JobStatus: "IN_PROGRESS", ServicesLastAccessed: [] });
    expect(asked.JobCompletionDate).toBeUndefined();
  });

  test("is read in pages", async () => {
    const JobId = await job(ROLE);
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await ended(JobId, { MaxItems: 3, ...(Marker !== undefined && { Marker }) });
      names.push(...(page.ServicesLastAccessed ?? []).map(({ ServiceNamespace }) => ServiceNamespace));
      Marker = page.Marker;
    } while (Marker !== undefined);

    expect(names).toEqual(["dynamodb", "kms", "s3", "sqs"]);
  });

  test("may fail, with a reason", async () => {
    const report = await ended(await job(`arn:aws:iam::${ACCOUNT}:role/broken`));

    expect(report).toMatchObject({ JobStatus: "FAILED", Error: { Code: "ReportGenerationFailed" } });
  });

  test("belongs to the session that asked for it", async () => {
    const JobId = await job(ROLE);

    await expect(other.send(new GetServiceLastAccessedDetailsCommand({ JobId }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });

  test.each([
    { Arn: `arn:aws:iam::${ACCOUNT}:role/missing`, name: "NoSuchEntityException" },
    { Arn: `arn:aws:iam::${ACCOUNT}:nothing`, name: "ValidationError" },
    { Arn: "too-short", name: "ValidationError" },
  ])("is refused for $Arn", async ({ Arn, name }) => {
    await expect(job(Arn)).rejects.toMatchObject({ name });
  });

  test("ends with its role", async () => {
    const JobId = await job(`arn:aws:iam::${ACCOUNT}:role/gone`);
    await simulated.iam.send(new DeleteRoleCommand({ RoleName: "gone" }));

    await expect(ended(JobId)).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});
