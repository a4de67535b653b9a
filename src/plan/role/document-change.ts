import { quotaSize } from "../../iam/read/print.ts";
import { documentContext, INLINE_NAME } from "../../diff/documents/document-context.ts";
import { managedText, type RoleDocuments } from "../../diff/documents/permissions.ts";
import type { Drift } from "../../model/drift.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BoundaryMove } from "./boundary.ts";
import { isNarrower, orderDocuments, type DocumentChange, type Move } from "./document-order.ts";
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
  type Written,
} from "./document-writes.ts";
import type { BindingScope } from "../inputs/scope.ts";

/** A policy that comes (by its drift) or goes. */
type Beside =
  | { readonly kind: "come"; readonly drift: Drift; readonly arn: string }
  | { readonly kind: "go"; readonly extra: Extra };

/** What is to happen to a role's documents, before order and quotas are looked at. */
export interface Intent {
  readonly inline: Drift | null;
  readonly come: readonly { readonly drift: Drift; readonly arn: string }[];
  readonly go: readonly Extra[];
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
  const moves = orderDocuments(change);
  if (moves === undefined) return held(uncomposable(scope));
  const drafts = draftsOf(writer, moves, intent, scope);
  const overfull = quotaObstacle(scope, writer, moves);
  if (overfull !== null) return held(overfull);
  return { ...EMPTY_PART, drafts: withBoundary(writer, drafts, move, shape) };
}

function changeOf(
  { binding, context }: BindingScope,
  writer: RoleWriter,
  intent: Intent,
): DocumentChange<Beside> {
  const from = writer.documents.inline.get(INLINE_NAME) ?? null;
  return {
    from,
    to: intent.inline === null ? from : intent.inline.desired,
    come: intent.come.map(({ drift, arn }) => ({
      beside: { kind: "come", drift, arn },
      text: managedText(arn, context.live),
    })),
    go: intent.go.map((extra) => ({ beside: { kind: "go", extra }, text: extra.text ?? "" })),
    context: documentContext(binding, "identity"),
  };
}

interface Shape {
  readonly widens: boolean;
  readonly narrows: boolean;
  readonly move: BoundaryMove;
}

function shapeOf(change: DocumentChange<Beside>, move: BoundaryMove): Shape {
  const changes = change.from !== change.to;
  return {
    widens: change.come.length > 0 || (changes && !isNarrower(change.to, change.from, change.context)),
    narrows: change.go.length > 0 || (changes && !isNarrower(change.from, change.to, change.context)),
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
  moves: readonly Move<Beside>[],
  intent: Intent,
  scope: BindingScope,
): readonly Draft[] {
  const cause =
    intent.inline?.cause ?? intent.come[0]?.drift.cause ?? intent.go[0]?.drift.cause ?? "revision";
  let at = writer;
  return moves.map((move): Draft => {
    const { step, settlesAfter, settlesAfterPast } = move;
    const written = writtenBy(at, move, cause);
    at = written.after;
    const notBeforeMs = graceOf(move, intent, scope);
    return { ...written.draft, step, settlesAfter, settlesAfterPast, notBeforeMs };
  });
}

function writtenBy(at: RoleWriter, move: Move<Beside>, cause: Drift["cause"]): Written {
  if (move.kind === "put") return putInline(at, move.text, { step: move.step, cause });
  if (move.beside.kind === "come") return attach(at, move.beside.arn, move.beside.drift);
  return removeExtra(at, move.beside.extra, { step: "remove" });
}

/** Only what merely takes away an addition waits for its grace; what was taken away is put back at once. */
function graceOf(move: Move<Beside>, intent: Intent, { context }: BindingScope): number {
  if (move.kind === "go" && move.beside.kind === "go") {
    const { drift } = move.beside.extra;
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
  moves: readonly Move<Beside>[],
): Withheld | null {
  const { rolePolicySize, attachedPoliciesPerRole } = context.live.quotas;
  const quota = (reason: string): Withheld => ({
    kind: "quota",
    subject: binding.role.arn,
    reason,
    fix: "make the change in two steps, or smaller",
  });
  let documents: RoleDocuments = writer.documents;
  for (const move of moves) {
    if (move.kind === "come" && move.beside.kind === "come") {
      documents = { ...documents, attachments: [...documents.attachments, move.beside.arn] };
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
