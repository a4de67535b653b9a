import type { ValuePath } from "../../../text/located/value-path.ts";
import { isObject } from "../../../text/json-values.ts";
import { fault, type PolicyFault } from "./fault.ts";

/** ARNs of another partition than the document's own: no request of it ever has them. */
export function foreignPartitions(
  value: unknown,
  partition: string,
  steps: ValuePath = [],
): readonly PolicyFault[] {
  if (typeof value === "string") return textFaults(value, partition, steps);
  if (Array.isArray(value))
    return value.flatMap((member, at) => foreignPartitions(member, partition, [...steps, at]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    foreignPartitions(member, partition, [...steps, name]),
  );
}

function textFaults(text: string, partition: string, steps: ValuePath): readonly PolicyFault[] {
  const found = /^arn:(aws(?:-[a-z]+)*):/.exec(text)?.[1];
  if (found === undefined || found === partition) return [];
  const message = `"${text}" is of partition ${found}, the document of ${partition}`;
  return [fault({ steps, rule: "GRM-002", message, fix: `write arn:${partition}:…` })];
}
