import type { Page } from "playwright-core";

/** The work of the page's own thread. */
interface Work {
  readonly cpuMs: number;
  /** Tasks that blocked the page for 50 ms or longer, by the clock. */
  readonly longTasks: number;
  readonly longestMs: number;
}

/** The processor time of the page's own thread so far. */
export async function threadTime(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    return seconds * 1_000;
  };
}

interface InPage {
  readonly PerformanceObserver: new (
    found: (list: { getEntries(): readonly { readonly duration: number }[] }) => void,
  ) => { observe(options: { readonly type: "longtask"; readonly buffered: true }): void };
  longTasks?: number[];
}

/** Measures what the page does from now on, in the documents that it opens. */
export async function watchWork(page: Page): Promise<() => Promise<Work>> {
  await page.addInitScript(() => {
    const view = globalThis as unknown as InPage;
    const durations: number[] = [];
    view.longTasks = durations;
    const observer = new view.PerformanceObserver((list) => {
      durations.push(...list.getEntries().map(({ duration }) => duration));
    });
    observer.observe({ type: "longtask", buffered: true });
  });
  const cpuMs = await threadTime(page);
  const beforeMs = await cpuMs();
  return async () => {
    const durations = await page.evaluate(() => (globalThis as unknown as InPage).longTasks ?? []);
    return {
      cpuMs: Math.round((await cpuMs()) - beforeMs),
      longTasks: durations.length,
      longestMs: Math.round(Math.max(0, ...durations)),
    };
  };
}
