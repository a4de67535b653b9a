import type {
  PinnedReference,
  ReferenceText,
  UsedReference,
  ValueInAws,
} from "../../../model/aws/reference.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { byTextOf } from "../../../text/order.ts";

/** A reference without a value stays in its text, which is then no ARN and no name: one message is enough. */
export function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  {
    references,
    diagnostics: reported,
  }: { readonly references: readonly UsedReference[]; readonly diagnostics: readonly Diagnostic[] },
): readonly Diagnostic[] {
  if (references.length === 0 || diagnostics.length === 0) return diagnostics;
  const places = new Set(reported.map(({ origin }) => formatOrigin(origin)));
  return diagnostics.filter(({ origin }) => !places.has(formatOrigin(origin)));
}

/** Each once, sorted. */
export function pinnedReferences(references: readonly UsedReference[]): readonly PinnedReference[] {
  const pinned = new Map(
    references.flatMap(({ text, reading }) =>
      reading?.kind === "value" ? [[text, pinnedOf(text, reading)]] : [],
    ),
  );
  return [...pinned.values()].sort(byTextOf(({ text }) => text));
}

function pinnedOf(text: ReferenceText, { value, stackId }: ValueInAws): PinnedReference {
  return { text, value, ...(stackId !== undefined && { stackId }) };
}
