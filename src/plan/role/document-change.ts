import { quotaSize } from "../../iam/read/print.ts";
import { documentContext, INLINE_NAME } from "../../diff/documents/document-context.ts";
import { managedText, type RoleDocuments } from "../../diff/documents/permissions.ts";
import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BoundaryMove } from "./boundary.ts";
import { isNarrower, orderDocuments, type DocumentChange, type DocumentStep } from "./document-order.ts";
import { EMPTY_PART, withheldPart, type Draft, type Part } from "../order/draft.ts";
import type { Extra } from "./extra-policies.ts";
import { graceEndMs } from "../inputs/exposure.ts";
import {
  attach,
  boundaryDraft,
  putInline,
  removeExtra,
  withInline,
  type RoleWriter,
  type DraftedWrite,
} from "./document-writes.ts";
import type { BindingScope } from "../inputs/scope.ts";

/** A policy to attach, known by its drift, or one to remove. */
type RolePolicy =
  | { readonly kind: "attach"; readonly drift: Drift; readonly arn: string }
  | { readonly kind: "remove"; readonly extra: Extra };

/** What is to happen to a role's documents, before order and quotas are looked at. */
export interface Intent {
  readonly inline: Drift | null;
  readonly attach: readonly { readonly drift: Drift; readonly arn: string }[];
  readonly remove: readonly Extra[];
  /** A policy that git attaches does not exist yet: what may rest on it stays. */
  readonly incomplete: boolean;
  /** Somebody restricts the role: nothing of it is widened. */
  readonly quarantined: boolean;
}

/** The order of what is left, and the boundary around it; held as a whole where a part of it may not be. */
export function planIntent(
  scope: BindingScope,
  writer: RoleWriter,
  intent: Intent,
  move: BoundaryMove,
): Part {
  const change = changeOf(scope, writer, intent);
  const held = (withheld: Withheld): Part => withheldPart(withheld);
  if (move.kind === "held") return held(move.withheld);
  const shape = shapeOf(change, move);
  const obstacle = obstacleTo(scope, intent, shape);
  if (obstacle !== null) return held(obstacle);
  const steps = orderDocuments(change);
  if (steps === undefined) return held(uncomposable(scope));
  const drafts = draftsOf(writer, steps, intent, scope);
  const overfull = quotaObstacle(scope, writer, steps);
  if (overfull !== null) return held(overfull);
  return { ...EMPTY_PART, drafts: withBoundary(writer, drafts, move, shape) };
}

function changeOf(
  { binding, context }: BindingScope,
  writer: RoleWriter,
  intent: Intent,
): DocumentChange<RolePolicy> {
  const from = writer.documents.inline.get(INLINE_NAME) ?? null;
  return {
    from,
    to: intent.inline === null ? from : intent.inline.desired,
    added: intent.attach.map(({ drift, arn }) => ({
      policy: { kind: "attach", drift, arn },
      text: managedText(arn, context.live),
    })),
    removed: intent.remove.map((extra) => ({ policy: { kind: "remove", extra }, text: extra.text ?? "" })),
    context: documentContext(binding, "identity"),
  };
}

interface Shape {
  readonly widens: boolean;
  readonly narrows: boolean;
  readonly move: BoundaryMove;
}

function shapeOf(change: DocumentChange<RolePolicy>, move: BoundaryMove): Shape {
  const changes = change.from !== change.to;
  return {
    widens: change.added.length > 0 || (changes && !isNarrower(change.to, change.from, change.context)),
    narrows: change.removed.length > 0 || (changes && !isNarrower(change.from, change.to, change.context)),
    move,
  };
}

function obstacleTo(scope: BindingScope, intent: Intent, { widens, narrows, move }: Shape): Withheld | null {
  const subject = scope.binding.role.arn;
  if (intent.quarantined && (widens || move.kind === "widen" || move.kind === "swap")) {
    return {
      kind: "restriction-added",
      subject,
      reason: "under quarantine: nothing of the role is widened while the restriction stands",
      fix: null,
    };
  }
  if (intent.incomplete && narrows) {
    return {
      kind: "dependency",
      subject,
      reason: "nothing is taken away before all policies that git attaches exist",
      fix: null,
    };
  }
  if (move.kind === "swap" && widens && narrows) {
    return {
      kind: "not-in-this-version",
      subject,
      reason: `the boundary was changed to one that is not proved narrower or wider, and the documents change both ways: ${move.because}`,
      fix: "put the boundary back by hand",
    };
  }
  return null;
}

