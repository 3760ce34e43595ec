/** A value with its file. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly file: string;
}
