import { roleLine } from "../../adopt/deployer/role-line.ts";
import type { FunctionDeployer } from "../../model/answers/coverage.ts";
import { byKey } from "../../text/order.ts";
import { counted } from "../../text/phrases.ts";
import { cappedLines } from "./capped-lines.ts";
import type { ImportReport } from "./report.ts";
import type { ReportLine } from "./report-line.ts";

const MOST_LINES = 10;

/** One line for each deployer and stack, the largest first, with the line that its functions need. */
export function deployerLines({ functions }: ImportReport): readonly string[] {
  const switching = functions.filter(({ roleSwitch }) => roleSwitch !== null);
  const groups = Map.groupBy(switching, ({ deployer }) => changeText(deployer));
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
  const lines = sorted.map(([text, same]) => `${counted(same.length, "function")}: ${text}`);
  return cappedLines(lines, MOST_LINES);
}

/** For all functions of the deployer: without the parts that only one of them has. */
function changeText(deployer: FunctionDeployer): string {
  const line = roleLine(withoutOwnParts(deployer), "ROLE_ARN");
  if (line === null)
    return `unknown deployer: ${deployer.kind === "unknown" ? deployer.reason : "no line is known"}`;
  return `${deployer.kind}: ${line.text}${line.note === null ? "" : ` (${line.note})`}`;
}

function withoutOwnParts(deployer: FunctionDeployer): FunctionDeployer {
  if ("logicalId" in deployer) return { ...deployer, logicalId: null };
  return deployer.kind === "terraform" ? { ...deployer, address: null } : deployer;
}

/** What would happen to old roles, each once. */
export function oldRoleLines({ functions }: ImportReport): readonly ReportLine[] {
  const noted = functions.flatMap(({ roleSwitch }): readonly (readonly [string, readonly string[]])[] =>
    roleSwitch === null || roleSwitch.oldRole === null
      ? []
      : [[`${roleSwitch.from}: ${roleSwitch.oldRole}`, roleSwitch.commands ?? []]],
  );
  const lines = [...new Map(noted)].sort(byKey);
  return cappedLines(
    lines.map(([text, commands]) => ({ text, commands })),
    MOST_LINES,
  );
}
