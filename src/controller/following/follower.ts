import type { Follows } from "../../model/network/replica.ts";
import type { Digest } from "../../model/values/digest.ts";
import { shortRevision } from "../../model/values/revision.ts";
import { faultText } from "../fault.ts";
import type { InForce } from "../ports/assigned/in-force.ts";
import { isRecordFailure } from "../ports/store.ts";
import type { RevisionToEnforce } from "../revision/enforce.ts";
import { inSlices } from "../slices.ts";
import { compilationDigest } from "./compilation-digest.ts";
import { compileFollowed, NO_INPUTS, type FollowerContext } from "./compile-followed.ts";

/** How often it looks whether something else is in force. */
const LOOK_MS = 1_000;
/** After a source that cannot be read, or another result. */
const AGAIN_MS = 10_000;
/** The row of a replica may have been removed and reported again. */
const REPORT_MS = 30_000;

/** What this process could enforce: it has compiled what the active replica has in force, with the same result. */
export interface Followed extends RevisionToEnforce {
  readonly inForce: InForce;
}

/**
 * A standby that compiles what the active replica has in force. It records nothing, and calls nothing in AWS.
 *
 *   behind ──the same result──► current ──something else is in force──► behind
 *      └──a source cannot be read, or another result──► unable ──ten seconds later, or something else is in force──► behind
 */
export class Follower {
  readonly #context: FollowerContext;
  #followed: Followed | null = null;
  #before = NO_INPUTS;
  /** What `#follows` is about. */
  #tried: Digest | null = null;
  #againMs = 0;
  #follows: Follows = { digest: null, reason: null };
  #reported: { readonly text: string; readonly atMs: number } | null = null;

  constructor(context: FollowerContext) {
    this.#context = context;
  }

  /** null: it has not compiled what was in force at the last look, or with another result. The same object until something else is in force. */
  get followed(): Followed | null {
    return this.#followed;
  }

  /** Looks again and again. Errors do not end it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context.ports;
    while (!signal.aborted) {
      await this.look(signal);
      await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Never rejects. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      const inForce = await this.#context.ports.record.inForce();
      if (inForce === null) this.#become({ digest: null, reason: null });
      else await this.#follow(inForce, signal);
      await this.#report();
    } catch (cause) {
      // The standby itself shows that the database is away.
      if (signal.aborted || isRecordFailure(cause)) return;
      this.#fail(`internal error: ${faultText(cause)}`);
    }
  }

  async #follow(inForce: InForce, signal: AbortSignal): Promise<void> {
    const { clock } = this.#context.ports;
    if (this.#followed?.inForce.digest === inForce.digest) return;
    this.#followed = null;
    if (this.#tried === inForce.digest && clock.nowMs() < this.#againMs) return;
    if (this.#tried !== inForce.digest) {
      this.#become({ digest: null, reason: null });
      await this.#report();
    }
    this.#tried = inForce.digest;
    const reason = await this.#compile(inForce, signal);
    if (reason !== null) this.#fail(reason);
  }

  /** null: it was compiled, or something else is in force. */
  async #compile(inForce: InForce, signal: AbortSignal): Promise<string | null> {
    const { settings, ports } = this.#context;
    if (inForce.catalogueDigest !== settings.catalogueDigest)
      return `its catalogue of grants is ${settings.catalogueDigest}, and that of the active replica is ${inForce.catalogueDigest}; run the same version and the same plug-ins on each replica`;
    const before = this.#before;
    const found = await compileFollowed(inForce, this.#context, { before, signal });
    if (found.kind === "unread") return found.reason;
    if (found.kind === "moved") {
      this.#againMs = 0;
      return null;
    }
    const { enforced, authors } = found;
    this.#before = enforced.inputs;
    const digest = await inSlices(compilationDigest(enforced, settings), ports.eventLoop, signal);
    if (digest !== inForce.digest) return otherResult(inForce, settings.version);
    this.#followed = { inForce, enforced, authors, digest };
    this.#become({ digest, reason: null });
    ports.telemetry.info("this standby has compiled what is in force", {
      revisions: Object.values(inForce.revisions).map(shortRevision).join(", "),
    });
    return null;
  }

  #fail(reason: string): void {
    const { clock, telemetry } = this.#context.ports;
    this.#againMs = clock.nowMs() + AGAIN_MS;
    if (this.#follows.reason !== reason)
      telemetry.warn("this standby could not make passes", { reason, hint: "grantkeeper get replicas" });
    this.#become({ digest: null, reason });
  }

  #become(follows: Follows): void {
    this.#follows = follows;
  }

  async #report(): Promise<void> {
    const { clock, record } = this.#context.ports;
    const text = JSON.stringify(this.#follows);
    const nowMs = clock.nowMs();
    if (this.#reported?.text === text && nowMs - this.#reported.atMs < REPORT_MS) return;
    await record.report(this.#follows);
    this.#reported = { text, atMs: nowMs };
  }
}

function otherResult({ revisions, version: activeVersion }: InForce, version: string): string {
  const names = Object.values(revisions).map(shortRevision).join(", ");
  const why =
    version === activeVersion
      ? "compare the operator's files of both"
      : `it is version ${version}, and the active replica is version ${activeVersion}`;
  return `it compiles ${names} to something else than the active replica: ${why}`;
}
