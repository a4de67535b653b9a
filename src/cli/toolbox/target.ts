import { nearestName } from "../../text/nearest-name.ts";
import { keyParts, parseKey, ownerText, targetText, type NamedKey } from "../../model/keys/key.ts";
import { sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import { CliError } from "./cli-error.ts";

/** `NAMESPACE/NAME@ACCOUNT/REGION` or a shorter form of it, such as `NAMESPACE/`; null means any. */
export interface Target {
  readonly namespace: string | null;
  readonly name: string | null;
  /** Name or id. */
  readonly account: string | null;
  readonly region: string | null;
}

const FORM = /^(?:(?:([a-z0-9-]+)\/)?([a-z0-9.-]+)?)?(?:@([A-Za-z0-9._-]+)(?:\/([a-z0-9-]+))?)?$/;

/** @throws CliError when the text has none of the forms */
export function parseTarget(text: string): Target {
  const match = FORM.exec(text);
  const [, namespace, name, account, region] = match ?? [];
  if (match === null || [namespace, name, account].every((part) => part === undefined)) {
    throw new CliError(
      `"${text}" names no function`,
      "write NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form such as NAMESPACE/NAME, NAMESPACE/ or @ACCOUNT",
    );
  }
  return {
    namespace: namespace ?? null,
    name: name ?? null,
    account: account ?? null,
    region: region ?? null,
  };
}

/**
 * All that the text means, in their order. `namespace` (-n) narrows forms without one.
 * @throws CliError when it is none, with the nearest one for a typing error
 */
export function matching<Item extends NamedKey>(
  text: string,
  items: readonly Item[],
  namespace: string | null = null,
): readonly Item[] {
  const meantItems = meant(text, items, namespace);
  if (meantItems.length > 0) return meantItems;
  throw noSuchTarget(text, items, { namespace, listed: "grantkeeper get bindings lists all" });
}

/** The same as `matching`, but none is no error. */
export function meant<Item extends NamedKey>(
  text: string,
  items: readonly Item[],
  namespace: string | null,
): readonly Item[] {
  const key = parseKey(text);
  const wanted = key === undefined ? parseTarget(text) : null;
  return items.filter((item) => (wanted === null ? item.key === key : isMeant(wanted, item, namespace)));
}

interface MissedTarget {
  readonly namespace: string | null;
  /** What lists all, for a text that is near to none. */
  readonly listed: string;
  /** Other names that the text may be meant as. Default: none. */
  readonly names?: readonly string[];
}

/** No target has this name: the nearest one for a typing error, or those that differ in one part only. */
export function noSuchTarget(
  text: string,
  items: readonly NamedKey[],
  { namespace, listed, names = [] }: MissedTarget,
): CliError {
  const wanted = parseKey(text) === undefined ? parseTarget(text) : null;
  const near = nearestName(text, names) ?? nearestTarget(text, wanted && { wanted, namespace }, items);
  return new CliError(
    `"${text}" not found${namespace === null ? "" : ` in namespace ${namespace}`}`,
    near === undefined ? listed : `did you mean ${near}?`,
    { code: "NotFound" },
  );
}

function isMeant(target: Target, { key, account }: NamedKey, namespace: string | null): boolean {
  const parts = keyParts(key);
  const region = parts.kind === "function" ? parts.region : null;
  return (
    isOrAny(target.namespace ?? namespace, parts.namespace) &&
    isOrAny(target.name, parts.name) &&
    (target.account === null || target.account === account || target.account === parts.accountId) &&
    (target.region === null || target.region === region)
  );
}

function isOrAny(wanted: string | null, actual: string): boolean {
  return wanted === null || wanted === actual;
}

interface WantedTarget {
  readonly wanted: Target;
  readonly namespace: string | null;
}

/** Compared in the same length of form as was typed, with the namespace of `-n`. */
function nearestTarget(
  text: string,
  target: WantedTarget | null,
  items: readonly NamedKey[],
): string | undefined {
  if (target === null) return undefined;
  const { wanted, namespace } = target;
  const isNarrowed = wanted.namespace === null && namespace !== null;
  const typed = isNarrowed ? `${namespace}/${text}` : text;
  const filled = isNarrowed ? { ...wanted, namespace } : wanted;
  const formsOf = (some: readonly NamedKey[]): readonly string[] =>
    sortedSet(some.map((item) => sameForm(filled, item)));
  const near = nearestName(typed, formsOf(items));
  if (near !== undefined || filled.name === null) return near;
  const others = formsOf(otherwiseMeant(filled, items));
  return others.length > 1 ? `one of ${someOf(others)}` : others[0];
}

/** The items that have every part of the target but one: the region, else the account, else the namespace. */
function otherwiseMeant(target: Target, items: readonly NamedKey[]): readonly NamedKey[] {
  const looser = [
    { ...target, region: null },
    { ...target, region: null, account: null },
    { ...target, namespace: null },
  ];
  const matches = looser.map((one) => items.filter((item) => isMeant(one, item, null)));
  return matches.find((some) => some.length > 0) ?? [];
}

function sameForm(target: Target, item: NamedKey): string {
  const parts = keyParts(item.key);
  const owner = ownerInForm(target, item);
  if (target.account === null) return owner;
  const account = /^\d{12}$/.test(target.account) ? parts.accountId : item.account;
  const region = target.region === null || parts.kind === "policy" ? "" : `/${parts.region}`;
  return `${owner}@${account}${region}`;
}

function ownerInForm({ namespace, name }: Target, { key }: NamedKey): string {
  const parts = keyParts(key);
  if (name === null) return namespace === null ? "" : `${parts.namespace}/`;
  return namespace === null ? parts.name : ownerText(key);
}

/** @throws CliError if the text matches several items */
export function theOnly<Item extends NamedKey>(text: string, items: readonly Item[]): Item {
  const [first, ...others] = items;
  if (first !== undefined && others.length === 0) return first;
  const names = items.map(targetText).join(", ");
  throw new CliError(`${text} matches ${items.length} functions: ${names}`, "name one of them");
}

/** A command without a target never means everything. @throws CliError */
export function requireTargetOrAll(target: string | undefined, all: boolean, command: string): void {
  if (target === undefined && !all)
    throw new CliError(`${command} needs a target, or --all`, `grantkeeper ${command} --help shows examples`);
  if (target !== undefined && all) throw new CliError(`${command} takes a target or --all, not both`, null);
}
