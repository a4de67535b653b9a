import { PLATFORM } from "../../../model/aws/ids.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { BUILT_IN_PROFILES } from "../../../model/rules/built-in-profiles.ts";
import type {
  DesiredProfile,
  ProfileContent,
  ProfileSelector,
} from "../../../model/rules/guardrail-profile.ts";
import type { DesiredTeam } from "../../../model/rules/team.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import { byText, byTextOf } from "../../../text/order.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import type { CompiledProfiles } from "./profiles.ts";

interface TeamChoice {
  readonly namespace: string;
  readonly profile: string;
  /** Of `spec.profile`. */
  readonly origin: Origin;
}

export interface ProfilesOfTeams extends CompiledProfiles {
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
