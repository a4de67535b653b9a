import type { Origin } from "./values/origin.ts";

/** The code of a source that was not read: it has no document, and its own failure is reported. */
export const UNREAD_SOURCE = "unread-source";

/** What is wrong and how to correct it, for the author of a file. */
export interface Mistake {
  readonly message: string;
  /** null if there is no general one. */
  readonly fix: string | null;
  /** Only if a part of the line at the place is probably meant to be another text. */
  readonly correction?: Correction;
  /** Only if the same mistake can occur in several accounts or regions. */
  readonly perTarget?: PerTarget;
  /** Only if several documents make the mistake together, such as a circle: equal in all of them. The message names all. */
  readonly shared?: string;
}

/** A text of a manifest, as its author wrote it, and the text that was probably meant. */
export interface Correction {
  readonly wrong: string;
  readonly right: string;
}

/** Nothing if no other text is near. */
export function correctionOf(wrong: string, right: string | undefined): { readonly correction?: Correction } {
  return right === undefined || right === wrong ? {} : { correction: { wrong, right } };
}

/** A problem (or a doubt) at a place in a file. */
export interface Diagnostic extends Mistake {
  readonly severity: "error" | "warning";
  /** Kebab-case, stable: `unknown-field`, `duplicate-claim`, `expired-grant` … */
  readonly code: string;
  readonly origin: Origin;
  /** Only if other places have a part in the problem; the message names the first of them. */
  readonly related?: readonly RelatedPlace[];
  /** Only if it follows from a problem of another document, which is reported there: that document. */
  readonly causedBy?: Cause;
  /** Only if this one represents many that are not listed. */
  readonly omitted?: Counts;
}

/** Another place that has a part in a problem. Its label names the document: `account prod`. */
export interface RelatedPlace {
  /** `Team payments`, `template queue-worker@2`. */
  readonly label: string;
  readonly origin: Omit<Origin, "template">;
}

/** A document whose problem makes others invalid. */
export interface Cause extends RelatedPlace {
  /** Of an AwsAccount: its name. */
  readonly account?: string;
}

interface PerTarget {
  /** Equal for the same mistake at one place, in every target. */
  readonly cause: string;
  /** `account prod`, `prod/eu-west-1`. */
  readonly target: string;
}

export function errorAt(origin: Origin, code: string, mistake: Mistake): Diagnostic {
  return { severity: "error", code, origin, ...mistakeOf(mistake) };
}

export function warningAt(origin: Origin, code: string, mistake: Mistake): Diagnostic {
  return { severity: "warning", code, origin, ...mistakeOf(mistake) };
}

/** Callers may pass a value that has more. */
function mistakeOf({ message, fix, correction, perTarget, shared }: Mistake): Mistake {
  return {
    message,
    fix,
    ...(correction !== undefined && { correction }),
    ...(perTarget !== undefined && { perTarget }),
    ...(shared !== undefined && { shared }),
  };
}

/**
 * The message of a mistake that names its account. The same mistake in other accounts is shown with it; a message without
 * the account is the same text in all of them.
 */
export function inAccount(
  account: string,
  messageIn: (account: string) => string,
): Required<Pick<Mistake, "message" | "perTarget">> {
  const target = `account ${account}`;
  return { message: messageIn(target), perTarget: { cause: messageIn("account …"), target } };
}

/** A mistake once, with the other targets that have it. The lead is one of the strictest. */
export interface MergedDiagnostic {
  readonly lead: Diagnostic;
  readonly alsoIn: readonly string[];
  /** Where it is only a warning, since other profiles apply there; the lead is then an error. */
  readonly warnsIn: readonly string[];
  /** All that have it as severe as the lead, also where the same text applies; empty: it is of no target. */
  readonly targets: readonly string[];
}

/** One entry for each mistake, in the order of the diagnostics. */
export function mergedDiagnostics(diagnostics: readonly Diagnostic[]): readonly MergedDiagnostic[] {
  const groups = Map.groupBy(diagnostics, mistakeName).values();
  return [...groups].flatMap((group) => {
    const lead = group.find(({ severity }) => severity === "error") ?? group[0];
    return lead === undefined ? [] : [mergedWith(lead, group)];
  });
}

function mergedWith(lead: Diagnostic, group: readonly Diagnostic[]): MergedDiagnostic {
  const targetsOf = (some: readonly Diagnostic[]): readonly string[] => [
    ...new Set(some.flatMap(({ perTarget }) => perTarget?.target ?? [])),
  ];
  const same = group.filter(({ severity }) => severity === lead.severity);
  const warnsIn = targetsOf(group.filter(({ severity }) => severity !== lead.severity));
  const targets = targetsOf(same);
  // Otherwise the same text applies to every target.
  const isNamed = (other: Diagnostic): boolean =>
    warnsIn.length > 0 ? other !== lead : other.message !== lead.message;
  return { lead, alsoIn: targetsOf(same.filter(isNamed)), warnsIn, targets };
}

function mistakeName(diagnostic: Diagnostic): string | Diagnostic {
  const { code, origin, perTarget } = diagnostic;
  if (perTarget === undefined) return diagnostic;
  return JSON.stringify([code, origin.file, origin.line, origin.column, perTarget.cause]);
}

/** The maximum number of other targets that are named. */
const SHOWN = 3;

/**
 * `unknown variable ${x} in account prod (also in account staging)`; if the targets differ in severity, all of them are
 * named.
 */
export function mergedMessage({
  lead,
  alsoIn,
  warnsIn,
}: Pick<MergedDiagnostic, "lead" | "alsoIn" | "warnsIn">): string {
  if (warnsIn.length > 0) {
    const own = [lead.perTarget?.target ?? "", ...alsoIn];
    return `${lead.message} (in ${targetsText(own)}; only a warning in ${targetsText(warnsIn)})`;
  }
  return alsoIn.length === 0 ? lead.message : `${lead.message} (also in ${targetsText(alsoIn)})`;
}

function targetsText(targets: readonly string[]): string {
  const more = targets.length - SHOWN;
  return `${targets.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

/** The number of problems, including those that are not listed. */
export function countOf(diagnostics: readonly Diagnostic[]): Counts {
  let [errors, warnings] = [0, 0];
  for (const { severity, omitted } of diagnostics) {
    errors += omitted?.errors ?? (severity === "error" ? 1 : 0);
    warnings += omitted?.warnings ?? (severity === "warning" ? 1 : 0);
  }
  return { errors, warnings };
}

/** Why a declared key cannot be compiled. */
export interface BrokenKey {
  /** Of the first problem. */
  readonly file: string;
  /** The documents of others whose problems are a cause; empty: all causes are in its own. */
  readonly causedBy: readonly Cause[];
}
