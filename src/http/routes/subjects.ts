import type { Control } from "../../controller/ports/control.ts";
import { digitsOf, isNamedBy } from "../../model/rules/approval-subject.ts";
import type { ApprovalSubject } from "../../model/verdict.ts";
import { seesEverything, seesKey } from "../access/access.ts";
import { ApiFailure } from "../request/failure.ts";
import { subjectName } from "../present/holds.ts";
import type { Reader } from "../request/reader.ts";

const SHARED =
  "this digest also names a plan that was pending earlier: review what is pending now, then give the whole digest";
const UNKNOWN = "no pending approval has this digest or revision";
const LISTED = { hint: "list them with: grantkeeper get holds" };

/**
 * What an approval or a rejection is about: what the token named, or for a token with namespaces the one hold of its own
 * keys that it means.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
export async function answeredSubject(reader: Reader, control: Control, text: string): Promise<string> {
  if (reader.world.holds.some(({ subject }) => isNamedBy(subject, text)))
    return seesEverything(reader.access) ? text : ownSubject(reader, control, text);
  const changed = await changedPlan(reader, control, text);
  if (changed !== null) throw changed;
  if (seesEverything(reader.access)) return text;
  throw new ApiFailure("NotFound", UNKNOWN, LISTED);
}

/**
 * The one hold that a token with namespaces means, by its whole subject. What other namespaces wait for does not exist
 * for it, and what is held together with them is not its to approve.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
async function ownSubject(
  { access, world }: Reader,
  control: Control,
  text: string,
): Promise<ApprovalSubject> {
  const meant = world.holds.filter(({ subject }) => isNamedBy(subject, text));
  const [hold, ...more] = meant.filter(({ keys }) => keys.some((key) => seesKey(access, key)));
  if (hold === undefined) throw new ApiFailure("NotFound", UNKNOWN, LISTED);
  if (more.length > 0) throw new ApiFailure("Conflict", "more than one digest begins like this: add digits");
  const namesakes = await control.namesakes(hold.subject, text);
  if (namesakes.some((key) => seesKey(access, key))) throw new ApiFailure("Conflict", SHARED);
  if (hold.keys.every((key) => seesKey(access, key))) return hold.subject;
  throw new ApiFailure(
    "Forbidden",
    "this is held together with keys of other namespaces: this token cannot answer for them",
  );
}

/** The digest was of a plan that has changed since: the failure names the one that took its place. null: it was not, or it still is the digest of a pending one. */
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
      `${short}: it is no longer pending; it was applied, or the plan has changed`,
    );
  const digest = subjectName(now.subject).slice(0, 8);
  return new ApiFailure("Conflict", `${short}: the plan has changed; new digest ${digest}`, {
    hint: `grantkeeper describe hold ${digest}`,
  });
}
