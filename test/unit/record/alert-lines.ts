import { alertText } from "../../../src/record/alert-text.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";

export const line = (event: AlertEvent, at: number): string => alertText(event, []).split("\n")[at] ?? "";

export const lines = (event: AlertEvent): readonly string[] => alertText(event, []).split("\n");
