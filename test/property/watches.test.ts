import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { watchedDigest } from "../../src/http/watch/content.ts";
import type { TableObject } from "../../src/api/kubernetes/table.ts";
import { tableRowOf } from "../../src/http/kubernetes/table.ts";
import type { WatchForm } from "../../src/http/watch/watch-lines.ts";
import { keyParts, type Key } from "../../src/model/keys/key.ts";
import type { KeyRecord } from "../../src/model/keys/key-record.ts";
import { parseRevision } from "../../src/model/values/revision.ts";
import { checked } from "../support/record/audit-facts.ts";
import type { Hold } from "../../src/model/answers/hold.ts";
import type { SuspensionScope } from "../../src/model/approval.ts";
import { parseNamespace } from "../../src/model/aws/ids.ts";
import type { Condition } from "../../src/model/status.ts";
import { digestOf } from "../../src/model/values/digest.ts";
import { NOW } from "../support/fakes/fake-control.ts";
import type { BindingObject } from "../../src/api/bindings.ts";
import type { ApiObject } from "../../src/api/object.ts";
import type { ObjectIdentity } from "../../src/http/watch/object-log.ts";
import type { ObjectWatch } from "../../src/http/watch/object-watch.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { eventsOf, keyAt, stateOf, WatchedFeed } from "../support/kubernetes/watched-feed.ts";
import { record, view } from "../support/screens/world-states.ts";

/*
 * However slowly a client reads, its events take it from nothing to what exists, each from a state that the client has. Clients of Kubernetes keep a copy of what they watch by the same rules.
 */

/** More than one piece. */
const OBJECTS = 24;

type Sync = "Synced" | "OutOfSync";
const SCOPES = ["key", "namespace", "other", "account", "everything"] as const;
type Scope = (typeof SCOPES)[number];

type Happening =
  /** The revision is not in a table. */
  | { readonly kind: "changed"; readonly at: number; readonly to: Sync; readonly revision: number }
  | { readonly kind: "removed" | "read-again" | "held" | "rejected"; readonly at: number }
  /** Of a key alone, of its namespace, of another one, of the account, or of everything. */
  | { readonly kind: "suspended"; readonly at: number; readonly scope: Scope };

type Step =
  | Happening
  /** The controller has finished a look for changes. */
  | { readonly kind: "look" }
  | { readonly kind: "read"; readonly lines: number }
  | { readonly kind: "stall" };

const at = fc.nat({ max: OBJECTS - 1 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant("changed" as const),
    at,
    to: fc.constantFrom<Sync>("Synced", "OutOfSync"),
    revision: fc.nat({ max: 1 }),
  }),
  fc.record({ kind: fc.constantFrom("removed", "read-again", "held", "rejected"), at }),
  fc.record({ kind: fc.constant("suspended" as const), at, scope: fc.constantFrom(...SCOPES) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: happening },
  { weight: 1, arbitrary: fc.constant({ kind: "look" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("read" as const), lines: fc.nat({ max: OBJECTS }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "stall" as const }) },
);

function changed(key: Key, { to, revision }: { readonly to: Sync; readonly revision: number }): KeyRecord {
  const text = `main@sha1:${String(revision).repeat(40)}`;
  return record(key, { sync: to, lastAppliedRevision: checked(parseRevision(text)) });
}

function happen(world: WatchedFeed, one: Happening): void {
  const { records, views } = world.control.state;
  const key = keyAt(one.at);
  const others = records.filter((known) => known.key !== key);
  if (one.kind === "removed") world.happen({ records: others });
  if (one.kind === "changed") world.happen({ records: [...others, changed(key, one)] });
  if (one.kind === "suspended") suspend(world, key, one.scope);
  if (one.kind === "held") hold(world, key);
  if (one.kind === "rejected") reject(world, key);
  if (one.kind === "read-again") world.happen({ views: new Map([...views, [key, view(key)]]) });
}

function suspend(world: WatchedFeed, key: Key, scope: Scope): void {
  const { overview } = world.control.state;
  const { accountId, namespace } = keyParts(key);
  const of: Record<Scope, SuspensionScope> = {
    key: { accountId: null, namespace: null, key },
    namespace: { accountId: null, namespace, key: null },
    other: { accountId, namespace: parseNamespace("payments") ?? null, key: null },
    account: { accountId, namespace: null, key: null },
    everything: { accountId: null, namespace: null, key: null },
  };
  const id = String(overview.suspensions.length);
  const suspension = { id, scope: of[scope], reason: `INC-${id}`, actor: "dana", at: NOW, until: NOW };
  world.happen({ overview: { ...overview, suspensions: [...overview.suspensions, suspension] } });
}

const AWAITING: Condition = {
  type: "Ready",
  status: "False",
  reason: "AwaitingApproval",
  message: "a switch",
  lastTransitionTime: NOW,
};

/** A pending approval of the switch of this function alone. */
function hold(world: WatchedFeed, key: Key): void {
  const { overview } = world.control.state;
  const { records } = world.control.state;
  const wave = { namespace: keyParts(key).namespace, number: overview.holds.length };
  const facts = { account: "prod", reason: "a switch", actions: 1, sinceMs: Date.parse(NOW) };
  const held: Hold = { code: "wave-member", subject: digestOf(key), keys: [key], wave, ...facts };
  const waiting = record(key, { conditions: [AWAITING] });
  world.happen({
    overview: { ...overview, holds: [...overview.holds, held] },
    records: [...records.filter((known) => known.key !== key), waiting],
  });
}

function reject(world: WatchedFeed, key: Key): void {
  const { overview } = world.control.state;
  const rejection = { subject: digestOf(key), accountId: null, actor: "sam", reason: "no", at: NOW };
  world.happen({ overview: { ...overview, rejections: [...overview.rejections, rejection] } });
}

interface ReadEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: ApiObject<string>;
}

