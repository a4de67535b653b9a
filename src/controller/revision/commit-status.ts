import type { Namespace } from "../../model/aws/ids.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import type { CommitState } from "../../model/records/commit-status.ts";
import { formatIncident } from "../../model/records/incident.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { revisionParts, shortRevision, type Revision } from "../../model/values/revision.ts";
import type { ControllerContext } from "../settings.ts";

type CommitStatusEvent = Extract<AlertEvent, { readonly kind: "commit-status" }>;

export const BEING_APPLIED = "accepted; being applied to AWS";

/** The state of a revision for the forge of its source; none if no forge shows it. */
export function commitStatusEvents(
  { settings, ports }: Pick<ControllerContext, "settings" | "ports">,
  revision: Revision | null | undefined,
  shown: { readonly state: CommitState; readonly text: string; readonly isNew: boolean },
): readonly CommitStatusEvent[] {
  if (revision === null || revision === undefined) return [];
  const namespace = prefixOf(revision);
  if (!settings.shownCommits.has(namespace)) return [];
  const source = sourceName(namespace, ports);
  const { hash: commit } = revisionParts(revision);
  const incident = formatIncident({ kind: "commit-status", source, commit });
  return [{ kind: "commit-status", incident, source, commit, ...shown }];
}

function sourceName(
  namespace: Namespace | null,
  { source, namespaceSources }: ControllerContext["ports"],
): string {
  if (namespace === null) return source.name;
  const own = namespaceSources.find((one) => one.namespace === namespace);
  if (own === undefined) throw new Error(`the settings name no source of namespace ${namespace}`);
  return own.source.name;
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
