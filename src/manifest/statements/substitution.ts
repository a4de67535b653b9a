import type { ValuePath } from "../../text/located/value-path.ts";
import type { z } from "zod";
import { nearestName } from "../../text/nearest-name.ts";
import { fieldFacts, shown, wrongText, type TextSyntax } from "../fields/field.ts";
import { schemaParts } from "../schema/shape.ts";
import { correctionOf, inAccount, type Mistake } from "../../model/diagnostic.ts";
import { isMeantAsReference, type UsedReference } from "../../model/aws/reference.ts";
import { resolveReference, type ReferenceScope } from "./references.ts";

/** The values of `${…}` in one binding (or in one account, for a ManagedPolicy). */
export interface Variables {
  readonly own: Readonly<Record<string, string>>;
  /** The values of its account, shared by its bindings without a copy. A value of the binding has precedence. */
  readonly ofAccount: Readonly<Record<string, string>>;
  /** The name of the account that has the values; null in a GrantTemplate, which belongs to none. */
  readonly account: string | null;
  /** Names that exist elsewhere but not here, with the reason. */
  readonly refused: Readonly<Record<string, string>>;
  /** The values that are read from AWS, asked for with the first that is named; missing: none can be used. */
  readonly references?: () => ReferenceScope;
}

export interface SubstitutionResult<T> {
  readonly value: T;
  readonly problems: readonly SubstitutionProblem[];
  /** The references that it names, except those that the namespace may not use. */
  readonly references: readonly SubstitutedReference[];
}

interface SubstitutedReference {
  readonly path: ValuePath;
  readonly used: UsedReference;
  /** null: its value is in the text. */
  readonly problem: Mistake | null;
}

export interface SubstitutionProblem extends Mistake {
  readonly code: string;
  readonly path: ValuePath;
}

/** The places in a value of a schema that may contain templates. */
export type TemplateSite =
  | { readonly kind: "text"; readonly syntax: TextSyntax }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, TemplateSite> }
  | { readonly kind: "list"; readonly member: TemplateSite }
  /** Any names, with values of one kind. */
  | { readonly kind: "record"; readonly member: TemplateSite }
  /** Plain JSON: every string value in it, without a syntax. */
  | { readonly kind: "any" };

/** Reads the sites from a schema; undefined if there are none. Done once per schema, not per manifest. */
export function templateSite(schema: z.core.$ZodType): TemplateSite | undefined {
  const facts = fieldFacts(schema);
  if (facts !== undefined)
    return facts.kind === "template" ? { kind: "text", syntax: facts.syntax } : undefined;
  const parts = schemaParts(schema);
  if (parts.type === "custom") return { kind: "any" };
  if (parts.innerType !== undefined) return templateSite(parts.innerType);
  if (parts.element !== undefined) return wrapped("list", parts.element);
  if (parts.valueType !== undefined) return wrapped("record", parts.valueType);
  if (parts.options !== undefined) return parts.options.map(templateSite).find((site) => site !== undefined);
  const members = Object.entries(parts.shape ?? {}).flatMap(([name, member]) => {
    const site = templateSite(member);
    return site === undefined ? [] : [[name, site] as const];
  });
  return members.length === 0 ? undefined : { kind: "object", members: new Map(members) };
}

function wrapped(kind: "list" | "record", schema: z.core.$ZodType): TemplateSite | undefined {
  const member = templateSite(schema);
  return member === undefined ? undefined : { kind, member };
}

/** The value with every `${…}` replaced; unchanged parts are the same objects. */
export function substitute<T>(
  { value, path }: { readonly value: T; readonly path: ValuePath },
  site: TemplateSite | undefined,
  variables: Variables,
): SubstitutionResult<T> {
  const visit: Visit = { variables, path: [...path], problems: [], references: [] };
  const after = site === undefined ? value : visitValue(value, site, visit);
  return { value: after as T, problems: visit.problems, references: visit.references };
}

/** The state of a walk: `path` is the current place, so that a value without a problem needs no path of its own. */
interface Visit {
  readonly variables: Variables;
  readonly path: (string | number)[];
  readonly problems: SubstitutionProblem[];
  readonly references: SubstitutedReference[];
}

function visitValue(value: unknown, site: TemplateSite, visit: Visit): unknown {
  if (typeof value === "string") return replaced(value, site, visit);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return visitList(value, site.kind === "list" ? site.member : site, visit);
  return visitMembers(value, site, visit);
}

function visitList(value: readonly unknown[], site: TemplateSite, visit: Visit): unknown {
  let changed: unknown[] | undefined;
  value.forEach((before, index) => {
    if (!mayHoldTemplate(before)) return;
    visit.path.push(index);
    const after = visitValue(before, site, visit);
    visit.path.pop();
    if (after === before) return;
    changed ??= [...value];
    changed[index] = after;
  });
  return changed ?? value;
}

