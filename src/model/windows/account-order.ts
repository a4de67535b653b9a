import type { DesiredWindow } from "./change-window.ts";

/** A window with the accounts that come before its own. */
type OrderingWindow = DesiredWindow & Required<Pick<DesiredWindow, "after">>;

/** The windows that order accounts. */
export function orderingWindows(windows: readonly DesiredWindow[]): readonly OrderingWindow[] {
  return windows.filter((window): window is OrderingWindow => window.after !== undefined);
}

/** A window applies to one account and waits for another one. */
export interface CircleStep {
  readonly window: DesiredWindow;
  readonly appliesTo: string;
  readonly waitsFor: string;
}

/** The windows that wait, directly or through others, for an account of their own, each with its shortest circle: nothing of them would ever be written. */
export function circularWindows(
  windows: readonly DesiredWindow[],
): ReadonlyMap<DesiredWindow, readonly CircleStep[]> {
  const ordering = orderingWindows(windows);
  const named = ordering.flatMap(({ scope }) => scope.namespaces ?? []);
  const circles = new Map<DesiredWindow, readonly CircleStep[]>();
  // null: a namespace that no window names.
  for (const namespace of [null, ...new Set(named)]) {
    const some = ordering.filter(({ scope }) => isOfNamespace(scope.namespaces, namespace));
    for (const window of some) {
      const circle = circles.has(window) ? null : circleOf(window, some);
      if (circle !== null) circles.set(window, circle);
    }
  }
  return circles;
}

function isOfNamespace(namespaces: readonly string[] | null, namespace: string | null): boolean {
  return namespaces === null || (namespace !== null && namespaces.includes(namespace));
}

interface WaitPath {
  readonly account: string;
  /** From the window to the account. */
  readonly steps: readonly (Omit<CircleStep, "appliesTo"> & { readonly appliesTo: string | null })[];
}

/** In the width first: the circle is a shortest one. */
function circleOf(window: OrderingWindow, all: readonly OrderingWindow[]): readonly CircleStep[] | null {
  const pathsOf = (next: OrderingWindow, before: WaitPath | null): readonly WaitPath[] =>
    next.after.accounts.map((account) => ({
      account,
      steps: [
        ...(before?.steps ?? []),
        { window: next, appliesTo: before?.account ?? null, waitsFor: account },
      ],
    }));
  const reached = new Set<string>();
  const open = [...pathsOf(window, null)];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const { account, steps } = path;
    // The first step applies to the account that the last one waits for.
    if (appliesTo(window, account))
      return steps.map((step) => ({ ...step, appliesTo: step.appliesTo ?? account }));
    if (reached.has(account)) continue;
    reached.add(account);
    for (const next of all) if (appliesTo(next, account)) open.push(...pathsOf(next, path));
  }
  return null;
}

function appliesTo({ scope: { accounts } }: OrderingWindow, account: string): boolean {
  return accounts === null || accounts.includes(account);
}
