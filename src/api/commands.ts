import { z } from "zod";
import type { WindowAfterApproval } from "../model/answers/hold.ts";
import type { Rejection, SuspensionScope } from "../model/approval.ts";
import type { RecordedDelta } from "../model/delta.ts";
import type { UndoObstacle, UndoWay } from "../model/keys/adoption-undo.ts";
import type { Digest } from "../model/values/digest.ts";
import { parseDurationMs } from "../model/values/duration.ts";
import { parseAccountId, parseNamespace } from "../model/aws/ids.ts";
import { parseKey, type Key } from "../model/keys/key.ts";
import type { Revision } from "../model/values/revision.ts";
import type { ApprovalSubject, WaitCause } from "../model/verdict.ts";
import type { ApiObject } from "./object.ts";

/** A string that a parser of the model turns into its value. */
export function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}` });
    return z.NEVER;
  });
}

const key = parsed(parseKey, "a key such as function/111122223333/eu-west-1/orders/orders-api");
const LONGEST_MS = 365 * 86_400_000;
export const durationMs = parsed((text) => {
  const ms = parseDurationMs(text) ?? 0;
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}, "a duration such as 30s, 5m, 24h or 7d, at most 365d");
/** One line: it is shown in the audit and on screens. */
export const reason = z
  .string()
  .trim()
  .min(1, "expected a reason")
  .max(500, "expected at most 500 characters")
  .regex(/^\P{Cc}*$/u, "expected one line without control characters");

/** Either keys or everything. For a token with namespaces, `all` means its own keys. */
export const reconciliationRequest = z
  .strictObject({
    keys: z
      .array(key)
      .min(1, "expected at least one key")
      .max(5_000, "expected at most 5000 keys")
      .optional(),
    all: z.literal(true).optional(),
  })
  .refine((request) => (request.keys === undefined) !== (request.all === undefined), {
    message: "expected exactly one of keys and all: true",
  });

const scope = z
  .strictObject({
    /** Must be explicit: an empty scope is refused. */
    everything: z.literal(true).optional(),
    accountId: parsed(parseAccountId, "an account id of twelve digits").optional(),
    namespace: parsed(parseNamespace, "a namespace").optional(),
    key: key.optional(),
  })
  .refine((scope) => isOneScope(scope), {
    message: "expected key, or accountId and namespace or one of them, or everything: true",
  });

interface ScopeFields {
  readonly everything?: unknown;
  readonly accountId?: unknown;
  readonly namespace?: unknown;
  readonly key?: unknown;
}

function isOneScope(scope: ScopeFields): boolean {
  const wide = scope.accountId !== undefined || scope.namespace !== undefined;
  return [scope.everything !== undefined, scope.key !== undefined, wide].filter(Boolean).length === 1;
}

/** Ends automatically: at `until`, or after `for`. */
export const suspensionRequest = z
  .strictObject({
    scope,
    reason,
    until: z.iso.datetime({ offset: true, message: "expected an ISO 8601 time with zone" }).optional(),
    for: durationMs.optional(),
  })
  .refine((request) => (request.until === undefined) !== (request.for === undefined), {
    message: "expected exactly one of until and for",
  });

export const resumeRequest = z.strictObject({ reason });

export const approvalRequest = z.strictObject({
  /** A digest or its first eight or more hex digits, or a held revision or its short form. */
  subject: z.string().trim().min(1, "expected a subject").max(300, "expected at most 300 characters"),
  reason,
  /** How long the approval is valid; default 1h. */
  for: durationMs.default(3_600_000),
  /** Required for a plan that only waits, whose wait it ends; refused for any other. Default false. */
  override: z.boolean().default(false),
});

export const rejectionRequest = z.strictObject({ subject: approvalRequest.shape.subject, reason });

const ofSource = {
  /** The source of one namespace; missing: the platform source. */
  namespace: parsed(parseNamespace, "a namespace").optional(),
  reason,
};

export const rollbackRequest = z.strictObject({
  ...ofSource,
  /** An accepted revision, its short form, or its first eight or more hex digits. */
  revision: approvalRequest.shape.subject,
  /** How long, at most 7d. */
  for: durationMs,
});

export const rollbackEndRequest = z.strictObject(ofSource);

export type RollbackRequest = z.input<typeof rollbackRequest>;
export type RollbackEndRequest = z.input<typeof rollbackEndRequest>;

/** `metadata.name` is the source's. */
export interface RollbackObject extends ApiObject<"Rollback"> {
  readonly spec: {
    /** null: the platform source. */
    readonly namespace: string | null;
    readonly revision: Revision;
    readonly reason: string;
    readonly actor: string;
    /** ISO 8601. */
    readonly until: string;
  };
  readonly status: {
    /** What was in force before. */
    readonly from: Revision;
  };
}

/** Which functions an undo is about. */
const selection = {
  keys: z.array(key).min(1, "expected at least one key").max(5_000, "expected at most 5000 keys"),
  /** Functions whose former state differs from what was recorded are planned too. */
  acceptChanges: z.boolean().default(false),
};

export const undoPlanRequest = z.strictObject(selection);

export const undoRequest = z.strictObject({
  ...selection,
  /** The complete digest of the plan, with or without `sha256:`. */
  subject: approvalRequest.shape.subject,
  reason: approvalRequest.shape.reason,
  /** How long the functions stay suspended; default 7d. */
  for: durationMs.default(7 * 86_400_000),
});

export type UndoPlanQuestion = z.input<typeof undoPlanRequest>;
export type UndoCommand = z.input<typeof undoRequest>;

export type ReconciliationRequest = z.input<typeof reconciliationRequest>;
export type SuspensionRequest = z.input<typeof suspensionRequest>;
export type ApprovalRequest = z.input<typeof approvalRequest>;
export type RejectionRequest = z.input<typeof rejectionRequest>;

/** The progress of a reconcile; `metadata.name` is its token. */
export interface ReconciliationObject extends ApiObject<"Reconciliation"> {
  readonly status: {
    /** True if each key had a complete pass since, or its account could not be read. */
    readonly done: boolean;
    /** The requested keys, sorted; null: everything that the token sees. */
    readonly keys: readonly Key[] | null;
    /** Sorted; at most as many as the query `names` allows. */
    readonly waitingFor: readonly Key[];
    /** The number of keys that it waits for. */
    readonly waiting: number;
    /** Accounts whose own reads failed since: their keys were not compared. */
    readonly unreadable: readonly {
      readonly accountId: string;
      readonly account: string;
      readonly reason: string;
    }[];
    /** The revision that it compares with; null while the source is being fetched. */
    readonly revision: Revision | null;
  };
}

export interface SuspensionObject extends ApiObject<"Suspension"> {
  readonly spec: {
    readonly scope: SuspensionScope;
    readonly reason: string;
    readonly actor: string;
    /** ISO 8601. */
    readonly until: string;
  };
}

/** An earlier rejection of the same plan or revision. */
export type EarlierRejection = Pick<Rejection, "actor" | "reason" | "at">;

/** `metadata.name` is the hex part of `subject`. */
export interface ApprovalObject extends ApiObject<"Approval"> {
  readonly spec: {
    readonly subject: ApprovalSubject;
    readonly reason: string;
    readonly actor: string;
    /** ISO 8601. */
    readonly expiresAt: string;
  };
  readonly status: {
    /** The keys whose plan it approves, sorted; none for a revision. */
    readonly keys: readonly Key[];
    readonly calls: number;
    /** It decides about a stricter verdict, and not about a plan; missing: it does not. */
    readonly isVerdict?: true;
    /** The wait that it overrides, and no other one; missing: it overrides nothing. */
    readonly overrides?: WaitCause;
    /** What the approved changes wait for: change windows, other accounts and functions, unless an override covers them; missing: nothing. */
    readonly windows?: readonly WindowAfterApproval[];
    /** The rejection that it ends; null: there is none. */
    readonly ends: EarlierRejection | null;
  };
}

/** `metadata.name` is the hex part of `subject`. */
export interface RejectionObject extends ApiObject<"Rejection"> {
  readonly spec: {
    readonly subject: ApprovalSubject;
    readonly reason: string;
    readonly actor: string;
  };
  readonly status: {
    /** The rejection whose reason it replaces; null: there is none. */
    readonly replaces: EarlierRejection | null;
  };
}

/** What the receiver of a route answered to a test alert; `metadata.name` is the route. */
export interface AlertTestObject extends ApiObject<"AlertTest"> {
  readonly status: {
    readonly accepted: boolean;
    /** The answer of the receiver; null: it did not accept it. */
    readonly answer: string | null;
    /** Why it did not accept it, or why a part of it did not; null: all of it did. */
    readonly problem: { readonly cause: string; readonly fix: string } | null;
  };
}

/** The undo of one function's adoption. */
export interface UndoPlanItem {
  readonly key: Key;
  readonly account: string;
  /** `nothing`: there is nothing to undo. */
  readonly state: "planned" | "refused" | "nothing";
  /** Why there is nothing to undo; null: it is planned or refused. */
  readonly reason: string | null;
  /** Why it is refused. */
  readonly obstacles: readonly UndoObstacle[];
  readonly way: UndoWay | null;
  /** The ARN of the role that the function has afterwards; null: it is not planned. */
  readonly to: string | null;
  readonly calls: readonly { readonly call: string; readonly target: string }[];
  /** What the function may do afterwards in addition, and no longer. */
  readonly delta: RecordedDelta;
  /** How the former state differs from what was recorded: all are accepted by the digest. */
  readonly changes: readonly string[];
  /** What is not changed. */
  readonly notes: readonly string[];
  /** ISO 8601: when AWS was read; null: not yet. It is read again before the first call. */
  readonly readAt: string | null;
}

/** What an undo of these functions would do. It is ordered by its digest. */
export interface AdoptionUndoPlanObject extends ApiObject<"AdoptionUndoPlan"> {
  readonly status: {
    /** The digest over all planned functions; null: none is planned. */
    readonly subject: Digest | null;
    readonly calls: number;
    /** Sorted by key. */
    readonly functions: readonly UndoPlanItem[];
  };
}

/** An ordered undo; `status.adoption.undo` of each binding shows how far it is. */
export interface AdoptionUndoObject extends ApiObject<"AdoptionUndo"> {
  readonly spec: {
    readonly subject: Digest;
    readonly actor: string;
    readonly reason: string;
    /** ISO 8601: the functions are suspended until then. */
    readonly until: string;
  };
  readonly status: {
    /** Sorted. */
    readonly keys: readonly Key[];
    /** The ids of their suspensions, in the order of the keys. */
    readonly suspensions: readonly string[];
  };
}
