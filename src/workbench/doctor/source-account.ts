import type { Probe } from "../../model/answers/probe.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import { targetText } from "../../model/keys/key.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import type { Project } from "../project/project.ts";

/** What the trust of the account's roles requires, and the functions that AWS may refuse to create because of it. */
export async function sourceAccountChecks(
  account: DesiredAccount,
  { compilation }: Project,
  toolbox: Toolbox,
): Promise<readonly Probe[]> {
  if (account.requiresSourceAccount !== true) return [];
  const findings = findingsOffline(compilation, await offlineFacts(compilation, toolbox));
  const { bindings } = compilation.desired;
  const warned = [...findings]
    .filter(([key, found]) => bindings.get(key)?.accountId === account.id && found.some(isAboutSource))
    .map(([key]) => targetText({ key, account: account.name }));
  const check = { identity: "functions", region: null, what: "trust" };
  if (warned.length === 0)
    return [{ ...check, outcome: "passed", detail: `names account ${account.id} as the only source` }];
  const what = `${counted(warned.length, "function")} may be in a VPC`;
  return [
    {
      ...check,
      outcome: "warning",
      detail: `${what} (${someOf(warned)}): AWS may refuse to create the first one of a VPC; see grantkeeper rules show TRU-004`,
    },
  ];
}

function isAboutSource({ rule }: Finding): boolean {
  return rule === "TRU-004";
}
