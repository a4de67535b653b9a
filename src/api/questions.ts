import { DENIERS } from "../model/aws/errors/aws-error.ts";
import { z } from "zod";
import { parseAccountId, parseNamespace, parseRegion } from "../model/aws/ids.ts";
import { parseKey } from "../model/keys/key.ts";
import type { RecordedDelta } from "../model/delta.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";
import type { ExposedFunctions, WhoCan } from "../model/answers/questions/who-can.ts";
import type { ReachAnswer } from "../model/answers/questions/reached.ts";
import type { FunctionUseReport } from "../model/answers/questions/access-report.ts";
import type { GrantProposal } from "../model/answers/questions/grant-proposal.ts";
import type { MergePreview, PreviewedKey } from "../model/answers/questions/merge-preview.ts";
import type { Timeline } from "../model/reads/timeline.ts";
import type { WhyAnswer } from "../model/answers/why.ts";
import { parsed } from "./commands.ts";
import type { ApiObject } from "./object.ts";

const text = z.string().max(2_048, "expected at most 2048 characters");
const action = text.regex(/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/, "expected service:Name, without wildcards");
const resource = text.regex(
  /^(\*|arn:([^:]*:){4}.+)$/s,
  "expected an ARN, or * for an action without resources",
);
const context = z
  .record(text, z.array(text).max(100, "expected at most 100 values").readonly())
  .refine((keys) => Object.keys(keys).length <= 100, { message: "expected at most 100 keys" });
/** As the sources read them by default. */
const MOST_FILE_TEXT = 1_048_576;
/** The most files of a merge preview. */
export const MOST_FILES = 1_000;
/** The longest body of a merge preview, as JSON: the manifests of a change with hundreds of functions. */
export const MOST_PREVIEW_BYTES = 4_194_304;
const accountId = parsed(parseAccountId, "an account id of twelve digits");

/** A refused call as AWS reported it; null for each part that it does not contain. */
const reported = z.strictObject({
  caller: text.nullable(),
  role: text.nullable(),
  action: text.nullable(),
  operation: text.nullable(),
  resource: text.nullable(),
  region: text.nullable(),
  deniedBy: z.enum(DENIERS),
  how: z.enum(["explicit", "implicit", "unknown"]),
  policy: text.nullable(),
  encoded: z.string().max(20_000, "expected at most 20000 characters").nullable(),
  context,
});

/** Either the question (`key`, `action` and `resource`), or AWS's report, with or without a key. */
export const whyRequest = z
  .strictObject({
    key: parsed(parseKey, "a key such as function/111122223333/eu-west-1/orders/orders-api").optional(),
    action: action.optional(),
    resource: resource.optional(),
    context: context.optional(),
    resourceAccount: accountId.optional(),
    reported: reported.optional(),
  })
  .refine((request) => isOneQuestion(request), {
    message: "expected key, action and resource, or reported without action and resource",
  });

interface WhyFields {
  readonly key?: unknown;
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly reported?: unknown;
}

function isOneQuestion({ key, action, resource, reported }: WhyFields): boolean {
  if (reported !== undefined) return action === undefined && resource === undefined;
  return [key, action, resource].every((part) => part !== undefined);
}

export type WhyQuestion = z.input<typeof whyRequest>;

/** The answer to one question; it is not stored. */
export interface WhyObject extends ApiObject<"Why"> {
  readonly status: WhyAnswer;
}

/** Which functions can carry out the action on the resource? */
export const whoCanRequest = z.strictObject({
  action,
  resource,
  context: context.optional(),
  resourceAccount: accountId.optional(),
});

export type WhoCanQuestion = z.input<typeof whoCanRequest>;

/** The answer to one question; it is not stored. */
export interface WhoCanObject extends ApiObject<"WhoCan"> {
  readonly status: WhoCan;
}

/** What would a merge of these files do? A removed file has the text null. */
export const mergePreviewRequest = z.strictObject({
  namespace: parsed(parseNamespace, "the namespace of a source").optional(),
  files: z
    .array(
      z.strictObject({
        path: text.min(1, "expected a path"),
        text: z.string().max(MOST_FILE_TEXT, `expected at most ${MOST_FILE_TEXT} characters`).nullable(),
      }),
    )
    .min(1, "expected at least one file")
    .max(MOST_FILES, `expected at most ${MOST_FILES} files`)
    .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, {
      message: "expected each path once",
    }),
});

export type MergeQuestion = z.input<typeof mergePreviewRequest>;

/** One function or policy that the merge changes, in one account and region. */
export interface PreviewedChange extends Pick<PreviewedKey, "key" | "target" | "mode" | "suspended"> {
  /** Why it could not be judged; null: it was. */
  readonly notJudged: string | null;
  /** null: it could not be judged. */
  readonly found: {
    /** null: the function or role is of another owner, and the token sees nothing of it. */
    readonly plan: KeyPlan<RecordedDelta> | null;
    readonly verdict: Verdict;
    readonly findings: readonly Finding[];
    /** What people or other tools changed in AWS and the manifests do not declare. */
    readonly drifts: readonly Drift<RecordedDelta>[];
    /** Parts that were not read, one sentence each. */
    readonly unread: readonly string[];
    /** ISO 8601: the time of the reading. */
    readonly readAt: string;
  } | null;
}

/** The answer to one question; it is not stored. */
export interface MergePreviewObject extends ApiObject<"MergePreview"> {
  readonly status: Omit<MergePreview, "keys"> & {
    /** Those that the token sees, by key. */
    readonly changes: readonly PreviewedChange[];
  };
}

/** Which manifest would declare what the role of a function allows now? */
export const proposalRequest = z.strictObject({
  namespace: parsed(parseNamespace, "a namespace"),
  functionName: text.min(1, "expected the name of a function"),
  account: text.min(1, "expected the name of an AwsAccount"),
  region: parsed(parseRegion, "a region such as eu-west-1"),
});

export type ProposalQuestion = z.input<typeof proposalRequest>;

/** The answer to one question; it is not stored. */
export interface GrantProposalObject extends ApiObject<"GrantProposal"> {
  readonly status: GrantProposal;
}

/** When did the roles of a function last access AWS? */
export const accessReportRequest = z.strictObject({
  key: parsed(parseKey, "a key such as function/111122223333/eu-west-1/orders/orders-api"),
});

export type AccessReportQuestion = z.input<typeof accessReportRequest>;

/** The answer to one question; it is not stored. */
export interface AccessReportObject extends ApiObject<"AccessReport"> {
  readonly status: FunctionUseReport;
}

/** The functions that outsiders may call, computed when it is read. */
export interface ExposedObject extends ApiObject<"Exposed"> {
  readonly status: ExposedFunctions;
}

/** What a function reaches, computed when it is read. */
export interface ReachObject extends ApiObject<"Reach"> {
  readonly status: ReachAnswer;
}

/** What drifts and drifted in a range; one object. */
export interface TimelineObject extends ApiObject<"Timeline"> {
  readonly status: Timeline;
}
