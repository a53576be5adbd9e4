import { type Place, valueOptions } from './model.js';

/** The completion script for fish. */
export function fishScript(all: readonly Place[]): string {
  return `# fish completion for authly; made by: authly completion fish
function __authly_at --description 'Tells whether the words typed so far lead to this command'
    set -l path authly
    set -l skip ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case ${valueOptions(all).map(quote).join(' ')}
                set skip 1
            case '-*'
                continue
            case '*'
                if contains -- "$path $word" ${all
                  .slice(1)
                  .map(({ path }) => quote(path))
                  .join(' ')}
                    set path "$path $word"
                end
        end
    end
    test "$path" = "$argv[1]"
end
function __authly_names --description 'Names that the server or this computer knows'
    set -l words (commandline -opc)
    $words[1] __complete $argv[1] (commandline -ct | string replace -r '^--[^=]*=' '') $words[2..-1] 2>/dev/null </dev/null
end
complete -c authly -e
complete -c authly -f
${all.flatMap(placeLines).join('\n')}
`;
}

function placeLines({ path, commands, options, words, names: kind }: Place): readonly string[] {
  const here = `complete -c authly -n ${quote(`__authly_at ${quote(path)}`)}`;
  return [
    ...commands.map(({ name, summary }) => `${here} -a ${quote(name)} -d ${quote(summary)}`),
    ...words.map((word) => `${here} -a ${quote(word)}`),
    ...(kind ? [`${here} -a ${quote(`(__authly_names ${kind})`)}`] : []),
    ...options.map(({ name, short, summary, takes }) => {
      const names = `-l ${quote(name.slice(2))}${short ? ` -s ${short.slice(1)}` : ''}`;
      return `${here} ${names}${valueWords(takes)} -d ${quote(summary)}`;
    }),
  ];
}

function valueWords(takes: Place['options'][number]['takes']): string {
  if (takes === 'nothing') return '';
  if (takes === 'file') return ' -r -F';
  if (takes === 'text') return ' -x';
  return ` -x -a ${quote('names' in takes ? `(__authly_names ${takes.names})` : takes.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
