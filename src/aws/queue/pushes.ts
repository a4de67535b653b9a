import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import { readPushMessage, type PushMessage } from "./push-message.ts";

/** A source whose repository reports its pushes by the queue. */
export interface PushedSource {
  /** null: the platform source. */
  readonly namespace: Namespace | null;
  readonly region: string;
  readonly repository: string;
  /** Of the repository, and of its queue. */
  readonly accountId: string;
  readonly ref: { readonly kind: "branch" | "tag" | "semver" | "commit"; readonly name: string };
}

interface PushParts {
  readonly sources: readonly PushedSource[];
  /** Notes that the source is fetched soon. */
  readonly pushed: (namespace: Namespace | null) => void;
  readonly nowMs: () => number;
  readonly telemetry: Pick<Telemetry, "count">;
}

const REMEMBERED = 1_000;
/** Older events are covered by the fetches of the interval. */
const ACCEPTED_AGE_MS = 900_000;

/**
 * The messages of one queue as hints to fetch. Each message is counted by its outcome. Only an event that is new, recent and
 * about the ref of a source notes a fetch.
 */
export class Pushes {
  readonly #parts: PushParts;
  readonly #seen = new Set<string>();

  constructor(parts: PushParts) {
    this.#parts = parts;
  }

  handle(bodies: readonly string[]): void {
    for (const body of bodies) {
      const outcome = this.#outcomeOf(readPushMessage(body));
      this.#parts.telemetry.count("push_messages_total", { outcome });
    }
  }

  #outcomeOf(message: PushMessage): string {
    if (message.kind !== "push") return message.kind;
    const sources = this.#parts.sources.filter((source) => isAbout(message, source));
    if (sources.length === 0) return "foreign";
    if (!(Math.abs(this.#parts.nowMs() - message.timeMs) <= ACCEPTED_AGE_MS)) return "late";
    if (!this.#isNew(message.id)) return "repeated";
    for (const { namespace } of sources) this.#parts.pushed(namespace);
    return "fetch";
  }

  /** Forgets the oldest first. */
  #isNew(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

function isAbout(
  { region, accountId, repository, ref }: Extract<PushMessage, { readonly kind: "push" }>,
  source: PushedSource,
): boolean {
  const isItsRepository =
    region === source.region && repository === source.repository && accountId === source.accountId;
  return isItsRepository && REF_MATCHES[source.ref.kind](ref, source.ref.name);
}

/** A commit never changes. */
const REF_MATCHES = {
  branch: (ref, name) => ref === `refs/heads/${name}`,
  tag: (ref, name) => ref === `refs/tags/${name}`,
  semver: (ref) => ref.startsWith("refs/tags/"),
  commit: () => false,
} as const satisfies Record<PushedSource["ref"]["kind"], (ref: string, name: string) => boolean>;
