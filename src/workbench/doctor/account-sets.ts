import type { Probe } from "../../model/answers/probe.ts";
import type { Organizations } from "../../controller/ports/organizations.ts";
import { observedAccount } from "../../model/aws/found-account.ts";
import { AwsError, awsFailureText } from "../../model/aws/aws-error.ts";
import type { Desired, DesiredAccountSet } from "../../model/desired.ts";
import { counted } from "../../text/phrases.ts";
import type { DoctorSection } from "./screen.ts";

/** More names than this are counted. */
const NAMED = 3;

/** Whether the organization of a set can be read, and which accounts it has. The roles in them are not checked. */
export async function accountSetSection(
  set: DesiredAccountSet,
  { desired, organizations }: { readonly desired: Desired; readonly organizations: Organizations },
  signal: AbortSignal,
): Promise<DoctorSection> {
  const check = async (): Promise<Pick<Probe, "outcome" | "detail">> => {
    try {
      const found = await organizations.accountsOf(set, signal);
      const names = found.map(
        (account) => desired.accounts.get(account.id)?.name ?? observedAccount(set, account).name,
      );
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
      const list = names.length === 0 ? "" : `: ${names.slice(0, NAMED).join(", ")}${more}`;
      return {
        outcome: names.length === 0 ? "warning" : "passed",
        detail:
          names.length === 0 ? "no active account is selected" : `${counted(names.length, "account")}${list}`,
      };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { outcome: "failed", detail: awsFailureText(error) };
    }
  };
  const what = "accounts of the organization";
  return {
    title: `account set ${set.name}`,
    checks: [{ identity: "reader", region: null, what, ...(await check()) }],
  };
}
