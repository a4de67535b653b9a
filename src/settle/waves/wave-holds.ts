import { partReason } from "../../plan/render/approved/approved-text.ts";
import { oldAliases, provenSwitch } from "./function-facts.ts";
import { byWave, waveSize } from "./waves.ts";
import { isSwitch } from "../../model/plan.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { keyParts, ownerText, type Key } from "../../model/keys/key.ts";
import { switchesOf, wavesOf, type AccountWaves, type WaveRecord } from "../../model/records/wave-record.ts";
import { counted } from "../../text/phrases.ts";

type WaveHold = Pick<Hold, "subject" | "code" | "reason" | "keys" | "wave" | "parts">;

/** One pending approval for each open wave that has functions to switch and no approval. */
export function waveHolds(waves: AccountWaves): readonly WaveHold[] {
  return Object.entries(waves).flatMap(([namespace, { open }]) => {
    if (open === null || open.approved !== null) return [];
    const parts = new Map(
      open.members.flatMap((member) =>
        member.state === "waiting" && member.switch !== null ? [[member.key, member.switch] as const] : [],
      ),
    );
    if (parts.size === 0) return [];
    const { subject, number } = open;
    const wave = { namespace, number };
    const reason = reasonOf(open, namespace);
    return [{ subject, code: "wave" as const, reason, keys: [...parts.keys()], wave, parts }];
  });
}

function reasonOf(wave: WaveRecord, namespace: string): string {
  const moving = switchesOf(wave).length;
  const of = moving === wave.members.length ? "" : ` of ${wave.members.length}`;
  const verb = moving === 1 ? "moves to its declared role" : "move to their declared roles";
  const size = `${counted(moving, "function")}${of} ${verb}, same permissions (proved; policies of other resources not read)`;
  const stop = wave.stops.at(-1);
  const stopped = stop === undefined ? "" : `; it stopped: ${ownerText(stop.key)}: ${stop.reason}`;
  return `wave ${wave.number} of namespace ${namespace}: ${size}${aliasText(wave)}${stopped}`;
}

/** Whose switch is not complete without a deployment. */
function aliasText(wave: WaveRecord): string {
  const names = switchesOf(wave).flatMap(({ key, oldAliases: aliases = [] }) =>
    aliases.length === 0 ? [] : [`${ownerText(key)} (${aliases.join(", ")})`],
  );
  if (names.length === 0) return "";
  return `; aliases that keep the old role until a new version is published and they are moved: ${names.join(", ")}`;
}

type ApprovablePart = NonNullable<KeyView["plan"]>["approvable"][number];

/** By function that is ready for its switch: the wave that has it, or that will have it if nothing changes. */
export function waveNumbers(views: readonly KeyView[], waves: AccountWaves): ReadonlyMap<Key, number> {
  const ready = views
    .filter((view) => provenSwitch(view) !== null)
    .map((view) => ({ key: view.key, oldAliases: oldAliases(view) }))
    .toSorted(byWave);
  const byNamespace = Map.groupBy(
    ready.map(({ key }) => key),
    (key): string => keyParts(key).namespace,
  );
  return new Map(
    [...byNamespace].flatMap(([namespace, keys]) => {
      const { open, ended } = wavesOf(waves, namespace);
      const last = open?.number ?? ended.at(-1)?.number ?? 0;
      const members = new Set(open?.members.filter(({ state }) => state !== "left").map(({ key }) => key));
      const later = keys.filter((key) => !members.has(key));
      return [
        ...keys.filter((key) => members.has(key)).map((key) => [key, last] as const),
        ...later.map((key, rank) => [key, laterWave(last + 1, rank)] as const),
      ];
    }),
  );
}

function laterWave(next: number, rank: number): number {
  const size = waveSize(next);
  return rank < size ? next : laterWave(next + 1, rank - size);
}

/** How a part of a plan is held: as the switch of one function if waves move it, else by itself. */
export function partHold(
  { key, drifts }: KeyView,
  part: ApprovablePart,
  numbers: ReadonlyMap<Key, number>,
): Pick<Hold, "subject" | "code" | "reason" | "wave"> {
  const { digest, actions } = part;
  const reason = partReason(part, drifts);
  const number = numbers.get(key);
  if (number === undefined || !actions.every(isSwitch))
    return { subject: digest, code: "needs-approval", reason };
  const { namespace } = keyParts(key);
  return {
    subject: digest,
    code: "wave-member",
    reason: `${reason}; wave ${number} of namespace ${namespace} has it`,
    wave: { namespace, number },
  };
}
