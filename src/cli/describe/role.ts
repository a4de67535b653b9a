import type { BindingObject, FunctionReading } from "../../api/bindings.ts";
import { isBinding } from "../../model/desired.ts";
import { hanging } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";

/** `ROLE role/grantkeeper/x: $LATEST, version 41 (live)`, and which versions use another role. */
export function roleLines({ spec, status }: BindingObject): readonly string[] {
  const { desired } = spec;
  if (desired === null || !isBinding(desired)) return [];
  const { arn } = desired.role;
  const found = status.live?.function ?? null;
  if (found === null) return hanging(`ROLE ${shortArn(arn)}: no function was read that uses it`, "");
  if (found.edge) return hanging(`ROLE ${shortArn(arn)}: Lambda@Edge is not supported, left alone`, "");
  const byRole = Map.groupBy(usesOf(found), ({ roleArn }) => roleArn);
  const own = byRole.get(arn) ?? [];
  const others = [...byRole].filter(([other]) => other !== arn);
  return [
    ...hanging(`ROLE ${shortArn(arn)}: ${own.length === 0 ? "no version uses it" : namesText(own)}`, ""),
    ...others.flatMap(([other, uses]) => hanging(`${namesText(uses)}: ${shortArn(other)}`, "  ")),
    ...unreadLines(found),
  ];
}

/** Versions are read if an alias runs one, so the aliases show whether versions matter. */
function unreadLines({ aliases, versions }: FunctionReading): readonly string[] {
  if (aliases.kind !== "present") return ["  aliases and published versions were not read"];
  const runsVersion = aliases.value.some((alias) => alias.versions.some((version) => version !== "$LATEST"));
  return runsVersion && versions.kind !== "present" ? ["  published versions were not read"] : [];
}

interface Use {
  readonly name: string;
  readonly roleArn: string;
}

function usesOf(found: FunctionReading): readonly Use[] {
  const published = found.versions.kind === "present" ? found.versions.value : [];
  return [
    { name: "$LATEST", roleArn: found.roleArn },
    ...published.map(({ version, roleArn }) => ({
      name: `version ${version}${aliasText(found, version)}`,
      roleArn,
    })),
  ];
}

function aliasText({ aliases }: FunctionReading, version: string): string {
  if (aliases.kind !== "present") return "";
  const names = aliases.value.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

function namesText(uses: readonly Use[]): string {
  return uses.map(({ name }) => name).join(", ");
}
