import type { CoverageObject, LiveFunctionObject } from "../../api/bindings.ts";
import type { CoverageState, FunctionDeployer } from "../../model/answers/coverage.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import { ago } from "../../wording/time.ts";
import { listing, type Listing } from "./listing.ts";
import type { TableContext } from "./resource-tables.ts";

/** `get functions --all`: every function in AWS. */
export const LIVE_FUNCTIONS = functionListing(liveFunctionColumns, "No functions found");

/** `get functions --uncovered`: all rows have the same state. At 80 columns one line a row. */
export const UNCOVERED_FUNCTIONS = functionListing(
  () => liveFunctionColumns().filter(({ title }) => title !== "STATE"),
  "No uncovered functions found",
);

function functionListing(columns: () => readonly Column<LiveFunctionObject>[], nothing: string): Listing {
  return listing("livefunctions", {
    isOfPasses: true,
    names: ["livefunctions"],
    what: "functions in AWS, with or without a manifest",
    nothing,
    columns,
    keys: ({ status }) => (status.key === null ? [] : [status.key]),
    account: ({ status }) => status.accountId,
    name: ({ status }) => status.functionArn,
    isMeant: ({ status }, target) =>
      [status.account, status.accountId, status.functionName, status.functionArn].includes(target),
    shown: ({ status }, all) => all || status.state === "uncovered",
  });
}

function liveFunctionColumns(): readonly Column<LiveFunctionObject>[] {
  return [
    { title: "FUNCTION", cell: ({ status }) => status.functionName },
    { title: "ACCOUNT", cell: ({ status }) => `${status.account}/${status.region}` },
    { title: "STATE", cell: ({ status }) => status.state },
    { title: "DEPLOYED BY", cell: ({ status }) => deployerText(status.deployer), isCut: true },
    { title: "ROLE", cell: ({ status }) => roleText(status.role), isCut: true },
    { title: "RISK SEEN", cell: ({ status }) => riskText(status) },
    { title: "WHY", cell: ({ status }) => status.reason ?? "-", isWide: true },
  ];
}

function deployerText(deployer: FunctionDeployer): string {
  switch (deployer.kind) {
    case "terraform":
      return deployer.address === null ? "terraform" : `terraform ${deployer.address}`;
    case "console":
      return "console";
    case "unknown":
      return `unknown (${deployer.reason})`;
    case "cloudformation":
    case "sam":
    case "cdk":
    case "serverless":
      return `${deployer.kind} ${deployer.stack}`;
  }
}

function roleText(role: LiveFunctionObject["status"]["role"]): string {
  if (role === null) return "?";
  const name = nameInArn(role.arn);
  if (role.users === 1) return name;
  // The number comes first: the end of a long name is cut at 80 columns.
  return `shared by ${role.users}${role.isComplete ? "" : " or more"}: ${name}`;
}

/** An unread policy does not prove that there is no risk. */
function riskText({ risks, unread }: LiveFunctionObject["status"]): string {
  const seen = risks.join(", ");
  if (unread.length === 0) return seen === "" ? "-" : seen;
  return seen === "" ? "?" : `${seen}, ?`;
}

export function coverageColumns({ nowMs }: TableContext): readonly Column<CoverageObject>[] {
  const count = (title: string, state: CoverageState): Column<CoverageObject> => ({
    title,
    cell: ({ status }) => String(status.counts[state]),
    align: "right",
  });
  return [
    { title: "ACCOUNT", cell: ({ status }) => status.account },
    { title: "LIVE", cell: ({ status }) => String(status.functions), align: "right" },
    count("MANAGED", "managed"),
    count("SWITCHED", "switched"),
    count("OBSERVED", "observed"),
    count("EXCLUDED", "excluded"),
    count("UNCOVERED", "uncovered"),
    {
      title: "OTHER",
      cell: ({ status: { counts } }) => String(counts.proposed + counts.unknown),
      align: "right",
    },
    { title: "30 DAYS", cell: ({ status }) => changeText(status, nowMs), align: "right" },
    { title: "READ", cell: ({ status }) => ago(status.readAt, nowMs), watched: () => "" },
  ];
}

const TREND_MS = 30 * 86_400_000;

/** The change of the number of uncovered functions since the first point of the last 30 days. */
function changeText({ trend, counts, readAt }: CoverageObject["status"], nowMs: number): string {
  const first = trend.find(({ day }) => Date.parse(day) >= nowMs - TREND_MS && day < readAt.slice(0, 10));
  if (first === undefined) return "-";
  const change = counts.uncovered - first.counts.uncovered;
  return change > 0 ? `+${change}` : String(change);
}

/** Below the row of an account: its namespaces, and what was not read. */
export const COVERAGE_NOTES: MessageColumn<CoverageObject> = {
  title: "NAMESPACES",
  texts: ({ status }) => [
    ...status.namespaces
      .filter(({ namespace }) => namespace !== null)
      .map(({ namespace, functions, counts }) => `${namespace}: ${counts.managed}/${functions} managed`),
    ...status.unread.map((reason) => `not read: ${reason}`),
  ],
};
