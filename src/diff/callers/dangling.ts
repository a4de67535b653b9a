import type { Member } from "../../iam/document.ts";
import { principalOf } from "../../model/aws/principal.ts";
import { isDangling } from "../../iam/read/principal.ts";

/** A statement that names a role or user that was deleted: AWS shows the unique id in the place of the ARN. */
export interface DanglingStatement {
  readonly sid: string | null;
  /** AROA… or AIDA…, sorted. */
  readonly ids: readonly string[];
  /** An Allow for deleted principals only: no call depends on it. */
  readonly isDead: boolean;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles */
export function danglingStatement(member: Member): DanglingStatement | null {
  if (member.kind === "opaque" || member.principals === null) return null;
  const { values, negated } = member.principals;
  const ids = values.filter(isDangling).map((principal) => principalOf(principal).value);
  if (ids.length === 0) return null;
  return {
    sid: member.sid,
    ids,
    isDead: ids.length === values.length && !negated && member.effect === "Allow",
  };
}

/** `statement "x" names AROA…, which was deleted`. */
export function danglingText({ sid, ids }: DanglingStatement): string {
  const which = sid === null ? "a statement without Sid" : `statement "${sid}"`;
  return `${which} names ${ids.join(", ")}, which ${ids.length === 1 ? "was" : "were"} deleted`;
}
