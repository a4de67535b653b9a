import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { formatDuration } from "../../model/values/duration.ts";
import { serverTimeOf, useNow } from "../client/clock.ts";
import { readAllAgain, type WatchedResource } from "../client/resources.ts";
import { Failure, Notice } from "./basics.tsx";
import { useIsStatedElsewhere } from "./stated-reason.ts";

/** Visible only after 300 ms: a fast answer does not flicker. */
export function Loading({ rows = 5 }: { readonly rows?: number }): ReactNode {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return <div className="skeleton" hidden />;
  return (
    <div role="status" className="skeleton">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} className="bar" aria-hidden="true" />
      ))}
    </div>
  );
}

/** Why a part around this one is old: it is stated once. null: it is not. */
const ShownContext = createContext<string | null>(null);

/**
 * What is known of a resource: nothing yet, an error, or the data, also old data with its age and the error of the newer read.
 */
export function ResourceView<Value>({
  resource,
  what,
  children,
}: {
  readonly resource: WatchedResource<Value> & { readonly readAgain: () => void };
  readonly what: string;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  const { value, readMs, failed, readAgain } = resource;
  const shownAbove = useContext(ShownContext);
  const isElsewhere = useIsStatedElsewhere(failed === null ? null : failed.message);
  if (value === null) {
    if (failed === null) return <Loading />;
    return isElsewhere ? (
      <p className="quiet-text">{what} could not be read, for the reason that is stated on this screen.</p>
    ) : (
      <Failure failed={failed} retry={retryAll(readAgain)} what={what} />
    );
  }
  // That the session has ended is over the page already.
  const isOld = failed !== null && failed.code !== 401 && failed.message !== shownAbove;
  return (
    <ShownContext value={failed === null ? shownAbove : failed.message}>
      {isOld && !isElsewhere && readMs !== null && (
        <Old readMs={readMs} reason={failed.message} retry={retryAll(readAgain)} />
      )}
      {isOld && isElsewhere && readMs !== null && <OldToo readMs={readMs} />}
      {children(value)}
    </ShownContext>
  );
}

/** A part that is not stated again has no button of its own. */
function retryAll(readAgain: () => void): () => void {
  return () => {
    readAgain();
    readAllAgain();
  };
}

function OldToo({ readMs }: { readonly readMs: number }): ReactNode {
  const nowMs = useNow();
  return <p className="quiet-text">Read {formatDuration(Math.max(0, nowMs - serverTimeOf(readMs)))} ago</p>;
}

function Old({
  readMs,
  reason,
  retry,
}: {
  readonly readMs: number;
  readonly reason: string;
  readonly retry: () => void;
}): ReactNode {
  const nowMs = useNow();
  return (
    <Notice tone="warn">
      <p>
        Read {formatDuration(Math.max(0, nowMs - serverTimeOf(readMs)))} ago, and not again: {reason}
      </p>
      <button type="button" onClick={retry}>
        Retry
      </button>
    </Notice>
  );
}
