import type { Estate, EstateFunction } from "../../../adopt/estate/estate.ts";
import type { ResumableRead } from "../../../controller/ports/estate/estate-reader.ts";
import { saveEstates, type BegunRegion, type SavedEstates } from "./estate-file.ts";
import type { EstateRegion } from "../places.ts";

/** Older functions are read again: aliases and callers change without a sign in the listing. */
const MOST_AGE_MS = 6 * 3_600_000;
/** A finished region is read again after it. */
const MOST_REGION_AGE_MS = 24 * 3_600_000;
/** Each save writes the entire file. */
const FUNCTIONS_BETWEEN_SAVES = 250;

interface OpenRegion extends Omit<BegunRegion, "functions"> {
  /** By ARN. */
  readonly functions: Map<string, EstateFunction>;
}

/** What an import has read, here and in the run that it resumes, and the file that keeps it. */
export class SavedRegions {
  readonly #file: string;
  #finished: readonly Estate[];
  /** Regions whose read has not ended, by account and region. */
  readonly #begun: Map<string, OpenRegion>;
  #unsaved = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: string, { estates, begun }: SavedEstates) {
    this.#file = file;
    this.#finished = estates;
    this.#begun = new Map(
      begun.map(({ functions, ...one }) => [
        keyOf(one.accountId, one.region),
        { ...one, functions: new Map(functions.map((found) => [found.arn, found])) },
      ]),
    );
  }

  /** How many regions a resumed run does not read again, and how many functions of others. */
  countsAt(nowMs: number): { readonly regions: number; readonly functions: number } {
    const begun = this.#begunRegions().filter((one) => isYounger(one.observedAtMs, nowMs, MOST_AGE_MS));
    const functions = begun.reduce((sum, one) => sum + one.functions.length, 0);
    return { regions: this.#finished.filter((one) => isCurrent(one, nowMs)).length, functions };
  }

  /** How the region is read: what a run of the last hours had of it is not read again. */
  begin({ account: { id: accountId }, region }: EstateRegion, nowMs: number): ResumableRead {
    const key = keyOf(accountId, region);
    const observedAtMs = this.#begun.get(key)?.observedAtMs ?? nowMs;
    if (!isYounger(observedAtMs, nowMs, MOST_AGE_MS)) this.#begun.delete(key);
    const begun = this.#begunRegions().find((one) => keyOf(one.accountId, one.region) === key) ?? null;
    const functionRead = (found: EstateFunction, observedAtMs: number): void => {
      const now = this.#begun.get(key) ?? { accountId, region, observedAtMs, functions: new Map() };
      this.#begun.set(key, now);
      now.functions.set(found.arn, found);
      this.#unsaved += 1;
      if (this.#unsaved >= FUNCTIONS_BETWEEN_SAVES) this.#save();
    };
    return { begun, functionRead };
  }

  /** The region was read. @throws CliError if it, or something before it, cannot be saved */
  async finish(estate: Estate): Promise<void> {
    const key = keyOf(estate.account.id, estate.region);
    this.#begun.delete(key);
    // An older read of the region stays until this one has its place.
    const others = this.#finished.filter((one) => keyOf(one.account.id, one.region) !== key);
    this.#finished = [...others, estate];
    this.#save();
    await this.#saving;
  }

  /** Saves what was read since the last save. @throws CliError if it, or something before it, cannot be saved */
  async flush(): Promise<void> {
    if (this.#unsaved > 0) this.#save();
    await this.#saving;
  }

  #begunRegions(): readonly BegunRegion[] {
    return [...this.#begun.values()].map((one) => ({ ...one, functions: [...one.functions.values()] }));
  }

  /** One save after the other: all of them replace the same file. */
  #save(): void {
    this.#unsaved = 0;
    this.#saving = this.#saving.then(() => saveEstates(this.#file, this.#finished, this.#begunRegions()));
    // Thrown to those who wait for the save.
    this.#saving.catch(() => undefined);
  }
}

/** False: the region may have other functions and roles by now, and is read again. */
export function isCurrent({ observedAtMs }: Pick<Estate, "observedAtMs">, nowMs: number): boolean {
  return isYounger(observedAtMs, nowMs, MOST_REGION_AGE_MS);
}

/** Of a read in the future, the age is not known: a clock was wrong. */
function isYounger(observedAtMs: number, nowMs: number, mostMs: number): boolean {
  const ageMs = nowMs - observedAtMs;
  return ageMs >= 0 && ageMs < mostMs;
}

function keyOf(accountId: string, region: string): string {
  return `${accountId}/${region}`;
}
