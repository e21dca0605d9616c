/** A picture at which decoding can begin, and the bytes of a segment that a player needs to show it. */
export interface IFrame {
  /** Presentation time, ticks of the track on the period's time line. */
  readonly time: number;
  /** bytes, from the segment's first one */
  readonly offset: number;
  /** bytes */
  readonly length: number;
}
