import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { DesiredProfile, ProfileSelector } from "../../../model/rules/guardrail-profile.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { originOfValue } from "../../../text/located/located.ts";
import { byTextOf } from "../../../text/order.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import type { GuardrailProfile } from "../../parse/parsed.ts";
import { profileSelector, type ProfileSelectorSpec } from "../../schema/guardrail-profile.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { profileContent } from "./content.ts";
import { profileProblems } from "./problems.ts";

/** A profile that can be used, with its document. */
export interface UsableProfile {
  readonly manifest: GuardrailProfile;
  readonly profile: DesiredProfile;
}

/** A profile with an error. What it may apply to cannot be judged, and is not applied. */
export interface UnusableProfile {
  /** null: it can't be read. */
  readonly name: string | null;
  readonly selector: ProfileSelector;
  readonly origin: Origin;
}

export interface CompiledProfiles {
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
