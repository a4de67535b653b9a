import { conditionText, namesText, testsOf } from "../../iam/row-text.ts";
import { namedByCondition } from "../../iam/match/named-by-condition.ts";
import { namesOf } from "../../iam/match/reach.ts";
import type { AccessMap, MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import type { MappedFunction, NamedFunction } from "../../model/answers/questions/mapped-function.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";
import { isEveryone, principalOf } from "../../model/aws/principal.ts";
import type { NameSet } from "../../model/delta.ts";
import { arnParts, hasArnParts, unqualifiedArn } from "../../model/aws/arn.ts";
import { homeOf, placesElsewhere, principalText, resourceText, type Home } from "../../plan/render/words.ts";
import { drawnLines, isCaller, type DrawnLine } from "./drawn-lines.ts";

/** By ARN: the functions that the caller sees, so that an ARN of one is its node. */
export type FunctionsByArn = ReadonlyMap<string, NamedFunction>;

export function functionsByArn(known: readonly NamedFunction[]): FunctionsByArn {
  return new Map(known.flatMap((one) => (one.functionArn === null ? [] : [[one.functionArn, one] as const])));
}

/** Equal for the same connection, and sorted as a map sorts its edges. */
export function edgeKey({ from, to, what, on, details, state }: MapEdge): string {
  return JSON.stringify([from, to, what, on, details, state]);
}

/** The connections of one function. */
export interface MapPart extends Pick<AccessMap, "nodes" | "edges"> {
  readonly target: string;
  /** What the map does not show of the function. */
  readonly reasons: readonly string[];
}

export function mapPart({ key, target, functionArn, state }: MappedFunction, byArn: FunctionsByArn): MapPart {
  const own: MapNode = { id: key, kind: "function", label: target, name: target, key, arn: functionArn };
  const { lines, reasons } = drawnLines(state);
  const pairs = lines.flatMap((line) =>
    others(line, { byArn, home: homeOf(key) }).map((node) => ({ line, node })),
  );
  const edges = pairs.map(({ line: { line, state: known }, node }): MapEdge => {
    const [from, to] = isCaller(line) ? [node.id, key] : [key, node.id];
    const { what, on, details, actions } = line;
    return { from, to, what, on, details, state: known, actions, accounts: accountsOf(line) };
  });
  return {
    target,
    reasons,
    nodes: [own, ...pairs.map(({ node }) => node)],
    edges,
  };
}

interface NodeContext {
  readonly byArn: FunctionsByArn;
  /** Of the function, whose lines do not name it. */
  readonly home: Home;
}

function others({ line }: DrawnLine<TypedLine>, context: NodeContext): readonly MapNode[] {
  return isCaller(line) ? callerNodes(line, context.byArn) : resourceNodes(line, context);
}

const ANY: NameSet = { kind: "any" };

/** The sources that a caller is tied to; without one, the principal. */
function callerNodes(line: TypedLine, byArn: FunctionsByArn): readonly MapNode[] {
  const sources = testsOf(line.condition)
    .filter(({ key, operator }) => key === "aws:sourcearn" && SOURCE_OPERATORS.has(operator))
    .flatMap(({ values }) => values);
  if (sources.length > 0) return sources.map((arn) => arnNode(arn, "caller", byArn));
  const principal = line.principal ?? ANY;
  const label = [principalText(principal), ...(line.on === "" ? [] : [line.on])].join(", ");
  return [
    {
      id: `caller ${namesText(principal)} ${conditionText(line.condition)}`.trim(),
      kind: "caller",
      label,
      name: label,
      key: null,
      arn: null,
    },
  ];
}

/** Everyone but some is anyone: the map must not leave out who may call. */
function accountsOf(line: TypedLine): MapEdge["accounts"] {
  if (!isCaller(line)) return [];
  const principal = line.principal ?? ANY;
  if (principal.kind === "any" || principal.kind === "all-but") return "any";
  const accounts = namesOf(principal).map(accountOf);
  return accounts.includes("any") ? "any" : accounts.filter((account) => account !== "");
}

/** "": a service, or a principal that is not of an account. */
function accountOf(name: string): string {
  const { type, value } = principalOf(name);
  if (isEveryone(name)) return "any";
  if (type !== "AWS" && type !== null) return "";
  return /^\d{12}$/.test(value) ? value : hasArnParts(value) ? arnParts(value).accountId : "";
}

const SOURCE_OPERATORS: ReadonlySet<string> = new Set(["ArnEquals", "ArnLike", "StringEquals", "StringLike"]);

/** A table's indexes and a bucket's objects have no nodes next to it. A policy that Git attaches is a node of its own. */
function resourceNodes(line: TypedLine, { byArn, home }: NodeContext): readonly MapNode[] {
  const sets = line.resources;
  if (sets.length === 0 || sets.some(({ kind }) => kind === "all-but"))
    return [nodeOf({ id: `${line.what} ${line.on}`, name: line.on, arn: null })];
  const names = [...new Set(sets.flatMap(namesOf))];
  const complete = names.filter((name) => !isPartOfOther(name, names));
  const [only = ""] = complete;
  // The conditions may name the resource: `alias/reports` of all keys.
  if (complete.length === 1 && /[*?]/.test(only)) return [patternNode(only, line, home)];
  return complete.map((name) => arnNode(name, "resource", byArn));
}

function isPartOfOther(name: string, names: readonly string[]): boolean {
  return names.some(
    (other) => other !== name && (name.startsWith(`${other}/`) || name.startsWith(`${other}:`)),
  );
}

function arnNode(arn: string, kind: "caller" | "resource", byArn: FunctionsByArn): MapNode {
  const found = byArn.get(hasArnParts(arn) ? unqualifiedArn(arn) : arn);
  if (found !== undefined)
    return {
      id: found.key,
      kind: "function",
      label: found.target,
      name: found.target,
      key: found.key,
      arn: found.functionArn,
    };
  const { accountId, region } = hasArnParts(arn) ? arnParts(arn) : NOWHERE;
  const name = resourceText(arn, { accountId, region });
  return { id: arn, kind, label: resourceText(arn, NOWHERE), name, key: null, arn };
}

function nodeOf(node: Pick<MapNode, "id" | "name" | "arn"> & { readonly label?: string }): MapNode {
  return { label: node.name, ...node, kind: "resource", key: null };
}

/** The line names the region and the account already, if they are others than the function's. */
function patternNode(arn: string, { on, condition }: TypedLine, home: Home): MapNode {
  const names = namedByCondition(arn, testsOf(condition));
  const isPlaced = names.some((name) => placesElsewhere(name, home).length > 0);
  const { region, accountId } = hasArnParts(arn) ? arnParts(arn) : { region: "", accountId: "" };
  const place = [region, /^\d+$/.test(accountId) ? `account ${accountId}` : ""].filter(
    (part) => part !== "" && part !== "*",
  );
  const label = place.length === 0 || isPlaced ? on : `${on} in ${place.join(", ")}`;
  return nodeOf({ id: `${arn} ${on}`, label, name: on, arn });
}

/** Names the account and region of every resource. */
const NOWHERE = { accountId: "", region: "" };
