/** Whether a promise settles, well or not, before the time is over. Leaves no timer behind. */
export async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([promise.then(isTrue, isTrue), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function isTrue(): boolean {
  return true;
}
