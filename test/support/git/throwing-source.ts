import type { RevisionRange, RevisionStep, Source } from "../../../src/controller/ports/source.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Verification } from "../../../src/model/verification.ts";

/** A source for tests that need the values of its answers: it throws the failures. */
export class ThrowingSource {
  /** The source itself. */
  readonly port: Source;

  constructor(port: Source) {
    this.port = port;
  }

  async latest(signal: AbortSignal): Promise<Snapshot> {
    return orThrow(await this.port.latest(signal));
  }

  async at(revision: Revision, signal: AbortSignal): Promise<Snapshot> {
    return orThrow(await this.port.at(revision, signal));
  }

  async compare(from: Revision | null, to: Revision, signal: AbortSignal): Promise<RevisionStep> {
    return orThrow(await this.port.compare(from, to, signal));
  }

  async verify(range: RevisionRange, signal: AbortSignal): Promise<Verification> {
    return orThrow(await this.port.verify(range, signal));
  }

  watch(changed: () => void): ReturnType<Source["watch"]> {
    return this.port.watch(changed);
  }
}
