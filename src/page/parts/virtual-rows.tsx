import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { windowOf } from "../view/window.ts";

const WIDE = { query: "(min-width: 1000px)", rowHeight: 40 };
/** On a narrow screen a row has three lines. */
const NARROW_HEIGHT = 76;

function useRowHeight(): number {
  const isWide = useSyncExternalStore(
    (listener) => {
      const media = matchMedia(WIDE.query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(WIDE.query).matches,
  );
  return isWide ? WIDE.rowHeight : NARROW_HEIGHT;
}

interface Scroll {
  readonly top: number;
  readonly height: number;
}

/** Where the screen is over the list, measured once for each frame. */
function useScrollOver(): {
  readonly place: React.RefObject<HTMLDivElement | null>;
  readonly scroll: Scroll;
} {
  const place = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState<Scroll>({ top: 0, height: 1_000 });
  const measure = useCallback(() => {
    const top = -(place.current?.getBoundingClientRect().top ?? 0);
    setScroll((before) =>
      before.top === top && before.height === window.innerHeight
        ? before
        : { top, height: window.innerHeight },
    );
  }, []);
  useLayoutEffect(() => {
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [measure]);
  return { place, scroll };
}

/**
 * The rows of a table of which only those on the screen exist. The arrow keys move between the links of rows.
 * @param children one row, with role "row" inside
 */
export function VirtualRows<Row>({
  rows,
  idOf,
  children,
}: {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly children: (row: Row) => ReactNode;
}): ReactNode {
  const rowHeight = useRowHeight();
  const { place, scroll } = useScrollOver();
  const { first, end } = windowOf(scroll, rowHeight, rows.length);
  return (
    <div
      role="rowgroup"
      ref={place}
      className="rows"
      style={{ height: rows.length * rowHeight }}
      onKeyDown={moveFocus}
    >
      {rows.slice(first, end).map((row, at) => (
        <div
          key={idOf(row)}
          role="row"
          // The row of the headings is the first.
          aria-rowindex={first + at + 2}
          className="row"
          style={{ transform: `translateY(${(first + at) * rowHeight}px)`, height: rowHeight }}
        >
          {children(row)}
        </div>
      ))}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const row = (event.target as HTMLElement).closest('[role="row"]');
  if (step === 0 || row === null) return;
  const index = Number(row.getAttribute("aria-rowindex")) + step;
  const next = event.currentTarget.querySelector<HTMLElement>(`[aria-rowindex="${index}"] a`);
  if (next === null) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
