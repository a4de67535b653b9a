/** The zone in which a reader means days and times. */
export interface Zone {
  /** `Europe/Berlin` */
  readonly name: string;
  /** How far its clocks are ahead of UTC at this instant. */
  readonly offsetMs: (instantMs: number) => number;
}

export const UTC: Zone = { name: "UTC", offsetMs: () => 0 };
