import { type Diagnostic, warningAt, errorAt } from "../../../model/diagnostic.ts";
import {
  type DesiredProfile,
  type ProfileSelector,
  byStrictness,
  type ProfileContent,
  type RuleSeverity,
} from "../../../model/rules/guardrail-profile.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { originOfValue, originOfKey } from "../../../text/located/located.ts";
import { byTextOf, sortedSet, byText } from "../../../text/order.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import type { GuardrailProfile } from "../../parse/parsed.ts";
import { profileSelector, type ProfileSelectorSpec } from "../../schema/guardrail-profile.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { profileProblems } from "./problems.ts";
import { BUILT_IN_PROFILES } from "../../../model/rules/built-in-profiles.ts";
import { isUnwaivableIn, namedSeverity } from "../../../model/rules/rule-settings.ts";
import { durationMs } from "../../fields/duration.ts";
import { allowedGrants } from "../teams/teams.ts";
import type { DesiredTeam } from "../../../model/rules/team.ts";
import { didYouMean } from "../../../text/nearest-name.ts";

/** A profile that can be used, with its document. */
export interface UsableProfile {
  readonly manifest: GuardrailProfile;
  readonly profile: DesiredProfile;
}

/** A profile with an error. A binding to which it may apply cannot be judged, and is not applied. */
export interface UnusableProfile {
  /** null: it can't be read. */
  readonly name: string | null;
  readonly selector: ProfileSelector;
  readonly origin: Origin;
}

