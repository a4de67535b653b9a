import type { AccessMap } from "../../model/answers/questions/access-map.ts";
import type { MappedFunction, NamedFunction } from "../../model/answers/questions/mapped-function.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { GroupedTargets } from "./grouped-targets.ts";
import { edgeKey, functionsByArn, mapPart } from "./map-part.ts";

/**
 * The map of these functions. A resource that another function is called by, such as a topic, is one node.
 * @param known every function that the caller sees, so that an ARN of one is its node
 */
export function accessMap(functions: readonly MappedFunction[], known: readonly NamedFunction[]): AccessMap {
  const byArn = functionsByArn(known);
  const parts = functions.map((one) => mapPart(one, byArn));
  const unknown = new GroupedTargets();
  for (const { target, reasons } of parts) for (const reason of reasons) unknown.add(reason, target);
  const nodes = new Map(parts.flatMap((part) => part.nodes).map((node) => [node.id, node]));
  const edges = new Map(parts.flatMap((part) => part.edges).map((edge) => [edgeKey(edge), edge]));
  return {
    nodes: [...nodes.values()].toSorted(byTextOf(({ id }) => id)),
    edges: [...edges].toSorted(([a], [b]) => byText(a, b)).map(([, edge]) => edge),
    unknown: unknown.list(),
  };
}
