import type { EstateFunction } from "../../adopt/estate/estate.ts";
import type { BegunRead } from "../../controller/ports/estate/estate-reader.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import type { EveryVersion } from "./list-functions.ts";

/** The functions of an interrupted read. */
export class BegunFunctions {
  readonly #byArn: ReadonlyMap<string, EstateFunction>;

  constructor(begun: BegunRead | null) {
    this.#byArn = new Map(begun?.functions.map((one) => [one.arn, one]));
  }

  /** What was read of the function; null: it was not read completely, or the listing shows it otherwise now. */
  of({ found, code, versions }: EveryVersion): EstateFunction | null {
    const before = this.#byArn.get(found.arn);
    if (before?.versions.kind !== "known" || !isComplete(before)) return null;
    const then = listedText({ found: before, code: before.code, versions: before.versions.value });
    return then === listedText({ found, code, versions }) ? before : null;
  }
}

function isComplete({ aliases, triggers, policies }: EstateFunction): boolean {
  return [aliases, triggers, ...policies.values()].every(({ kind }) => kind === "known");
}

type Listed = Pick<EveryVersion, "code" | "versions"> & {
  readonly found: Pick<EstateFunction, "roleArn" | "needs" | "edge">;
};

function listedText({ found: { roleArn, needs, edge }, code, versions }: Listed): string {
  return canonicalText({ roleArn, needs, edge, code, versions } as unknown as Json);
}
