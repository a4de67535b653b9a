import type { TeamFenceStatus, TeamObject, TeamShare } from "../../api/teams.ts";
import { isBlocking } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import { patternText, type BorrowedShare, type DesiredTeam, type TeamFence } from "../../model/rules/team.ts";
import { byKey } from "../../text/order.ts";
import { sees, seesEverything } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { countBindings } from "./binding-status.ts";
import { manifestPlaceOf, platformRecords, recordMetadata, withoutNotes } from "./manifests.ts";
import { envelope } from "./metadata.ts";

export function teams(reader: Reader): readonly TeamObject[] {
  const all = reader.world.teams;
  return platformRecords(reader, "Team")
    .filter(({ name }) => sees(reader.access, name))
    .map((record) => {
      const seesAll = seesEverything(reader.access);
      const metadata = recordMetadata(reader, record, null);
      const { spec } = reader.world.documentOf(record);
      const { shares: _, ...own } = spec;
      return {
        ...envelope("Team", seesAll ? metadata : withoutNotes(metadata)),
        spec: seesAll ? spec : own,
        // Computed when it is read: a list is selected and cut before that.
        get status() {
          return {
            fence: fenceStatus(reader, record.name, all),
            counts: countBindings(reader, keysOf(reader, record.name)),
            refused: refusedRules(reader, record.name),
            source: manifestPlaceOf(record),
          };
        },
      };
    });
}

function fenceStatus(reader: Reader, namespace: string, all: readonly DesiredTeam[]): TeamFenceStatus | null {
  const fences = all.filter((team): team is TeamFence => team.kind === "fence");
  const fence = fences.find((team) => team.namespace === namespace);
  if (fence === undefined) return null;
  const share = (team: string, { resources, grants }: BorrowedShare): TeamShare => ({
    team: sees(reader.access, team) ? team : null,
    resources: resources.map(({ text }) => text),
    grants,
  });
  return {
    accounts: fence.accounts,
    functions: fence.functions.map(patternText),
    resources: fence.resources.map(({ text }) => text),
    alerts: fence.alerts,
    given: fences.flatMap((borrower) =>
      borrower.borrowed.filter(({ from }) => from === namespace).map((one) => share(borrower.namespace, one)),
    ),
    received: fence.borrowed.map((one) => share(one.from, one)),
  };
}

function keysOf({ world }: Reader, namespace: string): readonly Key[] {
  return world.declaredIn.get(namespace) ?? [];
}

/** Each key counts once for each rule that refuses it. */
function refusedRules(reader: Reader, namespace: string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const key of keysOf(reader, namespace)) {
    const blocking = (reader.keyView(key)?.findings ?? []).filter(isBlocking);
    for (const rule of new Set(blocking.map((finding) => finding.rule)))
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(byKey));
}
