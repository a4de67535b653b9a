import { withheldOf } from "../inputs/withheld.ts";
import { quotaSize } from "../../iam/read/print.ts";
import { documentContext, INLINE_NAME } from "../../diff/documents/document-context.ts";
import { exceededQuotas, type RoleSizes } from "../../diff/role/role-quota.ts";
import { managedText, type RoleDocuments } from "../../diff/documents/permissions.ts";
import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BoundaryMove } from "./boundary.ts";
import { isNarrower, orderDocuments, type RoleDocumentChange, type DocumentStep } from "./document-order.ts";
import { EMPTY_PART, withheldPart, type Draft, type Part } from "../order/draft.ts";
import type { ExtraPolicy } from "./extra-policies.ts";
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
  | { readonly kind: "remove"; readonly extra: ExtraPolicy };

/** The changes of a role's documents, before order and quotas are considered. */
export interface Intent {
  readonly inline: Drift | null;
  readonly attach: readonly { readonly drift: Drift; readonly arn: string }[];
  readonly remove: readonly ExtraPolicy[];
  /** A declared policy does not exist yet: permissions that it may replace are kept. */
  readonly incomplete: boolean;
  /** A restriction was added to the role outside Git: nothing of the role is widened. */
  readonly quarantined: boolean;
}

/** A binding, its role's documents as they are then, and the changes of them. */
interface IntendedChange {
  readonly scope: BindingScope;
  readonly writer: RoleWriter;
  readonly intent: Intent;
}

/** The ordered writes of the documents and the boundary; nothing is written if a part of it must wait. */
export function planIntent(intended: IntendedChange, move: BoundaryMove): Part {
  const { scope, writer, intent } = intended;
  const change = changeOf(intended);
  if (move.kind === "held") return withheldPart(move.withheld);
  const shape = shapeOf(change, move);
  const obstacle = obstacleTo(scope, intent, shape);
  if (obstacle !== null) return withheldPart(obstacle);
  const steps = orderDocuments(change);
  if (steps === undefined) return withheldPart(uncomposable(scope));
  const drafts = draftsOf(intended, steps);
  const overfull = quotaObstacle(scope, writer, steps);
  if (overfull !== null) return withheldPart(overfull);
  return { ...EMPTY_PART, drafts: withBoundary(writer, drafts, shape) };
}

function changeOf({ scope, writer, intent }: IntendedChange): RoleDocumentChange<RolePolicy> {
  const { binding, context } = scope;
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
    comparer: context.comparer,
  };
}

interface ChangeShape {
  readonly widens: boolean;
  readonly narrows: boolean;
  readonly move: BoundaryMove;
}

function shapeOf(change: RoleDocumentChange<RolePolicy>, move: BoundaryMove): ChangeShape {
  const changes = change.from !== change.to;
  return {
    widens: change.added.length > 0 || (changes && !isNarrower(change.to, change.from, change)),
    narrows: change.removed.length > 0 || (changes && !isNarrower(change.from, change.to, change)),
    move,
  };
}

function obstacleTo(
  scope: BindingScope,
  intent: Intent,
  { widens, narrows, move }: ChangeShape,
): Withheld | null {
  const held = withheldOf(scope.binding.role.arn);
  if (intent.quarantined && (widens || move.kind === "widen" || move.kind === "swap"))
    return held(
      "restriction-added",
      "under quarantine: nothing of the role is widened while the restriction exists",
    );
  if (intent.incomplete && narrows)
    return held("dependency", "nothing is removed until all declared policies exist");
  if (move.kind !== "swap" || !widens || !narrows) return null;
  const reason = `the boundary was changed to one that is not proved narrower or wider, and the documents change both ways: ${move.because}`;
  return held("not-in-this-version", reason, "restore the boundary by hand");
}

function uncomposable(scope: BindingScope): Withheld {
  const reason =
    "a Deny is added or removed, and a document of the role can't be read for the steps in between";
  return withheldOf(scope.binding.role.arn)("unreadable", reason, "correct the inline policy by hand");
}

