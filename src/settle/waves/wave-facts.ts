import { ownerText } from "../../model/keys/key.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { Pass } from "../../judge/subject.ts";
import {
  switchesOf,
  wavesOf,
  type AccountWaves,
  type NamespaceWaves,
  type WaveEvent,
  type WaveRecord,
  type WaveStopped,
} from "../../model/records/wave-record.ts";
import { formatIncident } from "../../model/records/incident.ts";

type WaveFact = Extract<AuditFact, { readonly kind: "wave-changed" }>;

/** What happened to the waves of the account in a pass: each once, in the order of the namespaces. */
export function waveFacts(
  { account, history }: Pick<Pass, "account" | "history">,
  after: AccountWaves,
): readonly WaveFact[] {
  const before = history.record.waves ?? {};
  return Object.entries(after).flatMap(([namespace, now]) =>
    eventsOf(wavesOf(before, namespace), now).map((event): WaveFact => ({
      kind: "wave-changed",
      accountId: account.id,
      account: account.name,
      namespace,
      ...event,
    })),
  );
}

/** One for each wave that the facts stop: a deployment may set back many functions together. */
export function waveAlerts(facts: readonly WaveFact[]): readonly WaveStopped[] {
  const stops = facts.filter(({ to }) => to === "stopped");
  return [...Map.groupBy(stops, ({ namespace }) => namespace).values()].flatMap((ofWave) => {
    const [first] = ofWave;
    if (first === undefined) return [];
    const { accountId, account, namespace, number } = first;
    const reasons = ofWave.flatMap(({ reason }) => reason ?? []);
    const incident = formatIncident({ kind: "wave", accountId, namespace });
    return [{ kind: "wave-stopped", incident, account, namespace, number, reasons } as const];
  });
}

type Event = Pick<WaveFact, "number" | "to" | "subject" | "keys" | "reason">;

function eventsOf(before: NamespaceWaves, now: NamespaceWaves): readonly Event[] {
  const isSame = before.open !== null && before.open.number === now.open?.number;
  const wave = isSame ? before.open : null;
  return [
    ...(before.open !== null && now.ended.length > before.ended.length ? [event(before.open, "ended")] : []),
    ...(now.open === null ? [] : openEvents(wave, now.open)),
  ];
}

function openEvents(before: WaveRecord | null, now: WaveRecord): readonly Event[] {
  const stops = now.stops.slice(before?.stops.length ?? 0);
  const isOpened = now.approved === null && switchesOf(now).length > 0 && before?.subject !== now.subject;
  const isApproved = now.approved !== null && now.approved.at !== before?.approved?.at;
  return [
    // The approved pass may have switched them already.
    ...(isApproved ? [{ ...event(before ?? now, "approved"), subject: now.subject }] : []),
    ...stops.map(({ key, reason }) => ({ ...event(now, "stopped"), reason: `${ownerText(key)}: ${reason}` })),
    ...(isOpened ? [event(now, "opened")] : []),
    ...(now.watch !== null && (before?.watch ?? null) === null ? [event(now, "switched")] : []),
  ];
}

function event(wave: WaveRecord, to: WaveEvent): Event {
  const switches = switchesOf(wave);
  const members = to === "opened" || to === "approved" ? switches : wave.members;
  return {
    number: wave.number,
    to,
    subject: switches.length === 0 ? null : wave.subject,
    keys: members.map(({ key }) => key),
    reason: null,
  };
}
