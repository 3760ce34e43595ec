/** A value and the file it comes from. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly file: string;
}
