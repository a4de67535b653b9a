import type { OutputFormat } from "../toolbox/options.ts";
import type { Terminal } from "../toolbox/toolbox.ts";

/** The space that a screen has. */
export interface Layout {
  /** Prose continues on the next line after this many columns. */
  readonly width: number;
  /** Rows of lists are cut to this many columns; `Infinity` where they are never cut. */
  readonly rowWidth: number;
  /** With `-o wide`: columns that a narrow screen leaves out are shown. */
  readonly isWide: boolean;
}

const WITHOUT_TERMINAL = 80;
/** A narrower window is treated as this wide: a word in a line each is harder to read than a line that the window breaks. */
const NARROWEST = 40;

/** A pipe has no width: its prose wraps at 80 columns, and its lists are whole. */
export function layoutOf({ isTerminal, columns }: Terminal, format: OutputFormat): Layout {
  const isWide = format === "wide";
  const width = Math.max(NARROWEST, columns ?? WITHOUT_TERMINAL);
  return { width, rowWidth: isWide || !isTerminal || columns === null ? Infinity : width, isWide };
}
