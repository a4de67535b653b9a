import type { ReferenceAnswer, References } from "../../controller/ports/estate/references.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { placeName, type ReferencePlace } from "../../model/aws/reference.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { byText } from "../../text/order.ts";
import { counted } from "../../text/phrases.ts";
import type { Project } from "../project/project.ts";

interface ReferenceSources {
  readonly project: Pick<Project, "compilation">;
  readonly references: References;
}

/**
 * Reads the values in AWS that manifests name in the account, as its observer. A value that AWS does not have is a warning: its
 * functions wait for it. A read that fails is a failure of the installation.
 */
export async function referenceChecks(
  account: DesiredAccount,
  { project: { compilation }, references }: ReferenceSources,
  signal: AbortSignal,
): Promise<readonly Probe[]> {
  const places = compilation.references.filter(({ accountId }) => accountId === account.id);
  if (places.length === 0) return [];
  const answers = await references.read(places, account, signal);
  const origins = originsOf(compilation);
  const checks = places.flatMap((place, at): readonly Probe[] => {
    const answer = answers[at];
    const origin = origins.get(placeName(place)) ?? null;
    return answer?.kind === "unusable" ? [unusableCheck(place, { answer, origin })] : [];
  });
  return [...readChecks(places, answers), ...checks];
}

/** One line for each region. */
function readChecks(
  places: readonly ReferencePlace[],
  answers: readonly ReferenceAnswer[],
): readonly Probe[] {
  const read = places.filter((_, at) => answers[at]?.kind === "value");
  const byRegion = Map.groupBy(read, ({ region }) => region);
  return [...byRegion]
    .sort(([a], [b]) => byText(a, b))
    .map(([region, found]) => ({
      identity: "observer",
      region,
      what: "references",
      outcome: "passed",
      detail: `${counted(found.length, "value")} read`,
    }));
}

interface UnusableReference {
  readonly answer: Extract<ReferenceAnswer, { readonly kind: "unusable" }>;
  /** `teams/orders/api.yaml:6:31` */
  readonly origin: string | null;
}

function unusableCheck({ region, text }: ReferencePlace, { answer, origin }: UnusableReference): Probe {
  const { reason, fix, isUnread } = answer;
  const named = origin === null ? reason : `${reason}; ${origin} names it`;
  return {
    identity: "observer",
    region,
    what: `\${${text}}`,
    outcome: isUnread === true ? "failed" : "warning",
    detail: fix === null ? named : `${named}; ${fix}`,
  };
}

/** The first place that names it. */
function originsOf({ namedReferences }: Project["compilation"]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const named of namedReferences.values())
    for (const reference of named) {
      const name = placeName(reference);
      if (!found.has(name)) found.set(name, formatOrigin(reference.origin));
    }
  return found;
}