function draftsOf(
  { scope, writer, intent }: IntendedChange,
  steps: readonly DocumentStep<RolePolicy>[],
): readonly Draft[] {
  const cause =
    intent.inline?.cause ?? intent.attach[0]?.drift.cause ?? intent.remove[0]?.drift.cause ?? "revision";
  let at = writer;
  return steps.map((move): Draft => {
    const { step, waitsFor, waitsForPast } = move;
    const write = writtenBy(at, move, cause);
    at = write.after;
    const notBeforeMs = graceOf(move, intent, scope);
    return { ...write.draft, step, waitsFor, waitsForPast, notBeforeMs };
  });
}

function writtenBy(at: RoleWriter, move: DocumentStep<RolePolicy>, cause: Drift["cause"]): DraftedWrite {
  if (move.kind === "put") return putInline(at, move.text, { step: move.step, cause });
  if (move.policy.kind === "attach") return attach(at, move.policy.arn, move.policy.drift);
  return removeExtra(at, move.policy.extra, { step: "remove" });
}

/** Only the removal of an addition waits for its grace period; a lost permission is restored immediately. */
function graceOf(move: DocumentStep<RolePolicy>, intent: Intent, { context }: BindingScope): number {
  if (move.kind === "remove" && move.policy.kind === "remove") {
    const { drift } = move.policy.extra;
    // Git declares all of its permissions by now, so no one needs the grace period any more.
    return drift.delta.allowed.length === 0 ? 0 : graceEndMs(drift, context);
  }
  const narrowsOnly = move.kind === "put" && move.step === "remove" && intent.inline !== null;
  return narrowsOnly && intent.inline !== null ? graceEndMs(intent.inline, context) : 0;
}

function withBoundary(
  writer: RoleWriter,
  drafts: readonly Draft[],
  { move, narrows }: ChangeShape,
): readonly Draft[] {
  if (move.kind !== "narrow" && move.kind !== "widen" && move.kind !== "swap") return drafts;
  const before = move.kind === "narrow" || (move.kind === "swap" && !narrows);
  if (before) return [boundaryDraft(writer, move, "narrow-boundary"), ...drafts];
  // A wider boundary would open the permissions that are still to be removed.
  const notBeforeMs = Math.max(0, ...drafts.map((draft) => draft.notBeforeMs));
  return [...drafts, { ...boundaryDraft(writer, move, "widen-boundary"), notBeforeMs }];
}

/** AWS's quotas hold at every moment in between: nothing is removed first to make space. */
function quotaObstacle(
  { context, binding }: BindingScope,
  writer: RoleWriter,
  steps: readonly DocumentStep<RolePolicy>[],
): Withheld | null {
  let documents: RoleDocuments = writer.documents;
  for (const move of steps) {
    const added = addedBy(move, documents);
    if (added === null) continue;
    documents = added.documents;
    const [exceeded] = exceededQuotas(added.sizes, context.live.quotas);
    if (exceeded !== undefined)
      return withheldOf(binding.role.arn)("quota", exceeded, "make the change in two steps, or smaller");
  }
  return null;
}

interface AddedPolicy {
  readonly documents: RoleDocuments;
  /** Only what the step makes larger: a role may be over its other quota, as after AWS lowered it. */
  readonly sizes: RoleSizes;
}

/** null: the step adds nothing. */
function addedBy(move: DocumentStep<RolePolicy>, documents: RoleDocuments): AddedPolicy | null {
  if (move.kind === "add" && move.policy.kind === "attach") {
    const attachments = [...documents.attachments, move.policy.arn];
    return {
      documents: { ...documents, attachments },
      sizes: { inlineSize: 0, attached: attachments.length },
    };
  }
  if (move.kind !== "put" || move.step !== "add") return null;
  const after = withInline(documents, INLINE_NAME, move.text);
  const inlineSize = [...after.inline.values()].reduce((sum, text) => sum + quotaSize(text), 0);
  return { documents: after, sizes: { inlineSize, attached: 0 } };
}
