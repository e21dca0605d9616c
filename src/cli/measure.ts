/** How far one thing is. */
export interface Measure {
  /** `cmaf`; empty where there is one thing alone */
  readonly name: string;
  readonly done: number;
  readonly total: number;
  /** what is counted: `segments`, `bytes` */
  readonly unit: string;
  /** so far, where something else is counted: they say how fast it goes */
  readonly bytes?: number;
  /** what else there is to say */
  readonly note?: string;
}

/** How far it is; in words, where that cannot be counted. */
export type ProgressPart = Measure | string;
