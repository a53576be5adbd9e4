/** A QR code as one line: a run of dark modules is a stroke of it. Dark on light in any scheme, because that is what cameras read. */
import type { VNode } from 'preact';
import { encode } from 'uqr';

/** Light modules around the code, without which some cameras do not find it. @spec ISO/IEC 18004 §6.3.8 */
const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }): VNode {
  const { data, size } = encode(text, { ecc: 'L', border: QUIET });
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={data.map(runs).join('')} stroke="#000" transform="translate(0 .5)" />
    </svg>
  );
}

function runs(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x += 1) {
    const start = x;
    while (row[x] === true) x += 1;
    if (x > start) path += `M${start} ${y}h${x - start}`;
  }
  return path;
}
