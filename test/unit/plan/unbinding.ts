import { NOW_MS } from "../../support/pass/bindings.ts";

export const DAY_MS = 86_400_000;

export const UNBINDING = { atMs: NOW_MS - DAY_MS, agreedSweepsMs: [NOW_MS - 600_000, NOW_MS - 300_000] };
