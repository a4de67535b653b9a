import type { Layout } from "../../cli/screen/layout.ts";
import { continued } from "../../text/layout/wrap.ts";
import type { RecordedDeltaRow } from "../../model/delta.ts";
import type { Json } from "../../model/values/json.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { memberLines } from "../../text/yaml/flow-text.ts";
import { cappedLines } from "../import/capped-lines.ts";
import { evidenceText, type SuggestionReport } from "./report.ts";
import { reflowed, type ScreenLine, toned } from "../../text/screen-line.ts";

type ManifestSuggestion = SuggestionReport["manifests"][number];
type SuggestedPermission = ManifestSuggestion["permissions"][number];

const MOST_ROWS = 10;

/** The answer, then each manifest with its evidence, then what was not read, then the next commands. */
export function suggestionLines(report: SuggestionReport, { width }: Layout): readonly ScreenLine[] {
  const reasons = commonReasons(report.manifests);
  const lines = [
    ...summary(report),
    ...report.manifests.flatMap((one) => manifestLines(one, reasons)),
    ...commonLines(reasons),
    ...evidenceLines(report),
    ...nextLines(report),
  ];
  return reflowed(lines, (text) => continued(text, width));
}

function summary({ manifests, lastAccessed, cloudtrail }: SuggestionReport): readonly string[] {
  if (manifests.length === 0) return ["No manifests found"];
  const smaller = manifests.filter(({ outcome }) => outcome === "smaller").length;
  const review = manifests
    .flatMap(({ permissions }) => permissions)
    .filter(({ advice }) => advice === "review");
  const text = `${counted(manifests.length, "manifest")}: ${smaller} can be smaller`;
  const more = review.length === 0 ? "" : `, ${counted(review.length, "permission")} to review`;
  const none = lastAccessed || cloudtrail !== null ? "" : "; no evidence of use was read";
  return [`${text}${more}${none}`];
}

/** Manifests that keep all of their permissions for the same reason, by the reason: it is shown once. */
type CommonReasons = ReadonlyMap<string, readonly ManifestSuggestion[]>;

function commonReasons(manifests: readonly ManifestSuggestion[]): CommonReasons {
  const byReason = Map.groupBy(manifests, onlyReason);
  return new Map(
    [...byReason].flatMap(([reason, same]) => (reason !== null && same.length > 1 ? [[reason, same]] : [])),
  );
}

/** null: its permissions have several reasons, or their use is known. */
function onlyReason({ permissions }: ManifestSuggestion): string | null {
  const [first, ...others] = permissions;
  if (first === undefined || permissions.some(({ use }) => use !== "unknown")) return null;
  return others.every(({ because }) => because === first.because) ? first.because : null;
}

function commonLines(reasons: CommonReasons): readonly string[] {
  const lines = [...reasons].map(([reason, same]) => {
    const count = same.reduce((sum, { permissions }) => sum + permissions.length, 0);
    const names = someOf(same.map(({ manifest }) => manifest));
    return `= ${counted(same.length, "manifest")} (${names}), ${counted(count, "permission")}: ${reason}`;
  });
  return lines.length === 0 ? [] : ["", "Kept: their use is not known", ...lines.map((line) => `  ${line}`)];
}

/** None for a manifest of which nothing else is to be shown than a common reason. */
function manifestLines(one: ManifestSuggestion, reasons: CommonReasons): readonly ScreenLine[] {
  const isCommon = reasons.get(onlyReason(one) ?? "")?.includes(one) === true;
  const withAdvice = (advice: SuggestedPermission["advice"]): readonly SuggestedPermission[] =>
    one.permissions.filter((permission) => permission.advice === advice);
  const keep = withAdvice("keep").map((permission) => `= ${permission.permission}: ${permission.because}`);
  const lines = [
    ...outcomeLines(one),
    ...withAdvice("remove").flatMap((permission) =>
      toned("removed", [`- ${permission.permission}: ${evidenceText(permission)}: ${permission.because}`]),
    ),
    ...withAdvice("review").map((one) => `! ${one.permission}: ${evidenceText(one)}: ${one.because}`),
    ...(isCommon ? [] : cappedLines(keep, MOST_ROWS)),
    ...one.drops.flatMap(({ target, noLongerAllowed }) => dropLines(target, noLongerAllowed)),
    ...one.nearest.flatMap(nearestLines),
    ...logsLines(one),
  ];
  const isOnlyTargets = lines.length === outcomeLines(one).length && one.outcome !== "refused";
  if (isCommon && isOnlyTargets) return [];
  return ["", `${one.manifest} in ${one.file}`, ...reflowed(lines, (text) => [`  ${text}`])];
}

