import type { SettingDeclaration } from './setting.js';

/** What the environment, a file or a flag gave for a setting. */
export type RawValue = string | number | boolean | readonly (string | number)[];

export type Parsed = { readonly value: unknown } | { readonly problem: string };

/** Turns what was given into the setting's value, or says what it should be. */
export function parseValue(raw: RawValue, declaration: SettingDeclaration<unknown>): Parsed {
  const parsed = parseType(raw, declaration);
  if ('problem' in parsed) return parsed;
  const problem = declaration.check?.(parsed.value as NonNullable<unknown>);
  return problem === undefined ? parsed : { problem };
}

function parseType(raw: RawValue, declaration: SettingDeclaration<unknown>): Parsed {
  const { type } = declaration;
  if (type === 'list') return { value: parseList(raw) };
  if (typeof raw === 'object') return { problem: 'must be one value, not a list' };
  const text = String(raw).trim();
  if (typeof type === 'object') return parseChoice(text, type.oneOf, declaration.aliases ?? {});
  switch (type) {
    case 'text':
      return text === '' ? { problem: 'must not be empty' } : { value: text };
    case 'flag':
      return parseFlag(text);
    case 'integer':
      return parseNumber(text, /^-?\d+$/.test(text) ? Number(text) : undefined, 'a whole number', declaration);
    case 'seconds':
      return parseNumber(text, parseDuration(text), 'a number of seconds', declaration);
    case 'url':
      return isWebUrl(text) ? { value: text } : { problem: 'must be a URL that starts with https:// or http://' };
  }
}

function parseList(raw: RawValue): readonly string[] {
  const items = typeof raw === 'object' ? raw.map(String) : String(raw).split(/[\s,]+/);
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function parseFlag(text: string): Parsed {
  if (/^(?:true|yes|on|1)$/i.test(text)) return { value: true };
  if (/^(?:false|no|off|0)$/i.test(text)) return { value: false };
  return { problem: 'must be true or false' };
}

function parseChoice(text: string, choices: readonly string[], aliases: Readonly<Record<string, string>>): Parsed {
  const lower = text.toLowerCase();
  const meant = Object.hasOwn(aliases, lower) ? aliases[lower] : choices.find((each) => each.toLowerCase() === lower);
  return meant === undefined ? { problem: `must be one of ${choices.join(', ')}` } : { value: meant };
}

function parseNumber(
  text: string,
  value: number | undefined,
  kind: string,
  { min, max }: Pick<SettingDeclaration<unknown>, 'min' | 'max'>,
): Parsed {
  if (text === '' || value === undefined || !Number.isFinite(value)) return { problem: `must be ${kind}` };
  if (min !== undefined && value < min) return { problem: `must be at least ${min}` };
  if (max !== undefined && value > max) return { problem: `must be at most ${max}` };
  // Parts of a second would end up in tokens, in headers and in integer columns.
  if ((min ?? 1) >= 1 && !Number.isInteger(value)) return { problem: `must be ${kind}, without a fraction` };
  return { value };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `0.5`, `15m`, `1h`, `7d`. */
function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhd]?)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNIT_SECONDS[unit] ?? 1);
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
