import type { NamespaceObject } from "../../api/kubernetes/core.ts";
import { nameUuid } from "../../text/name-uuid.ts";
import { sees } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";

/** Those that the token sees and that have a document or a key, sorted by name. */
export function namespaces({ access, world }: Reader): readonly NamespaceObject[] {
  const first = new Map<string, string>();
  for (const { namespace, createdAt } of world.objects) {
    const known = first.get(namespace);
    if (known === undefined || createdAt < known) first.set(namespace, createdAt);
  }
  return world.namespaces
    .filter((name) => sees(access, name))
    .map((name) => {
      const creationTimestamp = first.get(name);
      return {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name,
          uid: nameUuid(`Namespace/${name}`),
          resourceVersion: String(world.version),
          ...(creationTimestamp !== undefined && { creationTimestamp }),
          labels: { "kubernetes.io/metadata.name": name },
        },
        spec: {},
        status: { phase: "Active" },
      };
    });
}
