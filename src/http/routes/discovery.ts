import type { FastifyInstance } from "fastify";
import { API_VERSION } from "../../api/group.ts";
import { RESOURCES } from "../../api/resources.ts";
import { byTextOf } from "../../text/order.ts";

/** Kubernetes' APIResourceList: what there is. */
export function registerDiscovery(api: FastifyInstance): void {
  const resources = Object.entries(RESOURCES)
    .map(([name, { kind, namespaced, verbs }]) => ({
      name,
      singularName: kind.toLowerCase(),
      kind,
      namespaced,
      verbs,
    }))
    .sort(byTextOf(({ name }) => name));
  const list = { apiVersion: "v1", kind: "APIResourceList", groupVersion: API_VERSION, resources };
  api.get("/", { config: { scopes: ["read"] } }, () => list);
}
