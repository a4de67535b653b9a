import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { TimelineObject } from "../../../api/questions.ts";
import { TIMELINE_RANGES } from "../../../model/reads/timeline-range.ts";
import { scrubSentences } from "../../access/redaction.ts";
import { timeline } from "../../present/timeline/timeline.ts";
import { accessOf, openReader, type HttpContext } from "../../request/context.ts";
import { parseWith } from "../../request/parse.ts";
import { checkNamespace } from "../reads.ts";

const timelineQuery = z.strictObject({ range: z.enum(TIMELINE_RANGES).default("24h") });

export function registerTimeline(api: FastifyInstance, context: HttpContext): void {
  for (const url of ["/timeline", "/namespaces/:namespace/timeline"])
    api.get<{ Params: { readonly namespace?: string } }>(
      url,
      { config: { scopes: ["read"] } },
      async (request): Promise<TimelineObject> => {
        const access = accessOf(request);
        const namespace = checkNamespace(access, request.params.namespace);
        const { range } = parseWith(timelineQuery, request.query);
        const reader = await openReader(context, access);
        const found = await timeline(reader, context.control, { namespace, range });
        return scrubSentences(found, reader.scrub);
      },
    );
}
