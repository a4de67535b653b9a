import { z } from "zod";
import { durationMs, reason } from "../../api/commands.ts";
import { REASON, REQUESTED_AT, SUSPEND } from "../../api/kubernetes/annotations.ts";
import { parsedJson } from "../../text/json-values.ts";
import { ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";

/** What a patch of annotations asks for. */
export type AnnotationCommand =
  | { readonly kind: "nothing" }
  | { readonly kind: "reconcile"; readonly requestedAt: string }
  | { readonly kind: "suspend"; readonly forMs: number; readonly reason: string }
  | { readonly kind: "resume"; readonly reason: string };

/** A merge patch of nothing but the annotations that are commands; null removes one. */
const patch = z.strictObject({
  metadata: z
    .strictObject({
      annotations: z
        .strictObject({
          [REQUESTED_AT]: z.string().max(300, "expected at most 300 characters").nullish(),
          [SUSPEND]: durationMs.nullish(),
          [REASON]: reason.nullish(),
        })
        .nullish(),
      // kubectl annotate --resource-version
      resourceVersion: z.string().optional(),
    })
    .optional(),
});

/** The depth of an annotation in the body. */
const ANNOTATION_DEPTH = 3;

export interface AnnotationPatch {
  readonly command: AnnotationCommand;
  /** The version that the object must have; null: any. */
  readonly resourceVersion: string | null;
}

/**
 * What a body with a merge patch asks for; null: it changes something that Git declares.
 * @throws ApiFailure BadRequest
 */
export function annotationPatch(bytes: Uint8Array): AnnotationPatch | null {
  const body = parsedJson(Buffer.from(bytes).toString("utf8"));
  if (body === undefined) throw new ApiFailure("BadRequest", "the body is not JSON");
  const issues = patch.safeParse(body).error?.issues ?? [];
  const isElsewhere = issues.some(
    ({ code, path }) => code === "unrecognized_keys" || path.length < ANNOTATION_DEPTH,
  );
  if (isElsewhere) return null;
  const { annotations, resourceVersion = null } = parseWith(patch, body).metadata ?? {};
  return { command: commandOf(annotations ?? {}), resourceVersion };
}

interface Annotations {
  readonly [REQUESTED_AT]?: string | null | undefined;
  readonly [SUSPEND]?: number | null | undefined;
  readonly [REASON]?: string | null | undefined;
}

function commandOf(annotations: Annotations): AnnotationCommand {
  const { [SUSPEND]: forMs } = annotations;
  const requestedAt = annotations[REQUESTED_AT] ?? null;
  const why = annotations[REASON] ?? null;
  if (requestedAt !== null && forMs !== undefined)
    throw new ApiFailure("BadRequest", `${REQUESTED_AT} and ${SUSPEND} are two commands: send one of them`);
  if (requestedAt !== null) return { kind: "reconcile", requestedAt };
  if (forMs === undefined && why === null) return { kind: "nothing" };
  if (forMs === undefined)
    throw new ApiFailure("BadRequest", `${REASON} belongs to ${SUSPEND}`, { hint: SUSPEND_HINT });
  if (why === null) {
    const message = `${REASON} is missing: a new text, written to the audit record`;
    throw new ApiFailure("BadRequest", message, { hint: forMs === null ? RESUME_HINT : SUSPEND_HINT });
  }
  return forMs === null ? { kind: "resume", reason: why } : { kind: "suspend", forMs, reason: why };
}

const SUSPEND_HINT = `kubectl annotate KIND NAME ${SUSPEND}=2h ${REASON}="INC-4410"`;
const RESUME_HINT = `kubectl annotate KIND NAME ${SUSPEND}- ${REASON}="fixed" --overwrite`;
