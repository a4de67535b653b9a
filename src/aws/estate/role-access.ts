import {
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  type GetServiceLastAccessedDetailsCommandOutput,
  type ServiceLastAccessed,
} from "@aws-sdk/client-iam";
import type { EstatePart } from "../../adopt/estate/estate.ts";
import type { RoleAccess, ServiceAccess } from "../../adopt/estate/role-access.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import { unreadableAnswer } from "../errors/classify.ts";
import { completeListing, nextOfIam } from "../observe/pages.ts";
import { needed } from "../observe/project-role.ts";
import type { AccountReader } from "../observe/reader.ts";
import { estatePart } from "./estate-part.ts";

const GENERATE = "iam:GenerateServiceLastAccessedDetails";
const GET = "iam:GetServiceLastAccessedDetails";

const POLL_FIRST_MS = 250;
const POLL_MOST_MS = 4_000;
/** A report takes seconds. */
const DEADLINE_MS = 120_000;

/**
 * The report of one role at the level of actions: a job is started, awaited, and read to its last page. Only the session
 * that started the job may read it.
 * @throws AwsError if the observer's role cannot be assumed
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
 */
export function readRoleAccess(
  reader: AccountReader,
  roleArn: string,
  clock: Clock,
): Promise<EstatePart<RoleAccess>> {
  return estatePart(async () => {
    const input = { Arn: roleArn, Granularity: "ACTION_LEVEL" as const };
    const { JobId } = await reader.iam(GENERATE, GenerateServiceLastAccessedDetailsCommand, input);
    const job = needed(JobId, GENERATE, "JobId");
    const first = await completedReport(reader, job, clock);
    const services = await servicesOf(reader, job, first);
    return {
      reportedAtMs: needed(first.JobCreationDate, GET, "JobCreationDate").getTime(),
      services: new Map(services.map(serviceAccess)),
    };
  });
}

type Report = GetServiceLastAccessedDetailsCommandOutput;

/** The first page, after the job has ended. */
async function completedReport(reader: AccountReader, JobId: string, clock: Clock): Promise<Report> {
  const deadlineMs = clock.nowMs() + DEADLINE_MS;
  for (let waitMs = POLL_FIRST_MS; ; waitMs = Math.min(2 * waitMs, POLL_MOST_MS)) {
    const report = await reader.iam(GET, GetServiceLastAccessedDetailsCommand, { JobId });
    const status = needed(report.JobStatus, GET, "JobStatus");
    if (status === "COMPLETED") return report;
    if (status === "FAILED") {
      const { Code, Message } = report.Error ?? {};
      throw unreadableAnswer(GET, `the report failed: ${Code ?? "no code"}: ${Message ?? "no reason"}`);
    }
    if (clock.nowMs() >= deadlineMs)
      throw unreadableAnswer(GET, `the report was not completed within ${DEADLINE_MS / 1_000} s`);
    await clock.sleep(waitMs, reader.signal);
  }
}

function servicesOf(
  reader: AccountReader,
  JobId: string,
  first: Report,
): Promise<readonly ServiceLastAccessed[]> {
  return completeListing(GET, async (Marker) => {
    const page =
      Marker === undefined
        ? first
        : await reader.iam(GET, GetServiceLastAccessedDetailsCommand, { JobId, Marker });
    return {
      items: needed(page.ServicesLastAccessed, GET, "ServicesLastAccessed"),
      next: nextOfIam(page, GET),
    };
  });
}

function serviceAccess({
  ServiceNamespace,
  LastAuthenticated,
  TrackedActionsLastAccessed = [],
}: ServiceLastAccessed): readonly [string, ServiceAccess] {
  const actions = TrackedActionsLastAccessed.map(({ ActionName, LastAccessedTime }) => {
    const name = needed(ActionName, GET, "ActionName").toLowerCase();
    return [name, LastAccessedTime?.getTime() ?? null] as const;
  });
  const prefix = needed(ServiceNamespace, GET, "ServiceNamespace").toLowerCase();
  return [prefix, { lastAtMs: LastAuthenticated?.getTime() ?? null, actions: new Map(actions) }];
}
