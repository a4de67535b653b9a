import type { Hold } from "../controller/ports/control.ts";
import type { ApprovalSubject } from "../model/verdict.ts";
import { seesKey } from "./access.ts";
import { ApiFailure } from "./failure.ts";
import { subjectName } from "./present/holds.ts";
import type { Reader } from "./reader.ts";

/**
 * The one hold that a token with namespaces means, by its whole subject: what other namespaces wait for is not there for
 * it, and what is held together with them is not its to approve.
 * @throws ApiFailure NotFound, Forbidden or Conflict
 */
export function ownSubject({ access, world }: Reader, text: string): ApprovalSubject {
  const meant = world.holds.filter((hold) => isMeant(hold, text));
  const [hold, ...more] = meant.filter(({ keys }) => keys.some((key) => seesKey(access, key)));
  if (hold === undefined)
    throw new ApiFailure("NotFound", "nothing that waits for approval has this subject");
  if (more.length > 0)
    throw new ApiFailure("Conflict", "more than one subject begins like this: give more digits");
  if (hold.keys.every((key) => seesKey(access, key))) return hold.subject;
  throw new ApiFailure(
    "Forbidden",
    "this is held together with keys of other namespaces: not this token's to approve",
  );
}

function isMeant({ subject }: Hold, text: string): boolean {
  if (subject === text) return true;
  const digits = /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(text)?.[1];
  return digits !== undefined && subjectName(subject).startsWith(digits);
}
