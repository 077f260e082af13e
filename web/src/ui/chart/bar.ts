/** One figure of a chart. */
export interface Bar {
  key: string | number;
  name: string;
  /** The figure as it is read. */
  text: string;
  value: number;
  colour?: string;
  /** What a pointer is told beside it. */
  note?: string;
}
