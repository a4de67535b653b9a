import {
  isReplaced,
  parseReference,
  placeName,
  referenceSource,
  type NamedReference,
  type PinnedReference,
  type ReferenceReadings,
  type ReferenceText,
  type ValueInAws,
} from "../../model/aws/reference.ts";
import { isBinding } from "../../model/desired.ts";
import type { ShownReference, ReferenceValueState } from "../../model/answers/shown-reference.ts";
import { byTextOf } from "../../text/order.ts";
import type { State } from "./declared.ts";

interface ReferenceFacts {
  /** Of the accepted manifest. */
  readonly named: readonly NamedReference[];
  readonly readings: ReferenceReadings;
  readonly applied: State | null;
}

/**
 * Each value in AWS that the manifest names, once, sorted, next to the one that was applied.
 */
export function referenceStates({ named, readings, applied }: ReferenceFacts): readonly ShownReference[] {
  const pinned = new Map(pinnedOf(applied).map((one) => [one.text, one]));
  const byText = Map.groupBy(named, ({ text }) => text);
  return [...byText.entries()]
    .map(([text, uses]) => ({
      text,
      source: sourceOf(text),
      ...stateOf(uses, readings, pinned.get(text) ?? null),
    }))
    .sort(byTextOf(({ text }) => text));
}

function pinnedOf(applied: State | null): readonly PinnedReference[] {
  return applied !== null && isBinding(applied) ? (applied.references ?? []) : [];
}

function sourceOf(text: ReferenceText): string {
  const reference = parseReference(text);
  return reference === undefined ? text : referenceSource(reference);
}

/** The last read may be newer than the compilation, which follows it within seconds. */
function stateOf(
  uses: readonly NamedReference[],
  readings: ReferenceReadings,
  applied: PinnedReference | null,
): ReferenceValueState {
  const pinned = applied?.value ?? null;
  const [use] = uses;
  const reading = use === undefined ? undefined : readings.get(placeName(use));
  if (reading === undefined) return { kind: "unresolved", reason: "it was not read yet", pinned };
  if (reading.kind === "unusable") return { kind: "unresolved", reason: reading.reason, pinned };
  const { value } = reading;
  const problem = uses.find((one) => isAbout(one, value))?.problem ?? null;
  if (problem !== null) return { kind: "unresolved", reason: problem.message, pinned };
  const read = { value, ...stackOf(reading), readAt: new Date(reading.readAtMs).toISOString() };
  if (applied === null) return { kind: "new", ...read };
  if (applied.value === value && !isReplaced(applied, reading)) return { kind: "pinned", ...read };
  const { stackId } = applied;
  return {
    kind: "changed",
    ...read,
    pinned: applied.value,
    ...(stackId !== undefined && { pinnedStackId: stackId }),
  };
}

function stackOf({ stackId }: ValueInAws): Pick<ValueInAws, "stackId"> {
  return stackId === undefined ? {} : { stackId };
}

/** A value that can't be used in its field: the problem is that of the value that was read last. */
function isAbout({ reading, problem }: NamedReference, value: string): boolean {
  return problem !== null && reading?.kind === "value" && reading.value === value;
}
