import { randomInt } from "node:crypto";
import type { Control } from "../../controller/ports/control.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { viewOf, type Access } from "../access/access.ts";
import { untilIdle } from "../request/idle-loop.ts";
import type { Reader } from "../request/reader.ts";
import { EventLog } from "./event-log.ts";
import { feedResource, type FeedResource } from "./feed-resources.ts";
import { ResourceFeed, type FeedParts } from "./resource-feed.ts";
import { Stamps } from "./stamps.ts";
import { MARKS, VersionClock } from "./version-clock.ts";

interface FeedsParts extends Pick<FeedParts, "clock" | "requestedReconciles"> {
  readonly control: Pick<Control, "onChange" | "history" | "keyView">;
  readonly telemetry: Pick<Telemetry, "error">;
  readonly openReader: (access: Access) => Promise<Reader>;
}

/** What the holders of equal rights see, by resource. */
interface View {
  readonly parts: FeedParts;
  readonly feeds: Map<string, ResourceFeed>;
  readonly events: EventLog;
  /** Who used it last. */
  actor: string;
  usedMs: number;
}

/**
 * How many views without watches one caller keeps: each header `Grantkeeper-Namespaces` with other names is a view, which has
 * the size of what it shows.
 */
const KEPT_OF_ACTOR = 8;
/** A view without watches is forgotten after this time: its versions are expired then. */
const FORGOTTEN_MS = 3_600_000;
/** Changes that come together are looked at together. */
const GATHER_MS = 25;
/** A tenth of the time at most is for looks: an estate of any size leaves the controller its time. */
const REST_FACTOR = 9;
/** But what is shown live is no later than this, also on a busy machine. */
const LONGEST_REST_MS = 3_000;
/** A pass goes first: a look that begins during its work would make it longer, and would find only a part of its changes. */
const YIELD_MS = 1_000;
/** For what changes by time alone. */
const PERIOD_MS = 60_000;

/**
 * The one place that knows what has changed in the presented objects. A view is looked at after the controller has
 * reported a change, and only while it is watched. Each view has versions of its own, so that they reveal nothing of what
 * the view does not show.
 *
 *   idle ──changed()──► waiting ──► looking ──► idle, or waiting if something has changed meanwhile
 */
export class Feeds {
  readonly #parts: FeedsParts;
  readonly #mark = randomInt(MARKS);
  readonly #views = new Map<string, View>();
  readonly #stamps = new Stamps();
  readonly #unsubscribe: () => void;
  readonly #period: NodeJS.Timeout;
  #mode: "idle" | "waiting" | "looking" | "closed" = "idle";
  #isDue = false;
  #changes = 0;
  #restUntilMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: FeedsParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.control.onChange(() => this.#changed());
    this.#period = setInterval(() => {
      this.tidy();
      this.#changed();
    }, PERIOD_MS).unref();
  }

  /** What is kept for watches that may come back has a time, also if no request comes and nothing changes any more. */
  tidy(): void {
    this.#forgetUnused(performance.now());
    for (const { feeds } of this.#views.values()) for (const { log } of feeds.values()) log.forgetOld();
  }

  /** null: the changes of that resource cannot be watched. */
  named(access: Access, name: string): ResourceFeed | null {
    const resource = feedResource(name);
    return resource === null ? null : this.of(access, resource);
  }

  of(access: Access, resource: FeedResource): ResourceFeed {
    const view = this.#viewOf(access);
    const feed = view.feeds.get(resource.name) ?? new ResourceFeed(resource, view.parts);
    view.feeds.set(resource.name, feed);
    return feed;
  }

  eventsOf(access: Access): EventLog {
    return this.#viewOf(access).events;
  }

  close(): void {
    this.#mode = "closed";
    this.#unsubscribe();
    clearInterval(this.#period);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #viewOf(access: Access): View {
    const name = viewOf(access);
    const nowMs = performance.now();
    this.#forgetUnused(nowMs);
    const view = this.#views.get(name) ?? this.#newView(access, nowMs);
    view.usedMs = nowMs;
    view.actor = access.actor;
    // The last used one is the last.
    this.#views.delete(name);
    this.#views.set(name, view);
    this.#forgetMostOf(access.actor);
    return view;
  }

  #newView(access: Access, usedMs: number): View {
    const { clock, control, requestedReconciles, openReader } = this.#parts;
    const versions = new VersionClock(this.#mark, () => clock.nowMs());
    const changes = (): number => this.#changes;
    const open = (): Promise<Reader> => openReader(access);
    const parts = { clock, requestedReconciles, stamps: this.#stamps, versions, changes, open };
    return {
      parts,
      feeds: new Map(),
      events: new EventLog({ ...parts, control, access }),
      actor: access.actor,
      usedMs,
    };
  }

  #forgetUnused(nowMs: number): void {
    for (const [name, view] of this.#views)
      if (!isWatched(view) && nowMs - view.usedMs > FORGOTTEN_MS) this.#views.delete(name);
  }

  #forgetMostOf(actor: string): void {
    const own = [...this.#views].filter(([, view]) => view.actor === actor && !isWatched(view));
    for (const [name] of own.slice(0, -KEPT_OF_ACTOR)) this.#views.delete(name);
  }

  #changed(): void {
    this.#changes += 1;
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#mode === "looking") this.#isDue = true;
    if (this.#mode !== "idle" || ![...this.#views.values()].some(isWatched)) return;
    this.#mode = "waiting";
    const waitMs = Math.max(GATHER_MS, this.#restUntilMs - performance.now());
    this.#timer = setTimeout(() => void this.#lookWhenIdle(), waitMs);
  }

  async #lookWhenIdle(): Promise<void> {
    await untilIdle(YIELD_MS);
    if (this.#mode === "waiting") await this.#look();
  }

  async #look(): Promise<void> {
    this.#mode = "looking";
    this.#isDue = false;
    const sinceMs = performance.now();
    try {
      // A request during a look moves its view to the end.
      const views = [...this.#views.values()];
      for (const view of views) await lookAt(view);
    } catch (cause) {
      this.#isDue = true;
      const error = cause instanceof Error ? cause.message : String(cause);
      this.#parts.telemetry.error("changes not read", { error });
    }
    this.#lookEnded(performance.now() - sinceMs);
  }

  #lookEnded(tookMs: number): void {
    if (this.#mode === "closed") return;
    this.#restUntilMs = performance.now() + Math.min(REST_FACTOR * tookMs, LONGEST_REST_MS);
    this.#mode = "idle";
    if (this.#isDue) this.#lookSoon();
  }
}

function isWatched({ feeds, events }: View): boolean {
  return events.watches > 0 || [...feeds.values()].some(({ watches }) => watches > 0);
}

async function lookAt({ feeds, events }: View): Promise<void> {
  if (events.watches > 0) await events.look();
  for (const feed of feeds.values()) if (feed.watches > 0) await feed.catchUp();
}
