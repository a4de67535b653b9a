import type { Hold } from "../../../model/answers/hold.ts";
import type { Namespace } from "../../../model/aws/ids.ts";
import { keyParts } from "../../../model/keys/key.ts";
import { subjectDigits } from "../../../model/rules/approval-subject.ts";
import { inert } from "../../../text/markdown.ts";

/** How a pending plan is approved, in Markdown. */
export interface ApprovalStep {
  readonly command: string;
  /** Continues the command. */
  readonly by: string;
}

const SUBJECT_DIGITS = 12;

/** Whom the repository of one namespace is always sent to: no person and no group of others has a name there. */
export const ASK_PLATFORM = "ask the platform team";

/** @param namespace of the repository that is shown it; null: that of the platform */
export function approvalStep(hold: Hold, namespace: Namespace | null): ApprovalStep {
  const digits = subjectDigits(hold.subject).slice(0, SUBJECT_DIGITS);
  return {
    command: `grantkeeper approve ${digits} --reason TEXT`,
    by: `${approverText(hold, namespace)}${exceptAuthors(hold)}`,
  };
}

export type NamedAuthors = Pick<Hold, "authors" | "unlistedAuthors">;

/** Continues a sentence about who may approve. */
export function exceptAuthors({ authors, unlistedAuthors }: NamedAuthors): string {
  return authors === undefined && unlistedAuthors === undefined ? "" : ", but by no author of the change";
}

function approverText({ group, keys }: Hold, namespace: Namespace | null): string {
  const namespaces = [...new Set(keys.map((key) => keyParts(key).namespace))];
  if (namespace === null)
    return group === undefined
      ? "by everyone who may approve in all of its namespaces"
      : `by a member of group ${inert(group)}`;
  if (namespaces.some((one) => one !== namespace))
    return `by someone who may approve in all of its namespaces, also in those of others: ${ASK_PLATFORM}`;
  return group === undefined
    ? `by everyone who may approve in namespace ${inert(namespace)}`
    : `by a member of the group that the platform names for this change: ${inert("grantkeeper get approvals")} shows it to your team`;
}
