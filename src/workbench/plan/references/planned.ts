import { referenceStates } from "../../../explain/state/permission-state.ts";
import { placeName, type ReferenceReadings } from "../../../model/aws/reference.ts";
import { type Key, ownerText } from "../../../model/keys/key.ts";
import type { AppliedState } from "../../../model/keys/key-record.ts";
import type { PlanView } from "../../../plan/render/plan-view.ts";
import { isChange } from "../../../plan/render/plan-view.ts";
import {
  pinnedText,
  referenceText,
  sourceText,
  type ShownReference,
} from "../../../model/answers/shown-reference.ts";
import type { LiveStateSaved } from "../live-file.ts";
import { byKey } from "../../../text/order.ts";
import type { Project } from "../../project/project.ts";

/** The values in AWS that the manifest of a function names. */
export interface PlannedReferences {
  readonly key: Key;
  /** `orders/api@prod/eu-west-1`. */
  readonly target: string;
  readonly references: readonly ShownReference[];
  /** Whether the record was read: without it, no value is known to be applied. */
  readonly hasRecord: boolean;
}

/**
 * Of the functions that change; with the values that their manifests were compiled with.
 * @param saved null: offline
 */
export function plannedReferences(
  { compilation }: Project,
  views: readonly PlanView[],
  saved: LiveStateSaved | null,
): readonly PlannedReferences[] {
  const applied = saved === null ? null : appliedIn(saved);
  const readings = readingsOf(compilation.references);
  const targets = new Map(
    views.filter(isChange).map(({ key, target }) => [key, `${ownerText(key)}@${target}`]),
  );
  return [...compilation.namedReferences].sort(byKey).flatMap(([key, named]) => {
    const target = targets.get(key);
    if (target === undefined) return [];
    const state = applied?.get(key)?.desired;
    const binding = state?.kind === "binding" ? state.binding : null;
    const references = referenceStates({ named, readings, applied: binding });
    return [{ key, target, references, hasRecord: applied !== null }];
  });
}

/** null: there is no record. */
function appliedIn({ accounts }: LiveStateSaved): ReadonlyMap<Key, AppliedState> | null {
  if (accounts.every(({ record }) => record === null)) return null;
  const keys = accounts.flatMap(({ record }) => record?.keys ?? []);
  return new Map(keys.flatMap(({ key, applied }) => (applied === null ? [] : [[key, applied] as const])));
}

function readingsOf(references: Project["compilation"]["references"]): ReferenceReadings {
  return new Map(
    references.flatMap((place) => (place.reading === null ? [] : [[placeName(place), place.reading]])),
  );
}

export function referenceLines(planned: readonly PlannedReferences[]): readonly string[] {
  return planned.flatMap(({ target, references, hasRecord }) =>
    references.map((one) => {
      const pinned = hasRecord ? `; ${pinnedText(one)}` : "";
      return `reference: ${target}: ${referenceText(one)} (${sourceText(one)})${pinned}`;
    }),
  );
}

/**
 * `value` is null if there is none; `applied` is null if none was applied, or if the record was not read. `appliedStackId`
 * is that of a changed reference.
 */
export function referencesValue(planned: readonly PlannedReferences[]) {
  return planned.map(({ key, references, hasRecord }) => ({
    key,
    references: references.map((one) => ({
      text: one.text,
      source: one.source,
      value: one.kind === "unresolved" ? null : one.value,
      ...(one.kind !== "unresolved" && one.stackId !== undefined && { stackId: one.stackId }),
      reason: one.kind === "unresolved" ? one.reason : null,
      applied: hasRecord ? appliedValue(one) : null,
      ...(hasRecord &&
        one.kind === "changed" &&
        one.pinnedStackId !== undefined && { appliedStackId: one.pinnedStackId }),
    })),
  }));
}

function appliedValue(reference: ShownReference): string | null {
  if (reference.kind === "pinned") return reference.value;
  return reference.kind === "new" ? null : reference.pinned;
}
