const PATIENCE_MS = 2000;
const REMEMBERED_MS = 1000;

/** Whether a question is answered, without waiting long for it. */
export async function answers(question: Promise<unknown>): Promise<boolean> {
  let late: NodeJS.Timeout | undefined;
  const silence = new Promise<false>((resolve) => {
    late = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answered = question.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, silence]).finally(() => clearTimeout(late));
}

/** Asks Authly whether it is well. */
export async function askHealth(authlyUrl: string): Promise<void> {
  const response = await fetch(`${authlyUrl.replace(/\/+$/, '')}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Authly answered ${response.status}`);
}

/** Asks once a second at most, however often it is asked itself. */
export function remember<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = Date.now();
    if (last === undefined || now - last.at >= REMEMBERED_MS) last = { answer: ask(), at: now };
    return last.answer;
  };
}
