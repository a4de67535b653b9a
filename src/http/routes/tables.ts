import type { FastifyReply, FastifyRequest } from "fastify";
import type { ObjectMeta } from "../../api/object.ts";
import type { TableColumn } from "../kubernetes/columns/column.ts";
import { tableOf, wantsTable, type IncludedObject } from "../kubernetes/table.ts";
import type { AnswerLimits, HttpContext } from "../request/context.ts";
import { sendJson } from "../server/json-answer.ts";

interface Item {
  readonly metadata: ObjectMeta;
}

interface ItemList<One extends Item> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly One[];
}

interface AnswerForm<One> {
  /** null: the client reads objects, not a table. */
  readonly columns: readonly TableColumn<One>[] | null;
  readonly include: IncludedObject;
  readonly nowMs: number;
  readonly limits: AnswerLimits;
}

/** Which form of the answer the client reads. */
export function answerIn<One extends Item>(
  { clock, limits }: HttpContext,
  { headers }: FastifyRequest,
  {
    columns,
    includeObject,
  }: { readonly columns: readonly TableColumn<One>[]; readonly includeObject: IncludedObject },
): AnswerForm<One> {
  const isTable = wantsTable(headers.accept);
  return { columns: isTable ? columns : null, include: includeObject, nowMs: clock.nowMs(), limits };
}

export function sendItems<One extends Item>(
  reply: FastifyReply,
  list: ItemList<One>,
  { columns, limits, ...form }: AnswerForm<One>,
): FastifyReply {
  reply.header("vary", "accept");
  if (columns === null) return sendJson(reply, list, limits);
  const { items, metadata } = list;
  return sendJson(reply, tableOf(columns, { ...form, items, metadata }), limits);
}

export function sendItem<One extends Item>(
  reply: FastifyReply,
  item: One,
  { columns, limits, ...form }: AnswerForm<One>,
): FastifyReply {
  reply.header("vary", "accept");
  if (columns === null) return sendJson(reply, item, limits);
  const { resourceVersion } = item.metadata;
  const metadata = resourceVersion === undefined ? {} : { resourceVersion };
  return sendJson(reply, tableOf(columns, { ...form, items: [item], metadata }), limits);
}
