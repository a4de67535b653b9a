import type { TableObject } from "../../../api/kubernetes/table.ts";
import { BASE_PATH } from "../../../api/group.ts";
import { rowsOfTable, type BindingRow } from "../../view/rows.ts";
import { send, TABLE, type RequestResult } from "../transport.ts";

/** The first page is small, so that the screen is filled early. */
const FIRST = 100;
const PAGE = 1_000;
/** More rows than this are not loaded: a namespace must be chosen first. */
export const MOST_ROWS = 20_000;

/** The bindings that the person sees. */
export interface BindingListing {
  readonly rows: readonly BindingRow[];
  /** All pages are of this version. */
  readonly version: string;
  /** Rows that this version of the page does not understand. */
  readonly notUnderstood: number;
  /** Rows that were not loaded, because there are too many. */
  readonly leftOut: number;
}

/** The version of the bindings now: what is read after it has every change up to it. */
export async function versionNow(): Promise<RequestResult<string>> {
  const query = new URLSearchParams({ limit: "1", includeObject: "Summary" });
  const answer = await send<TableObject>(`${BASE_PATH}/bindings?${query.toString()}`, { accept: TABLE });
  return answer.kind === "failed"
    ? answer
    : { kind: "ok", value: answer.value.metadata.resourceVersion ?? "" };
}

/** @param report is called after each page */
export async function listBindings(
  report: (part: BindingListing) => void,
): Promise<RequestResult<BindingListing>> {
  let listed: BindingListing = { rows: [], version: "", notUnderstood: 0, leftOut: 0 };
  let next: string | undefined;
  do {
    const limit = String(next === undefined ? FIRST : PAGE);
    const query = new URLSearchParams({
      limit,
      includeObject: "Summary",
      ...(next === undefined ? {} : { continue: next }),
    });
    const answer = await send<TableObject>(`${BASE_PATH}/bindings?${query.toString()}`, { accept: TABLE });
    if (answer.kind === "failed") return answer;
    const { metadata } = answer.value;
    const page = rowsOfTable(answer.value);
    listed = {
      rows: [...listed.rows, ...page.rows],
      version: metadata.resourceVersion ?? listed.version,
      notUnderstood: listed.notUnderstood + page.notUnderstood,
      leftOut: metadata.remainingItemCount ?? 0,
    };
    report(listed);
    next = metadata.continue;
  } while (next !== undefined && listed.rows.length < MOST_ROWS);
  return { kind: "ok", value: listed };
}
