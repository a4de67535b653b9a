import { recordedRow } from "../../iam/row-text.ts";
import { grantsCovering } from "../../manifest/covering/covering-grants.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import type { Delta, DeltaRow, RecordedRow } from "../../model/delta.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import type { Json } from "../../model/values/json.ts";
import type { Keep } from "../../model/alert-event.ts";

/** A proposal for each of thousands of permissions is read by no one, and each costs a search of the catalogue. */
const MAX_ROWS = 5;

/**
 * How Git can declare what was added to the role: by the smallest grant that covers it, else by a statement. Callers,
 * boundaries and what is not understood are kept by neither.
 */
export function keepOf(state: DesiredBinding | DesiredPolicy | null, { allowed }: Delta): Keep | null {
  if (state === null) return null;
  const rows = allowed.filter(isOfRole);
  if (rows.length === 0) return null;
  const { file } = state.origin;
  const reason = rows.map(obstacle).find((found) => found !== null);
  if (reason !== undefined) return { kind: "not-as-it-is", file, reason };
  const lines = rows.slice(0, MAX_ROWS).map((row) => lineOf(row, state));
  return {
    kind: "lines",
    file,
    grants: unique(lines, "grant"),
    statements: unique(lines, "statement"),
  };
}

function isOfRole({ effect, principal, from, action }: DeltaRow): boolean {
  return effect === "Allow" && principal === null && from.kind !== "boundary" && action.kind !== "unknown";
}

/** Why the row cannot be declared word for word; null if it can. */
function obstacle({ risk, action, resource }: DeltaRow): string | null {
  if (risk !== "none") return `risk: ${risk}`;
  if (action.kind !== "one" || action.name.includes("*")) return "it is more than one action";
  return resource.kind === "one" ? null : "it is more than one resource";
}

interface Line {
  readonly kind: "grant" | "statement";
  readonly text: string;
}

function lineOf(row: DeltaRow, state: DesiredBinding | DesiredPolicy): Line {
  const texts = recordedRow(row);
  return (
    (texts.condition === "" && isBinding(state) ? grantLine(texts, state) : null) ?? statementLine(texts)
  );
}

function grantLine({ action, resource }: RecordedRow, binding: DesiredBinding): Line | null {
  const [smallest] = grantsCovering({ action, resource, context: new Map() }, binding);
  if (smallest === undefined) return null;
  return { kind: "grant", text: `- ${smallest.grant}: ${flowText(smallest.fields as Json)}` };
}

function statementLine({ action, resource, condition }: RecordedRow): Line {
  const when = condition === "" ? {} : { Condition: JSON.parse(condition) as unknown };
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource, ...when });
  return { kind: "statement", text: `- {reason: "…", statement: ${statement}}` };
}

function unique(lines: readonly Line[], kind: Line["kind"]): readonly string[] {
  return [...new Set(lines.filter((line) => line.kind === kind).map(({ text }) => text))];
}