interface CompiledProfiles {
  /** Sorted by name. */
  readonly usable: readonly UsableProfile[];
  readonly unusable: readonly UnusableProfile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Every GuardrailProfile of the platform. A document in a team's folder is refused, and has no effect at all. */
export function compileProfiles(world: PlacedDocuments, accounts: ReadonlySet<string>): CompiledProfiles {
  const usable: UsableProfile[] = [];
  const unusable: UnusableProfile[] = unreadable(world);
  const diagnostics: Diagnostic[] = [];
  for (const { document: manifest, namespace, problems } of world.profiles) {
    const found = [...problems, ...profileProblems(manifest, accounts)];
    diagnostics.push(...found);
    if (namespace !== PLATFORM) continue;
    const { name, spec } = manifest;
    const origin = originOfValue(manifest, []);
    const selector = selectorOf(spec.selector);
    if (found.length > 0) unusable.push({ name, selector: widest(selector, accounts), origin });
    else {
      const { content, diagnostics: doubts } = profileContent(manifest);
      diagnostics.push(...doubts);
      usable.push({ manifest, profile: { name, selector, ...content, origin } });
    }
  }
  return { usable: usable.sort(byTextOf(({ profile }) => profile.name)), unusable, diagnostics };
}

/** An unknown account may be any account, written wrongly. */
function widest(selector: ProfileSelector, known: ReadonlySet<string>): ProfileSelector {
  const isKnown = selector.accounts?.every((account) => known.has(account)) ?? true;
  return isKnown ? selector : { ...selector, accounts: null };
}

/** Documents that their schema refuses. If the selector alone is correct, only what it selects is affected. */
function unreadable({ invalid }: PlacedDocuments): UnusableProfile[] {
  const own = invalid.filter(
    ({ document, namespace }) => document.of === "GuardrailProfile" && namespace === PLATFORM,
  );
  return own.map(({ document }) => {
    const read = profileSelector.optional().safeParse(selectorIn(document.document));
    const selector = selectorOf(read.success ? read.data : undefined);
    return { name: document.name, selector, origin: originOfValue(document, []) };
  });
}

function selectorIn(document: unknown): unknown {
  const { spec } = document as { readonly spec: unknown };
  return spec !== null && typeof spec === "object" && "selector" in spec ? spec.selector : undefined;
}

function selectorOf(spec: ProfileSelectorSpec | undefined): ProfileSelector {
  return {
    teams: [],
    namespaces: spec?.namespaces ?? null,
    accounts: spec?.accounts ?? null,
    labels: spec?.labels ?? {},
  };
}

interface CompiledContent {
  readonly content: ProfileContent;
  readonly diagnostics: readonly Diagnostic[];
}

/** The content of a profile together with the content of its base: of both, the stricter. */
function profileContent(manifest: GuardrailProfile): CompiledContent {
  const { base: named = "baseline", rules = {}, ...spec } = manifest.spec;
  const base: ProfileContent = BUILT_IN_PROFILES[named];
  const merged = { ...base.rules };
  const diagnostics: Diagnostic[] = [];
  for (const [rule, severity] of Object.entries(rules)) {
    const required = requiredBy(base, rule);
    if (required === null || byStrictness(severity, required) <= 0) merged[rule] = severity;
    else {
      const message = `the base ${named} has ${required} for ${rule}, so that ${severity} has no effect`;
      const fix = `remove the line, or leave base: ${named} out`;
      const origin = originOfKey(manifest, ["spec", "rules", rule]);
      diagnostics.push(warningAt(origin, "laxer-than-base", { message, fix }));
    }
  }
  const ownMs = spec.maxUntil === undefined ? null : (durationMs(spec.maxUntil, "hd") ?? null);
  const agent = base.agent || spec.agent === true;
  const content = {
    agent,
    rules: merged,
    unwaivable: sortedSet([...base.unwaivable, ...(spec.unwaivable ?? [])]),
    maxUntilMs: shorter(base.maxUntilMs, ownMs),
    newAccessApproval:
      approvalOf(spec.approval) ?? (agent ? BUILT_IN_PROFILES.agents.newAccessApproval : null),
    requiredAnnotations: sortedSet([...base.requiredAnnotations, ...(spec.requiredAnnotations ?? [])]),
  };
  return { content, diagnostics };
}

function approvalOf(approval: GuardrailProfile["spec"]["approval"]): ProfileContent["newAccessApproval"] {
  if (approval === undefined) return null;
  return { group: approval.group ?? null, preapproved: allowedGrants(approval.preapproved) ?? {} };
}

/** A base that excludes waivers of a rule refuses what it finds: every such rule of the built-in profiles blocks by default. */
function requiredBy(base: ProfileContent, rule: string): RuleSeverity | null {
  return namedSeverity(base, rule) ?? (isUnwaivableIn(base, rule) ? "block" : null);
}

function shorter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

interface TeamChoice {
  readonly namespace: string;
  readonly profile: string;
  /** Of `spec.profile`. */
  readonly origin: Origin;
}

interface ProfilesOfTeams extends CompiledProfiles {
  /** Built-in profiles that a Team names. They select nothing else. */
  readonly builtIn: readonly DesiredProfile[];
}

/**
 * The profile that a Team names applies to the namespace besides all that select it. If there is no such profile, the
 * namespace cannot be judged: its rules may have been stricter.
 */
export function withTeams(
  compiled: CompiledProfiles,
  world: PlacedDocuments,
  teams: ReadonlyMap<string, DesiredTeam>,
): ProfilesOfTeams {
  const choices = choicesOf(world, teams);
  const { usable, unusable } = compiled;
  const declared = new Set([
    ...usable.map(({ profile }) => profile.name),
    ...unusable.map(({ name }) => name),
  ]);
  const others = choices.filter(({ profile }) => !declared.has(profile));
  const unknown = others.filter(({ profile }) => builtInOf(profile) === undefined);
  return {
    usable: usable.map((one) => ({ ...one, profile: { ...one.profile, ...named(one.profile, choices) } })),
    unusable: [
      ...unusable.map((one) => ({ ...one, ...named(one, choices) })),
      ...unknown.map(({ namespace, profile, origin }) => ({
        name: profile,
        selector: ofTeams([namespace]),
        origin,
      })),
    ],
    builtIn: builtInProfiles(others),
    diagnostics: [...compiled.diagnostics, ...unknown.map((choice) => unknownProfile(choice, declared))],
  };
}

/** Only of Teams that are used: a broken one allows nothing at all. */
function choicesOf(world: PlacedDocuments, teams: ReadonlyMap<string, DesiredTeam>): readonly TeamChoice[] {
  const documents = world.teams.filter(({ namespace }) => namespace === PLATFORM);
  const choices = documents.flatMap(({ document }): readonly TeamChoice[] => {
    const { name: namespace, spec } = document;
    if (spec.profile === undefined || teams.get(namespace)?.kind !== "fence") return [];
    return [{ namespace, profile: spec.profile, origin: originOfValue(document, ["spec", "profile"]) }];
  });
  return choices.sort(byTextOf(({ namespace }) => namespace));
}

function named(
  { name, selector }: { readonly name: string | null; readonly selector: ProfileSelector },
  choices: readonly TeamChoice[],
): { readonly selector: ProfileSelector } {
  const teams = choices.filter(({ profile }) => profile === name).map(({ namespace }) => namespace);
  return { selector: { ...selector, teams } };
}

function builtInProfiles(choices: readonly TeamChoice[]): readonly DesiredProfile[] {
  const byName = [...Map.groupBy(choices, ({ profile }) => profile)];
  return byName.flatMap(([name, [first, ...more]]) => {
    const content = builtInOf(name);
    if (content === undefined || first === undefined) return [];
    const selector = ofTeams([first, ...more].map(({ namespace }) => namespace));
    return [{ name, ...content, selector, origin: first.origin }];
  });
}

function builtInOf(name: string): ProfileContent | undefined {
  return new Map<string, ProfileContent>(Object.entries(BUILT_IN_PROFILES)).get(name);
}

function ofTeams(teams: readonly string[]): ProfileSelector {
  return { teams, namespaces: [], accounts: null, labels: {} };
}

function unknownProfile({ profile, origin }: TeamChoice, declared: ReadonlySet<string | null>): Diagnostic {
  const known = [...declared, ...Object.keys(BUILT_IN_PROFILES)].filter((name) => name !== null).sort(byText);
  const message = `unknown GuardrailProfile "${profile}"${didYouMean(profile, known)}`;
  return errorAt(origin, "unknown-profile", { message, fix: `name one of ${known.join(", ")}` });
}