function outcomeLines({ outcome, because, targets }: ManifestSuggestion): readonly string[] {
  if (outcome === "refused") return [`not suggested: ${because ?? ""}`];
  return targets.length > 1 ? [`functions: ${someOf(targets)}`] : [];
}

function dropLines(target: string, rows: readonly RecordedDeltaRow[]): readonly string[] {
  const texts = rows.map(({ action, resource, condition }) => {
    const under = condition === "" ? "" : " under a condition";
    return `  - ${action} on ${resource}${under}`;
  });
  return [`no longer allowed for ${target}:`, ...cappedLines(texts, MOST_ROWS, "  ")];
}

function nearestLines({
  path,
  grants,
  drops,
  dropsInPart,
}: ManifestSuggestion["nearest"][number]): readonly string[] {
  const all = [...drops, ...dropsInPart];
  return [
    `nearest grants of ${path}, for a change of its own:`,
    ...grants
      .flatMap((grant) => memberLines(grant as Readonly<Record<string, Json>>))
      .map((line) => `  ${line}`),
    ...(all.length === 0 ? [] : [`  drops ${all.join(", ")}`]),
  ];
}

function logsLines({ ownLogGroups }: ManifestSuggestion): readonly string[] {
  if (ownLogGroups.length === 0) return [];
  const who = ownLogGroups.length === 1 ? "the function then writes" : "each function then writes";
  return [
    `for a change of its own, remove spec.logs.groupPrefix: ${who} to its own log group only (${someOf(ownLogGroups)})`,
  ];
}

function evidenceLines({ cloudtrail, unreadAccounts, unreadRoles }: SuggestionReport): readonly string[] {
  const unread = [
    ...unreadAccounts.map(
      ({ account, reason, next }) => `account ${account}: ${reason}${next ? `; ${next}` : ""}`,
    ),
    ...cappedLines(
      [...Map.groupBy(unreadRoles, ({ reason }) => reason)].map(
        ([reason, same]) => `${someOf(same.map(({ role }) => role))}: ${reason}`,
      ),
      MOST_ROWS,
    ),
    ...cappedLines(
      (cloudtrail?.unread ?? []).map(({ file, reason }) => `${file}: ${reason}`),
      MOST_ROWS,
    ),
  ];
  return [
    ...(cloudtrail === null ? [] : ["", trailText(cloudtrail)]),
    ...(unread.length === 0
      ? []
      : ["", "Not read: nothing counts as unused by it", ...unread.map((line) => `  ${line}`)]),
  ];
}

function trailText({
  files,
  events,
  foreignEvents,
  from,
  to,
}: NonNullable<SuggestionReport["cloudtrail"]>): string {
  const span = from === null || to === null ? "" : `, from ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  return `CloudTrail: ${counted(files, "file")}, ${counted(events, "event")}${span}; ${foreignEvents} of other accounts`;
}

function nextLines({ branch, manifests }: SuggestionReport): readonly string[] {
  if (branch !== null) {
    const commits = branch.commits.map(({ id, namespace, files }) => {
      return `  ${id.slice(0, 12)} ${namespace}: ${counted(files.length, "file")}`;
    });
    const [first] = branch.commits;
    const next = first === undefined ? [] : [`  git log -p HEAD..${branch.name}`];
    return ["", `Branch ${branch.name}: nothing is pushed`, ...commits, "", "Next:", ...next];
  }
  if (manifests.every(({ outcome }) => outcome !== "smaller")) return [];
  return ["", "Next:", "  the same command with --branch NAME commits the smaller manifests to a new branch"];
}
