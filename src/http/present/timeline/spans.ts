/** A time, in milliseconds; the end is not a part of it. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Period extends TimeSpan {
  readonly stepMs: number;
}

/** The part of a span within another; null: none. */
export function within(span: TimeSpan, bounds: TimeSpan): TimeSpan | null {
  const fromMs = Math.max(span.fromMs, bounds.fromMs);
  const toMs = Math.min(span.toMs, bounds.toMs);
  return fromMs < toMs ? { fromMs, toMs } : null;
}

/** What is left of a span without others. */
export function without(span: TimeSpan, others: readonly TimeSpan[]): readonly TimeSpan[] {
  const left: TimeSpan[] = [];
  let fromMs = span.fromMs;
  for (const other of others.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (other.toMs <= fromMs) continue;
    if (other.fromMs >= span.toMs) break;
    if (other.fromMs > fromMs) left.push({ fromMs, toMs: other.fromMs });
    fromMs = other.toMs;
  }
  return fromMs < span.toMs ? [...left, { fromMs, toMs: span.toMs }] : left;
}

/** For each step of the period: how many owners have a span in it, each once. */
export function ownersInSteps(
  spans: readonly (TimeSpan & { readonly owner: string })[],
  period: Period,
): readonly number[] {
  const count = Math.ceil((period.toMs - period.fromMs) / period.stepMs);
  const changes = Array.from({ length: count + 1 }, () => 0);
  for (const [, own] of Map.groupBy(spans, ({ owner }) => owner)) {
    let next = 0;
    for (const span of own.toSorted((a, b) => a.fromMs - b.fromMs)) {
      const shown = within(span, period);
      if (shown === null) continue;
      const first = Math.max(next, Math.floor((shown.fromMs - period.fromMs) / period.stepMs));
      const after = Math.ceil((shown.toMs - period.fromMs) / period.stepMs);
      if (after <= first) continue;
      changes[first] = (changes[first] ?? 0) + 1;
      changes[after] = (changes[after] ?? 0) - 1;
      next = after;
    }
  }
  let now = 0;
  return changes.slice(0, count).map((change) => (now += change));
}

/** Which steps have no moment without all of the owners: each was away for the entire step. */
export function coveredSteps(
  spans: readonly (TimeSpan & { readonly owner: string })[],
  owners: number,
  period: Period,
): readonly boolean[] {
  const inner = spans.flatMap((span) => {
    const fromStep = Math.ceil((span.fromMs - period.fromMs) / period.stepMs);
    const toStep =
      span.toMs >= period.toMs ? Infinity : Math.floor((span.toMs - period.fromMs) / period.stepMs);
    const fromMs = period.fromMs + fromStep * period.stepMs;
    const toMs = Math.min(period.toMs, period.fromMs + toStep * period.stepMs);
    return fromMs < toMs ? [{ ...span, fromMs, toMs }] : [];
  });
  return ownersInSteps(inner, period).map((count) => count >= owners);
}
