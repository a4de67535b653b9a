import { unqualifiedArn, functionInArn, isPolicyArn, nameInArn, roleInArn } from "../../model/aws/arn.ts";
import { iamTrailRegion } from "../../iam/trail/trail-regions.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { driftFingerprint, driftOfFingerprint, hasAuthor, type Drift } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord, OpenDrift, UnattributedDrift } from "../../model/keys/key-record.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { byText } from "../../text/order.ts";
import { STALE_MS } from "../../settle/drift/attribution.ts";
import type { SoughtObject } from "../state/changes/event-searches.ts";

/** CloudTrail has whole seconds. */
const SECOND_MS = 1_000;

interface RegionNames {
  readonly region: Region;
  readonly names: readonly string[];
}

type SeenDrift = Pick<SoughtObject, "subject" | "fromMs" | "toMs" | "isUnexplained"> & { readonly key: Key };

/** The objects of an account with differences, also ended ones, that no one is named for. Unexplained ones first, then by ARN. */
export function soughtObjects(
  account: Pick<DesiredAccount, "id" | "partition">,
  views: ReadonlyMap<Key, Pick<KeyView, "key" | "drifts">>,
  records: ReadonlyMap<Key, Pick<KeyRecord, "openDrifts" | "unattributed">>,
): readonly SoughtObject[] {
  const open = [...views.values()].flatMap(({ key, drifts }) =>
    drifts.flatMap((drift) => seenDrift(drift, records.get(key)?.openDrifts?.[driftFingerprint(drift)])),
  );
  const ended = [...records].flatMap(([key, { unattributed = [] }]) =>
    unattributed
      .filter(({ attribution }) => attribution.kind !== "named")
      .map((drift) => soughtOf({ key, subject: driftOfFingerprint(drift.fingerprint).subject }, drift)),
  );
  const seen = [...open, ...ended];
  return [...Map.groupBy(seen, ({ subject }) => subject)]
    .flatMap(([subject, drifts]): readonly SoughtObject[] => {
      const place = placeOf(subject, account.partition);
      if (place === null) return [];
      return [
        {
          accountId: account.id,
          subject,
          ...place,
          keys: new Set(drifts.map(({ key }) => key)),
          fromMs: Math.min(...drifts.map(({ fromMs }) => fromMs)),
          toMs: Math.max(...drifts.map(({ toMs }) => toMs)),
          isUnexplained: drifts.some(({ isUnexplained }) => isUnexplained),
        },
      ];
    })
    .toSorted((a, b) => Number(b.isUnexplained) - Number(a.isUnexplained) || byText(a.subject, b.subject));
}

function seenDrift(drift: Drift, open: OpenDrift | undefined): readonly SeenDrift[] {
  const { lastCleanMs = null, seenUntilMs, attribution, clockOffset } = open ?? {};
  if (!hasAuthor(drift) || lastCleanMs === null || seenUntilMs === undefined) return [];
  if (attribution === undefined || attribution.kind === "named") return [];
  return [soughtOf(drift, { lastCleanMs, seenUntilMs, attribution, clockOffset: clockOffset ?? null })];
}

function soughtOf(
  { key, subject }: Pick<SeenDrift, "key" | "subject">,
  drift: Pick<UnattributedDrift, "lastCleanMs" | "seenUntilMs" | "attribution" | "clockOffset">,
): SeenDrift {
  const { lastCleanMs, seenUntilMs, attribution, clockOffset } = drift;
  return {
    key,
    subject,
    fromMs: lastCleanMs - STALE_MS + Math.min(0, clockOffset?.minMs ?? 0),
    toMs: seenUntilMs + SECOND_MS + Math.max(0, clockOffset?.maxMs ?? 0),
    isUnexplained: attribution.kind === "unknown",
  };
}

/** Callers may name a role by any case of its name: CloudTrail's index is asked for the usual ones, and the ARN. */
function roleNames(arn: string): readonly string[] {
  const name = nameInArn(arn);
  return [...new Set([name, name.toLowerCase(), arn])];
}

/**
 * Where the calls on an object are found, and by which names. IAM's calls name a role by its name, and CloudTrail may list its
 * ARN; they name a policy by its ARN. Lambda's
 * name a function by its name or its ARN, with or without a qualifier. null: no call changes it here.
 */
function placeOf(subject: string, partition: string): RegionNames | null {
  const ofFunction = functionInArn(subject);
  if (ofFunction !== null) {
    const { name } = ofFunction;
    const region = parseRegion(ofFunction.region);
    if (region === undefined) return null;
    const bare = unqualifiedArn(subject);
    return { region, names: [...new Set([name, bare, subject])] };
  }
  const region = iamTrailRegion(partition);
  if (roleInArn(subject) !== null) return { region, names: roleNames(subject) };
  return isPolicyArn(subject) ? { region, names: [subject] } : null;
}
