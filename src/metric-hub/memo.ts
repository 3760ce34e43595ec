/** Results kept for as long as what they were made of: configuration is shared by all experiments and never changes. */

/** The function, done once for each object. What it throws is not kept. */
export function memoised<Of extends WeakKey, Result>(make: (of: Of) => Result): (of: Of) => Result {
  const results = new WeakMap<Of, { readonly result: Result }>();
  return (of) => {
    const known = results.get(of);
    if (known !== undefined) return known.result;
    const result = make(of);
    results.set(of, { result });
    return result;
  };
}
