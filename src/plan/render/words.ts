import { shortList } from "../../iam/match/reach.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { PermissionRow } from "../../model/delta.ts";

/** `1 role`, `2 roles`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Services whose ARNs hold a name without its type. */
const PLAIN_TYPES: Readonly<Record<string, string>> = { sqs: "queue", sns: "topic" };

/** The part of an ARN that people know a thing by: `table/orders`, `role/grantkeeper/x`; other text as it is. */
export function shortArn(arn: string): string {
  if (!arn.startsWith("arn:")) return arn;
  const { service, resource: path } = arnParts(arn);
  // A log group's own name is a path: /aws/lambda/x.
  const named = path.replace(/^log-group:(?=[/])/, "");
  const type = PLAIN_TYPES[service];
  if (type !== undefined) return `${type}/${named}`;
  const resource = named.replace(/^(function|log-group|stateMachine|secret):/, "$1/");
  return /[/]/.test(resource) || service === "s3" ? resource : `${service}/${resource}`;
}

/** A policy by its name: `AdministratorAccess`. */
export function policyName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** `dynamodb read` of a Sid that the catalogue made (`DynamodbRead1a2b3c4d`); null for every other. */
function grantOfSid(sid: string | null): string | null {
  const found = /^([A-Z][a-z0-9]*)([A-Z][A-Za-z]*)[0-9a-f]{8}\d*$/.exec(sid ?? "");
  if (found === null || found[1] === undefined || found[2] === undefined) return null;
  if (found[1] === "Statement") return null;
  return `${found[1].toLowerCase()} ${found[2].charAt(0).toLowerCase()}${found[2].slice(1)}`;
}

/**
 * The grant that a row belongs to: only of a statement that Git declares with this content, which then has an origin. A
 * Sid alone proves nothing, since anyone who can write a policy can give a statement any Sid.
 */
export function grantOfRow({
  sid,
  from,
  origin,
}: Pick<PermissionRow, "sid" | "from"> & { readonly origin: object | null }): string | null {
  return from === "inline grantkeeper" && origin !== null ? grantOfSid(sid) : null;
}

/** `sqs:SendMessage on queue/x`, `anyone may lambda:InvokeFunction`; a Deny says that it is one. */
export function rowText(row: PermissionRow): string {
  if (row.action === "unknown") return `something that is not understood (${row.from})`;
  const denied = row.effect === "Deny" ? "Deny " : "";
  const who = row.principal === null ? "" : `${principalText(row.principal)}: `;
  const where = row.resource === "" ? "" : ` ${shortArn(shortList(row.resource))}`;
  const condition = row.condition === "" ? "" : " under a condition";
  return `${who}${denied}${shortList(row.action)}${where}${condition}`;
}

export function principalText(principal: string): string {
  if (principal === "*" || principal === "AWS *") return "anyone";
  return principal.replace(/^(AWS|Service|Federated|CanonicalUser) /, "");
}

/** The first rows, and how many more there are. */
export function rowsText(rows: readonly PermissionRow[], shown: number): string {
  const texts = [...new Set(rows.map(rowText))];
  const more = texts.length - shown;
  return [...texts.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** Cells to columns: each as wide as its widest, the last one free. */
export function columns(rows: readonly (readonly string[])[], gap: string): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? "").length));
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => width(column));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join(gap)
      .trimEnd(),
  );
}
