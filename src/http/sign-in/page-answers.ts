import type { FastifyInstance, FastifyReply } from "fastify";
import { FAILURE_CODES } from "../../api/failure.ts";
import type { HttpContext } from "../request/context.ts";
import { asFailure } from "../request/failure.ts";
import { noteRefusal } from "../server/answers.ts";
import { messagePage, SIGN_IN_POLICY } from "./sign-in-pages.ts";

export function sendPage(reply: FastifyReply, code: number, html: string): FastifyReply {
  return reply
    .code(code)
    .headers({ "content-security-policy": SIGN_IN_POLICY, "content-type": "text/html; charset=utf-8" })
    .send(html);
}

/** In this plugin, a refusal is a page for people. It is recorded like any other. */
export function withPages(pages: FastifyInstance, context: HttpContext): void {
  pages.setErrorHandler((error, request, reply) => {
    const failure = asFailure(error);
    if (failure === null) throw error;
    noteRefusal(context, request, failure);
    const { message, reason, details } = failure;
    const shown = { title: "Not signed in", text: `${message}.`, hint: details.hint ?? null };
    return sendPage(reply, FAILURE_CODES[reason], messagePage(shown));
  });
}
