/** Caches results per object. Configuration objects are shared by all experiments and never change. */

/** Runs the function once per object. Errors are not cached. */
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
