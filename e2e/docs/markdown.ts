/** What a document says can be run, and what it says comes out. */

export interface Example {
  /** The words after `run` in the mark above the block: `in a terminal`, `as user1`, `and fails`. */
  readonly how: string;
  readonly command: string;
  /** What the document shows as the output; `undefined` when it shows none. */
  readonly output: string | undefined;
  readonly line: number;
}

export interface DocumentFile {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** A step of a document, in the order in which a reader takes them. */
export type Step = ({ readonly kind: 'run' } & Example) | ({ readonly kind: 'file' } & DocumentFile);

const BLOCK = /<!-- (run|file|output)([^>]*?) -->\n+```[a-z]*\n([\s\S]*?)\n```/g;

/** The blocks with a mark: `<!-- run -->`, `<!-- file NAME -->`, and `<!-- output -->` of the run before. */
export function stepsOf(markdown: string): readonly Step[] {
  const steps: Step[] = [];
  for (const found of markdown.matchAll(BLOCK)) {
    const [, mark, words = '', text = ''] = found;
    const line = markdown.slice(0, found.index).split('\n').length;
    if (mark === 'file') steps.push({ kind: 'file', name: words.trim(), text, line });
    else if (mark === 'run') steps.push({ kind: 'run', how: words.trim(), command: text, output: undefined, line });
    else steps.push(withOutput(steps.pop(), text, line));
  }
  return steps;
}

function withOutput(step: Step | undefined, output: string, line: number): Step {
  if (step?.kind !== 'run') throw new Error(`line ${line}: an output without a run before it`);
  return { ...step, output };
}

/** Every relative link of a document, without its anchor. */
export function relativeLinks(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target));
}
