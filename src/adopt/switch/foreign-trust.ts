import { matchesPattern } from "../../iam/match/wildcard.ts";
import { shortNames } from "../../iam/row-text.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import { whoAssumedCommand } from "./lookup-commands.ts";

const ASSUMING_CALLS = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"] as const;

interface LostTrust {
  readonly role: { readonly arn: string; readonly name: string };
  /** What the trust of the old role allows, and that of the new one does not. */
  readonly lost: readonly PermissionRow[];
  /** Of the function. */
  readonly region: string;
}

/** Others than Lambda may assume the role: CloudTrail alone knows whether one of them does. null: no one else may. */
export function foreignTrust({ role, lost, region }: LostTrust) {
  const names = sortedSet(
    lost.flatMap(({ principal }) => (principal === null ? [] : [shortNames(principal)])),
  );
  if (names.length === 0) return null;
  const patterns = lost.flatMap(({ action }) =>
    action.kind === "one" ? [action.name] : action.kind === "any-of" ? action.names : ["*"],
  );
  const commands = ASSUMING_CALLS.filter((call) =>
    patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), `sts:${call}`.toLowerCase())),
  ).map((call) => whoAssumedCommand(role.arn, call, region));
  if (commands.length === 0) return null;
  const how = `${commands.length === 1 ? "the command shows" : "the commands show"} the calls of the last 90 days, for each region in which they call STS`;
  return { text: `${someOf(names)} may assume role ${role.name}, and not the new one; ${how}`, commands };
}
