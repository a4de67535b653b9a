import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { BASE_PATH } from "../../api/group.ts";
import {
  AGGREGATED_CORE,
  AGGREGATED_GROUPS,
  AGGREGATED_TYPE,
  CORE_RESOURCES,
  CORE_VERSIONS,
  groupList,
  GROUPS,
  resourceList,
  wantsAggregated,
} from "../kubernetes/discovery.ts";
import { openApiDocument, openApiIndex } from "../kubernetes/openapi.ts";
import type { HttpContext } from "../request/context.ts";

/** Every token may ask what there is: no answer has anything of a namespace. */
export const EVERY_SCOPE = { config: { scopes: "any" } } as const;

/** What kubectl asks before it asks for an object. */
export function registerDiscovery(app: FastifyInstance, { control, manifestSchemas }: HttpContext): void {
  registerOpenApi(app, manifestSchemas);
  app.get("/version", EVERY_SCOPE, async () => serverVersion((await control.overview()).version));
  app.get("/api", EVERY_SCOPE, async (request, reply) =>
    discovered(request, reply, { aggregated: AGGREGATED_CORE, old: CORE_VERSIONS }),
  );
  app.get("/apis", EVERY_SCOPE, async (request, reply) =>
    discovered(request, reply, { aggregated: AGGREGATED_GROUPS, old: groupList(GROUPS) }),
  );
  app.get("/api/v1", EVERY_SCOPE, () => CORE_RESOURCES);
  for (const group of GROUPS) {
    const groupVersion = `${group.group}/${group.version}`;
    for (const path of [`/apis/${groupVersion}`, `/apis/${groupVersion}/`])
      app.get(path, EVERY_SCOPE, () => resourceList(group, groupVersion));
  }
}

/** The document is made when it is asked for: a controller that no one explains pays nothing for it. */
function registerOpenApi(app: FastifyInstance, schemas: HttpContext["manifestSchemas"]): void {
  let made: Promise<string> | null = null;
  const document = (): Promise<string> => (made ??= schemas().then(openApiDocument));
  app.get("/openapi/v3", EVERY_SCOPE, async () => openApiIndex(await document()));
  app.get(`/openapi/v3${BASE_PATH}`, EVERY_SCOPE, async (_request, reply) => {
    reply.header("content-type", "application/json; charset=utf-8");
    return document();
  });
}

function discovered(
  request: FastifyRequest,
  reply: FastifyReply,
  { aggregated, old }: { readonly aggregated: object; readonly old: object },
): FastifyReply {
  reply.header("vary", "accept");
  if (!wantsAggregated(request.headers.accept)) return reply.send(old);
  // As text: Fastify would add a charset to the content type of an object.
  return reply.header("content-type", AGGREGATED_TYPE).serializer(JSON.stringify).send(aggregated);
}

/** The version of Kubernetes whose API is spoken: kubectl warns if its own is more than one minor version away. */
const MINOR = 32;

/** Kubernetes' answer of `/version`, with the version of Grantkeeper as its build. */
function serverVersion(version: string): object {
  const build = version.replace(/[^0-9A-Za-z.-]/g, "-");
  return {
    major: "1",
    minor: String(MINOR),
    gitVersion: `v1.${MINOR}.0+grantkeeper.${build}`,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "",
  };
}
