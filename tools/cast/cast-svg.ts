import type { Span, TerminalLine } from "./terminal-lines.ts";

export interface Cast {
  /** What was typed. */
  readonly command: string;
  readonly lines: readonly TerminalLine[];
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
}

export const COLUMNS = 80;
const [CHARACTER, LINE] = [8.4, 20];
const [LEFT, TOP] = [16, 52];
/** A pause in which nothing is printed is no longer than this; it is a part of no statement. */
const LONGEST_PAUSE_MS = 4_000;
/** Lines that were printed together appear one after the other. */
const SHORTEST_PAUSE_MS = 150;
/** How long the complete picture stays. */
const END_MS = 8_000;

const COLOURS = {
  red: "#ff8a80",
  green: "#8bd49c",
  yellow: "#f0c674",
  blue: "#8ab4f8",
  cyan: "#80cbc4",
} as const;

/**
 * A picture that moves without a script, so that a page that shows it as an image shows it moving. Someone who asked for less
 * motion sees all lines.
 * @throws Error if a line is longer than the terminal is wide
 */
export function castSvg({ command, lines, title }: Cast): string {
  const typed: TerminalLine = {
    atMs: 0,
    spans: [{ column: 0, text: `$ ${command}`, bold: true, dim: false, colour: null }],
  };
  const all = [typed, ...lines];
  const times = shownAt(all);
  const totalMs = (times.at(-1) ?? 0) + END_MS;
  const [width, height] = [2 * LEFT + COLUMNS * CHARACTER, TOP + all.length * LINE];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styleOf(times, totalMs)}</style>`,
    `<rect width="100%" height="100%" rx="8" fill="#14181d"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (fill, at) => `<circle cx="${20 + at * 18}" cy="18" r="5.5" fill="${fill}"/>`,
    ),
    ...all.map((line, at) => `<g class="l${at}">${line.spans.map((span) => textOf(span, at)).join("")}</g>`),
    "</svg>",
    "",
  ].join("\n");
}

/** When each line appears: in the order and with the pauses of the run, long ones shortened. */
function shownAt(lines: readonly TerminalLine[]): readonly number[] {
  let shownMs = 0;
  return lines.map(({ atMs }, at) => {
    const before = lines[at - 1];
    if (before === undefined) return 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, atMs - before.atMs));
    shownMs += Math.round(pauseMs / 50) * 50;
    return shownMs;
  });
}

function styleOf(times: readonly number[], totalMs: number): string {
  const seconds = totalMs / 1_000;
  const rules = times.map((ms, at) => {
    const percent = ((100 * ms) / totalMs).toFixed(2);
    return `@keyframes k${at}{0%{visibility:hidden}${percent}%,100%{visibility:visible}}.l${at}{animation:k${at} ${seconds}s step-end infinite}`;
  });
  return [
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6e9ed;white-space:pre}",
    ".b{font-weight:700}.d{fill:#9aa4b0}",
    ...Object.entries(COLOURS).map(([name, fill]) => `.${name}{fill:${fill}}`),
    ...rules.slice(1),
    "@media (prefers-reduced-motion:reduce){g{animation:none!important}}",
  ].join("");
}

/** With a fixed width, so that columns are where the terminal has them, with every font. */
function textOf({ column, text, bold, dim, colour }: Span, line: number): string {
  if (column + text.length > COLUMNS) throw new Error(`longer than ${COLUMNS} columns: ${text}`);
  const indent = text.length - text.trimStart().length;
  const words = text.trim();
  if (words === "") return "";
  const classes = [...(bold ? ["b"] : []), ...(dim ? ["d"] : []), ...(colour === null ? [] : [colour])];
  const x = (LEFT + (column + indent) * CHARACTER).toFixed(1);
  const length = (words.length * CHARACTER).toFixed(1);
  const look = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  return `<text x="${x}" y="${TOP + line * LINE}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escaped(words)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
