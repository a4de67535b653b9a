import type { CoreEventObject } from "../../../api/kubernetes/core.ts";
import type { ApiObject } from "../../../api/object.ts";
import type { Access } from "../../access/access.ts";
import type { TableColumn } from "../../kubernetes/columns/column.ts";
import { EVENT } from "../../kubernetes/columns/core.ts";
import { coreEvents, EVENT_FIELDS } from "../../kubernetes/core-events.ts";
import { wantsTable } from "../../kubernetes/table.ts";
import { visibleEntries } from "../../present/events.ts";
import { accessOf, openReader } from "../../request/context.ts";
import { fieldSelector } from "../../request/field-selector.ts";
import { parseLabelSelector } from "../../request/label-selector.ts";
import { parseWith } from "../../request/parse.ts";
import { watchQuery } from "../../request/queries.ts";
import type { WatchContext } from "../../watch/context.ts";
import { EventWatch } from "../../watch/event-watch.ts";
import { WatchLines } from "../../watch/watch-lines.ts";
import { runWatch, startOf, type AskedWatch } from "./watches.ts";

/** Sends events as they happen. @throws ApiFailure before the first event */
export async function watchEvents(watch: AskedWatch, context: WatchContext): Promise<void> {
  const { request, namespace } = watch;
  const query = parseWith(watchQuery, request.query);
  const access = accessOf(request);
  const log = context.feeds.eventsOf(access);
  const columns = EVENT as readonly TableColumn<never>[] as readonly TableColumn<ApiObject<string>>[];
  const form = { isTable: wantsTable(request.headers.accept), include: query.includeObject };
  const lines = new WatchLines(form, { apiVersion: "v1", kind: "Event", columns }, () =>
    context.clock.nowMs(),
  );
  const isSelected = eventSelector(query);
  const selects = (event: CoreEventObject): boolean =>
    (namespace === null || event.metadata.namespace === namespace) && isSelected(event);
  const release = context.watches.reserve(access.actor);
  log.watches += 1;
  try {
    await log.look();
    const start = startOf(query, (text) => log.parse(text));
    const list = () => newestEvents(context, access, { namespace, selects: isSelected, upTo: log.newestSeq });
    const source = new EventWatch({ log, lines, selects, list }, start);
    await runWatch(source, { ...watch, query, hasInitial: start.kind === "objects" }, context);
  } finally {
    log.watches -= 1;
    release();
  }
}

interface EventSelectors {
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string | undefined;
}

/** Events have no labels. @throws ApiFailure BadRequest */
export function eventSelector({
  fieldSelector: fields,
  labelSelector: labels,
}: EventSelectors): (event: CoreEventObject) => boolean {
  const hasFields = fieldSelector(fields, EVENT_FIELDS);
  const isSelected = labels ? parseLabelSelector(labels)({}) : true;
  return (event) => isSelected && hasFields(event);
}

const MAX_EVENTS = 500;
/** The number of entries that are searched for events that a selector takes. */
const SEARCHED = 5_000;
const PAGE = 1_000;

interface EventRequest {
  readonly namespace: string | null;
  /** @see eventSelector */
  readonly selects: (event: CoreEventObject) => boolean;
  readonly limit?: number | undefined;
  /** The newest entry; later ones are events of a watch. */
  readonly upTo: number;
}

/** Newest first: a cluster forgets its events, and `grantkeeper history` has all of them. */
export async function newestEvents(
  context: WatchContext,
  access: Access,
  { namespace, selects, limit = MAX_EVENTS, upTo }: EventRequest,
): Promise<readonly CoreEventObject[]> {
  const reader = await openReader(context, access);
  const found: CoreEventObject[] = [];
  const most = Math.min(limit, MAX_EVENTS);
  let before: number = upTo + 1;
  for (let searched = 0; searched < SEARCHED && found.length < most; searched += PAGE) {
    const request = { key: null, namespace, before, limit: PAGE };
    const page = await visibleEntries(context.control, access, request);
    found.push(...page.items.flatMap((entry) => coreEvents(reader, entry, selects)));
    if (page.next === null) break;
    before = page.next;
  }
  const own = namespace === null ? found : found.filter(({ metadata }) => metadata.namespace === namespace);
  return own.slice(0, most);
}
