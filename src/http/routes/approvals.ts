import type { FastifyInstance } from "fastify";
import { API_VERSION } from "../../api/group.ts";
import {
  approvalRequest,
  rejectionRequest,
  type ApprovalObject,
  type RejectionObject,
} from "../../api/commands.ts";
import type { Approval, Rejection } from "../../model/approval.ts";
import type { Key } from "../../model/keys/key.ts";
import { accepted } from "../request/accepted.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { parseWith } from "../request/parse.ts";
import { subjectName } from "../present/holds.ts";
import { answeredSubject } from "./subjects.ts";

/** The two answers to a pending approval. */
export function registerApprovals(api: FastifyInstance, context: HttpContext): void {
  const { control } = context;
  api.route({
    method: "POST",
    url: "/approvals",
    config: { scopes: ["approve"] },
    handler: async (request, reply) => {
      const access = accessOf(request);
      const { reason, for: forMs, ...asked } = parseWith(approvalRequest, request.body);
      const reader = await openReader(context, access);
      const subject = await answeredSubject(reader, control, asked.subject);
      const made = await control.approve({ subject, reason, forMs }, access.actor);
      reply.code(201);
      return approvalObject(accepted(reader, made));
    },
  });
  api.route({
    method: "POST",
    url: "/rejections",
    config: { scopes: ["approve"] },
    handler: async (request, reply) => {
      const access = accessOf(request);
      const { reason, ...asked } = parseWith(rejectionRequest, request.body);
      const reader = await openReader(context, access);
      const subject = await answeredSubject(reader, control, asked.subject);
      const made = await control.reject({ subject, reason }, access.actor);
      reply.code(201);
      return rejectionObject(accepted(reader, made));
    },
  });
}

function approvalObject({ subject, reason, actor, at, expiresAt, actions }: Approval): ApprovalObject {
  const calls = Object.values(actions).reduce((sum, digests) => sum + digests.length, 0);
  return {
    apiVersion: API_VERSION,
    kind: "Approval",
    metadata: { name: subjectName(subject), creationTimestamp: at },
    spec: { subject, reason, actor, expiresAt },
    status: { keys: (Object.keys(actions) as Key[]).sort(), calls },
  };
}

function rejectionObject({ subject, reason, actor, at }: Rejection): RejectionObject {
  return {
    apiVersion: API_VERSION,
    kind: "Rejection",
    metadata: { name: subjectName(subject), creationTimestamp: at },
    spec: { subject, reason, actor },
  };
}
