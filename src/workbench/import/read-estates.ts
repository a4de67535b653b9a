import {
  estatePlaceText,
  unreadText,
  type Estate,
  type EstatePart,
  type UnreadPlace,
  type EstateFunction,
} from "../../adopt/estate/estate.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { findInstallation } from "../../cli/toolbox/installation.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import type { AwsReads, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { printNote } from "../../cli/screen/print.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import type {
  AccountParts,
  EstateProgress,
  ResumableRead,
} from "../../controller/ports/estate/estate-reader.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Result } from "../../model/values/result.ts";
import { loadSaved, type SavedEstates, saveEstates, type BegunRegion } from "./saved/estate-file.ts";
import { placesOf, savedAt, type ReadPlaces, type EstateRegion } from "./places.ts";

export interface ReadOptions extends ConfigOptions {
  readonly save?: string;
  readonly resume?: string;
}

/**
 * Reads all regions of the accounts that the file of --resume does not have, and saves each that is complete. A region that
 * cannot be read stops no other one.
 * @throws CliError if it was interrupted, or if nothing can be read or saved
 */
export async function readEstates(
  accounts: readonly DesiredAccount[],
  options: ReadOptions,
  toolbox: Toolbox,
): Promise<ReadPlaces> {
  const before = options.resume === undefined ? NOTHING_SAVED : await loadSaved(options.resume);
  const places = placesOf(accounts);
  const finished = before.estates.filter((one) => isCurrent(one, toolbox.clock.nowMs()));
  const outdated = before.estates.filter((one) => !finished.includes(one));
  const again = places.filter((place) => savedAt(place, outdated) !== undefined);
  const installation = await findInstallation(options, toolbox);
  if (installation === null)
    throw new CliError(
      "import needs to know what to read",
      "--config FILE (live AWS) or --from FILE (what --save wrote)",
    );
  const aws = await installation.aws();
  try {
    if (again.length > 0) await printNote(againText(again.length), toolbox);
    return await withProgress("reading AWS", toolbox, (showText) => {
      const file = options.resume ?? options.save;
      const saved = file === undefined ? null : { file, regions: new SavedRegions(file, before) };
      return new PlaceReader({ aws, toolbox, showText, saved, finished }).read(places);
    });
  } finally {
    aws.close();
  }
}

function againText(count: number): string {
  return count === 1
    ? "1 region of the file is read again: its last read is not of the last 24 hours"
    : `${count} regions of the file are read again: their last reads are not of the last 24 hours`;
}

const NOTHING_SAVED: SavedEstates = { estates: [], begun: [] };

type EstateAnswer = Result<EstatePart<Estate>, AwsError>;

interface ReaderParts {
  readonly aws: AwsReads;
  readonly toolbox: Toolbox;
  readonly showText: (text: string) => void;
  /** Where regions are saved; null: nowhere. */
  readonly saved: { readonly file: string; readonly regions: SavedRegions } | null;
  /** Regions of an earlier read that is not too old, also of accounts that are not read now. */
  readonly finished: readonly Estate[];
}

/** One read of several places, in their order. */
class PlaceReader {
  readonly #parts: ReaderParts;
  /** What this run read last of each account, by its id: not what an earlier one saved, which may be old. */
  readonly #ofAccounts = new Map<string, AccountParts>();

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  async read(places: readonly EstateRegion[]): Promise<ReadPlaces> {
    const estates: Estate[] = [];
    const unread: UnreadPlace[] = [];
    /** Why nothing can be read of an account, by its id: its other regions are not tried. */
    const closed = new Map<string, AwsError>();
    for (const place of places) {
      const before = savedAt(place, this.#parts.finished);
      const found = before ?? (await this.#readOne(place, closed));
      if ("functions" in found) estates.push(found);
      else unread.push(found);
      if (before === undefined && "functions" in found) await this.#parts.saved?.regions.finish(found);
    }
    return { estates, unread };
  }

  async #readOne(place: EstateRegion, closed: Map<string, AwsError>): Promise<Estate | UnreadPlace> {
    const { id } = place.account;
    const cause = closed.get(id);
    if (cause !== undefined) return unreadPlace(place, cause);
    const read = await this.#finished(this.#request(place));
    if (read.kind === "err") {
      closed.set(id, read.error);
      return unreadPlace(place, read.error);
    }
    if (read.value.kind === "unknown") return unreadPlace(place, read.value);
    this.#ofAccounts.set(id, read.value.value);
    return read.value.value;
  }

  /** A read that ends early keeps the functions that it has read. @throws CliError if it was interrupted */
  async #finished(reading: Promise<EstateAnswer>): Promise<EstateAnswer> {
    const { saved, toolbox } = this.#parts;
    const failed = async (failure: unknown): Promise<void> => {
      await saved?.regions.flush();
      if (toolbox.signal.aborted) throw this.#interrupted(failure);
    };
    const read = await reading.catch(async (failure: unknown) => {
      await failed(failure);
      throw failure;
    });
    if (read.kind === "err") await failed(read.error);
    return read;
  }

  #request({ account, region }: EstateRegion): Promise<EstateAnswer> {
    const { aws, toolbox, showText, saved } = this.#parts;
    const name = estatePlaceText({ account, region });
    const progress = (read: EstateProgress): void => showText(`reading ${name}: ${progressText(read)}`);
    const ofAccount = this.#ofAccounts.get(account.id) ?? null;
    const resumable = saved?.regions.begin({ account, region }, toolbox.clock.nowMs());
    const request = { account, region, pass: "import", ofAccount, progress };
    return aws.estates.read(resumable === undefined ? request : { ...request, resumable }, toolbox.signal);
  }

  #interrupted(cause: unknown): CliError {
    const { saved, toolbox } = this.#parts;
    const message = "interrupted: no manifest was written";
    if (saved === null)
      return new CliError(message, "with --save FILE the next one can continue", { exitCode: 3, cause });
    const { regions, functions } = saved.regions.countsAt(toolbox.clock.nowMs());
    const kept = `regions that are finished: ${regions}; functions of others: ${functions}`;
    const fix = `the same command with --resume ${saved.file} in the place of --save continues; ${kept}`;
    return new CliError(message, regions + functions === 0 ? "nothing was read" : fix, {
      exitCode: 3,
      cause,
    });
  }
}

function progressText({ functions, roles }: EstateProgress): string {
  const ofFunctions = `${functions.done} of ${functions.total} functions`;
  return roles.total === 0
    ? ofFunctions
    : `${ofFunctions}, the stacks of ${roles.done} of ${roles.total} roles`;
}

function unreadPlace(
  { account, region }: EstateRegion,
  why: AwsError | Extract<EstatePart<Estate>, { kind: "unknown" }>,
): UnreadPlace {
  const place = { account: { id: account.id, name: account.name, partition: account.partition }, region };
  if (why instanceof AwsError)
    return {
      ...place,
      reason: why.message,
      next: fixOfAwsError(why) ?? `grantkeeper doctor --account ${account.name} examines its observer`,
    };
  const next =
    why.why === "denied"
      ? "allow the call to the observer: grantkeeper bootstrap roles prints its policy"
      : "import again: --save keeps the regions that were read, and --resume reads the others";
  return { ...place, reason: `${unreadText(why)}: ${why.reason}`, next };
}

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
function isCurrent({ observedAtMs }: Pick<Estate, "observedAtMs">, nowMs: number): boolean {
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
