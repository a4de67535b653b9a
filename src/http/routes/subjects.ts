import type { Control } from "../../controller/ports/control.ts";
import { shortDigits, approvalNameHint, digitsOf, isNamedBy } from "../../model/rules/approval-subject.ts";
import { waitsByItself, type ApprovalSubject, type WaitingCode } from "../../model/verdict.ts";
import { seesEverything, seesKey } from "../access/access.ts";
import { ApiFailure } from "../request/failure.ts";

import type { Reader } from "../request/reader.ts";

const SHARED =
  "this digest also names a plan that was pending earlier: review the pending plan, then use its full digest";
const UNKNOWN = "no pending approval has this digest or revision";

const ALL_NAMESPACES = "only a token for all namespaces may override";
const NO_OVERRIDE = {
  "change-window": `${ALL_NAMESPACES} a change window`,
  "account-order": `${ALL_NAMESPACES} the order of accounts`,
  "depends-on": `${ALL_NAMESPACES} dependsOn`,
} as const satisfies Record<WaitingCode, string>;

/**
 * The subject of an approval or a rejection: the given name, or for a token with namespaces the complete subject of the
 * one hold of its own keys that the name identifies.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
export async function answeredSubject(reader: Reader, control: Control, text: string): Promise<string> {
  if (reader.world.holds.some(({ subject }) => isNamedBy(subject, text)))
    return seesEverything(reader.access) ? text : ownSubject(reader, control, text);
  const changed = await changedPlan(reader, control, text);
  if (changed !== null) throw changed;
  if (seesEverything(reader.access)) return text;
  throw new ApiFailure("NotFound", UNKNOWN, { hint: approvalNameHint(text) });
}

/**
 * For a token with namespaces, holds of other namespaces do not exist, and it may not approve a hold that also covers
 * other namespaces.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
async function ownSubject(
  { access, world }: Reader,
  control: Control,
  text: string,
): Promise<ApprovalSubject> {
  const meant = world.holds.filter(({ subject }) => isNamedBy(subject, text));
  const [hold, ...more] = meant.filter(({ keys }) => keys.some((key) => seesKey(access, key)));
  if (hold === undefined) throw new ApiFailure("NotFound", UNKNOWN, { hint: approvalNameHint(text) });
  if (more.length > 0)
    throw new ApiFailure("Conflict", "more than one digest begins with these digits: add digits");
  if (waitsByItself(hold.code)) throw new ApiFailure("Forbidden", NO_OVERRIDE[hold.code]);
  const namesakes = await control.namesakes(hold.subject, text);
  if (namesakes.some((key) => seesKey(access, key))) throw new ApiFailure("Conflict", SHARED);
  if (hold.keys.every((key) => seesKey(access, key))) return hold.subject;
  throw new ApiFailure(
    "Forbidden",
    "this plan also covers keys of other namespaces, which this token may not approve",
  );
}

/** The failure for the digest of a plan that has changed since: it names the new one. null: it is no such digest. */
export async function changedPlan(
  { access, world }: Reader,
  control: Control,
  text: string,
): Promise<ApiFailure | null> {
  const digits = digitsOf(text);
  if (digits === null || world.holds.some(({ subject }) => isNamedBy(subject, digits))) return null;
  const former = new Set((await control.formerlyHeld(digits)).filter((key) => seesKey(access, key)));
  if (former.size === 0) return null;
  const now = world.holds.find(({ keys }) => keys.some((key) => former.has(key)));
  const short = digits.slice(0, 8);
  if (now === undefined)
    return new ApiFailure(
      "Conflict",
      `${short}: it is no longer pending; it was applied, or another plan has replaced it`,
      { hint: "grantkeeper get approvals" },
    );
  const digest = shortDigits(now.subject);
  return new ApiFailure("Conflict", `${short}: the plan has changed; new digest ${digest}`, {
    hint: `grantkeeper describe approval ${digest}`,
  });
}
