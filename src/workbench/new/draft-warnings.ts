import type { ProblemText } from "../../cli/screen/problem.ts";
import { ownsFunction } from "../../iam/names/name-pattern.ts";
import { LISTED_REGIONS } from "./regions.ts";
import { patternText, type DesiredTeam } from "../../model/rules/team.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { DraftedPlaces } from "./draft.ts";

/** Facts about a manifest that can be as intended, and that `validate` would report later or at another manifest. */
export function draftWarnings(
  { regions, lambda }: DraftedPlaces,
  team: DesiredTeam | null,
): readonly ProblemText[] {
  const unlisted = [...new Set(regions)].filter((region) => !LISTED_REGIONS.includes(region));
  return [...unlisted.map(regionWarning), ...(lambda === null ? [] : nameWarnings(lambda, team))];
}

function regionWarning(region: string): ProblemText {
  const near = nearestName(region, LISTED_REGIONS);
  const meant = near === undefined ? "" : `if ${near} is meant, correct the manifest; `;
  return {
    level: "warning",
    place: null,
    message: `this version knows no region ${region}`,
    hint: `${meant}AWS may have added the region since the release`,
  };
}

/** TEN-003 in advance. */
function nameWarnings(lambda: string, team: DesiredTeam | null): readonly ProblemText[] {
  if (team === null || team.kind === "broken" || ownsFunction(team, lambda)) return [];
  const patterns = team.functions.map(patternText).join(", ");
  const [owned] = team.functions.flatMap((pattern) =>
    pattern.kind === "prefix" ? [`${pattern.prefix}${lambda}`] : [],
  );
  const rename =
    owned === undefined
      ? "write the name of a function of the team as spec.function (--function NAME)"
      : `if its name in AWS is ${owned}, write function: ${owned} under spec (--function ${owned})`;
  return [
    {
      level: "warning",
      place: null,
      message: `function ${lambda} matches no pattern of Team ${team.namespace}: ${patterns === "" ? "it has none" : patterns} (TEN-003)`,
      hint: `${rename}, or ask the platform team to add it to spec.functions of the Team`,
    },
  ];
}
