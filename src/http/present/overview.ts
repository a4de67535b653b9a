import type { OverviewObject, RevertStatus } from "../../api/overview.ts";
import { isSmallOffset, offsetSeconds } from "../../model/changes/clock-offset.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { byTextOf } from "../../text/order.ts";
import { sees, seesEverything, seesKey } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { folderOfTeam } from "../access/redaction.ts";
import { actionRequired } from "./action-required/action-required.ts";
import { shownAlertRoutes } from "./alert-routes.ts";
import { holdSummaries } from "./pending/holds.ts";
import { accountStatus } from "./manifests.ts";
import { totalCoverage } from "./coverage.ts";
import { envelope, isoTime } from "./metadata.ts";
import { namespaceSources, sourceStatus } from "./sources.ts";
import { changeQueueStatuses } from "./change-queues.ts";
import { replicaCounts } from "./network/replicas.ts";
import { orphans, suspensions } from "./suspensions.ts";

export function overview(reader: Reader): OverviewObject {
  const { version, instance, mode, startedAt, catalogueDate, clockOffset } = reader.world.overview;
  const { source, tenancy, accounts, diagnostics, verification } = reader.world.overview;
  const seen = {
    source: sourceStatus(source, reader.world),
    namespaceSources: namespaceSources(reader),
    diagnostics: diagnostics.filter((diagnostic) => seesDiagnostic(reader, diagnostic)),
    holds: holdSummaries(reader),
    suspensions: suspensions(reader),
    orphans: orphans(reader),
    alertRoutes: shownAlertRoutes(reader),
  };
  const coverage = totalCoverage(reader);
  const changeQueues = changeQueueStatuses(reader);
  const replicas = replicaCounts(reader);
  return {
    ...envelope("Overview", { name: "overview" }),
    status: {
      version,
      instance,
      mode,
      startedAt,
      now: isoTime(reader.nowMs),
      catalogueDate,
      ...(clockOffset !== null &&
        !isSmallOffset(clockOffset) && { clockOffsetSeconds: offsetSeconds(clockOffset) }),
      source: seen.source,
      ...(seen.namespaceSources.length > 0 && { namespaceSources: seen.namespaceSources }),
      tenancy,
      accounts: [...accounts]
        .sort(byTextOf(({ name }) => name))
        .map((account) => accountStatus(reader, account)),
      ...(coverage !== null && { coverage }),
      ...(changeQueues.length > 0 && { changeQueues }),
      ...(replicas !== null && { replicas }),
      record: verification,
      actionRequired: actionRequired(reader, seen),
      diagnostics: seen.diagnostics,
      holds: seen.holds,
      suspensions: seen.suspensions,
      orphans: seen.orphans,
      alertRoutes: seen.alertRoutes,
      reverts: reverts(reader),
    },
  };
}

/** Entries of 0.1 lack the newer fields. */
function reverts({ access, world }: Reader): readonly RevertStatus[] {
  return world.overview.reverts
    .filter(({ key }) => seesKey(access, key))
    .map(({ key, at, seq, changes, fields, risks, since, lastCleanAt }) => ({
      key,
      at,
      entry: seq,
      by: "Grantkeeper",
      changes: changes ?? fields,
      risks: risks ?? [],
      since: since ?? at,
      lastCleanAt: lastCleanAt ?? null,
    }));
}

/** A team sees the problems of its own folder, also if the folder itself is not read (a link, a submodule). */
function seesDiagnostic({ access, tenantPath }: Reader, { origin }: Diagnostic): boolean {
  if (seesEverything(access)) return true;
  const folder = folderOfTeam(origin.file, tenantPath) ?? folderOfTeam(`${origin.file}/`, tenantPath);
  return folder !== null && sees(access, folder);
}