/** What a client has of the objects, by name. */
class ClientCopy {
  readonly objects = new Map<string, string>();
  /** Events of objects that it has already, or has not. */
  readonly impossible: string[] = [];
  readonly #selects: (sync: string) => boolean;
  readonly #form: WatchForm;

  constructor(selects: (sync: string) => boolean, form: WatchForm) {
    this.#selects = selects;
    this.#form = form;
  }

  apply(line: string): void {
    const { type, object } = JSON.parse(line) as ReadEvent;
    const [row = null] = (object as { readonly rows?: TableObject["rows"] }).rows ?? [];
    const { name } = (row === null ? object : (row.object as ApiObject<string>)).metadata;
    if (this.objects.has(name) === (type === "ADDED")) this.impossible.push(`${type} ${name}`);
    if (type === "DELETED") this.objects.delete(name);
    else this.objects.set(name, row === null ? watchedDigest("bindings", object) : rowText(row.cells));
  }

  /** What it must have. */
  async expected({ feed, open }: WatchedFeed): Promise<ReadonlyMap<string, string>> {
    const reader = await open();
    const objects = [...feed.resource.objects(reader)].map((item) => feed.look(reader, item).object);
    const selected = objects.filter((object) => this.#selects((object as BindingObject).status.sync));
    return new Map(
      selected.map((object) => {
        const { columns } = feed.resource;
        const row = tableRowOf(columns, object, { include: "Metadata", nowMs: reader.nowMs });
        return [
          object.metadata.name,
          this.#form.isTable ? rowText(row.cells) : watchedDigest("bindings", object),
        ];
      }),
    );
  }
}

function rowText(cells: readonly unknown[]): string {
  return JSON.stringify(cells);
}

const OBJECT_FORM: WatchForm = { isTable: false, include: "Metadata" };
const TABLE_FORM: WatchForm = { isTable: true, include: "Metadata" };
const ALL = (): boolean => true;
const DRIFTED = (sync: string): boolean => sync === "OutOfSync";

interface Client {
  readonly selects: (sync: string) => boolean;
  readonly form: WatchForm;
}

async function follow(steps: readonly Step[], { selects, form }: Client): Promise<void> {
  const world = new WatchedFeed(stateOf(OBJECTS));
  const isSelected = ({ fields }: ObjectIdentity): boolean => selects(fields["status.sync"] ?? "");
  const open = async (): Promise<Reading> => {
    const watch = await world.watch({ kind: "objects" }, isSelected, form);
    return readingOf(watch, new ClientCopy(selects, form));
  };
  const slow = await open();
  // They send the same bytes from where the slow one has caught up.
  const fast = await open();
  for (const one of steps) {
    if (one.kind === "look") await world.feed.catchUp();
    else if (one.kind === "read") await slow.read(one.lines);
    else if (one.kind === "stall") slow.watch.release();
    else happen(world, one);
    if (one.kind === "look") await fast.read(Infinity);
  }
  await world.feed.catchUp();
  for (const { read, copy } of [fast, slow]) {
    await read(Infinity);
    expect(copy.impossible).toEqual([]);
    expect(copy.objects).toEqual(await copy.expected(world));
  }
}

interface Reading {
  readonly watch: ObjectWatch;
  readonly copy: ClientCopy;
  readonly read: (lines: number) => Promise<void>;
}

function readingOf(watch: ObjectWatch, copy: ClientCopy): Reading {
  const lines = linesOf(watch);
  const read = async (count: number): Promise<void> => {
    for (let line = 0; line < count; line += 1) {
      const { value } = await lines.next();
      if (typeof value !== "string") return;
      copy.apply(value);
    }
  };
  return { watch, copy, read };
}

/** Its events so far; it continues when there are more. */
function linesOf(watch: ObjectWatch): Pick<AsyncGenerator<string, void>, "next"> {
  const initial = watch.initial();
  let left: string[] = [];
  return {
    next: async () => {
      while (left.length === 0) {
        const { value } = await initial.next();
        left = [...eventsOf(value ?? watch.take())];
        if (value === undefined) break;
      }
      const line = left.shift();
      return line === undefined ? { done: true, value: undefined } : { done: false, value: line };
    },
  };
}

test.each([
  { selects: ALL, form: OBJECT_FORM, name: "all objects" },
  { selects: DRIFTED, form: OBJECT_FORM, name: "those that drift" },
  { selects: ALL, form: TABLE_FORM, name: "the rows of all objects" },
  { selects: DRIFTED, form: TABLE_FORM, name: "the rows of those that drift" },
])(
  "a client has what exists at the end: $name",
  async (client) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), (steps) => follow(steps, client)),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
