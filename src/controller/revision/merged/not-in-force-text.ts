import { shortRevision, type Revision } from "../../../model/values/revision.ts";
import { inert } from "../../../text/markdown.ts";
import { ASK_PLATFORM, exceptAuthors, type NamedAuthors } from "./approver.ts";
import { blocks, reasonEnd, revisionText } from "./note-text.ts";

interface NotAcceptedText {
  readonly revision: Revision;
  readonly reason: string | null;
  readonly instance: string;
  readonly authors: NamedAuthors;
}

/** The note about a revision that is not accepted. */
export function notAcceptedText(
  title: "awaiting approval" | "refused",
  { revision, reason, instance, authors }: NotAcceptedText,
): string {
  // Such a repository is shown no reason.
  const isOfNamespace = reason === null;
  const next =
    title === "refused"
      ? "Nothing of it is applied."
      : `Nothing of it is applied before it is approved: ${inert(`grantkeeper approve ${shortRevision(revision)} --reason TEXT`)}, by someone who may approve in all namespaces${exceptAuthors(authors)}${isOfNamespace ? `: ${ASK_PLATFORM}` : ""}.`;
  return blocks([
    `### Grantkeeper: not accepted, ${title}`,
    `Installation ${inert(instance)} did not accept ${revisionText(revision)}${reasonEnd(reason)}`,
    next,
  ]);
}

/** The note about a rejected revision: it may still be approved, or replaced by a newer one. */
export function rejectedText(
  revision: Revision,
  { actor, reason }: { readonly actor: string; readonly reason: string | null },
  instance: string,
): string {
  return blocks([
    "### Grantkeeper: not accepted, rejected",
    `${inert(actor)} rejected ${revisionText(revision)} for installation ${inert(instance)}${reasonEnd(reason)}`,
    "Nothing of it is applied.",
  ]);
}

/** The note about a revision that was not accepted, or is no longer in force. */
export function replacedByText(revision: Revision, by: Revision, instance: string): string {
  return blocks([
    "### Grantkeeper: replaced",
    `Installation ${inert(instance)} did not accept ${revisionText(revision)} before ${revisionText(by)} took its place.`,
  ]);
}

export interface RollbackText {
  readonly to: Revision;
  readonly actor: string;
  /** null: the repository is shown no reasons. */
  readonly reason: string | null;
  readonly until: string;
}

export function rolledBackNote(
  revision: Revision,
  { to, actor, reason, until }: RollbackText,
  instance: string,
): string {
  return blocks([
    "### Grantkeeper: rolled back",
    `${inert(actor)} ordered installation ${inert(instance)} to put ${revisionText(to)} in force until ${until}${reasonEnd(reason)}`,
    `It takes the place of ${revisionText(revision)}: what this pull request changed is not in force, unless ${revisionText(to)} declares the same. AWS follows as far as rules, approvals and change windows allow it.`,
  ]);
}

/** The note about a revision that was fetched during a rollback. */
export function rollbackWaitText(
  revision: Revision,
  { to, actor, reason, until }: RollbackText,
  instance: string,
): string {
  return blocks([
    `### Grantkeeper: not accepted, a rollback is in force until ${until}`,
    `${inert(actor)} ordered installation ${inert(instance)} to keep ${revisionText(to)} in force${reasonEnd(reason)}`,
    `Nothing of ${revisionText(revision)} is applied before the rollback ends, unless ${revisionText(to)} declares the same.`,
  ]);
}
