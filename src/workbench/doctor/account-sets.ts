import type { Probe } from "../../model/answers/probe.ts";
import type { Departure } from "../../controller/ports/audit-log.ts";
import { departureChecks } from "./departures.ts";
import type { Organizations } from "../../controller/ports/estate/organizations.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { observedAccount, type FoundAccount } from "../../model/aws/found-account.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import { awsFailureText } from "../../model/aws/errors/aws-error.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { counted } from "../../text/phrases.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { readerChecks, type OwnRoleInputs } from "./own-role-checks.ts";
import type { DoctorSection } from "./screen.ts";

/** More names than this are counted. */
const NAMED = 3;

interface SetReading {
  readonly check: Pick<Probe, "outcome" | "detail">;
  readonly found: readonly FoundAccount[];
}

interface Organization {
  readonly organizations: Organizations;
  /** As recorded, of all sets. */
  readonly departures: readonly Departure[];
}

/** Whether the organization of a set can be read, which accounts it has, and whether its reader is as it should be. */
export async function accountSetSection(
  set: DesiredAccountSet,
  { organizations, departures, ...installed }: Organization & OwnRoleInputs,
  toolbox: Toolbox,
): Promise<DoctorSection> {
  const { desired } = installed.project.compilation;
  const { check, found } = await readSet(set, { desired, organizations }, toolbox.signal);
  const observed = observedReaderAccount(set, desired, found);
  const what = "accounts of the organization";
  return {
    title: `account set ${set.name}`,
    checks: [
      { identity: "reader", region: null, what, ...check },
      ...(check.outcome === "failed" ? [] : departureChecks(set.name, departures, found)),
      ...(await readerChecks({ set, observed }, installed, toolbox)),
    ],
  };
}

async function readSet(
  set: DesiredAccountSet,
  { desired, organizations }: { readonly desired: Desired; readonly organizations: Organizations },
  signal: AbortSignal,
): Promise<SetReading> {
  const reading = await organizations.accountsOf(set, signal);
  if (reading.kind === "err")
    return { check: { outcome: "failed", detail: awsFailureText(reading.error) }, found: [] };
  const found = reading.value;
  if (found.length === 0)
    return { check: { outcome: "warning", detail: "no active account is selected" }, found };
  const names = found.map(
    (account) => desired.accounts.get(account.id)?.name ?? observedAccount(set, account).name,
  );
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  const detail = `${counted(names.length, "account")}: ${names.slice(0, NAMED).join(", ")}${more}`;
  return { check: { outcome: "passed", detail }, found };
}

/** The account of the reader, if Grantkeeper observes it. */
function observedReaderAccount(
  set: DesiredAccountSet,
  { accounts }: Desired,
  found: readonly FoundAccount[],
): DesiredAccount | null {
  const id = parseAccountId(arnParts(set.reader.roleArn).accountId);
  const declared = id === undefined ? undefined : accounts.get(id);
  if (declared !== undefined) return declared;
  const member = found.find((account) => account.id === id);
  return member === undefined ? null : observedAccount(set, member);
}
