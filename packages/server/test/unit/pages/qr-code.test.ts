import { renderToString } from 'preact-render-to-string';
import { encode } from 'uqr';
import { expect, it } from 'vitest';
import { QrCode } from '../../../src/http/pages/account/second-factor/qr-code.js';

const TEXT = 'otpauth://totp/Authly:ada%40example.com?issuer=Authly&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

it('a QR code is drawn module by module, with its quiet zone, dark on light', () => {
  const svg = renderToString(QrCode({ text: TEXT, label: 'a code to scan' }));
  const { data, size } = encode(TEXT, { ecc: 'L', border: 4 });
  expect(drawn(svg, size)).toEqual(data);
  expect(data.slice(0, 4).flat().includes(true)).toBe(false);
  expect(svg).toContain(`viewBox="0 0 ${size} ${size}"`);
  expect(svg).toMatch(/<rect[^>]* fill="#fff"/);
  expect(svg).toContain('role="img" aria-label="a code to scan"');
});

it('needs neither style nor script, which the policy of the pages forbids', () => {
  expect(renderToString(QrCode({ text: TEXT, label: 'x' }))).not.toMatch(/style|script|href/);
});

/** The modules that the strokes of the picture cover. */
function drawn(svg: string, size: number): boolean[][] {
  const modules = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const path = / d="([^"]+)"/.exec(svg)?.[1] ?? '';
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let step = 0; step < Number(length); step += 1) (modules[Number(y)] ?? [])[Number(x) + step] = true;
  return modules;
}
