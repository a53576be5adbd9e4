/** What an image is, by its first bytes; its name and what its sender says decide nothing. */
export interface ImageKind {
  readonly extension: string;
  readonly contentType: string;
}

const KINDS: readonly (ImageKind & { matches(body: Buffer): boolean })[] = [
  {
    extension: 'png',
    contentType: 'image/png',
    matches: (body) => body.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n',
  },
  { extension: 'jpg', contentType: 'image/jpeg', matches: (body) => body.subarray(0, 3).toString('hex') === 'ffd8ff' },
  {
    extension: 'gif',
    contentType: 'image/gif',
    matches: (body) => /^GIF8[79]a$/.test(body.subarray(0, 6).toString('latin1')),
  },
  {
    extension: 'webp',
    contentType: 'image/webp',
    matches: (body) =>
      body.subarray(0, 4).toString('latin1') === 'RIFF' && body.subarray(8, 12).toString('latin1') === 'WEBP',
  },
  {
    extension: 'svg',
    contentType: 'image/svg+xml',
    matches: (body) => body.subarray(0, 1024).toString('utf8').includes('<svg'),
  },
];

/** `undefined` for what browsers do not show as an image. */
export function imageKind(body: Buffer): ImageKind | undefined {
  const kind = KINDS.find(({ matches }) => matches(body));
  return kind === undefined ? undefined : { extension: kind.extension, contentType: kind.contentType };
}
