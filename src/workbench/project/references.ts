import { isObject } from "../../text/json-values.ts";
import type { References } from "../../controller/ports/estate/references.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import {
  parseReferenceText,
  placeName,
  type ReferenceReading,
  type ReferenceReadings,
} from "../../model/aws/reference.ts";
import { readSaved } from "./saved-file.ts";

/** By `ACCOUNT/REGION`, the account by its name or id: the values of references by their text. */
export type GivenReferences = ReadonlyMap<string, ReadonlyMap<string, string>>;

const FORM = 'write {"prod/eu-west-1": {"stack.orders.TableName": "orders-7F3A"}}';

/** The file of --references. @throws CliError */
export function loadReferences(file: string): Promise<GivenReferences> {
  return readSaved(file, { what: "set of references", fix: FORM, parse: parseGiven });
}

function parseGiven(value: unknown): Result<GivenReferences, string | null> {
  if (!isObject(value)) return err(null);
  const given = new Map<string, ReadonlyMap<string, string>>();
  for (const [place, texts] of Object.entries(value)) {
    if (!/^[^/]+\/[^/]+$/.test(place) || !isObject(texts)) return err(JSON.stringify(place));
    const values = new Map<string, string>();
    for (const [text, found] of Object.entries(texts)) {
      if (parseReferenceText(text) === undefined || typeof found !== "string")
        return err(`${JSON.stringify(place)}.${JSON.stringify(text)}`);
      values.set(text, found);
    }
    given.set(place, values);
  }
  return ok(given);
}

/** A reference that the file does not have is reported where it is used. */
export function readingsFrom(
  given: GivenReferences,
  { references, desired }: Pick<Compilation, "references" | "desired">,
): ReferenceReadings {
  return new Map(
    references.map((place): readonly [string, ReferenceReading] => {
      const { accountId, region, text } = place;
      const names = [accountId, desired.accounts.get(accountId)?.name ?? accountId];
      const value = names
        .map((name) => given.get(`${name}/${region}`)?.get(text))
        .find((one) => one !== undefined);
      const reading: ReferenceReading =
        value === undefined
          ? { kind: "unusable", reason: "the file of --references does not have it", fix: FORM }
          : { kind: "value", value, readAtMs: 0 };
      return [placeName(place), reading];
    }),
  );
}

/** Reads what the manifests name in AWS, with the observers of their accounts. @throws the signal's reason */
export async function readReferences(
  { references, desired }: Pick<Compilation, "references" | "desired">,
  reader: References,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<ReferenceReadings> {
  const readings = new Map<string, ReferenceReading>();
  const groups = Map.groupBy(references, ({ accountId }) => accountId);
  const reads = [...groups].map(async ([accountId, places]) => {
    const account = desired.accounts.get(accountId);
    if (account === undefined) return;
    const answers = await reader.read(places, account, signal);
    places.forEach((place, index) => {
      const answer = answers[index];
      if (answer === undefined) return;
      const reading: ReferenceReading =
        answer.kind === "value"
          ? { ...answer, readAtMs: nowMs }
          : { kind: "unusable", reason: answer.reason, fix: answer.fix };
      readings.set(placeName(place), reading);
    });
  });
  await Promise.all(reads);
  return readings;
}
