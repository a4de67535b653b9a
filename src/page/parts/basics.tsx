import { Fragment, type MouseEvent, type ReactNode } from "react";
import { age } from "../../wording/time.ts";
import { useNow } from "../client/clock.ts";
import { hrefOf, navigate } from "../client/navigation.ts";
import { screenZone } from "../client/zone.ts";
import { completeTime } from "../view/history/local-time.ts";
import { isExported, type RequestFailure } from "../client/transport.ts";

/** A link within the page; with a modifier key the browser opens a new tab as usual. */
export function Link({
  to,
  children,
  className,
  current,
}: {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly current?: boolean;
}): ReactNode {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      href={hrefOf(to)}
      onClick={follow}
      className={className}
      aria-current={current === true ? "page" : undefined}
    >
      {children}
    </a>
  );
}

/** A longer part may be wider than its column. */
const UNBROKEN = 20;

/** A long name that is broken, if it must be, after a `/` or before an `@`, and not at the hyphens of `eu-west-1`. */
export function Breakable({ text }: { readonly text: string }): ReactNode {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- where a name may be broken; all of it is shown
  return text.split(/(?<=\/)|(?=@)/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part.length <= UNBROKEN ? <span className="nowrap">{part}</span> : part}
    </Fragment>
  ));
}

/** `12m`, by the server's clock; the complete time, with its zone, is in the title. `at`: ISO 8601. */
export function Age({ at }: { readonly at: string }): ReactNode {
  const nowMs = useNow();
  return (
    <time dateTime={at} title={completeTime(Date.parse(at), screenZone())}>
      {age(at, nowMs)}
    </time>
  );
}

/** The age of a moment, where nothing next to it states that it is one. */
export function Ago({ at }: { readonly at: string }): ReactNode {
  return (
    <>
      <Age at={at} /> ago
    </>
  );
}

export type StateTone = "good" | "bad" | "warn" | "quiet" | "plain";

const SIGNS: Readonly<Record<StateTone, string>> = { good: "✔", bad: "✗", warn: "!", quiet: "?", plain: "" };

/** A state as sign and word: the colour alone never carries it. */
export function State({
  tone,
  children,
}: {
  readonly tone: StateTone;
  readonly children: ReactNode;
}): ReactNode {
  const sign = SIGNS[tone];
  return (
    <span className={`state ${tone}`}>
      {sign !== "" && <span aria-hidden="true">{sign} </span>}
      {children}
    </span>
  );
}

/** A message over the content. `alert`: screen readers read it immediately. */
export function Notice({
  tone,
  children,
  isUrgent = false,
}: {
  readonly tone: StateTone;
  readonly children: ReactNode;
  readonly isUrgent?: boolean;
}): ReactNode {
  return (
    <div className={`notice ${tone}`} role={isUrgent ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** What the controller answered in place of the data. */
export function Failure({
  failed,
  retry,
  what,
}: {
  readonly failed: RequestFailure;
  readonly retry?: () => void;
  /** Such as `The functions`. */
  readonly what: string;
}): ReactNode {
  // It was not exported: nothing went wrong, and nothing is known.
  if (isExported() && failed.code === 404)
    return (
      <Notice tone="quiet">
        <p>
          {what}: {failed.message}
        </p>
      </Notice>
    );
  return (
    <Notice tone="bad" isUrgent>
      <p>
        {what} could not be read: {failed.message}
      </p>
      {failed.hint !== null && <p className="hint">hint: {failed.hint}</p>}
      {retry !== undefined && !isExported() && (
        <button type="button" onClick={retry}>
          Retry
        </button>
      )}
    </Notice>
  );
}

/** A section with a heading. */
export function Section({
  title,
  children,
  note,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly note?: ReactNode;
}): ReactNode {
  return (
    <section className="section">
      <h2>
        {title}
        {note !== undefined && <span className="note"> {note}</span>}
      </h2>
      {children}
    </section>
  );
}
