import type { AlertEvent } from "../../model/alert-event.ts";
import { statusIncident, type CommitState } from "../../model/records/commit-status.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { revisionParts, shortRevision, type Revision } from "../../model/values/revision.ts";
import type { ControllerContext } from "../settings.ts";

type CommitStatusEvent = Extract<AlertEvent, { readonly kind: "commit-status" }>;

export const BEING_APPLIED = "accepted; being applied to AWS";

/** The state of a revision for the forge; none if no forge shows it, or if it is of a namespace source. */
export function commitStatusEvents(
  { settings, ports }: Pick<ControllerContext, "settings" | "ports">,
  revision: Revision | null | undefined,
  shown: { readonly state: CommitState; readonly text: string; readonly isNew: boolean },
): readonly CommitStatusEvent[] {
  if (!settings.showsCommits || revision === null || revision === undefined) return [];
  if (prefixOf(revision) !== null) return [];
  const source = ports.source.name;
  const { hash: commit } = revisionParts(revision);
  return [{ kind: "commit-status", incident: statusIncident(source, commit), source, commit, ...shown }];
}

/** The states that follow from an acceptance: earlier commits, one of them held or refused, are not applied any more. */
export function acceptedStatuses(
  context: Pick<ControllerContext, "settings" | "ports">,
  accepted: Revision,
  earlier: readonly (Revision | null | undefined)[],
): readonly CommitStatusEvent[] {
  return [
    ...supersededStatuses(context, accepted, earlier),
    ...commitStatusEvents(context, accepted, { state: "pending", text: BEING_APPLIED, isNew: true }),
  ];
}

export function heldStatuses(
  context: Pick<ControllerContext, "settings" | "ports">,
  held: { readonly revision: Revision; readonly reason: string },
  earlier: readonly (Revision | null | undefined)[],
): readonly CommitStatusEvent[] {
  return [
    ...supersededStatuses(context, held.revision, earlier),
    ...commitStatusEvents(context, held.revision, {
      state: "failure",
      text: `not applied, awaiting approval: ${held.reason}`,
      isNew: true,
    }),
  ];
}

/** @param by the newer revision */
export function supersededStatuses(
  context: Pick<ControllerContext, "settings" | "ports">,
  by: Revision,
  earlier: readonly (Revision | null | undefined)[],
): readonly CommitStatusEvent[] {
  const text = `superseded by ${shortRevision(by)} before it was completely applied`;
  const others = [...new Set(earlier)].filter((revision) => revision !== by);
  return others.flatMap((revision) =>
    commitStatusEvents(context, revision, { state: "superseded", text, isNew: false }),
  );
}
