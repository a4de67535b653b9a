import type { TakeOverRefusal } from "../../diff/role/take-over-refusals.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import { someOf } from "../../text/phrases.ts";
import { cappedLines } from "./capped-lines.ts";
import type { ImportReport } from "./report.ts";
import type { ReportLine } from "./report-line.ts";
import { whoseText } from "./whose-text.ts";

type FunctionReport = ImportReport["functions"][number];
type Offer = Extract<FunctionReport["inPlace"], { readonly kind: "offered" }>;

interface OfferedFunction {
  readonly one: FunctionReport;
  readonly offer: Offer;
}

const MOST_LINES = 5;

/** Which functions could keep their roles and what was not looked at, then the first reasons against it of the others. */
export function inPlaceLines(functions: readonly FunctionReport[]): readonly ReportLine[] {
  const offered = functions.flatMap((one): readonly OfferedFunction[] =>
    one.inPlace?.kind === "offered" ? [{ one, offer: one.inPlace }] : [],
  );
  const free = offered.filter(({ offer }) => offer.refusedBy.length === 0);
  return [...offeredLines(free), ...ruledOutLines(offered), ...refusedLines(functions)];
}

function offeredLines(offered: readonly OfferedFunction[]): readonly string[] {
  const [first, ...others] = offered;
  if (first === undefined) return [];
  const fields =
    others.length === 0 ? `role: ${flowText(first.offer.role)}` : "spec.role as -o json shows it";
  const isListed = offered.every(({ offer }) => offer.isListed);
  const list = isListed ? "" : "the platform lists the role in adoptableRoles of the AwsAccount, then ";
  const notSeen = Map.groupBy(
    offered.flatMap(({ offer }) => [...new Set(offer.notSeen)]),
    (text) => text,
  );
  return [
    `possible: ${whoseText(offered)}: nothing that was read is against it; ${list}the manifest has ${fields}`,
    ...cappedLines(
      [...notSeen].map(([text, { length }]) => `not looked at ${forText(length, offered.length)}: ${text}`),
      MOST_LINES,
      "not looked at: ",
    ),
  ];
}

/** Of the functions that are possible, not of those in the lines that follow. */
function forText(some: number, all: number): string {
  if (all === 1) return "for this function";
  return some === all ? `for these ${all}` : `for ${some} of these ${all}`;
}

/** Nothing of the role is against it, but rules refuse the permissions that it has. */
function ruledOutLines(offered: readonly OfferedFunction[]): readonly string[] {
  const facts = offered.filter(({ offer }) => offer.refusedBy.length > 0);
  const groups = [...Map.groupBy(facts, ({ offer }) => offer.refusedBy.join(" ")).values()];
  const lines = groups
    .toSorted((a, b) => b.length - a.length)
    .map((same) => {
      const rules = someOf(same[0]?.offer.refusedBy ?? []);
      return `refused by rules: ${whoseText(same)}: ${rules}: remove what they refuse, or waive them where that is possible; the role itself is not against it`;
    });
  return cappedLines(lines, MOST_LINES, "refused by rules: ");
}

/** By the kind of the first reason, with what to do if it is the same for all: `-o json` has all reasons with theirs. */
function refusedLines(functions: readonly FunctionReport[]): readonly ReportLine[] {
  const refused = functions.flatMap((one) => {
    const [first] = one.inPlace?.kind === "refused" ? one.inPlace.reasons : [];
    return first === undefined ? [] : [{ one, first }];
  });
  const groups = [...Map.groupBy(refused, ({ first }) => first.kind)];
  return groups
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([kind, same]) => {
      const [only, ...others] = new Set(same.map(({ first }) => first.reason));
      const [fix, ...otherFixes] = new Set(same.map(({ first }) => first.fix));
      const next = otherFixes.length === 0 ? `; ${fix}` : "";
      const text = `not possible: ${whoseText(same)}: ${others.length === 0 ? only : AGAINST[kind]}${next}`;
      const commands = [...new Set(same.flatMap(({ first: { command } }) => command ?? []))];
      return { text, commands: otherFixes.length === 0 ? commands : [] };
    });
}

/** For several functions with different reasons. */
const AGAINST = {
  boundary: "the boundary is none of the account's",
  difference: "the manifest is not proved to grant exactly what the role grants",
  "instance-profile": "an instance profile contains the role",
  owner: "the role has the tags of another owner",
  place: "a manifest or the account cannot name the role",
  quota: "the role has no space for the declared policies in addition to its own",
  restricted: "the role has a policy that restricts it on purpose",
  shared: "other functions run on the role too",
  stack: "a stack of CloudFormation owns the role",
  tag: "a tag of the role would be removed or changed",
  terraform: "Terraform owns the role",
  trust: "others than Lambda may assume the role",
  unlisted: "the account does not list the role",
} as const satisfies Record<TakeOverRefusal["kind"], string>;
