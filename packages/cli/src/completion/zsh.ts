import { type Place, valueOptions } from './model.js';

/** The completion script for zsh: works as a file in $fpath and when it is sourced. */
export function zshScript(all: readonly Place[]): string {
  return `#compdef authly
# zsh completion for authly; made by: authly completion zsh
__authly_names() {
    local -a names
    names=(\${(f)"$("\${(Q)words[1]}" __complete "$1" "$PREFIX" "\${(@Q)words[2,-1]}" 2>/dev/null </dev/null)"})
    compadd -- $names
}
_authly() {
    local path_="authly" word skip="" i prev="\${words[CURRENT-1]}"
    local -a found
    for ((i = 2; i < CURRENT; i++)); do
        word="\${words[i]}"
        if [[ -n "$skip" ]]; then skip=""; continue; fi
        case "$word" in
            ${valueOptions(all).join('|')}) skip=1 ;;
            -*) ;;
            *)
                case "$path_ $word" in
                    ${all
                      .slice(1)
                      .map(({ path }) => `"${path}"`)
                      .join('|')}) path_="$path_ $word" ;;
                esac
                ;;
        esac
    done
    case "$path_:$prev" in
${valueCases(all).join('\n')}
    esac
    case "$path_" in
${all.map(placeCase).join('\n')}
    esac
    _describe 'authly' found
}
if [ "\${funcstack[1]}" = "_authly" ]; then
    _authly "$@"
else
    compdef _authly authly
fi
`;
}

function valueCases(all: readonly Place[]): readonly string[] {
  return all.flatMap(({ path, options }) =>
    options
      .filter(({ takes }) => takes !== 'nothing')
      .map(({ name, short, takes }) => {
        const pattern = [name, ...(short ? [short] : [])].map((spelling) => `"${path}:${spelling}"`).join('|');
        return `        ${pattern}) ${valueReply(takes)}; return ;;`;
      }),
  );
}

function valueReply(takes: Place['options'][number]['takes']): string {
  if (takes === 'file') return '_files';
  if (typeof takes === 'object' && 'names' in takes) return `__authly_names ${takes.names}`;
  return typeof takes === 'string' ? ':' : `compadd -- ${takes.join(' ')}`;
}

function placeCase({ path, commands, options, words, names }: Place): string {
  const named = options.flatMap(({ name, short, summary }) => [
    describeName(name, summary),
    ...(short ? [describeName(short, summary)] : []),
  ]);
  const others = [
    ...commands.map(({ name, summary }) => describeName(name, summary)),
    ...words.map((word) => describeName(word, '')),
  ];
  return `        "${path}") case "\${words[CURRENT]}" in
            -*) found=(${named.join(' ')}) ;;
            *) ${names ? `__authly_names ${names}; return` : `found=(${others.join(' ')})`} ;;
        esac ;;`;
}

function describeName(name: string, summary: string): string {
  const text = summary.replaceAll('\\', '').replaceAll(':', '\\:').replaceAll("'", "'\\''");
  return summary === '' ? `'${name}'` : `'${name}:${text}'`;
}
