import { conditionKeyName } from "../../iam/condition-key-names.ts";
import type { Decision, FailedPart, FoundStatement, Layer } from "../../model/answers/decision.ts";
import type { AccessRequest } from "../../iam/evaluate/request.ts";
import type { Selector } from "../../iam/document.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { grid } from "../../cli/screen/table.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";

/** The answer, then the statements that decide, or the nearest one and what of it fails. */
export function decisionLines(
  request: Pick<AccessRequest, "action" | "resource">,
  decision: Decision,
): readonly ScreenLine[] {
  const access = `${request.action} on ${request.resource}`;
  if (decision.kind === "unknown") return [`unknown  ${access}`, `  ${decision.reason}`];
  if (decision.kind === "allowed") {
    const by = decision.by.map((found) => [`  ${found.layer}`, statementText(found)]);
    return [`allowed  ${access}`, ...grid(by)];
  }
  if (decision.cause === "explicit")
    return [`denied  ${access}`, `  ${decision.by.layer}  ${statementText(decision.by)} denies it`];
  const { layer, nearest } = decision;
  const reason = `  ${LAYERS[layer]} allows it`;
  if (nearest === null) return [`denied  ${access}`, reason];
  const parts = nearest.failed.map(failedText);
  return [
    `denied  ${access}`,
    reason,
    `  nearest  ${statementText(nearest.statement)}`,
    ...toned(
      "danger",
      parts.map((part) => `  ✗ ${part}`),
    ),
  ];
}

const LAYERS = {
  identity: "no identity policy",
  boundary: "the boundary does not hold it: no statement of it",
  session: "no policy of the session",
  resource: "no policy of the resource",
} as const satisfies Record<Layer, string>;

function statementText({ sid, from, origin }: FoundStatement): string {
  const name = sid === null ? "a statement without Sid" : `statement ${sid}`;
  return `${name} in ${origin === null ? from : formatOrigin(origin)}`;
}

function failedText(part: FailedPart): string {
  switch (part.kind) {
    case "action":
      return `action: ${wantedText(part.wanted)}, the request has ${part.found}`;
    case "principal":
      return `principal: ${wantedText(part.wanted)}, the caller is ${part.found.join(", ") || "anonymous"}`;
    case "resource":
      return `resource: ${wantedText(part.wanted)}, the request has ${part.found}${emptyText(part.emptyVariables)}`;
    case "condition": {
      const found = part.found.length === 0 ? "does not have it" : `has ${part.found.join(", ")}`;
      const wanted = part.wanted.join(" or ");
      return `condition: ${part.operator} ${conditionKeyName(part.key)} ${wanted}, the request ${found}${emptyText(part.emptyVariables)}`;
    }
  }
}

function wantedText({ negated, values }: Selector): string {
  return `${negated ? "all but " : ""}${values.join(negated ? ", " : " or ")}`;
}

function emptyText(keys: readonly string[]): string {
  return keys.length === 0 ? "" : `; without a value: ${keys.join(", ")}`;
}
