import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ExposedObject } from "../../../api/questions.ts";
import { envelope } from "../../present/metadata.ts";
import { shownExposed } from "../../present/questions.ts";
import { accessOf, openReader, type HttpContext } from "../../request/context.ts";
import { accepted } from "../../request/failure.ts";
import { parseWith } from "../../request/parse.ts";
import { questionReader } from "../../request/question-reader.ts";

const NO_PARAMETERS = z.strictObject({});

export function registerExposed(api: FastifyInstance, context: HttpContext): void {
  api.get("/exposed", { config: { scopes: ["read"] } }, async (request): Promise<ExposedObject> => {
    parseWith(NO_PARAMETERS, request.query);
    const reader = await openReader(context, accessOf(request));
    const answer = await context.control.exposed(questionReader(reader));
    return {
      ...envelope("Exposed", { name: "exposed" }),
      status: shownExposed(accepted(reader, answer), reader),
    };
  });
}
