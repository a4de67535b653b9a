import type { FastifyInstance } from "fastify";
import { envelope } from "../../present/metadata.ts";
import { bindingName } from "../../../api/names.ts";
import { whyRequest, type WhyObject } from "../../../api/questions.ts";
import { keyParts } from "../../../model/keys/key.ts";
import { callerText, seesKey } from "../../access/access.ts";
import { accessOf, openReader, type HttpContext } from "../../request/context.ts";
import { accepted, ApiFailure } from "../../request/failure.ts";
import { parseWith } from "../../request/parse.ts";
import { shownWhy } from "../../present/questions.ts";
import { questionReader } from "../../request/question-reader.ts";

/** A question has a body, so it is a POST; it changes nothing, so the scope `read` is enough. */
export function registerWhys(api: FastifyInstance, context: HttpContext): void {
  api.post("/whys", { config: { scopes: ["read"] } }, async (request): Promise<WhyObject> => {
    const access = accessOf(request);
    const fields = parseWith(whyRequest, request.body);
    const { key = null, action = null, resource = null, resourceAccount = null, reported = null } = fields;
    // Whether or not the key exists.
    if (key !== null && !seesKey(access, key))
      throw new ApiFailure("Forbidden", `${callerText(access)} may not see ${key}`);
    const reader = await openReader(context, access);
    const question = { key, action, resource, resourceAccount, reported, context: fields.context ?? {} };
    const answer = await context.control.why(question, questionReader(reader));
    const status = shownWhy(accepted(reader, answer), reader);
    const { namespace } = keyParts(status.key);
    return { ...envelope("Why", { name: bindingName(status.key), namespace }), status };
  });
}
