import { type Place, valueOptions } from './model.js';

/** The completion script for PowerShell, from 5.1 on. */
export function powershellScript(all: readonly Place[]): string {
  return `# PowerShell completion for authly; made by: authly completion powershell
Register-ArgumentCompleter -Native -CommandName 'authly' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $valueOptions = @(${valueOptions(all).map(quote).join(', ')})
    $places = @{
${all.map(placeEntry).join('\n')}
    }
    $path = 'authly'
    $previous = ''
    $skip = $false
    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1)
    foreach ($element in $elements) {
        $word = $element.ToString()
        $previous = $word
        if ($skip) { $skip = $false; continue }
        if ($valueOptions -ccontains $word) { $skip = $true; continue }
        if ($word.StartsWith('-')) { continue }
        if ($places.ContainsKey("$path $word")) { $path = "$path $word" }
    }
    $place = $places[$path]
    $kind = if ($skip) { $place.Kinds[$previous] } elseif (-not $wordToComplete.StartsWith('-')) { $place.Kind }
    $found = if ($kind) {
        & $commandAst.CommandElements[0].ToString() __complete $kind "$wordToComplete" @($elements | ForEach-Object { $_.ToString() }) 2>$null
    } elseif ($skip) { $place.Values[$previous] } elseif ($wordToComplete.StartsWith('-')) { $place.Options } else { $place.Words }
    $found | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`;
}

function placeEntry({ path, commands, options, words, names: kind }: Place): string {
  const names = options.flatMap(({ name, short }) => [name, ...(short ? [short] : [])]).map(quote);
  const others = [...commands.map(({ name }) => name), ...words].map(quote);
  const values = options.flatMap((option) =>
    typeof option.takes === 'object' && !('names' in option.takes)
      ? entries(option, `@(${option.takes.map(quote).join(', ')})`)
      : [],
  );
  const kinds = options.flatMap((option) =>
    typeof option.takes === 'object' && 'names' in option.takes ? entries(option, quote(option.takes.names)) : [],
  );
  const parts = [
    `Options = @(${names.join(', ')})`,
    `Words = @(${others.join(', ')})`,
    `Kind = ${quote(kind ?? '')}`,
    `Values = @{ ${values.join('; ')} }`,
    `Kinds = @{ ${kinds.join('; ')} }`,
  ];
  return `        ${quote(path)} = @{ ${parts.join('; ')} }`;
}

function entries({ name, short }: Place['options'][number], value: string): readonly string[] {
  return [name, ...(short ? [short] : [])].map((spelling) => `${quote(spelling)} = ${value}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
