import type { EstatePart } from "../../adopt/estate/estate.ts";
import type { RoleAccess } from "../../adopt/estate/role-access.ts";
import type { ObservedRole } from "../../adopt/evidence/accessed-use.ts";
import type { FunctionEvidence } from "../../adopt/evidence/function-use.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type {
  FunctionUseReport,
  ReportedRole,
  RoleReport,
} from "../../model/answers/questions/access-report.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { targetText, type Key } from "../../model/keys/key.ts";
import { byText } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import {
  unreadRolesOf,
  type AccountFunctions,
  type ReadEvidence,
  type UnreadAccount,
} from "./read-evidence.ts";

/** Each is one request to the controller, which asks IAM for the report of each role. */
const QUESTIONS = 100;

type AskedReport =
  | { readonly kind: "ok"; readonly report: FunctionUseReport }
  | { readonly kind: "unknown"; readonly because: string };

/**
 * The reports of IAM that the running controller reads, with its own access to AWS. A function that it does not answer for has
 * no known use.
 */
export async function evidenceOfController(
  functions: readonly AccountFunctions[],
  client: ApiClient,
  toolbox: Toolbox,
): Promise<ReadEvidence> {
  const bindings = functions.flatMap((one) => one.bindings);
  const reports = await withProgress("asking the controller", toolbox, (showText) =>
    askEach(bindings, client, showText),
  );
  const accessed = new Map<string, EstatePart<RoleAccess>>();
  for (const asked of reports.values())
    for (const { arn, report } of asked.kind === "ok" ? asked.report.roles : [])
      accessed.set(arn, roleAccess(report));
  return {
    evidenceOf: (binding) => functionEvidence(binding, reports.get(binding.key) ?? NOT_ASKED),
    sources: { accessed, trail: null, nowMs: toolbox.clock.nowMs() },
    unread: unreadOf(bindings, reports),
    unreadRoles: unreadRolesOf(accessed),
    trail: null,
  };
}

const NOT_ASKED = {
  kind: "unknown",
  because: `the controller is asked for the first ${QUESTIONS} functions: name a manifest`,
} as const;

async function askEach(
  bindings: readonly DesiredBinding[],
  client: ApiClient,
  showText: (text: string) => void,
): Promise<ReadonlyMap<Key, AskedReport>> {
  const reports = new Map<Key, AskedReport>();
  for (const binding of bindings) {
    showText(`asking the controller: ${targetText(binding)}`);
    reports.set(binding.key, reports.size < QUESTIONS ? await reportOf(binding, client) : NOT_ASKED);
  }
  return reports;
}

const ANSWERS: ReadonlySet<string> = new Set([
  "Conflict",
  "Forbidden",
  "NotFound",
  "ServiceUnavailable",
  "Timeout",
]);

/**
 * The checked-out manifest may name another function than the accepted one.
 * @throws CliError if the controller cannot be asked at all
 */
async function reportOf({ key, functionArn }: DesiredBinding, client: ApiClient): Promise<AskedReport> {
  try {
    const { status: report } = await client.create("accessreports", { key });
    if (report.functionArn === functionArn) return { kind: "ok", report };
    const because = `the manifest of the controller names another function: ${report.functionArn}`;
    return { kind: "unknown", because };
  } catch (error) {
    if (!(error instanceof CliError) || !isAnswer(error)) throw error;
    return { kind: "unknown", because: error.message };
  }
}

/** The controller answers, for other functions perhaps with a report: also after a report that took too long. */
function isAnswer({ problems, cause }: CliError): boolean {
  const isLate = cause instanceof Error && cause.name === "TimeoutError";
  return isLate || problems.some(({ code }) => ANSWERS.has(code));
}

function functionEvidence(
  { accountId, region, functionName }: DesiredBinding,
  asked: AskedReport,
): FunctionEvidence {
  if (asked.kind === "unknown") return asked;
  return { kind: "known", accountId, region, functionName, roles: asked.report.roles.map(observedRole) };
}

function observedRole({ name, arn, functions, createdAt, lastUsed }: ReportedRole): ObservedRole {
  const lastUsedAtMs = lastUsed.kind === "unknown" ? "unknown" : instantOf(lastUsed.at);
  return { name, arn, functions, createdAtMs: Date.parse(createdAt), lastUsedAtMs };
}

function roleAccess(report: RoleReport): EstatePart<RoleAccess> {
  if (report.kind === "unknown") return report;
  const services = report.services.map(({ service, lastAt, actions }) => {
    const ofActions = actions.map((one) => [one.action, instantOf(one.lastAt)] as const);
    return [service, { lastAtMs: instantOf(lastAt), actions: new Map(ofActions) }] as const;
  });
  return {
    kind: "known",
    value: { reportedAtMs: Date.parse(report.reportedAt), services: new Map(services) },
  };
}

function instantOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}

/** One line for each reason in an account. */
function unreadOf(
  bindings: readonly DesiredBinding[],
  reports: ReadonlyMap<Key, AskedReport>,
): readonly UnreadAccount[] {
  const unread = bindings.flatMap((binding) => {
    const asked = reports.get(binding.key) ?? NOT_ASKED;
    return asked.kind === "unknown" ? [{ ...binding, because: asked.because }] : [];
  });
  return [...Map.groupBy(unread, ({ account, because }) => `${account}\n${because}`).values()]
    .flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      return [
        { account: first.account, reason: `${someOf(same.map(targetText))}: ${first.because}`, next: null },
      ];
    })
    .sort((a, b) => byText(a.account, b.account) || byText(a.reason, b.reason));
}
