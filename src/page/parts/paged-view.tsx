import type { ReactNode } from "react";
import { formatDuration } from "../../model/values/duration.ts";
import { serverTimeOf, useNow } from "../client/clock.ts";
import type { PagedRead } from "../client/all-pages.ts";
import { isExported } from "../client/transport.ts";
import { Failure, Notice } from "./basics.tsx";
import { Loading } from "./resource-view.tsx";

/** A list that is read page by page: nothing is concluded from a part of it without saying so. */
export function PagedView<Item>({
  paged,
  what,
  children,
}: {
  readonly paged: PagedRead<Item>;
  readonly what: string;
  readonly children: (items: readonly Item[], isComplete: boolean) => ReactNode;
}): ReactNode {
  const { items, state, failed, readAgain } = paged;
  if (items.length === 0 && state === "reading") return <Loading />;
  return (
    <>
      {failed !== null && state === "failed" && <Failure failed={failed} retry={readAgain} what={what} />}
      <Progress paged={paged} />
      {(items.length > 0 || state === "complete") && children(items, state === "complete")}
    </>
  );
}

function Progress<Item>({
  paged: { items, state, remaining, failed, readMs, readAgain },
}: {
  readonly paged: PagedRead<Item>;
}): ReactNode {
  const nowMs = useNow();
  if (state === "reading")
    return (
      <p className="quiet-text" role="status">
        Reading, {items.length} of {items.length + (remaining ?? 0)}: the list below is not complete
      </p>
    );
  if (readMs === null) return null;
  if (isExported()) return null;
  const age = formatDuration(Math.max(0, nowMs - serverTimeOf(readMs)));
  // That the session has ended is over the page already.
  if (state === "complete" && failed !== null && failed.code !== 401)
    return (
      <Notice tone="warn">
        <p>
          Read {age} ago, and not again: {failed.message}
        </p>
        <button type="button" onClick={readAgain}>
          Retry
        </button>
      </Notice>
    );
  return (
    <p className="quiet-text">
      {state === "complete" ? `Read ${age} ago` : `Only ${items.length} were read, ${age} ago`}{" "}
      <button type="button" className="plain" onClick={readAgain}>
        Read again
      </button>
    </p>
  );
}
