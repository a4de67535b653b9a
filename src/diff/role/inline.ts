import type { Comparer } from "../../iam/compare/comparer.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tier } from "../../model/rules/tier.ts";
import { documentContext, INLINE_NAME } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { appliedBinding, inSync, type Difference, type DocumentComparison } from "../drift/drift.ts";
import { deviationDelta } from "./documents.ts";

/** The one inline policy that Git declares for the role. */
export function diffInline(
  binding: DesiredBinding,
  role: LiveRole,
  context: DiffContext,
): DocumentComparison {
  const desired = context.texts.textOf(binding.role.inline);
  const live = role.inline.find((policy) => policy.name === INLINE_NAME)?.text ?? null;
  const tier = live === desired ? "equal" : tierOf(binding, { live, desired }, context.comparer);
  if (tier === "equal" || tier === "meaning") return inSync(tier, `inline policy ${INLINE_NAME}`);
  const difference: Difference = {
    subject: role.arn,
    change: { kind: "inline" },
    tier,
    live,
    desired,
    delta: tier !== "security" ? NO_DELTA : deviationDelta(binding, { inline: live }, { role, context }),
    origin: binding.role.origin,
    unchangedInGit: sameDocumentsApplied(binding, desired, context),
  };
  return { differences: [difference], notes: [] };
}

/**
 * Attachments count too: while a revision changes them, the inline document may contain for a time what several
 * documents allow.
 */
function sameDocumentsApplied(
  binding: DesiredBinding,
  desired: string | null,
  context: DiffContext,
): boolean {
  const applied = appliedBinding(context)?.role;
  if (applied === undefined || context.texts.textOf(applied.inline) !== desired) return false;
  const arns = (role: DesiredBinding["role"]): string => role.attachments.map(({ arn }) => arn).join();
  return arns(applied) === arns(binding.role);
}

function tierOf(
  binding: DesiredBinding,
  { live, desired }: { readonly live: string | null; readonly desired: string | null },
  comparer: Comparer,
): Tier {
  if (live === null || desired === null) return "security";
  return comparer.compareDocuments(live, desired, documentContext(binding, "identity"));
}
