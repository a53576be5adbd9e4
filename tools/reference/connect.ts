import { type Preset, presetValues, PRESETS } from '../../packages/admin-api/src/index.ts';
import { PRESET_NAMES } from '../../packages/admin-api/src/client.ts';

/** A guide for each preset of `client create`, from the same source as what the command prints. */
export function files(): Record<string, string> {
  return Object.fromEntries(
    PRESET_NAMES.map((name) => [`docs/guide/connect/${name}.md`, `${guide(name, PRESETS[name]).join('\n')}\n`]),
  );
}

function guide(name: string, preset: Preset): string[] {
  const { redirect_uris: redirectUris, scope } = preset.client;
  const told = preset.files(
    presetValues({
      issuer: 'https://login.example',
      clientId: 'CLIENT_ID',
      clientSecret: preset.client.client_type === 'public' ? '' : 'CLIENT_SECRET',
      redirectUris,
      scopes: scope.split(' ').filter((name) => name !== ''),
    }),
  );
  return [
    `# Connect ${preset.title}`,
    '',
    'Generated from `packages/admin-api/src/presets` by `npm run docs`.',
    '',
    'This registers the client and prints the files below with its values:',
    '',
    ...fenced('bash', `authly admin client create --name "My app" --preset ${name}`),
    ...(redirectUris[0] === undefined
      ? []
      : ['', `The redirect URI is \`${redirectUris[0]}\`; \`--redirect-uri\` names another one.`]),
    ...(preset.install === undefined ? [] : ['', ...fenced('bash', preset.install)]),
    ...told.flatMap(({ path, language, text }) => ['', `\`${path}\`:`, '', ...fenced(language, text.trimEnd())]),
    ...(preset.notes ?? []).flatMap((note) => ['', note]),
  ];
}

function fenced(language: string, text: string): string[] {
  return [`\`\`\`${language}`, text, '```'];
}
