import { errorAt, warningAt, type Diagnostic } from "../../model/diagnostic.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import { circularWindows, type CircleStep } from "../../model/windows/account-order.ts";
import {
  DEFAULT_OVERRUN_MS,
  type DesiredWindow,
  type KnownWindow,
  type Schedule,
  type WindowScope,
  windowName,
} from "../../model/windows/change-window.ts";
import { originOfValue } from "../../text/located/located.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import { byText, byTextOf, sortedSet } from "../../text/order.ts";
import { durationMs } from "../fields/duration.ts";
import type { Paths } from "../folder-owner.ts";
import type { ChangeWindow } from "../parse/parsed.ts";
import { windowScope, type WindowScopeSpec } from "../schema/change-window.ts";
import { accountNamesHint } from "./accounts/account-names.ts";
import type { PlacedDocuments } from "./placed-documents.ts";
import { unreadPlaces } from "./unread-places.ts";

export interface CompiledWindows {
  /** Sorted by name. */
  readonly windows: readonly DesiredWindow[];
  readonly diagnostics: readonly Diagnostic[];
  /** Every window that applies or may apply, for the next revision; sorted by name. */
  readonly known: readonly KnownWindow[];
}

interface WindowContext extends Paths {
  /** Names of accounts. */
  readonly accounts: ReadonlySet<string>;
  /** Of the revision before. */
  readonly knownWindows?: readonly KnownWindow[] | undefined;
}

/**
 * Every ChangeWindow of the platform. One with an error keeps closed what it may apply to; a document in a team's folder
 * is refused, and has no effect at all.
 */
export function compileWindows(world: PlacedDocuments, context: WindowContext): CompiledWindows {
  const circular = circularDocuments(world);
  const compiled = world.windows.map(({ document, namespace, problems }) => {
    const found = [
      ...problems,
      ...unknownAccounts(document, context.accounts),
      ...circularReports(document, circular.get(document), context.accounts),
    ];
    const doubts = unknownNamespaces(document, world);
    const diagnostics = [...found, ...doubts];
    return {
      diagnostics,
      windows: namespace === PLATFORM ? [windowOf(document, found, context.accounts)] : [],
    };
  });
  const lost = lostWindows(world, context);
  const windows = [...compiled.flatMap((one) => one.windows), ...unreadable(world), ...lost].sort(
    byTextOf(({ name }) => name ?? ""),
  );
  return {
    windows,
    diagnostics: [...compiled.flatMap(({ diagnostics }) => diagnostics), ...lost.map(lostReport)],
    known: windows.flatMap(({ name, scope }) => (name === null ? [] : [{ name, scope }])),
  };
}

function windowOf(
  manifest: ChangeWindow,
  problems: readonly Diagnostic[],
  accounts: ReadonlySet<string>,
): DesiredWindow {
  const { name } = manifest;
  const scope = scopeOf(manifest.spec);
  const origin = originOfValue(manifest, []);
  if (problems.length === 0)
    return { name, scope, schedule: scheduleOf(manifest), ...afterOf(manifest), origin };
  return { name, scope: widest(scope, accounts), schedule: null, origin };
}

/** An unknown account may be any account, written wrongly. */
function widest(scope: WindowScope, known: ReadonlySet<string>): WindowScope {
  const isKnown = scope.accounts?.every((account) => known.has(account)) ?? true;
  return isKnown ? scope : { ...scope, accounts: null };
}

function scopeOf({ accounts, namespaces }: WindowScopeSpec): WindowScope {
  return { accounts: accounts.includes("*") ? null : accounts, namespaces: namespaces ?? null };
}

function scheduleOf({ spec: { zone = "UTC", opens = [], overrun } }: ChangeWindow): Schedule {
  const openings = opens.flatMap(({ days, at, for: length }) => {
    const [hour, minute] = at.split(":").map(Number);
    const opening = {
      atMinute: Number(hour) * 60 + Number(minute),
      lengthMs: Number(durationMs(length, "mh")),
    };
    return days.map((day) => ({ day, ...opening }));
  });
  const overrunMs = overrun === undefined ? DEFAULT_OVERRUN_MS : Number(durationMs(overrun, "smh"));
  return { zone, openings, overrunMs };
}

function afterOf({ spec: { after } }: ChangeWindow): Pick<DesiredWindow, "after"> {
  if (after === undefined) return {};
  const { accounts, verifiedFor } = after;
  return { after: { accounts, verifiedForMs: Number(durationMs(verifiedFor, "mh")) } };
}

/** Those whose accounts would wait for each other for ever. */
function circularDocuments({ windows }: PlacedDocuments): ReadonlyMap<ChangeWindow, readonly CircleStep[]> {
  const byWindow = new Map(
    windows
      .filter(({ namespace, problems }) => namespace === PLATFORM && problems.length === 0)
      .map(({ document }) => [windowOf(document, [], new Set()), document] as const),
  );
  const circular = circularWindows([...byWindow.keys()]);
  return new Map(
    [...byWindow].flatMap(([window, document]) => {
      const circle = circular.get(window);
      return circle === undefined ? [] : [[document, circle] as const];
    }),
  );
}

