import { type Place, valueOptions } from './model.js';

/** The completion script for bash, from 3.2 (macOS) on. */
export function bashScript(all: readonly Place[]): string {
  return `# bash completion for authly; made by: authly completion bash
__authly_names() {
    local line="\${COMP_LINE:0:\${COMP_POINT:-\${#COMP_LINE}}}" word cut="" name
    word="\${line##*[[:space:]]}"
    word="\${word##*=}"
    # bash cuts words at colons, and puts back only what comes after the last one
    case "$COMP_WORDBREAKS:$word" in *:*:*) cut="\${word%"\${word##*:}"}" ;; esac
    while IFS= read -r name; do
        COMPREPLY+=("\${name#"$cut"}")
    done < <("\${COMP_WORDS[0]}" __complete "$1" "$word" "\${COMP_WORDS[@]:1}" 2>/dev/null </dev/null)
}
_authly() {
    local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
    local path="authly" word skip="" i
    COMPREPLY=()
    # bash cuts --option=value into three words
    if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="\${COMP_WORDS[i]}"
        if [ -n "$skip" ]; then skip=""; continue; fi
        case "$word" in
            ${valueOptions(all).join('|')}) skip=1 ;;
            -*|=) ;;
            *)
                case "$path $word" in
                    ${all
                      .slice(1)
                      .map(({ path }) => `"${path}"`)
                      .join('|')}) path="$path $word" ;;
                esac
                ;;
        esac
    done
    case "$path:$prev" in
${valueCases(all).join('\n')}
    esac
    case "$path" in
${all.map(placeCase).join('\n')}
    esac
}
complete -F _authly authly
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
  if (takes === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (typeof takes === 'object' && 'names' in takes) return `__authly_names ${takes.names}`;
  return typeof takes === 'string' ? ':' : `COMPREPLY=($(compgen -W "${takes.join(' ')}" -- "$cur"))`;
}

function placeCase({ path, commands, options, words, names: kind }: Place): string {
  const names = options.flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
  const others = [...commands.map(({ name }) => name), ...words];
  return `        "${path}") case "$cur" in
            -*) COMPREPLY=($(compgen -W "${names.join(' ')}" -- "$cur")) ;;
            *) ${kind ? `__authly_names ${kind}` : `COMPREPLY=($(compgen -W "${others.join(' ')}" -- "$cur"))`} ;;
        esac ;;`;
}