/** Visits the members of the value, not those of the schema: a grant has one of the catalogue's many keys. */
function visitMembers(value: object, site: TemplateSite, visit: Visit): unknown {
  const record = value as Readonly<Record<string, unknown>>;
  let changed: Record<string, unknown> | undefined;
  // Plain data of the parser has no inherited names, and the loop creates no list of the names.
  for (const name in record) {
    const before = record[name];
    const inner = siteBelow(site, name);
    if (inner === undefined || !mayHoldTemplate(before)) continue;
    visit.path.push(name);
    const after = visitValue(before, inner, visit);
    visit.path.pop();
    if (after === before) continue;
    changed ??= { ...record };
    changed[name] = after;
  }
  return changed ?? value;
}

function siteBelow(site: TemplateSite, name: string): TemplateSite | undefined {
  if (site.kind === "object") return site.members.get(name);
  return site.kind === "record" ? site.member : site;
}

function mayHoldTemplate(value: unknown): boolean {
  return typeof value === "string" ? value.includes("${") : typeof value === "object";
}

function replaced(text: string, site: TemplateSite, visit: Visit): string {
  const { path, problems, references } = visit;
  const { text: after, unknown, used } = fillText(text, visit);
  for (const problem of unknown) problems.push({ path: [...path], ...problem });
  for (const reference of used) references.push({ path: [...path], ...reference });
  if (unknown.length > 0 || site.kind !== "text" || site.syntax.pattern.test(after)) return after;
  const message = `${wrongText(site.syntax, after)} (from ${shown(text)})`;
  const fix = `it must be like ${site.syntax.example} after substitution`;
  problems.push({ code: SUBSTITUTION, path: [...path], message, fix });
  return after;
}

const SUBSTITUTION = "substitution";

interface Filled {
  readonly text: string;
  readonly unknown: readonly Omit<SubstitutionProblem, "path">[];
  readonly used: readonly Omit<SubstitutedReference, "path">[];
}

/**
 * Replaces our variables and references. IAM's own variables (`${aws:…}`, any `${a:b}`, `${*}`, `${?}`, `${$}`) stay
 * unchanged. Values contain no `$`, so one round is enough.
 */
function fillText(text: string, { variables, path }: Pick<Visit, "variables" | "path">): Filled {
  const unknown: Omit<SubstitutionProblem, "path">[] = [];
  const used: Omit<SubstitutedReference, "path">[] = [];
  const filled = text.replace(/\$\{([^}]*)\}/g, (reference, name: string) => {
    if (isMeantAsReference(name)) {
      const found = resolveReference(
        name,
        { path, isEntireText: reference === text },
        variables.references?.() ?? null,
      );
      if (found.used !== null) used.push({ used: found.used, problem: found.problem });
      if (found.problem !== null) unknown.push(found.problem);
      return found.value ?? reference;
    }
    if (name.includes(":") || name === "*" || name === "?" || name === "$") return reference;
    const value = valueOf(name, variables);
    if (value !== undefined) return value;
    unknown.push({ code: SUBSTITUTION, ...unknownVariable(name, variables) });
    return reference;
  });
  if (unknown.length === 0 && filled.lastIndexOf("${") > filled.lastIndexOf("}")) {
    const message = `${shown(text)} opens \${ and does not close it`;
    unknown.push({ code: SUBSTITUTION, message, fix: "write }" });
  }
  return { text: filled, unknown, used };
}

function valueOf(name: string, { own, ofAccount }: Variables): string | undefined {
  if (Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(ofAccount, name) ? ofAccount[name] : undefined;
}

function unknownVariable(name: string, variables: Variables): Mistake {
  const reason = Object.hasOwn(variables.refused, name) ? variables.refused[name] : undefined;
  if (reason !== undefined) return { message: `\${${name}} can't be used here`, fix: reason };
  const known = Object.keys({ ...variables.ofAccount, ...variables.own }).sort();
  const near = nearestName(name, known) ?? nearReference(name);
  const messageIn = (owner: string): string => `unknown variable \${${name}} in ${owner}`;
  return {
    ...(variables.account === null
      ? { message: messageIn("a GrantTemplate") }
      : inAccount(variables.account, messageIn)),
    fix: `${near === undefined ? "" : `did you mean "${near}"? `}known here: ${known.join(", ")}`,
    ...correctionOf(`\${${name}}`, near === undefined ? undefined : `\${${near}}`),
  };
}

/** `${stacks.orders.TableName}` is near to a reference. */
function nearReference(name: string): string | undefined {
  const [kind = "", ...rest] = name.split(".");
  const near = rest.length === 0 ? undefined : nearestName(kind, ["stack", "ssm", "tag"]);
  return near === undefined ? undefined : [near, ...rest].join(".");
}
