/** One JSON log line as a person wants to read it: time, level, message, fields, and the stack below. */
export function readableLine(line: string): string {
  const parsed = parse(line);
  if (parsed === undefined) return line;
  const { level, time, msg, pid: _pid, err, ...rest } = parsed;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${asText(value)}`);
  const head = [clock, String(level).toUpperCase().padEnd(5), ...(msg === undefined ? [] : [asText(msg)]), ...fields];
  return `${head.join(' ')}${stackBelow(err)}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** What strangers sent must not move the cursor or colour the terminal. */
function asText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return [...text].map((char) => (isControl(char) ? ' ' : char)).join('');
}

function isControl(char: string): boolean {
  const point = char.codePointAt(0) ?? 0;
  return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

function stackBelow(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { stack, message, cause } = err as { stack?: unknown; message?: unknown; cause?: unknown };
  const own = typeof stack === 'string' ? stack : String(message ?? '');
  const lines = own.split('\n').map((each) => `\n  ${asText(each)}`);
  return lines.join('') + (cause === undefined ? '' : `\n  caused by${stackBelow(cause)}`);
}
