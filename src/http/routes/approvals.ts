import { subjectDigits } from "../../model/rules/approval-subject.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { envelope } from "../present/metadata.ts";
import {
  approvalRequest,
  rejectionRequest,
  type ApprovalObject,
  type EarlierRejection,
  type RejectionObject,
} from "../../api/commands.ts";
import type { HoldSummary } from "../../api/overview.ts";
import type { Approval, Rejection } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { holdSummaries } from "../present/pending/holds.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { Reader } from "../request/reader.ts";
import { answeredSubject } from "./subjects.ts";

/** The two answers to a pending approval. */
export function registerApprovals(api: FastifyInstance, context: HttpContext): void {
  const { control } = context;
  const config = { scopes: ["approve"] } as const;
  api.post("/approvals", { config }, async (request, reply): Promise<ApprovalObject> => {
    const { reason, for: forMs, override, ...body } = parseWith(approvalRequest, request.body);
    const { reader, subject } = await answering(request, context, body.subject);
    const { actor, mail } = reader.access;
    const made = await control.approve(
      { subject, reason, forMs, ...(override && { override }), ...(mail !== null && { mail }) },
      actor,
    );
    reply.code(201);
    const approval = accepted(reader, made);
    return approvalObject(approval, {
      hold: reader.world.holds.find((hold) => hold.subject === approval.subject),
      windows: holdSummaries(reader).find(({ status }) => status.subject === approval.subject)?.status
        .windows,
      before: earlierRejection(reader, approval.subject),
    });
  });
  api.post("/rejections", { config }, async (request, reply): Promise<RejectionObject> => {
    const { reason, ...body } = parseWith(rejectionRequest, request.body);
    const { reader, subject } = await answering(request, context, body.subject);
    const made = await control.reject({ subject, reason }, reader.access.actor);
    reply.code(201);
    const rejection = accepted(reader, made);
    return rejectionObject(rejection, earlierRejection(reader, rejection.subject));
  });
}

async function answering(
  request: FastifyRequest,
  context: HttpContext,
  name: string,
): Promise<{ readonly reader: Reader; readonly subject: string }> {
  const reader = await openReader(context, accessOf(request));
  return { reader, subject: await answeredSubject(reader, context.control, name) };
}

/** As it was before the answer. */
function earlierRejection({ world, scrub }: Reader, subject: string): EarlierRejection | null {
  const found = world.rejections.find((one) => one.subject === subject);
  return found === undefined ? null : { actor: found.actor, reason: scrub(found.reason), at: found.at };
}

interface Answered {
  /** What was approved; the approval of a stricter verdict writes nothing. */
  readonly hold: Hold | undefined;
  readonly windows: HoldSummary["windows"];
  readonly before: EarlierRejection | null;
}

function approvalObject(
  { subject, reason, actor, at, expiresAt, actions }: Approval,
  { hold, windows, before }: Answered,
): ApprovalObject {
  const calls = hold?.actions ?? Object.values(actions).flat().length;
  return {
    ...envelope("Approval", { name: subjectDigits(subject), creationTimestamp: at }),
    spec: { subject, reason, actor, expiresAt },
    status: {
      keys: (Object.keys(actions) as Key[]).sort(),
      calls,
      ...(hold?.code === "verdict-changed" && { isVerdict: true }),
      ...(hold?.cause !== undefined && { overrides: hold.cause }),
      ...(windows !== undefined && { windows }),
      ends: before,
    },
  };
}

function rejectionObject(
  { subject, reason, actor, at }: Rejection,
  replaces: EarlierRejection | null,
): RejectionObject {
  return {
    ...envelope("Rejection", { name: subjectDigits(subject), creationTimestamp: at }),
    spec: { subject, reason, actor },
    status: { replaces },
  };
}