/** Names each window of the circle, with the account that it applies to and the one that it waits for. */
function circularReports(
  manifest: ChangeWindow,
  circle: readonly CircleStep[] | undefined,
  known: ReadonlySet<string>,
): readonly Diagnostic[] {
  if (circle === undefined) return [];
  const steps = circle.map(
    ({ window, appliesTo, waitsFor }) =>
      `ChangeWindow ${windowName(window)} applies to ${appliesTo} and waits for ${waitsFor}`,
  );
  const accounts = [...new Set(circle.map(({ appliesTo }) => appliesTo))].sort(byText);
  const message = `${steps.join(", ")}: changes in ${accounts.join(" and ")} would never be written`;
  const shared = JSON.stringify(sortedSet(circle.map(({ window }) => windowName(window))));
  const fix = circle.length === 1 ? laterAccounts(manifest, known) : ONLY_LATER;
  return [errorAt(originOfValue(manifest, ["spec", "after"]), "circular-windows", { message, fix, shared })];
}

const ONLY_LATER =
  "write in accounts only those that come later, by their names, and in after.accounts only those that come before";

/** More names in a hint help no one. */
const MAX_NAMES = 10;

/** For a window that waits for an account of its own. */
function laterAccounts({ spec: { after } }: ChangeWindow, known: ReadonlySet<string>): string {
  const later = [...known].filter((name) => after?.accounts.includes(name) !== true).sort(byText);
  return later.length === 0 || later.length > MAX_NAMES
    ? ONLY_LATER
    : `write accounts: [${later.join(", ")}], or some of them: those of after.accounts come before`;
}

/** Documents that their schema refuses. If their scope alone is correct, only that stays closed. */
function unreadable({ invalid }: PlacedDocuments): readonly DesiredWindow[] {
  return invalid
    .filter(({ document, namespace }) => document.of === "ChangeWindow" && namespace === PLATFORM)
    .map(({ document }) => {
      const { spec } = document.document as { readonly spec?: unknown };
      const read = windowScope.safeParse(spec);
      const scope = read.success ? scopeOf(read.data) : { accounts: null, namespaces: null };
      return { name: document.name, scope, schedule: null, origin: originOfValue(document, []) };
    });
}

/**
 * Windows of the revision before that are not declared any more, while a document of the platform can't be read: a kind
 * that is misspelt, or a file that is no YAML, must not open what the window keeps closed.
 */
function lostWindows(
  world: PlacedDocuments,
  context: WindowContext,
): readonly (DesiredWindow & KnownWindow)[] {
  const broken = world.invalid.filter(({ document }) => document.of === "ChangeWindow");
  const declared = new Set(
    [...world.windows, ...broken]
      .filter(({ namespace }) => namespace === PLATFORM)
      .map(({ document }) => document.name),
  );
  const missing = (context.knownWindows ?? []).filter(({ name }) => !declared.has(name));
  const [origin] = missing.length === 0 ? [] : unreadPlaces(world, context);
  return origin === undefined ? [] : missing.map((known) => ({ ...known, schedule: null, origin }));
}

function lostReport({ name, origin }: KnownWindow & DesiredWindow): Diagnostic {
  const message = `ChangeWindow ${name} was declared before, and this document can't be read: what the window applies to gets no changes from Git`;
  const fix = "correct the document; then a window that is really removed no longer applies";
  return errorAt(origin, "lost-window", { message, fix });
}

function unknownAccounts(manifest: ChangeWindow, known: ReadonlySet<string>): readonly Diagnostic[] {
  const { accounts, after } = manifest.spec;
  const report = (account: string, path: ValuePath): readonly Diagnostic[] => {
    if (known.has(account)) return [];
    const message = `unknown account ${account}${didYouMean(account, [...known])}`;
    const mistake = { message, fix: accountNamesHint(known) };
    return [errorAt(originOfValue(manifest, ["spec", ...path]), "unknown-account", mistake)];
  };
  return [
    ...accounts.flatMap((account, at) => (account === "*" ? [] : report(account, ["accounts", at]))),
    ...(after?.accounts ?? []).flatMap((account, at) => report(account, ["after", "accounts", at])),
  ];
}

/** A namespace without any document may get one later. */
function unknownNamespaces(manifest: ChangeWindow, world: PlacedDocuments): readonly Diagnostic[] {
  const owners = [...world.functions, ...world.policies].map(({ namespace }) => String(namespace));
  const known = [...new Set([...owners, ...world.teams.map(({ document }) => document.name)])];
  return (manifest.spec.namespaces ?? []).flatMap((namespace, at) => {
    if (known.includes(namespace)) return [];
    const message = `namespace ${namespace} has no manifest${didYouMean(namespace, known)}`;
    const fix = "correct the name, or remove it";
    const origin = originOfValue(manifest, ["spec", "namespaces", at]);
    return [warningAt(origin, "unknown-namespace", { message, fix })];
  });
}
