import type { BindingObject, FunctionReading } from "../../api/bindings.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { policyName } from "../../plan/render-words.ts";
import { placeText } from "../target.ts";

/** Each target's role, and what runs on it. */
export function roleLines(bindings: readonly BindingObject[]): readonly string[] {
  return bindings.flatMap(({ spec, status }, at) => {
    const { desired } = spec;
    if (desired === null || !("role" in desired)) return [];
    const label = at === 0 ? "Role  " : "      ";
    const place = bindings.length === 1 ? "" : `   ${placeText(status)}`;
    return [
      `${label}${desired.role.arn}${place}`,
      `      ${runsText(desired, status.live?.function ?? null)}`,
    ];
  });
}

function runsText({ role }: DesiredBinding, found: FunctionReading | null): string {
  if (found === null) return "the function is not there, or was not read";
  if (found.edge) return "Lambda@Edge: not supported, left alone";
  const published = found.versions.kind === "present" ? found.versions.value : [];
  const runs = [
    { name: "$LATEST", roleArn: found.roleArn },
    ...published.map(({ version, roleArn }) => ({
      name: `version ${version}${aliasText(found, version)}`,
      roleArn,
    })),
  ];
  const own = runs.filter(({ roleArn }) => roleArn === role.arn).map(({ name }) => name);
  const others = Map.groupBy(
    runs.filter(({ roleArn }) => roleArn !== role.arn),
    ({ roleArn }) => roleArn,
  );
  const parts = [
    own.length === 0 ? "nothing runs on it" : `${listed(own)} ${own.length === 1 ? "runs" : "run"} on it`,
    ...[...others].map(
      ([arn, group]) =>
        `${listed(group.map(({ name }) => name))} ${group.length === 1 ? "runs" : "run"} on ${policyName(arn)}`,
    ),
  ];
  return parts.join("; ");
}

function aliasText({ aliases }: FunctionReading, version: string): string {
  if (aliases.kind !== "present") return "";
  const names = aliases.value.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

function listed(names: readonly string[]): string {
  return names.length < 3
    ? names.join(" and ")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
