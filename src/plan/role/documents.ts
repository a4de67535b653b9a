import { withheldOf } from "../inputs/withheld.ts";
import { appliedBinding } from "../../diff/drift/drift.ts";
import { liveDocuments, managedText } from "../../diff/documents/permissions.ts";
import type { Drift } from "../../model/drift.ts";
import type { LiveRole } from "../../model/live.ts";

import type { BoundaryMove } from "./boundary.ts";
import { EMPTY_PART, joinParts, withheldPart, type Draft, type Part, approvalPart } from "../order/draft.ts";
import { extrasOf, type ExtraPolicy } from "./extra-policies.ts";
import { isExposure } from "../inputs/exposure.ts";
import { inlineRestricts } from "./restriction.ts";
import { withPlannedPolicies } from "./planned-policies.ts";
import { planIntent, type Intent } from "./document-change.ts";
import { boundaryDraft, putInline, removeExtra, type RoleWriter } from "./document-writes.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";

/** Inline document, attachments and boundary of a role that is ours: the order of these writes decides what is open in between. */
export function planRoleDocuments(scope: BindingScope, role: LiveRole, move: BoundaryMove): Part {
  const extras = extrasOf(scope.binding, scope.drifts, scope.context);
  const restore = move.kind === "restore" ? boundaryDraft(writerOf(scope, role), move, "restore") : null;
  const first = restore === null ? EMPTY_PART : { ...EMPTY_PART, drafts: [restore] };
  const exposures = endExposures(scope, role, extras);
  const kept = keptExtras(scope, role, extras);
  if (scope.unconfirmed.some(isOfDocuments)) return joinParts([first, exposures.part, kept.part]);
  const { intent, part } = intentOf(scope, {
    inline: exposures.inline,
    extras,
    quarantined: kept.quarantined,
  });
  const ordinary = planIntent({ scope, writer: exposures.after, intent }, move);
  return joinParts([first, exposures.part, kept.part, part, ordinary]);
}

function writerOf({ binding, context }: BindingScope, role: LiveRole): RoleWriter {
  return {
    binding,
    applied: appliedBinding(context),
    live: withPlannedPolicies(binding, context),
    deltas: context.roleDeltas,
    documents: liveDocuments(role),
  };
}

function isOfDocuments(drift: Drift): boolean {
  const { kind } = drift.change;
  return kind.startsWith("inline") || kind.startsWith("attachment") || kind === "boundary";
}

interface EndedExposures {
  readonly part: Part;
  readonly after: RoleWriter;
  /** The inline drift that is left. */
  readonly inline: Drift | null;
}

/** Removals that end an escalation, and the declared inline document if the live one contains the escalation. */
function endExposures(scope: BindingScope, role: LiveRole, extras: readonly ExtraPolicy[]): EndedExposures {
  let writer = writerOf(scope, role);
  const drafts: Draft[] = [];
  for (const extra of extras.filter(({ fate }) => fate.kind === "remove-immediately")) {
    const removed = removeExtra(writer, extra, { step: "restore", endsExposure: true });
    drafts.push(removed.draft);
    writer = removed.after;
  }
  const [inline = null] = driftsOf(scope.drifts, "inline");
  if (inline === null || !isExposure(inline, scope.context))
    return { part: { ...EMPTY_PART, drafts }, after: writer, inline };
  const replaced = putInline(writer, inline.desired, {
    step: "restore",
    endsExposure: true,
    cause: inline.cause,
  });
  return {
    part: { ...EMPTY_PART, drafts: [...drafts, replaced.draft] },
    after: replaced.after,
    inline: null,
  };
}

/**
 * Restrictions and policies that were not read are reported and kept. The removal of a restriction can be approved, unless
 * it is protected.
 */
function keptExtras(
  scope: BindingScope,
  role: LiveRole,
  extras: readonly ExtraPolicy[],
): { readonly part: Part; readonly quarantined: boolean } {
  const writer = writerOf(scope, role);
  const parts = extras.flatMap((extra): readonly Part[] => {
    if (extra.fate.kind === "keep") return [withheldPart(extra.fate.withheld)];
    if (extra.fate.kind !== "ask") return [];
    const { draft } = removeExtra(writer, extra, { step: "remove" });
    return [restrictionPart(extra.drift.subject, extra.fate.reason, draft)];
  });
  const quarantined = extras.some(({ fate }) => fate.kind === "ask" || fate.kind === "keep");
  return { part: joinParts(parts), quarantined };
}

interface RemainingDrift {
  readonly inline: Drift | null;
  readonly extras: readonly ExtraPolicy[];
  readonly quarantined: boolean;
}

function intentOf(
  scope: BindingScope,
  { inline, extras, quarantined }: RemainingDrift,
): { readonly intent: Intent; readonly part: Part } {
  const { binding, context } = scope;
  const wanted = driftsOf(scope.drifts, "attachment-missing").map((drift) => ({
    drift,
    arn: drift.change.arn,
  }));
  const live = withPlannedPolicies(binding, context);
  const absent = wanted.filter(({ arn }) => {
    const declared = binding.role.attachments.find((attachment) => attachment.arn === arn);
    return declared?.policy !== null && managedText(arn, live) === undefined;
  });
  const restricts = inline !== null && inline.cause !== "upstream" && inlineRestricts(inline, scope);
  const remove = extras.filter(({ fate }) => fate.kind === "remove");
  const intent: Intent = {
    inline: restricts ? null : inline,
    attach: wanted.filter((one) => !absent.includes(one)),
    remove,
    incomplete: absent.length > 0,
    quarantined: quarantined || restricts,
  };
  const missing = absent.map(({ arn, drift }) =>
    withheldOf(drift.subject)("dependency", `policy ${arn} does not exist yet`),
  );
  const role = scope.role;
  if (!restricts || inline === null || role === null) return { intent, part: withheldPart(...missing) };
  const reason = "the inline policy has a Deny that is not in Git: a restriction added outside Git";
  const { draft } = putInline(writerOf(scope, role), inline.desired, { step: "add", cause: inline.cause });
  return {
    intent,
    part: joinParts([withheldPart(...missing), restrictionPart(inline.subject, reason, draft)]),
  };
}

function restrictionPart(subject: string, reason: string, draft: Draft): Part {
  const fix = "approve its removal, or add it to Git";
  return approvalPart({ kind: "restriction-added", subject, reason, fix }, [draft]);
}
