/** `2026-09-30` (UTC) or `2026-09-30T12:00:00Z`, in milliseconds; undefined: it is no such text. */
export function parseInstant(text: string): number | undefined {
  const hasForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const ms = hasForm ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
