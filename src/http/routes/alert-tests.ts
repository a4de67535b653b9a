import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { AlertTestObject } from "../../api/commands.ts";
import { callerText, seesEverything, type Access } from "../access/access.ts";
import { envelope } from "../present/metadata.ts";
import { accessOf, openReader, type HttpContext } from "../request/context.ts";
import { accepted, ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";

const noFields = z.strictObject({});

/** The route of an operator may reach people of every team: only a token that sees everything sends a test to it. */
export function registerAlertTests(api: FastifyInstance, context: HttpContext): void {
  api.post<{ Params: { readonly name: string } }>(
    "/alertroutes/:name/test",
    { config: { scopes: ["suspend"] } },
    async (request) => {
      parseWith(noFields, request.body);
      return testRoute(request.params.name, accessOf(request), context);
    },
  );
}

async function testRoute(name: string, access: Access, context: HttpContext): Promise<AlertTestObject> {
  if (!seesEverything(access))
    throw new ApiFailure("Forbidden", `${callerText(access)} may not test alert routes`);
  const reader = await openReader(context, access);
  const test = accepted(reader, await context.control.testAlert(name, access.actor));
  const answer = test.kind === "accepted" ? test.answer : null;
  return {
    ...envelope("AlertTest", { name }),
    status: { accepted: test.kind === "accepted", answer, problem: test.problem },
  };
}