function uncomposable(scope: BindingScope): Withheld {
  return {
    kind: "unreadable",
    subject: scope.binding.role.arn,
    reason: "a Deny comes or goes, and a document of the role can't be read for the steps in between",
    fix: "put the inline policy in order by hand",
  };
}

function draftsOf(
  writer: RoleWriter,
  steps: readonly DocumentStep<RolePolicy>[],
  intent: Intent,
  scope: BindingScope,
): readonly Draft[] {
  const cause =
    intent.inline?.cause ?? intent.attach[0]?.drift.cause ?? intent.remove[0]?.drift.cause ?? "revision";
  let at = writer;
  return steps.map((move): Draft => {
    const { step, waitsFor, waitsForPast } = move;
    const written = writtenBy(at, move, cause);
    at = written.after;
    const notBeforeMs = graceOf(move, intent, scope);
    return { ...written.draft, step, waitsFor, waitsForPast, notBeforeMs };
  });
}

function writtenBy(at: RoleWriter, move: DocumentStep<RolePolicy>, cause: Drift["cause"]): DraftedWrite {
  if (move.kind === "put") return putInline(at, move.text, { step: move.step, cause });
  if (move.policy.kind === "attach") return attach(at, move.policy.arn, move.policy.drift);
  return removeExtra(at, move.policy.extra, { step: "remove" });
}

/** Only what merely takes away an addition waits for its grace; what was taken away is put back at once. */
function graceOf(move: DocumentStep<RolePolicy>, intent: Intent, { context }: BindingScope): number {
  if (move.kind === "remove" && move.policy.kind === "remove") {
    const { drift } = move.policy.extra;
    // Git gives all of it by now: it was taken over, and nobody needs the time any more.
    return drift.delta.allowed.length === 0 ? 0 : graceEndMs(drift, context);
  }
  const narrowsOnly = move.kind === "put" && move.step === "remove" && intent.inline !== null;
  return narrowsOnly && intent.inline !== null ? graceEndMs(intent.inline, context) : 0;
}

function withBoundary(
  writer: RoleWriter,
  drafts: readonly Draft[],
  move: BoundaryMove,
  shape: Shape,
): readonly Draft[] {
  if (move.kind !== "narrow" && move.kind !== "widen" && move.kind !== "swap") return drafts;
  const before = move.kind === "narrow" || (move.kind === "swap" && !shape.narrows);
  if (before) return [boundaryDraft(writer, move, "narrow-boundary"), ...drafts];
  // A wider boundary would open what is still to go.
  const notBeforeMs = Math.max(0, ...drafts.map((draft) => draft.notBeforeMs));
  return [...drafts, { ...boundaryDraft(writer, move, "widen-boundary"), notBeforeMs }];
}

/** AWS's limits at every moment in between: room is never made by taking away first. */
function quotaObstacle(
  { context, binding }: BindingScope,
  writer: RoleWriter,
  steps: readonly DocumentStep<RolePolicy>[],
): Withheld | null {
  const { rolePolicySize, attachedPoliciesPerRole } = context.live.quotas;
  const quota = (reason: string): Withheld => ({
    kind: "quota",
    subject: binding.role.arn,
    reason,
    fix: "make the change in two steps, or smaller",
  });
  let documents: RoleDocuments = writer.documents;
  for (const move of steps) {
    if (move.kind === "add" && move.policy.kind === "attach") {
      documents = { ...documents, attachments: [...documents.attachments, move.policy.arn] };
      const count = documents.attachments.length;
      if (count > attachedPoliciesPerRole)
        return quota(`the role would have ${count} of ${attachedPoliciesPerRole} policies attached`);
    }
    if (move.kind === "put" && move.step === "add") {
      documents = withInline(documents, INLINE_NAME, move.text);
      const size = [...documents.inline.values()].reduce((sum, text) => sum + quotaSize(text), 0);
      if (size > rolePolicySize)
        return quota(`the role's inline policies would have ${size} of ${rolePolicySize} characters`);
    }
  }
  return null;
}
