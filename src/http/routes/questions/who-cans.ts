import type { FastifyInstance } from "fastify";
import { whoCanRequest, type WhoCanObject } from "../../../api/questions.ts";
import { envelope } from "../../present/metadata.ts";
import { shownWhoCan } from "../../present/questions.ts";
import { accessOf, openReader, type HttpContext } from "../../request/context.ts";
import { accepted } from "../../request/failure.ts";
import { parseWith } from "../../request/parse.ts";
import { questionReader } from "../../request/question-reader.ts";

/** As for a why: a POST that changes nothing. The answer has the functions that the token sees. */
export function registerWhoCans(api: FastifyInstance, context: HttpContext): void {
  api.post("/whocans", { config: { scopes: ["read"] } }, async (request): Promise<WhoCanObject> => {
    const {
      action,
      resource,
      context: given = {},
      resourceAccount = null,
    } = parseWith(whoCanRequest, request.body);
    const reader = await openReader(context, accessOf(request));
    const question = { action, resource, context: given, resourceAccount };
    const answer = await context.control.whoCan(question, questionReader(reader));
    return {
      ...envelope("WhoCan", { name: "answer" }),
      status: shownWhoCan(accepted(reader, answer), reader),
    };
  });
}
