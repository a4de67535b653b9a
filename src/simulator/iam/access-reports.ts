import { type Call, type Input, type Operation, type Output, own } from "../contract.ts";
import { noSuchEntity, optionalText, requiredInput, iamValidationError } from "./input.ts";
import { iamPageOf } from "./paging.ts";
import { findPolicy } from "./show.ts";
import type { AccessedService, AccessReport, IamScope, Role } from "./state.ts";

/** AWS needs some seconds. */
const REPORT_TAKES_MS = 50;

/** Of roles alone: reports on users, groups and policies are not simulated. */
function generateServiceLastAccessedDetails(scope: IamScope, input: Input, call: Call): Output {
  const arn = requiredInput(input, "Arn");
  const role = Object.values(scope.account.roles).find((one) => one.arn === arn);
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn))
    throw iamValidationError("Invalid ARN:  Could not be parsed!");
  if (role === undefined) throw noSuchEntity(`ARN ${arn} cannot be found.`);
  const id = call.newId("");
  const reports = (scope.account.accessReports ??= {});
  reports[id] = {
    roleArn: arn,
    granularity: optionalText(input, "Granularity") ?? "SERVICE_LEVEL",
    createdAt: new Date(call.nowMs).toISOString(),
    principalArn: call.principalArn,
  };
  return { JobId: id };
}

/** The session that asked for the report is the only one that may read it. */
function getServiceLastAccessedDetails(scope: IamScope, input: Input, call: Call): Output {
  const id = requiredInput(input, "JobId");
  const report = own(scope.account.accessReports ?? {}, id);
  const role = Object.values(scope.account.roles).find(({ arn }) => arn === report?.roleArn);
  if (report === undefined || role === undefined || report.principalArn !== call.principalArn)
    throw noSuchEntity(`Job ${id} does not exist.`);
  const readyMs = Date.parse(report.createdAt) + REPORT_TAKES_MS;
  const job = { JobType: report.granularity, JobCreationDate: report.createdAt };
  if (call.nowMs < readyMs)
    return { JobStatus: "IN_PROGRESS", ...job, ServicesLastAccessed: [], IsTruncated: false };
  const completed = { ...job, JobCompletionDate: new Date(readyMs).toISOString() };
  if (role.accessed === "fails") {
    const failure = { Message: "The report could not be generated.", Code: "ReportGenerationFailed" };
    return {
      JobStatus: "FAILED",
      ...completed,
      ServicesLastAccessed: [],
      IsTruncated: false,
      Error: failure,
    };
  }
  const { items, end } = iamPageOf(input, listedServices(role, report, { scope, partition: call.partition }));
  return { JobStatus: "COMPLETED", ...completed, ServicesLastAccessed: items, ...end };
}

interface Policies {
  readonly scope: IamScope;
  readonly partition: string;
}

/** Every service that the role's policies name, also if it was not accessed. */
function listedServices(role: Role, report: AccessReport, policies: Policies) {
  const accessed = role.accessed === "fails" ? {} : (role.accessed ?? {});
  const named = documentsOf(role, policies).flatMap(servicesIn);
  const listed = new Set(named.flatMap((name) => (name === "*" ? Object.keys(accessed) : [name])));
  return [...listed].map((namespace) => ({
    key: namespace,
    item: () => showService(namespace, { role, report, accessed: own(accessed, namespace) }),
  }));
}

function documentsOf(role: Role, { scope, partition }: Policies): readonly string[] {
  const attached = role.attached.flatMap((arn) => {
    const policy = findPolicy(scope, arn, partition);
    return policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document ?? [];
  });
  return [...Object.values(role.inline), ...attached];
}

interface AllowStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
}

/** Without regard to other elements: boundaries, resources and conditions are not considered. */
function servicesIn(document: string): readonly string[] {
  const { Statement } = JSON.parse(document) as {
    readonly Statement: AllowStatement | readonly AllowStatement[];
  };
  const allowed = ([Statement].flat() as readonly AllowStatement[]).filter(
    ({ Effect }) => Effect === "Allow",
  );
  return allowed
    .flatMap(({ Action }) => [Action ?? []].flat())
    .map((action) => action.split(":")[0]?.toLowerCase() ?? "");
}

interface ShownService {
  readonly role: Role;
  readonly report: AccessReport;
  readonly accessed: AccessedService | undefined;
}

function showService(namespace: string, { role, report, accessed }: ShownService): Output {
  const named = { ServiceName: SERVICE_NAMES[namespace] ?? namespace, ServiceNamespace: namespace };
  if (accessed?.at === undefined) return { ...named, TotalAuthenticatedEntities: 0 };
  const actions = Object.entries(accessed.actions ?? {});
  const hasUsed = actions.some(([, at]) => at !== null);
  return {
    ...named,
    LastAuthenticated: accessed.at,
    LastAuthenticatedEntity: role.arn,
    LastAuthenticatedRegion: accessed.region,
    TotalAuthenticatedEntities: 1,
    ...(report.granularity === "ACTION_LEVEL" &&
      hasUsed && {
        TrackedActionsLastAccessed: actions.map(([ActionName, at]) =>
          at === null
            ? { ActionName }
            : {
                ActionName,
                LastAccessedEntity: role.arn,
                LastAccessedTime: at,
                LastAccessedRegion: accessed.region,
              },
        ),
      }),
  };
}

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  dynamodb: "Amazon DynamoDB",
  iam: "AWS Identity and Access Management",
  kms: "AWS Key Management Service",
  logs: "Amazon CloudWatch Logs",
  s3: "Amazon S3",
  sns: "Amazon SNS",
  sqs: "Amazon SQS",
};

export const accessReportOperations = {
  GenerateServiceLastAccessedDetails: generateServiceLastAccessedDetails,
  GetServiceLastAccessedDetails: getServiceLastAccessedDetails,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
